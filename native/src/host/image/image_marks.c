#include "host/image/image.h"
#include "parse/security_descriptor.h"
#include "parse/zone_identifier.h"

#include <errno.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

/* As large as a security descriptor can be. */
enum { FILES_LIMIT = 32 * 1024 * 1024, ATTRIBUTE_LIMIT = 64 * 1024 };

/* ---- files.json ---- */

static const files_json *captured_marks(image *self, fact *why) {
    if (!self->marks_read) {
        self->marks_read = true;
        const char *text = NULL;
        fact *state = &self->marks_fact;
        if (image_capture(self, "files.json", image_capture_script, FILES_LIMIT, &self->memory, &text,
                          state) == FACT_KNOWN) {
            const char *where = state->where;
            bool good = files_json_read((const uint8_t *)text, strlen(text), where, &self->memory,
                                        &self->marks, state);
            *state = good ? fact_known(where) : *state;
            state->where = where;
        }
    }
    *why = self->marks_fact;
    return why->state == FACT_KNOWN ? &self->marks : NULL;
}

static void copy_marks(const file_marks *source, arena *memory, file_marks *out) {
    *out = *source;
    out->attributes.fact = image_fact_copy(&source->attributes.fact, memory);
    out->security.fact = image_fact_copy(&source->security.fact, memory);
    out->zone.fact = image_fact_copy(&source->zone.fact, memory);
    if (source->security.fact.state == FACT_KNOWN) {
        out->security.value = arena_text(memory, source->security.value);
    }
}

/* ---- What ntfs-3g shows of a mounted NTFS volume ---- */

typedef struct mounted_file {
    int descriptor;
    const char *where;
    arena *memory;
} mounted_file;

/* False: there is none, or the file system has no such thing. */
static bool extended_attribute(const mounted_file *file, const char *name, bytes *out) {
    uint8_t *data = arena_alloc(file->memory, ATTRIBUTE_LIMIT);
    ssize_t size = data != NULL ? fgetxattr(file->descriptor, name, data, ATTRIBUTE_LIMIT) : -1;
    *out = (bytes){.data = data, .size = size > 0 ? (size_t)size : 0};
    return size >= 0;
}

static void read_security(const mounted_file *file, fact_text *out) {
    bytes data;
    if (!extended_attribute(file, "system.ntfs_acl", &data)) {
        return;
    }
    if (security_descriptor_sddl(data.data, data.size, file->memory, &out->value, &out->fact)) {
        out->fact = fact_known(file->where);
    }
    out->fact.where = file->where;
}

static void read_zone(const mounted_file *file, bool on_ntfs, fact_number *out) {
    bytes data;
    if (extended_attribute(file, "user.Zone.Identifier", &data)) {
        zone_identifier_read(data.data, data.size, file->where, file->memory, out);
    } else if (on_ntfs && errno == ENODATA) {
        out->fact = fact_absent(file->where);
    }
}

static void read_mounted(const mounted_file *file, file_marks *out) {
    bytes data;
    bool on_ntfs = extended_attribute(file, "system.ntfs_attrib_be", &data) && data.size == 4;
    if (on_ntfs) {
        int64_t flags = (int64_t)data.data[0] << 24 | data.data[1] << 16 | data.data[2] << 8 | data.data[3];
        out->attributes = (fact_number){.fact = fact_known(file->where), .value = flags};
    }
    read_security(file, &out->security);
    read_zone(file, on_ntfs, &out->zone);
}

fact_state image_file_marks(host *machine, const char *path, arena *memory, file_marks *out, fact *why) {
    *out = (file_marks){0};
    image *self = image_of(machine);
    const char *where = NULL;
    image_spot spot;
    fact capture;
    fact_state state = image_find(self, path, memory, &where, &spot, why);
    const files_json *captured = captured_marks(self, &capture);
    /* A capture speaks for the server even where the file itself was not copied. */
    const file_marks *marks =
        captured != NULL && where != NULL ? files_json_find(captured, where, memory) : NULL;
    mounted_file file = {.descriptor = -1, .where = where, .memory = memory};
    if (marks != NULL) {
        copy_marks(marks, memory, out);
        state = image_known(where, memory, why);
    } else if (state == FACT_KNOWN) {
        fact none = image_fact_copy(&capture, memory);
        if (captured != NULL) {
            (void)image_unknown(REASON_NO_CAPTURE, none.where, "the capture does not list this file", &none);
        }
        out->attributes.fact = out->security.fact = out->zone.fact = none;
        fact ignored;
        if (image_spot_open(&spot, where, memory, &file.descriptor, &ignored) == FACT_KNOWN) {
            read_mounted(&file, out);
            (void)close(file.descriptor);
        }
        state = image_known(where, memory, why);
    }
    image_spot_close(&spot);
    return state;
}
