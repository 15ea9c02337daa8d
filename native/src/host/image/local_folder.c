/* Where folders are read as images are, a local one is an image that has no hives. */
#include "host/local_folder.h"

#include "core/alloc.h"
#include "core/error.h"
#include "host/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const char no_server[] = "a folder of files tells nothing else";

static mars_status fail(const char *path) {
    int error = errno;
    switch (error) {
    case ENOENT:
        return error_set(MARS_E_NOT_FOUND, "%s: there is no such file or folder", path);
    case ENOTDIR:
        return error_set(MARS_E_NOT_FOUND, "%s is not a folder", path);
    case EACCES:
        return error_set(MARS_E_UNREADABLE, "%s: access was denied", path);
    default:
        return error_set(MARS_E_UNREADABLE, "%s could not be opened (error %d)", path, error);
    }
}

static mars_status no_memory(const char *path) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", path);
}

/* ---- A folder ---- */

static fact_state no_registry_time(host *machine, const registry_path *path, arena *memory, int64_t *out,
                                   fact *why) {
    (void)machine;
    *out = 0;
    return image_unknown(REASON_NOT_ON_HOST, registry_path_text(memory, path, NULL), no_server, why);
}

static fact_state no_marks(host *machine, const char *path, arena *memory, file_marks *out, fact *why) {
    (void)machine;
    *out = (file_marks){0};
    return image_unknown(REASON_NOT_ON_HOST, arena_text(memory, path), no_server, why);
}

static const host_reader folder_reader = {
    .registry_time = no_registry_time,
    .file_info = image_file_info,
    .file_read = image_file_read,
    .file_marks = no_marks,
    .folder_each = image_folder_each,
    .close = image_close,
};

mars_status local_folder_open(host **out, const char *folder) {
    *out = NULL;
    image *self = mem_alloc(sizeof *self);
    if (self == NULL) {
        return no_memory(folder);
    }
    memcpy(self->system_drive, "C:", 3);
    self->lock = -1;
    self->base.read = &folder_reader;
    self->base.source_kind = "folder";
    self->base.source_name = arena_text(&self->memory, folder);
    self->base.system_drive = self->system_drive;
    self->root = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mars_status status = self->root < 0                ? fail(folder)
                         : arena_failed(&self->memory) ? no_memory(folder)
                                                       : MARS_OK;
    if (status != MARS_OK) {
        image_close(&self->base);
        return status;
    }
    *out = &self->base;
    return MARS_OK;
}

/* ---- A file ---- */

static mars_status read_opened(int file, const char *path, uint64_t max, arena *memory, bytes *out) {
    struct stat status;
    if (fstat(file, &status) != 0) {
        return fail(path);
    }
    if (!S_ISREG(status.st_mode)) {
        return error_set(MARS_E_UNREADABLE, "%s is not a regular file", path);
    }
    if ((uint64_t)status.st_size > max) {
        return error_set(MARS_E_TOO_LARGE, "%s is larger than %llu bytes", path, (unsigned long long)max);
    }
    size_t size = (size_t)status.st_size;
    uint8_t *data = arena_alloc(memory, size);
    if (data == NULL) {
        return no_memory(path);
    }
    size_t done = 0;
    ssize_t count = 1;
    while (done < size && count != 0) {
        count = read(file, data + done, size - done);
        if (count < 0 && errno != EINTR) {
            return fail(path);
        }
        done += count > 0 ? (size_t)count : 0;
    }
    *out = (bytes){.data = data, .size = done};
    return MARS_OK;
}

mars_status local_file_read(const char *path, uint64_t max, arena *memory, bytes *out) {
    *out = (bytes){0};
    int file = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC); /* a FIFO must not make us wait */
    if (file < 0) {
        return fail(path);
    }
    mars_status status = read_opened(file, path, max, memory, out);
    (void)close(file);
    return status;
}
