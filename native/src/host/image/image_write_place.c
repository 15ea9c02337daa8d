#include "core/error.h"
#include "core/unicode.h"
#include "host/image/image_write.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

const char image_new_name[] = "~marshealth.new";

/* ---- Errors ---- */

mars_status image_write_refuse(const fact *why) {
    static const struct {
        unknown_reason reason;
        mars_status status;
    } table[] = {
        {REASON_NOT_ON_HOST, MARS_E_UNSUPPORTED}, {REASON_MALFORMED, MARS_E_MALFORMED},
        {REASON_TOO_LARGE, MARS_E_TOO_LARGE},     {REASON_AMBIGUOUS, MARS_E_REFUSED},
        {REASON_OUTSIDE, MARS_E_REFUSED},         {REASON_NO_MEMORY, MARS_E_NO_MEMORY},
        {REASON_DEPENDS, MARS_E_MALFORMED},
    };
    const char *where = why->where != NULL ? why->where : "the image";
    if (why->state == FACT_ABSENT) {
        return error_set(MARS_E_NOT_FOUND, "%s does not exist", where);
    }
    mars_status status = MARS_E_UNREADABLE;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        status = table[i].reason == why->reason ? table[i].status : status;
    }
    const char *detail = why->detail != NULL ? why->detail : unknown_reason_sentence(why->reason);
    return error_set(status, "%s: %s", where, detail);
}

mars_status image_write_failed(int error, const char *where) {
    switch (error) {
    case EROFS:
        return error_set(MARS_E_UNWRITABLE, "%s: the image is read-only", where);
    case EACCES:
    case EPERM:
        return error_set(MARS_E_UNWRITABLE, "%s: access was denied", where);
    case ENOSPC:
    case EDQUOT:
        return error_set(MARS_E_UNWRITABLE, "%s: there is no space left", where);
    case EIO:
        return error_set(MARS_E_UNWRITABLE, "%s: the disk reported an error", where);
    case EXDEV:
        return error_set(MARS_E_UNWRITABLE, "%s is on another volume", where);
    case ENOTEMPTY:
        return error_set(MARS_E_REFUSED, "%s is not empty", where);
    case ENOMEM:
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was changed", where);
    default:
        return error_set(MARS_E_UNWRITABLE, "%s: the file system answered with error %d", where, error);
    }
}

/* ---- Places ---- */

void image_place_close(image_place *place) {
    image_spot_close(&place->spot);
}

/* The name in which a new file is made. What stands for a lone surrogate has no form that every file system
 * takes. */
static mars_status new_name(const char *name, const char *where) {
    bool good = name[0] != '\0' && strlen(name) <= 255 && utf8_valid(name, strlen(name)) &&
                strpbrk(name, "/\\:*?\"<>|\x1A") == NULL && strcmp(name, ".") != 0 && strcmp(name, "..") != 0;
    return good ? MARS_OK
                : error_set(MARS_E_INVALID_ARGUMENT, "%s: \"%s\" is no name for a new file", where, name);
}

/* Opens the folder that a path names as the place's, with no name yet. */
static mars_status enter_folder(image *self, const char *path, arena *memory, image_place *place) {
    fact why;
    image_spot spot;
    const char *where = NULL;
    fact_state state = image_find(self, path, memory, &where, &spot, &why);
    if (state == FACT_KNOWN && !S_ISDIR(spot.status.st_mode)) {
        state = image_absent(where, memory, &why);
    }
    if (state == FACT_KNOWN) {
        state = image_spot_open(&spot, where, memory, &place->spot.folder, &why);
    }
    image_spot_close(&spot);
    return state == FACT_KNOWN ? MARS_OK : image_write_refuse(&why);
}

/* A path whose last name does not exist. */
static mars_status find_free_name(image *self, const char *path, arena *memory, image_place *out) {
    fact why;
    windows_path parsed;
    if (!windows_path_parse(path, memory, &parsed, &why) || parsed.count == 0) {
        return image_write_refuse(&why);
    }
    const char *name = parsed.parts[parsed.count - 1];
    size_t above = strlen(parsed.text) - strlen(name) - 1;
    const char *folder = arena_printf(memory, "%.*s\\", (int)above, parsed.text);
    out->spot.name = name;
    mars_status status = new_name(name, parsed.text);
    return status == MARS_OK ? enter_folder(self, folder, memory, out) : status;
}

mars_status image_place_find(image *self, const char *path, arena *memory, image_place *out) {
    *out = (image_place){.spot.folder = -1};
    fact why;
    windows_path parsed;
    if (!windows_path_parse(path, memory, &parsed, &why)) {
        return image_write_refuse(&why);
    }
    if (parsed.count == 0) {
        return error_set(MARS_E_INVALID_ARGUMENT, "%s is a drive and no file", parsed.text);
    }
    folder_cache_free(&self->folders);
    fact_state state = image_find(self, path, memory, &out->where, &out->spot, &why);
    out->exists = state == FACT_KNOWN;
    mars_status status = MARS_OK;
    if (state == FACT_UNKNOWN) {
        status = image_write_refuse(&why);
    } else if (state == FACT_ABSENT) {
        status = find_free_name(self, path, memory, out);
    }
    if (status == MARS_OK && arena_failed(memory)) {
        status = error_set(MARS_E_NO_MEMORY, "memory ran out while %s was looked for", path);
    }
    if (status != MARS_OK) {
        image_place_close(out);
    }
    return status;
}

mars_status image_place_beside(image *self, const image_place *place, const char *name, arena *memory,
                               image_place *out) {
    *out = (image_place){.spot.folder = -1};
    const char *last = strrchr(place->where, '\\');
    mars_status status = new_name(name, place->where);
    if (status != MARS_OK) {
        return status;
    }
    return image_place_find(
        self, arena_printf(memory, "%.*s\\%s", (int)(last - place->where), place->where, name), memory, out);
}

mars_status image_place_sweep(image *self, const image_place *place) {
    bool gone = self->calls->remove(place->spot.folder, image_new_name, false) || errno == ENOENT;
    return gone ? MARS_OK : image_write_failed(errno, place->where);
}

mars_status image_place_settle(image *self, const image_place *place, mars_status status) {
    folder_cache_free(&self->folders);
    if (status == MARS_OK && !self->calls->sync(place->spot.folder)) {
        status = image_write_failed(errno, place->where);
    }
    for (int id = 0; id < IMAGE_HIVES; id++) {
        const char *where = place->where + 2;
        const char *hive = image_hive_where((image_hive_id)id);
        bool same = *where == '\\' && strlen(++where) == strlen(hive);
        for (size_t i = 0; same && hive[i] != '\0'; i++) {
            same = ascii_lower(where[i]) == ascii_lower(hive[i]) || (where[i] == '\\' && hive[i] == '/');
        }
        if (same) {
            image_hive_reopen(self, (image_hive_id)id);
        }
    }
    return status;
}
