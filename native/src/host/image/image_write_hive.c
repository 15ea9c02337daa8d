/* A hive is changed as a whole: the change goes into a new file beside it, which is read again and compared
 * with the old one before it takes its name. So nothing that hivex does wrong, and no lost process, can harm
 * the hive. */
#include "core/error.h"
#include "host/image/image_write.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* One change under way. */
typedef struct hive_work {
    image *self;
    image_hive_id id;
    arena memory;
    image_place place;
    int before_file;
    image_hive before;
    int after_file;
    image_hive after;
} hive_work;

static mars_status refuse(const hive_work *work, mars_status status, const char *why) {
    /* A comparison that ran out of memory has found nothing about the hive. */
    return error_set(arena_failed(&work->memory) ? MARS_E_NO_MEMORY : status, "%s: %s", work->place.where,
                     why);
}

/* Opens the file as it is now, which need not be what the readers have. */
static mars_status open_before(hive_work *work) {
    image *self = work->self;
    fact why;
    folder_cache_free(&self->folders);
    work->place.where = image_hive_where(work->id);
    if (image_config_find(self, image_hive_name(work->id), work->place.where, &work->memory,
                          &work->place.spot, &why) != FACT_KNOWN) {
        return image_write_refuse(&why);
    }
    if (!S_ISREG(work->place.spot.status.st_mode)) {
        return refuse(work, MARS_E_REFUSED, "not a regular file");
    }
    if (image_spot_open(&work->place.spot, work->place.where, &work->memory, &work->before_file, &why) !=
            FACT_KNOWN ||
        !image_hive_open(&work->before, work->before_file, work->place.where, &work->memory, &why)) {
        return image_write_refuse(&why);
    }
    return MARS_OK;
}

/* hivex would make a dirty hive look clean: Windows would then ignore what its logs hold. */
static mars_status check_before(hive_work *work) {
    const image_hive_header *header = &work->before.header;
    if (header->primary_sequence != header->secondary_sequence) {
        return refuse(
            work, MARS_E_REFUSED,
            "the hive was copied from a running machine or not closed, and its logs are not applied; start "
            "and shut down the server, or load and unload the hive on one, first");
    }
    if (header->bins_end > work->before.data.size) {
        return refuse(work, MARS_E_MALFORMED, "the hive is cut off");
    }
    fact why;
    switch (image_logs_newer(work->self, work->id, header->primary_sequence, &work->memory, &why)) {
    case FACT_KNOWN:
        return error_set(MARS_E_REFUSED, "%s: its log %s holds changes that the hive does not hold yet",
                         work->place.where, why.where);
    case FACT_ABSENT:
        break;
    case FACT_UNKNOWN:
    default:
        return image_write_refuse(&why);
    }
    const char *defect = hive_compare(work->before.data, work->before.data, NULL, &work->memory);
    return defect == NULL ? MARS_OK : refuse(work, MARS_E_MALFORMED, defect);
}

/* Lets hivex make the change and write it into the new file. Whatever fails, its handle is dropped, because
 * what it holds then is not known. */
static mars_status edit_and_commit(hive_work *work, hive_edit *edit) {
    char name[IMAGE_DESCRIPTOR_NAME];
    image_hive_descriptor_name(work->before_file, name);
    errno = 0;
    hive_h *handle = hivex_open(name, HIVEX_OPEN_WRITE);
    if (handle == NULL) {
        return errno == ENOMEM ? image_write_failed(ENOMEM, work->place.where)
                               : refuse(work, MARS_E_MALFORMED, "hivex does not open the hive for writing");
    }
    const image_calls *calls = work->self->calls;
    mars_status status = hive_edit_apply(edit, &work->before, handle, &work->memory);
    if (status == MARS_OK && edit->changed) {
        status = image_place_sweep(work->self, &work->place);
        work->after_file = status == MARS_OK ? calls->create(work->place.spot.folder, image_new_name) : -1;
        bool good = work->after_file >= 0 && calls->commit(handle, work->after_file) &&
                    calls->dress(work->after_file, work->before_file) && calls->sync(work->after_file);
        if (status == MARS_OK && !good) {
            status = image_write_failed(errno, work->place.where);
        }
    }
    (void)hivex_close(handle);
    return status;
}

/* Reads what was written, as the readers will. */
static mars_status check_after(hive_work *work, const hive_edit *edit) {
    fact why;
    if (!image_hive_open(&work->after, work->after_file, work->place.where, &work->memory, &why)) {
        return image_write_refuse(&why);
    }
    const image_hive_header *header = &work->after.header;
    if (header->primary_sequence != header->secondary_sequence || header->bins_end > work->after.data.size) {
        return refuse(work, MARS_E_REFUSED, "what hivex wrote is not whole");
    }
    const char *defect = hive_compare(work->before.data, work->after.data, edit, &work->memory);
    if (defect != NULL && arena_failed(&work->memory)) {
        return refuse(work, MARS_E_NO_MEMORY, defect);
    }
    if (defect != NULL) {
        return error_set(MARS_E_REFUSED,
                         "%s: what hivex wrote differs from the hive in more than the change: %s",
                         work->place.where, defect);
    }
    struct stat now;
    const struct stat *then = &work->place.spot.status;
    if (fstatat(work->place.spot.folder, work->place.spot.name, &now, AT_SYMLINK_NOFOLLOW) != 0 ||
        now.st_ino != then->st_ino || now.st_dev != then->st_dev || now.st_size != then->st_size ||
        now.st_mtim.tv_sec != then->st_mtim.tv_sec || now.st_mtim.tv_nsec != then->st_mtim.tv_nsec) {
        return refuse(work, MARS_E_REFUSED, "another program changed the hive in the meantime");
    }
    return MARS_OK;
}

/* The new file takes the hive's name, and the readers take the new hive. */
static mars_status swap(hive_work *work) {
    image *self = work->self;
    int folder = work->place.spot.folder;
    if (!self->calls->rename(folder, image_new_name, folder, work->place.spot.name)) {
        return image_write_failed(errno, work->place.where);
    }
    image_hive_close(&self->hives[work->id]);
    self->hives[work->id] = work->after;
    self->newest_where = NULL;
    work->after = (image_hive){0};
    return self->calls->sync(folder) ? MARS_OK : image_write_failed(errno, work->place.where);
}

static void close_file(int descriptor) {
    if (descriptor >= 0) {
        (void)close(descriptor);
    }
}

mars_status image_hive_change(image *self, image_hive_id id, hive_edit *edit) {
    hive_work work = {.self = self, .id = id, .before_file = -1, .after_file = -1, .place.spot.folder = -1};
    mars_status status = open_before(&work);
    status = status == MARS_OK ? check_before(&work) : status;
    status = status == MARS_OK ? edit_and_commit(&work, edit) : status;
    if (status == MARS_OK && edit->changed) {
        status = check_after(&work, edit);
        status = status == MARS_OK ? swap(&work) : status;
    }
    if (status != MARS_OK && work.after_file >= 0) { /* after a rename it has that name no longer */
        (void)self->calls->remove(work.place.spot.folder, image_new_name, false);
    }
    image_hive_close(&work.before);
    image_hive_close(&work.after);
    close_file(work.before_file);
    close_file(work.after_file);
    image_place_close(&work.place);
    folder_cache_free(&self->folders);
    arena_free(&work.memory);
    return status;
}
