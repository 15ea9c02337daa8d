#include "host/image/image.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char link_detail[] = "a link, which is not followed";

fact_state image_failure(int error, const char *where, arena *memory, fact *why) {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
        return image_absent(where, memory, why);
    case EACCES:
    case EPERM:
        return image_unknown(REASON_ACCESS_DENIED, where, NULL, why);
    case ELOOP:
        return image_unknown(REASON_OUTSIDE, where, link_detail, why);
    case ENOMEM:
        return image_unknown(REASON_NO_MEMORY, where, NULL, why);
    default:
        return image_unknown(REASON_UNREADABLE, where,
                             arena_printf(memory, "the file system answered with error %d", error), why);
    }
}

void image_spot_close(image_spot *spot) {
    if (spot->folder >= 0) {
        (void)close(spot->folder);
    }
    spot->folder = -1;
}

/* Finds one name in the folder of the spot and fills name and status. */
static fact_state find_part(image *self, image_spot *spot, const char *part, const char *where, arena *memory,
                            fact *why) {
    const char *raw = NULL;
    switch (folder_find(&self->folders, spot->folder, part, memory, &raw)) {
    case FOLDER_NO_SUCH_NAME:
        return image_absent(where, memory, why);
    case FOLDER_AMBIGUOUS:
        return image_unknown(REASON_AMBIGUOUS, where,
                             arena_printf(memory, "two names differ from \"%s\" only by case", part), why);
    case FOLDER_FAILED:
        return image_failure(errno, where, memory, why);
    case FOLDER_FOUND:
    default:
        break;
    }
    spot->name = raw;
    if (fstatat(spot->folder, raw, &spot->status, AT_SYMLINK_NOFOLLOW) != 0) {
        return image_failure(errno, where, memory, why);
    }
    if (S_ISLNK(spot->status.st_mode)) {
        return image_unknown(REASON_OUTSIDE, where, arena_printf(memory, "\"%s\" is %s", part, link_detail),
                             why);
    }
    return image_known(where, memory, why);
}

/* Goes down into the folder that find_part found. */
static fact_state enter(image_spot *spot, const char *where, arena *memory, fact *why) {
    if (!S_ISDIR(spot->status.st_mode)) {
        return image_absent(where, memory, why);
    }
    int next = openat(spot->folder, spot->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) {
        return image_failure(errno, where, memory, why);
    }
    (void)close(spot->folder);
    spot->folder = next;
    return FACT_KNOWN;
}

fact_state image_walk(image *self, const char *const *parts, size_t count, const char *where, arena *memory,
                      image_spot *out, fact *why) {
    *out = (image_spot){.folder = fcntl(self->root, F_DUPFD_CLOEXEC, 3), .name = "."};
    if (out->folder < 0 || fstat(out->folder, &out->status) != 0) {
        int error = errno;
        image_spot_close(out);
        return image_failure(error, where, memory, why);
    }
    fact_state state = image_known(where, memory, why);
    for (size_t i = 0; i < count && state == FACT_KNOWN; i++) {
        state = i == 0 ? FACT_KNOWN : enter(out, where, memory, why);
        if (state == FACT_KNOWN) {
            state = find_part(self, out, parts[i], where, memory, why);
        }
    }
    if (state != FACT_KNOWN) {
        image_spot_close(out);
    }
    return state;
}

/* The folder of another drive than the system's must be there before anything can be said of what is in it.
 */
static bool has_drive(image *self, char drive, const char *const *parts, const char *where, arena *memory,
                      fact *why) {
    image_spot spot;
    fact_state state = image_walk(self, parts, 2, where, memory, &spot, why);
    bool there = state == FACT_KNOWN && S_ISDIR(spot.status.st_mode);
    image_spot_close(&spot);
    if (!there && state != FACT_UNKNOWN) {
        (void)image_unknown(REASON_NOT_ON_HOST, where,
                            arena_printf(memory, "drive %c: is not part of the image", drive), why);
    }
    return there;
}

fact_state image_find(image *self, const char *path, arena *memory, const char **where, image_spot *out,
                      fact *why) {
    *out = (image_spot){.folder = -1};
    windows_path parsed;
    if (!windows_path_parse(path, memory, &parsed, why)) {
        *where = why->where;
        return FACT_UNKNOWN;
    }
    *where = parsed.text;
    if (parsed.drive == self->system_drive[0]) {
        return image_walk(self, parsed.parts, parsed.count, parsed.text, memory, out, why);
    }
    const char **parts = arena_array(memory, parsed.count + 2, sizeof *parts);
    if (parts == NULL) {
        return image_unknown(REASON_NO_MEMORY, parsed.text, NULL, why);
    }
    parts[0] = "drives";
    parts[1] = arena_text_n(memory, &parsed.drive, 1);
    if (parsed.count > 0) {
        memcpy(parts + 2, parsed.parts, parsed.count * sizeof *parts);
    }
    if (!has_drive(self, parsed.drive, parts, parsed.text, memory, why)) {
        return FACT_UNKNOWN;
    }
    return image_walk(self, parts, parsed.count + 2, parsed.text, memory, out, why);
}

fact_state image_spot_open(const image_spot *spot, const char *where, arena *memory, int *descriptor,
                           fact *why) {
    *descriptor = -1;
    if (!S_ISREG(spot->status.st_mode) && !S_ISDIR(spot->status.st_mode)) {
        return image_unknown(REASON_UNREADABLE, where, "neither a file nor a folder", why);
    }
    /* Something else may have taken its place since; a FIFO must not make us wait. */
    *descriptor = openat(spot->folder, spot->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*descriptor < 0) {
        return image_failure(errno, where, memory, why);
    }
    struct stat status;
    if (fstat(*descriptor, &status) != 0 || status.st_dev != spot->status.st_dev ||
        status.st_ino != spot->status.st_ino) {
        (void)close(*descriptor);
        *descriptor = -1;
        return image_unknown(REASON_UNREADABLE, where, "it changed while it was read", why);
    }
    return FACT_KNOWN;
}

bool image_read_at(int descriptor, uint64_t offset, uint8_t *data, size_t size, size_t *got) {
    *got = 0;
    while (*got < size) {
        ssize_t count = pread(descriptor, data + *got, size - *got, (off_t)(offset + *got));
        if (count < 0 && errno != EINTR) {
            return false;
        }
        if (count == 0) {
            return true;
        }
        *got += count > 0 ? (size_t)count : 0;
    }
    return true;
}

fact_state image_spot_read(const image_spot *spot, const char *where, uint64_t offset, uint64_t max,
                           arena *memory, bytes *out, fact *why) {
    *out = (bytes){0};
    if (!S_ISREG(spot->status.st_mode)) {
        return image_unknown(REASON_UNREADABLE, where, "not a regular file", why);
    }
    uint64_t size = (uint64_t)spot->status.st_size;
    uint64_t rest = offset < size ? size - offset : 0;
    if (rest > max || rest > SIZE_MAX / 2) {
        const char *detail = arena_printf(memory, "%llu bytes, of which at most %llu are read",
                                          (unsigned long long)rest, (unsigned long long)max);
        return image_unknown(REASON_TOO_LARGE, where, detail, why);
    }
    uint8_t *data = arena_alloc(memory, (size_t)rest);
    if (data == NULL) {
        return image_unknown(REASON_NO_MEMORY, where, NULL, why);
    }
    int descriptor = -1;
    fact_state state = image_spot_open(spot, where, memory, &descriptor, why);
    if (state != FACT_KNOWN) {
        return state;
    }
    size_t got = 0;
    bool good = image_read_at(descriptor, offset, data, (size_t)rest, &got);
    int error = errno;
    (void)close(descriptor);
    if (!good) {
        return image_failure(error, where, memory, why);
    }
    *out = (bytes){.data = data, .size = got};
    return image_known(where, memory, why);
}

static file_kind kind_of_mode(mode_t mode) {
    return S_ISREG(mode) ? FILE_REGULAR : S_ISDIR(mode) ? FILE_FOLDER : FILE_OTHER;
}

fact_state image_file_info(host *machine, const char *path, arena *memory, file_info *out, fact *why) {
    *out = (file_info){.kind = FILE_OTHER};
    const char *where = NULL;
    image_spot spot;
    fact_state state = image_find(image_of(machine), path, memory, &where, &spot, why);
    if (state == FACT_KNOWN) {
        out->kind = kind_of_mode(spot.status.st_mode);
        out->size = out->kind == FILE_REGULAR ? (uint64_t)spot.status.st_size : 0;
        out->modified = spot.status.st_mtim.tv_sec;
    }
    image_spot_close(&spot);
    return state;
}

fact_state image_file_read(host *machine, const char *path, uint64_t offset, uint64_t max, arena *memory,
                           bytes *out, fact *why) {
    *out = (bytes){0};
    const char *where = NULL;
    image_spot spot;
    fact_state state = image_find(image_of(machine), path, memory, &where, &spot, why);
    if (state == FACT_KNOWN) {
        state = image_spot_read(&spot, where, offset, max, memory, out, why);
    }
    image_spot_close(&spot);
    return state;
}

/* ---- Folders ---- */

typedef struct folder_stream {
    int folder;
    folder_visitor visit;
    void *user;
} folder_stream;

static bool pass_on(void *user, const char *raw, unsigned char type) {
    const folder_stream *stream = user;
    char name[IMAGE_NAME_SIZE];
    (void)image_display_name(raw, name);
    folder_entry entry = {.name = name, .kind = FILE_OTHER};
    struct stat status;
    if (type == DT_REG) {
        entry.kind = FILE_REGULAR;
    } else if (type == DT_DIR) {
        entry.kind = FILE_FOLDER;
    } else if (type == DT_UNKNOWN && fstatat(stream->folder, raw, &status, AT_SYMLINK_NOFOLLOW) == 0) {
        entry.kind = kind_of_mode(status.st_mode);
    }
    return stream->visit(stream->user, &entry);
}

fact_state image_folder_each(host *machine, const char *path, folder_visitor visit, void *user, arena *memory,
                             fact *why) {
    const char *where = NULL;
    image_spot spot;
    fact_state state = image_find(image_of(machine), path, memory, &where, &spot, why);
    if (state == FACT_KNOWN && !S_ISDIR(spot.status.st_mode)) {
        state = image_absent(where, memory, why);
    }
    folder_stream stream = {.folder = -1, .visit = visit, .user = user};
    if (state == FACT_KNOWN) {
        state = image_spot_open(&spot, where, memory, &stream.folder, why);
    }
    if (state == FACT_KNOWN) {
        state = folder_each_name(stream.folder, pass_on, &stream) ? image_known(where, memory, why)
                                                                  : image_failure(errno, where, memory, why);
        (void)close(stream.folder);
    }
    image_spot_close(&spot);
    return state;
}
