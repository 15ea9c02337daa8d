#include "host/image/image_write.h"
#include "core/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

static const char *const journal_path[] = {"ProgramData", "MarsHealth"};
static const char journal_where[] = "ProgramData/MarsHealth";
static const char lock_name[] = "lock";

/* ---- The journal's folder ---- */

/* Goes from an open folder into the one of that name, which is made where it is missing if that is asked for.
 * Its content is for administrators only. */
static mars_status enter_or_make(image *self, const char *name, bool make, mode_t mode, arena *memory,
                                 int *folder) {
    const char *raw = NULL;
    folder_search found = folder_find(&self->folders, *folder, name, memory, &raw);
    if (arena_failed(memory)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was opened", journal_where);
    }
    if (found == FOLDER_AMBIGUOUS) {
        return error_set(MARS_E_REFUSED, "%s: two names differ only by case", journal_where);
    }
    if (found == FOLDER_FAILED) {
        return error_set(MARS_E_UNREADABLE, "%s could not be read (error %d)", journal_where, errno);
    }
    if (found == FOLDER_NO_SUCH_NAME && !make) {
        return error_set(MARS_E_NOT_FOUND, "the image has no %s", journal_where);
    }
    if (found == FOLDER_NO_SUCH_NAME && !self->calls->make_folder(*folder, name, mode)) {
        return image_write_failed(errno, journal_where);
    }
    if (found == FOLDER_NO_SUCH_NAME && !self->calls->sync(*folder)) {
        return image_write_failed(errno, journal_where);
    }
    int next = openat(*folder, raw != NULL ? raw : name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (next < 0) {
        bool odd = errno == ELOOP || errno == ENOTDIR;
        return odd ? error_set(MARS_E_REFUSED, "%s is a link or no folder", journal_where)
                   : error_set(MARS_E_UNREADABLE, "%s could not be opened (error %d)", journal_where, errno);
    }
    (void)close(*folder);
    *folder = next;
    return MARS_OK;
}

static mars_status open_journal(image *self, bool make, arena *memory, int *folder) {
    static const mode_t modes[] = {0755, 0700};
    *folder = fcntl(self->root, F_DUPFD_CLOEXEC, 3);
    mars_status status =
        *folder >= 0 ? MARS_OK
                     : error_set(MARS_E_UNREADABLE, "the image could not be opened (error %d)", errno);
    folder_cache_free(&self->folders);
    for (size_t i = 0; i < 2 && status == MARS_OK; i++) {
        status = enter_or_make(self, journal_path[i], make, modes[i], memory, folder);
    }
    folder_cache_free(&self->folders);
    if (status != MARS_OK && *folder >= 0) {
        (void)close(*folder);
        *folder = -1;
    }
    return status;
}

mars_status image_journal_folder(host *machine, bool make, arena *memory, journal_place *out) {
    image *self = image_of(machine);
    *out = (journal_place){.descriptor = -1};
    out->path = arena_printf(memory, "%s\\%s\\%s", self->system_drive, journal_path[0], journal_path[1]);
    return open_journal(self, make, memory, &out->descriptor);
}

/* ---- The lock ---- */

static mars_status take_lock(image *self, int folder) {
    int lock = openat(folder, lock_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (lock < 0 && errno == ENOENT) {
        lock = self->calls->create(folder, lock_name);
        if (lock < 0 && errno == EEXIST) { /* another was faster */
            lock = openat(folder, lock_name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
        }
    }
    if (lock < 0) {
        return image_write_failed(errno, journal_where);
    }
    if (flock(lock, LOCK_EX | LOCK_NB) == 0) {
        self->lock = lock;
        return MARS_OK;
    }
    int error = errno;
    (void)close(lock);
    return error == EWOULDBLOCK
               ? error_set(MARS_E_BUSY, "another run is changing %s: wait until it has ended",
                           self->base.source_name)
               : image_write_failed(error, journal_where);
}

mars_status image_lock(host *machine) {
    image *self = image_of(machine);
    if (self->lock >= 0) {
        return error_set(MARS_E_BUSY, "this run holds the lock of %s already", self->base.source_name);
    }
    arena memory = {0};
    int folder = -1;
    mars_status status = open_journal(self, true, &memory, &folder);
    if (status == MARS_OK) {
        status = take_lock(self, folder);
        (void)close(folder);
    }
    /* What was read before somebody else's run must not pass for what is there. */
    for (int id = 0; status == MARS_OK && id < IMAGE_HIVES; id++) {
        image_hive_reopen(self, (image_hive_id)id);
    }
    arena_free(&memory);
    return status;
}

/* The file stays: removed, it could be locked by one while another makes it anew. */
void image_unlock(host *machine) {
    image *self = image_of(machine);
    if (self->lock >= 0) {
        (void)close(self->lock);
    }
    self->lock = -1;
}

/* Each act is durable when it returns. */
static mars_status image_flush(host *machine, bool others) {
    (void)machine;
    (void)others;
    return MARS_OK;
}

/* What runs can be changed on the running server only. */
const host_writer image_writer = {
    .registry_set = image_registry_set,
    .registry_prune = image_registry_prune,
    .registry_file = image_registry_file,
    .file_write = image_file_write,
    .file_rename = image_file_rename,
    .file_keep = image_file_keep,
    .file_put_back = image_file_put_back,
    .file_remove = image_file_remove,
    .folder_make = image_folder_make,
    .file_sweep = image_file_sweep,
    .file_digest = image_file_digest,
    .service_config = image_service_config,
    .service_configure = image_service_configure,
    .lock = image_lock,
    .unlock = image_unlock,
    .journal_folder = image_journal_folder,
    .flush = image_flush,
};
