#include "file_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST_PATH = 4096, FOLDER_MODE = 0755 };

static bool fail(const maker_error *error, const char *path) {
    return maker_fail(error, "%s: %s", path, strerror(errno));
}

/* ---- Single files ---- */

bool file_load(const char *path, arena *memory, bytes *out, const maker_error *error) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return fail(error, path);
    }
    struct stat info;
    uint8_t *data = NULL;
    bool read = fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode) &&
                (data = arena_alloc(memory, (size_t)info.st_size + 1)) != NULL &&
                fread(data, 1, (size_t)info.st_size, file) == (size_t)info.st_size;
    (void)fclose(file);
    *out = (bytes){.data = data, .size = read ? (size_t)info.st_size : 0};
    return read || maker_fail(error, "%s: cannot be read as a file", path);
}

bool folder_make_above(const char *path, const maker_error *error) {
    char parent[LONGEST_PATH];
    if (strlen(path) >= sizeof parent) {
        errno = ENAMETOOLONG;
        return fail(error, path);
    }
    for (size_t i = 1; path[i] != '\0'; i++) {
        if (path[i] != '/') {
            continue;
        }
        memcpy(parent, path, i);
        parent[i] = '\0';
        if (mkdir(parent, FOLDER_MODE) != 0 && errno != EEXIST) {
            return fail(error, parent);
        }
    }
    return true;
}

bool folder_make(const char *path, const maker_error *error) {
    if (!folder_make_above(path, error)) {
        return false;
    }
    return mkdir(path, FOLDER_MODE) == 0 || errno == EEXIST || fail(error, path);
}

bool file_store(const char *path, const void *data, size_t size, const maker_error *error) {
    FILE *file = fopen(path, "wb");
    if (file == NULL && errno == ENOENT) {
        if (!folder_make_above(path, error)) {
            return false;
        }
        file = fopen(path, "wb");
    }
    if (file == NULL) {
        return fail(error, path);
    }
    bool written = size == 0 || fwrite(data, 1, size, file) == size;
    written = fclose(file) == 0 && written;
    return written || fail(error, path);
}

bool file_touch(const char *path, int64_t time, const maker_error *error) {
    const struct timespec times[2] = {{.tv_sec = (time_t)time}, {.tv_sec = (time_t)time}};
    return utimensat(AT_FDCWD, path, times, 0) == 0 || fail(error, path);
}

/* ---- Trees ---- */

typedef struct walker walker;
/* What to do with an entry; to is the same place in another tree, or NULL. Folders are entered in between. */
struct walker {
    bool (*file)(const walker *, const char *path, const char *to);
    bool (*before_folder)(const walker *, const char *path, const char *to);
    bool (*after_folder)(const walker *, const char *path, const char *to);
    void *user;
    const maker_error *error;
};

static bool walk(const walker *with, const char *path, const char *to);

static bool join(char out[LONGEST_PATH], const char *folder, const char *name, const maker_error *error) {
    int length = snprintf(out, LONGEST_PATH, "%s/%s", folder, name);
    return (length > 0 && length < LONGEST_PATH) ||
           maker_fail(error, "%s/%s: the path is too long", folder, name);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the folder */
static bool walk_entries(const walker *with, DIR *folder, const char *path, const char *to) {
    char inner[LONGEST_PATH];
    char inner_to[LONGEST_PATH];
    for (const struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        if (!join(inner, path, entry->d_name, with->error) ||
            (to != NULL && !join(inner_to, to, entry->d_name, with->error)) ||
            !walk(with, inner, to != NULL ? inner_to : NULL)) {
            return false;
        }
    }
    return true;
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as the folder */
static bool walk(const walker *with, const char *path, const char *to) {
    struct stat info;
    if (lstat(path, &info) != 0) {
        return fail(with->error, path);
    }
    if (S_ISREG(info.st_mode)) {
        return with->file(with, path, to);
    }
    if (!S_ISDIR(info.st_mode)) {
        return maker_fail(with->error, "%s: neither a file nor a folder", path);
    }
    if (with->before_folder != NULL && !with->before_folder(with, path, to)) {
        return false;
    }
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return fail(with->error, path);
    }
    bool done = walk_entries(with, folder, path, to);
    (void)closedir(folder);
    return done && (with->after_folder == NULL || with->after_folder(with, path, to));
}

static bool copy_file(const walker *with, const char *path, const char *to) {
    arena memory = {0};
    bytes content = {0};
    bool copied = file_load(path, &memory, &content, with->error) &&
                  file_store(to, content.data, content.size, with->error);
    arena_free(&memory);
    return copied;
}

static bool copy_folder(const walker *with, const char *path, const char *to) {
    (void)path;
    return folder_make(to, with->error);
}

bool tree_copy(const char *from, const char *to, const maker_error *error) {
    const walker with = {.file = copy_file, .before_folder = copy_folder, .error = error};
    return walk(&with, from, to);
}

static bool remove_file(const walker *with, const char *path, const char *to) {
    (void)to;
    return unlink(path) == 0 || fail(with->error, path);
}

static bool remove_folder(const walker *with, const char *path, const char *to) {
    (void)to;
    return rmdir(path) == 0 || fail(with->error, path);
}

bool tree_remove(const char *path, const maker_error *error) {
    const walker with = {.file = remove_file, .after_folder = remove_folder, .error = error};
    return (access(path, F_OK) != 0 && errno == ENOENT) || walk(&with, path, NULL);
}

static bool touch(const walker *with, const char *path, const char *to) {
    (void)to;
    return file_touch(path, *(const int64_t *)with->user, with->error);
}

bool tree_touch(const char *path, int64_t time, const maker_error *error) {
    const walker with = {.file = touch, .after_folder = touch, .user = &time, .error = error};
    return walk(&with, path, NULL);
}

typedef struct visit {
    file_visitor call;
    void *user;
} visit;

static bool visit_file(const walker *with, const char *path, const char *to) {
    (void)to;
    const visit *to_do = with->user;
    return to_do->call(to_do->user, path, with->error);
}

bool tree_each_file(const char *path, file_visitor call, void *user, const maker_error *error) {
    visit to_do = {.call = call, .user = user};
    const walker with = {.file = visit_file, .user = &to_do, .error = error};
    return walk(&with, path, NULL);
}
