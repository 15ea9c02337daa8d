/* fallocate, which reserves room without showing it in the file's size, is Linux's own. */
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
#define _GNU_SOURCE
#include "repair/journal_storage.h"

#include "core/alloc.h"
#include "core/error.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700, FILE_MODE = 0600, FOLDER_MAXIMUM = 256 };

/* Paths come from us and from names that were checked; still, no link in them is followed at its end. */
typedef struct posix_storage {
    journal_storage base;
    int folder;
    char where[]; /* for messages */
} posix_storage;

static int folder_of(const journal_storage *storage) {
    return ((const posix_storage *)(const void *)storage)->folder;
}

static mars_status fail(const char *path, const char *what) {
    int error = errno;
    bool writing = error == ENOSPC || error == EDQUOT || error == EROFS;
    mars_status status = error == ENOENT ? MARS_E_NOT_FOUND : writing ? MARS_E_UNWRITABLE : MARS_E_UNREADABLE;
    return error_set(status, "the journal's %s could not be %s: %s", path[0] != '\0' ? path : "folder", what,
                     error == ENOSPC   ? "the disk is full"
                     : error == EROFS  ? "the file system is read-only"
                     : error == EIO    ? "the disk reported an error"
                     : error == EACCES ? "access was denied"
                     : error == ENOENT ? "it is not there"
                     : error == EEXIST ? "it is there already"
                                       : "the system refused");
}

/* ---- Who could have written it ---- */

static mars_status check_ours(const journal_storage *storage, const char *path, const struct stat *status) {
    const char *where = ((const posix_storage *)(const void *)storage)->where;
    const char *slash = path[0] != '\0' ? "/" : "";
    if (status->st_uid != 0 && status->st_uid != geteuid()) {
        return error_set(
            MARS_E_REFUSED,
            "%s%s%s belongs to another user: what a journal says is believed only if nobody else "
            "could have written it",
            where, slash, path);
    }
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return error_set(MARS_E_REFUSED,
                         "%s%s%s can be written by others: take that right away (on a volume without such "
                         "rights, mount it with a umask of 077)",
                         where, slash, path);
    }
    return MARS_OK;
}

/* The folders from the storage's own down to a file. */
static mars_status check_folders(const journal_storage *storage, const char *path) {
    char folder[FOLDER_MAXIMUM];
    for (const char *slash = strchr(path, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        size_t length = (size_t)(slash - path);
        if (length >= sizeof folder) {
            return error_set(MARS_E_TOO_LARGE, "the journal's %s has too long a name", path);
        }
        memcpy(folder, path, length);
        folder[length] = '\0';
        struct stat status;
        if (fstatat(folder_of(storage), folder, &status, AT_SYMLINK_NOFOLLOW) != 0) {
            return fail(folder, "read");
        }
        if (!S_ISDIR(status.st_mode)) {
            return error_set(MARS_E_REFUSED, "the journal's %s is a link or no folder", folder);
        }
        mars_status ours = check_ours(storage, folder, &status);
        if (ours != MARS_OK) {
            return ours;
        }
    }
    return MARS_OK;
}

/* ---- Acts ---- */

static mars_status make_folder(journal_storage *storage, const char *path) {
    return mkdirat(folder_of(storage), path, FOLDER_MODE) == 0 ? MARS_OK : fail(path, "made");
}

static int open_file(journal_storage *storage, const char *path, int flags) {
    return openat(folder_of(storage), path, flags | O_CLOEXEC | O_NOFOLLOW, FILE_MODE);
}

static mars_status create(journal_storage *storage, const char *path, uint64_t reserve) {
    int file = open_file(storage, path, O_WRONLY | O_CREAT | O_EXCL);
    if (file < 0) {
        return fail(path, "made");
    }
    /* Not every file system can reserve room; one that is full says so. */
    bool full =
        reserve > 0 && fallocate(file, FALLOC_FL_KEEP_SIZE, 0, (off_t)reserve) != 0 && errno == ENOSPC;
    mars_status status = full ? fail(path, "made") : MARS_OK;
    (void)close(file);
    return status;
}

static mars_status append(journal_storage *storage, const char *path, bytes data) {
    int file = open_file(storage, path, O_WRONLY | O_APPEND);
    if (file < 0) {
        return fail(path, "written");
    }
    mars_status status = MARS_OK;
    for (size_t written = 0; written < data.size && status == MARS_OK;) {
        ssize_t count = write(file, data.data + written, data.size - written);
        if (count > 0) {
            written += (size_t)count;
        } else if (count == 0 || errno != EINTR) {
            status = fail(path, "written");
        }
    }
    (void)close(file);
    return status;
}

static mars_status flush_opened(int file, const char *path) {
    if (file < 0) {
        return fail(path, "flushed");
    }
    mars_status status = fsync(file) == 0 ? MARS_OK : fail(path, "flushed");
    (void)close(file);
    return status;
}

static mars_status flush(journal_storage *storage, const char *path) {
    return flush_opened(open_file(storage, path, O_WRONLY), path);
}

static mars_status flush_folder(journal_storage *storage, const char *path) {
    return flush_opened(open_file(storage, path[0] != '\0' ? path : ".", O_RDONLY | O_DIRECTORY), path);
}

static mars_status read_opened(const journal_storage *storage, int file, const char *path, uint64_t max,
                               arena *memory, bytes *out) {
    struct stat status;
    if (fstat(file, &status) != 0) {
        return fail(path, "read");
    }
    if (!S_ISREG(status.st_mode)) {
        return error_set(MARS_E_MALFORMED, "the journal's %s is not a regular file", path);
    }
    mars_status ours = check_ours(storage, path, &status);
    if (ours != MARS_OK) {
        return ours;
    }
    if ((uint64_t)status.st_size > max) {
        return error_set(MARS_E_TOO_LARGE, "the journal's %s is larger than %llu bytes", path,
                         (unsigned long long)max);
    }
    size_t size = (size_t)status.st_size;
    uint8_t *data = arena_alloc(memory, size);
    if (data == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was read");
    }
    size_t done = 0;
    while (done < size) {
        ssize_t count = read(file, data + done, size - done);
        if (count < 0 && errno != EINTR) {
            return fail(path, "read");
        }
        if (count == 0) {
            break;
        }
        done += count > 0 ? (size_t)count : 0;
    }
    *out = (bytes){.data = data, .size = done};
    return MARS_OK;
}

static mars_status read_file(journal_storage *storage, const char *path, uint64_t max, arena *memory,
                             bytes *out) {
    mars_status status = check_folders(storage, path);
    if (status != MARS_OK) {
        return status;
    }
    int file = open_file(storage, path, O_RDONLY | O_NONBLOCK);
    if (file < 0) {
        return errno == ELOOP ? error_set(MARS_E_REFUSED, "the journal's %s is a link", path)
                              : fail(path, "read");
    }
    status = read_opened(storage, file, path, max, memory, out);
    (void)close(file);
    return status;
}

static mars_status list(journal_storage *storage, arena *memory, text_list *out) {
    int folder = openat(folder_of(storage), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = folder >= 0 ? fdopendir(folder) : NULL;
    if (entries == NULL) {
        mars_status status = fail("", "listed");
        if (folder >= 0) {
            (void)close(folder);
        }
        return status;
    }
    arena_vector names = ARENA_VECTOR(memory, const char *);
    const struct dirent *entry = NULL;
    /* Each thread reads a stream of its own. */
    // cppcheck-suppress readdirCalled
    while ((entry = readdir(entries)) != NULL) {
        const char **name = entry->d_name[0] != '.' ? arena_push(&names) : NULL;
        if (name != NULL) {
            *name = arena_text(memory, entry->d_name);
        }
    }
    (void)closedir(entries);
    *out = (text_list){.items = names.items, .count = names.count};
    return arena_failed(memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was listed")
                                : MARS_OK;
}

static void close_storage(journal_storage *storage) {
    (void)close(folder_of(storage));
    mem_free(storage);
}

mars_status journal_storage_open(journal_storage **out, const journal_place *place) {
    *out = NULL;
    const char *where = place->path;
    posix_storage *storage = mem_alloc(sizeof *storage + strlen(where) + 1);
    if (storage == NULL) {
        (void)close(place->descriptor);
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the journals were opened");
    }
    memcpy(storage->where, where, strlen(where) + 1);
    storage->folder = place->descriptor;
    storage->base = (journal_storage){
        .make_folder = make_folder,
        .create = create,
        .append = append,
        .flush = flush,
        .flush_folder = flush_folder,
        .read = read_file,
        .list = list,
        .close = close_storage,
    };
    struct stat status;
    mars_status ours =
        fstat(storage->folder, &status) == 0 ? check_ours(&storage->base, "", &status) : fail("", "read");
    if (ours != MARS_OK) {
        close_storage(&storage->base);
        return ours;
    }
    *out = &storage->base;
    return MARS_OK;
}
