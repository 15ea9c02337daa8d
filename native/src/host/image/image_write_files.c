#include "core/alloc.h"
#include "core/error.h"
#include "host/image/image_write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 256 * 1024, FILE_MODE = 0644, FOLDER_MODE = 0755 };

/* ---- New files ---- */

typedef struct any_file {
    bool found;
    int folder;
    struct stat status;
} any_file;

static bool take_file(void *user, const char *raw, unsigned char type) {
    (void)type;
    any_file *any = user;
    any->found = strcmp(raw, image_new_name) != 0 &&
                 fstatat(any->folder, raw, &any->status, AT_SYMLINK_NOFOLLOW) == 0 &&
                 S_ISREG(any->status.st_mode);
    return !any->found;
}

/* The rights of a file that is there already; a new one has those. */
static mode_t mode_of_siblings(int folder) {
    any_file any = {.folder = folder};
    (void)folder_each_name(folder, take_file, &any);
    return any.found ? any.status.st_mode & 0666 : FILE_MODE;
}

/* Gives a new file the looks of the one it replaces, or of its siblings. */
static bool dress(image *self, const image_place *place, int descriptor) {
    if (!place->exists) {
        return self->calls->set_mode(descriptor, mode_of_siblings(place->spot.folder));
    }
    int model = openat(place->spot.folder, place->spot.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    bool good = model >= 0 && self->calls->dress(descriptor, model);
    int error = errno;
    if (model >= 0) {
        (void)close(model);
    }
    errno = error;
    return good;
}

/* Writes content under the name for new files, durable. */
static bool write_new(image *self, const image_place *place, bytes content) {
    int descriptor = self->calls->create(place->spot.folder, image_new_name);
    if (descriptor < 0) {
        return false;
    }
    bool good = self->calls->write(descriptor, content) && dress(self, place, descriptor) &&
                self->calls->sync(descriptor);
    int error = errno;
    (void)close(descriptor);
    errno = error;
    return good;
}

static bool same_file(const image_place *a, const image_place *b) {
    return a->exists && b->exists && a->spot.status.st_ino == b->spot.status.st_ino &&
           a->spot.status.st_dev == b->spot.status.st_dev;
}

/* Keeps the old file under its second name. A volume without second names: the first name is taken away, and
 * comes back if the new file cannot take it. */
static bool set_aside(image *self, const image_place *place, const image_place *aside, bool *moved) {
    const image_calls *calls = self->calls;
    int folder = place->spot.folder;
    if (same_file(place, aside) || calls->link(folder, place->spot.name, folder, aside->spot.name)) {
        return true;
    }
    *moved = (errno == EPERM || errno == ENOTSUP || errno == EMLINK) &&
             calls->rename(folder, place->spot.name, folder, aside->spot.name);
    return *moved;
}

static mars_status replace(image *self, const image_place *place, const image_place *aside, bytes content) {
    const image_calls *calls = self->calls;
    int folder = place->spot.folder;
    bool moved = false;
    bool kept = false;
    bool good = write_new(self, place, content);
    if (good && aside != NULL && place->exists) {
        kept = set_aside(self, place, aside, &moved);
        good = kept;
    }
    if (good && calls->rename(folder, image_new_name, folder, place->spot.name)) {
        return MARS_OK;
    }
    mars_status status = image_write_failed(errno, place->where);
    if (moved) {
        (void)calls->rename(folder, aside->spot.name, folder, place->spot.name);
    } else if (kept) {
        (void)calls->remove(folder, aside->spot.name, false);
    }
    (void)calls->remove(folder, image_new_name, false);
    return status;
}

static mars_status not_a_file(const image_place *place) {
    return error_set(MARS_E_REFUSED, "%s is not a regular file", place->where);
}

static mars_status must_be_free(const image_place *place) {
    return place->exists ? error_set(MARS_E_REFUSED, "%s exists already", place->where) : MARS_OK;
}

/* Where a second name is to be: one that the file has already is left from an act that was cut short. */
static mars_status must_be_free_for(const image_place *other, const image_place *place) {
    return same_file(place, other) ? MARS_OK : must_be_free(other);
}

static mars_status must_be_file(const image_place *place) {
    if (!place->exists) {
        return error_set(MARS_E_NOT_FOUND, "%s does not exist", place->where);
    }
    return S_ISREG(place->spot.status.st_mode) ? MARS_OK : not_a_file(place);
}

mars_status image_file_write(host *machine, const char *path, bytes content, const char *aside) {
    image *self = image_of(machine);
    arena memory = {0};
    image_place place;
    image_place other = {.spot.folder = -1};
    mars_status status = image_place_find(self, path, &memory, &place);
    if (status == MARS_OK) {
        status = place.exists ? must_be_file(&place) : MARS_OK;
        if (status == MARS_OK && aside != NULL) {
            status = image_place_beside(self, &place, aside, &memory, &other);
            status = status == MARS_OK ? must_be_free_for(&other, &place) : status;
        }
        status = status == MARS_OK ? image_place_sweep(self, &place) : status;
        if (status == MARS_OK) {
            status = replace(self, &place, aside != NULL ? &other : NULL, content);
            status = image_place_settle(self, &place, status);
        }
        image_place_close(&other);
        image_place_close(&place);
    }
    arena_free(&memory);
    return status;
}

/* ---- Names ---- */

mars_status image_file_rename(host *machine, const char *path, const char *new_name) {
    image *self = image_of(machine);
    arena memory = {0};
    image_place place;
    image_place other = {.spot.folder = -1};
    mars_status status = image_place_find(self, path, &memory, &place);
    if (status == MARS_OK) {
        status = must_be_file(&place);
        status = status == MARS_OK ? image_place_beside(self, &place, new_name, &memory, &other) : status;
        status = status == MARS_OK ? must_be_free(&other) : status;
        if (status == MARS_OK) {
            bool good =
                self->calls->rename(place.spot.folder, place.spot.name, other.spot.folder, other.spot.name);
            status =
                image_place_settle(self, &place, good ? MARS_OK : image_write_failed(errno, place.where));
        }
        image_place_close(&other);
        image_place_close(&place);
    }
    arena_free(&memory);
    return status;
}

/* Two places, in folders that may differ. */
static mars_status find_two(image *self, const char *path, const char *other_path, arena *memory,
                            image_place *place, image_place *other) {
    other->spot.folder = -1;
    mars_status status = image_place_find(self, path, memory, place);
    if (status != MARS_OK) {
        return status;
    }
    status = must_be_file(place);
    status = status == MARS_OK ? image_place_find(self, other_path, memory, other) : status;
    if (status != MARS_OK) {
        image_place_close(place);
    }
    return status;
}

static bool copy_content(image *self, int from, int to) {
    uint8_t *piece = mem_alloc(PIECE);
    ssize_t count = piece != NULL ? 1 : -1;
    if (piece == NULL) {
        errno = ENOMEM;
    }
    for (off_t at = 0; count > 0; at += count) {
        count = pread(from, piece, PIECE, at);
        if (count > 0 && !self->calls->write(to, (bytes){.data = piece, .size = (size_t)count})) {
            count = -1;
        }
    }
    int error = errno;
    mem_free(piece);
    errno = error;
    return count == 0;
}

/* For volumes without second names: the copy has its own name only once it is whole. */
static bool keep_copy(image *self, const image_place *place, const image_place *kept) {
    const image_calls *calls = self->calls;
    int folder = kept->spot.folder;
    int from = openat(place->spot.folder, place->spot.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int to = from >= 0 ? calls->create(folder, image_new_name) : -1;
    bool good = to >= 0 && copy_content(self, from, to) && calls->dress(to, from) &&
                futimens(to, (const struct timespec[]){place->spot.status.st_atim,
                                                       place->spot.status.st_mtim}) == 0 &&
                calls->sync(to) && calls->rename(folder, image_new_name, folder, kept->spot.name);
    int error = errno;
    if (to >= 0) {
        (void)close(to);
    }
    if (from >= 0) {
        (void)close(from);
    }
    if (!good) {
        (void)calls->remove(folder, image_new_name, false);
    }
    errno = error;
    return good;
}

static bool keep(image *self, const image_place *place, const image_place *kept) {
    if (same_file(place, kept) ||
        self->calls->link(place->spot.folder, place->spot.name, kept->spot.folder, kept->spot.name)) {
        return true;
    }
    return (errno == EPERM || errno == ENOTSUP || errno == EMLINK) && keep_copy(self, place, kept);
}

mars_status image_file_keep(host *machine, const char *path, const char *kept) {
    image *self = image_of(machine);
    arena memory = {0};
    image_place place;
    image_place other;
    mars_status status = find_two(self, path, kept, &memory, &place, &other);
    if (status == MARS_OK) {
        status = must_be_free_for(&other, &place);
        status = status == MARS_OK ? image_place_sweep(self, &other) : status;
        if (status == MARS_OK) {
            bool good = keep(self, &place, &other);
            status =
                image_place_settle(self, &other, good ? MARS_OK : image_write_failed(errno, other.where));
        }
        image_place_close(&other);
        image_place_close(&place);
    }
    arena_free(&memory);
    return status;
}

/* rename does nothing where both names are the same file's, as when nothing was changed after it was kept. */
static bool put_back(image *self, const image_place *kept, const image_place *place) {
    if (same_file(kept, place)) {
        return self->calls->remove(kept->spot.folder, kept->spot.name, false);
    }
    return self->calls->rename(kept->spot.folder, kept->spot.name, place->spot.folder, place->spot.name);
}

mars_status image_file_put_back(host *machine, const char *kept, const char *path) {
    image *self = image_of(machine);
    arena memory = {0};
    image_place from;
    image_place to;
    mars_status status = find_two(self, kept, path, &memory, &from, &to);
    if (status == MARS_OK) {
        status = to.exists ? must_be_file(&to) : MARS_OK;
        status = status == MARS_OK ? image_place_sweep(self, &to) : status;
        if (status == MARS_OK) {
            bool good = put_back(self, &from, &to);
            status = image_place_settle(self, &to, good ? MARS_OK : image_write_failed(errno, to.where));
            status = image_place_settle(self, &from, status);
        }
        image_place_close(&to);
        image_place_close(&from);
    }
    arena_free(&memory);
    return status;
}

/* ---- Acts on one place ---- */

typedef mars_status (*place_act)(image *self, const image_place *place);

static mars_status at_place(host *machine, const char *path, place_act act) {
    image *self = image_of(machine);
    arena memory = {0};
    image_place place;
    mars_status status = image_place_find(self, path, &memory, &place);
    if (status == MARS_OK) {
        status = act(self, &place);
        image_place_close(&place);
    }
    arena_free(&memory);
    return status;
}

static mars_status remove_place(image *self, const image_place *place) {
    bool is_folder = place->exists && S_ISDIR(place->spot.status.st_mode);
    mars_status status = place->exists && !is_folder ? must_be_file(place) : MARS_OK;
    if (status != MARS_OK || !place->exists) {
        return status;
    }
    bool good = self->calls->remove(place->spot.folder, place->spot.name, is_folder);
    return image_place_settle(self, place, good ? MARS_OK : image_write_failed(errno, place->where));
}

mars_status image_file_remove(host *machine, const char *path) {
    return at_place(machine, path, remove_place);
}

static mars_status make_place_a_folder(image *self, const image_place *place) {
    if (place->exists) {
        return S_ISDIR(place->spot.status.st_mode) ? MARS_OK : must_be_free(place);
    }
    bool good = self->calls->make_folder(place->spot.folder, place->spot.name, FOLDER_MODE);
    return image_place_settle(self, place, good ? MARS_OK : image_write_failed(errno, place->where));
}

mars_status image_folder_make(host *machine, const char *path) {
    return at_place(machine, path, make_place_a_folder);
}

mars_status image_file_sweep(host *machine, const char *path) {
    return at_place(machine, path, image_place_sweep);
}

/* ---- Digest ---- */

static mars_status add_content(digest *running, int descriptor, const char *where) {
    uint8_t *piece = mem_alloc(PIECE);
    if (piece == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", where);
    }
    ssize_t count = 1;
    for (off_t at = 0; count > 0; at += count) {
        count = pread(descriptor, piece, PIECE, at);
        digest_add(running, piece, count > 0 ? (size_t)count : 0);
    }
    mem_free(piece);
    return count == 0 ? MARS_OK
                      : error_set(MARS_E_UNREADABLE, "%s could not be read (error %d)", where, errno);
}

static mars_status digest_descriptor(int descriptor, const char *where, digest_value *out) {
    digest running = {0};
    if (!digest_start(&running, DIGEST_SHA256)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", where);
    }
    mars_status status = add_content(&running, descriptor, where);
    bool good = digest_finish(&running, out);
    return status == MARS_OK && !good ? error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", where)
                                      : status;
}

mars_status image_file_digest(host *machine, const char *path, digest_value *out) {
    *out = (digest_value){0};
    image *self = image_of(machine);
    arena memory = {0};
    image_place place;
    mars_status status = image_place_find(self, path, &memory, &place);
    if (status == MARS_OK) {
        fact why = {0};
        int descriptor = -1;
        status = must_be_file(&place);
        if (status == MARS_OK &&
            image_spot_open(&place.spot, place.where, &memory, &descriptor, &why) != FACT_KNOWN) {
            status = image_write_refuse(&why);
        }
        if (status == MARS_OK) {
            status = digest_descriptor(descriptor, place.where, out);
            (void)close(descriptor);
        }
        image_place_close(&place);
    }
    arena_free(&memory);
    return status;
}
