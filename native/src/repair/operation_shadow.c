#include "repair/change.h"

#include "core/error.h"
#include "core/unicode.h"
#include "parse/vssadmin.h"
#include "repair/guards.h"

#include <string.h>

/* What stays free on the volume that holds the copies, whichever is more: other data has to grow, too, and
 * Windows warns of a nearly full volume at about a tenth. */
static const int64_t smallest_reserve = INT64_C(5) * 1024 * 1024 * 1024;
enum { RESERVE_PART = 10 };
/* No volume is larger; more would overflow what is calculated from it. */
static const int64_t largest_size = INT64_C(1) << 60;

/* A volume that a person named, found among the machine's. */
typedef struct named_volume {
    const char *text;   /* "C:", or the path of a volume without a letter */
    const char *letter; /* "C"; NULL: none */
    const char *guid;   /* without braces; NULL: not known */
    volume_info info;
} named_volume;

typedef struct resizing {
    arena *memory;
    named_volume source;
    named_volume storage;
    int64_t max_bytes;
} resizing;

static const char *subject_of(const resizing *r) {
    return arena_printf(r->memory, "shadow storage of %s", r->source.text);
}

/* ---- Volumes ---- */

/* From "\\?\Volume{guid}\". */
static const char *guid_of(arena *memory, const char *path) {
    enum { GUID_LENGTH = 36 };
    const char *open = strchr(path, '{');
    return open != NULL && strlen(open) > GUID_LENGTH ? arena_text_n(memory, open + 1, GUID_LENGTH) : NULL;
}

static bool is_named(const volume_info *volume, const char *name) {
    const char *letter = fact_text_or(&volume->letter, "");
    bool by_letter = letter[0] != '\0' && ascii_equal_n(letter, name, 1) && strcmp(name + 1, ":") == 0;
    return by_letter || ascii_equal(fact_text_or(&volume->path, ""), name);
}

static mars_status find_volume(arena *memory, const volume_info_list *volumes, const char *name,
                               named_volume *out) {
    for (size_t i = 0; i < volumes->count; i++) {
        const volume_info *volume = &volumes->items[i];
        if (is_named(volume, name)) {
            const char *letter = fact_text_or(&volume->letter, NULL);
            *out = (named_volume){
                .text = letter != NULL ? arena_printf(memory, "%s:", letter) : volume->path.value,
                .letter = letter,
                .guid = volume->path.fact.state == FACT_KNOWN ? guid_of(memory, volume->path.value) : NULL,
                .info = *volume,
            };
            return MARS_OK;
        }
    }
    return error_set(MARS_E_REFUSED, "there is no volume %s on this server", name);
}

static mars_status not_shared(const resizing *r, const named_volume *volume) {
    const fact_text *system = &volume->info.file_system;
    if (system->fact.state == FACT_UNKNOWN) {
        const char *what = arena_printf(r->memory, "which file system %s has", volume->text);
        return guard_unknown(subject_of(r), what, &system->fact);
    }
    if (ascii_starts(fact_text_or(system, ""), "CSVFS")) {
        return error_set(MARS_E_REFUSED,
                         "%s is a cluster shared volume, whose shadow storage is the cluster's to set: use "
                         "the node that owns it and the cluster's own tools",
                         volume->text);
    }
    return MARS_OK;
}

static mars_status find_volumes(host *machine, resizing *r, const char *for_volume, const char *on_volume) {
    volume_info_list volumes = {0};
    fact why = {0};
    if (machine->read->volume_list(machine, r->memory, &volumes, &why) != FACT_KNOWN) {
        return guard_unknown(arena_printf(r->memory, "shadow storage of %s", for_volume),
                             "which volumes there are", &why);
    }
    mars_status status = find_volume(r->memory, &volumes, for_volume, &r->source);
    if (status == MARS_OK) {
        status = find_volume(r->memory, &volumes, on_volume, &r->storage);
    }
    if (status == MARS_OK) {
        status = not_shared(r, &r->source);
    }
    return status == MARS_OK ? not_shared(r, &r->storage) : status;
}

/* ---- Associations ---- */

static mars_status read_storage(host *machine, const resizing *r, vss_storage_list *out) {
    const char *text = NULL;
    fact why = {0};
    pattern_set *patterns = pattern_set_new();
    if (patterns == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while shadow storage was read");
    }
    fact_state state =
        machine->read->console(machine, console_tool_of(CONSOLE_SHADOW_STORAGE), r->memory, &text, &why);
    const char *where = why.where;
    bool read = state == FACT_KNOWN && vssadmin_read_storage(patterns, text, r->memory, out, &why);
    pattern_set_free(patterns);
    why.where = where;
    return read ? MARS_OK : guard_unknown(subject_of(r), "how much there is", &why);
}

/* By GUID: a letter may have changed hands since the copies were set up. */
static bool is_volume(const named_volume *named, const vss_volume *listed) {
    if (named->guid != NULL) {
        return ascii_equal(named->guid, listed->guid);
    }
    return named->letter != NULL && listed->letter != NULL && ascii_equal(named->letter, listed->letter);
}

/* NULL if there is none; elsewhere: one of the source on another volume. */
static const vss_storage *find_association(const resizing *r, const vss_storage_list *list,
                                           const vss_storage **elsewhere) {
    *elsewhere = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const vss_storage *item = &list->items[i];
        if (is_volume(&r->source, &item->volume) && is_volume(&r->storage, &item->storage)) {
            return item;
        }
        *elsewhere = is_volume(&r->source, &item->volume) ? item : *elsewhere;
    }
    return NULL;
}

static mars_status no_association(const resizing *r, const vss_storage *elsewhere) {
    if (elsewhere != NULL) {
        const char *held = elsewhere->storage.letter != NULL
                               ? arena_printf(r->memory, "%s:", elsewhere->storage.letter)
                               : arena_printf(r->memory, "\\\\?\\Volume{%s}\\", elsewhere->storage.guid);
        return error_set(MARS_E_REFUSED, "shadow copies of %s are kept on %s, not on %s", r->source.text,
                         held, r->storage.text);
    }
    return error_set(
        MARS_E_REFUSED,
        "%s has no shadow storage that could be resized: Windows makes one with the first shadow "
        "copy, or on a server \"vssadmin add shadowstorage /for=%s /on=%s /maxsize=...\" does",
        r->source.text, r->source.text, r->storage.text);
}

/* *association is NULL if there is none. */
static mars_status look_up(host *machine, const resizing *r, const vss_storage **association,
                           const vss_storage **elsewhere) {
    vss_storage_list list = {0};
    mars_status status = read_storage(machine, r, &list);
    *association = status == MARS_OK ? find_association(r, &list, elsewhere) : NULL;
    return status;
}

/* ---- Guards ---- */

/* Read, and no more than any disk holds; one without limit counts as 0. */
static bool is_size(const vss_size *size) {
    return size->known && size->bytes <= largest_size;
}

static bool is_about(const vss_size *size, int64_t wanted, int64_t margin) {
    return wanted >= size->bytes - margin && wanted <= size->bytes + margin;
}

/* The tool drops zeros at the end, so that the margin of "4 GB" is half a gigabyte; but it would have printed
 * what is half a percent more or less in another way. */
static bool is_already(const vss_size *size, int64_t wanted) {
    int64_t likely = size->bytes / 200;
    return is_about(size, wanted, size->margin < likely ? size->margin : likely);
}

static mars_status only_up(const resizing *r, const vss_storage *s) {
    if (!is_size(&s->maximum) || !is_size(&s->allocated)) {
        const char *unread = is_size(&s->maximum) ? s->allocated.text : s->maximum.text;
        fact why = fact_unknown(REASON_MALFORMED, NULL, unread);
        return guard_unknown(subject_of(r), "how much it may take now", &why);
    }
    if (s->maximum.unbounded) {
        return error_set(MARS_E_REFUSED,
                         "shadow storage of %s has no limit now: one would be less, and could delete shadow "
                         "copies",
                         r->source.text);
    }
    if (is_already(&s->maximum, r->max_bytes)) {
        return MARS_OK;
    }
    if (r->max_bytes < s->maximum.bytes) {
        return error_set(MARS_E_REFUSED,
                         "shadow storage of %s may take %s now: less could delete shadow copies, so it is "
                         "only ever enlarged",
                         r->source.text, s->maximum.text);
    }
    int64_t least = s->maximum.bytes + s->maximum.margin + 1;
    if (r->max_bytes < least) {
        return error_set(
            MARS_E_REFUSED,
            "shadow storage of %s may take %s now, which is rounded: only from %lld bytes on is it "
            "certain that it becomes more",
            r->source.text, s->maximum.text, (long long)least);
    }
    return MARS_OK;
}

/* Written down to the last byte that the texts leave open: what is allocated counts as its least. */
static mars_status leaves_room(const resizing *r, const vss_storage *s) {
    const fact_number *size = &r->storage.info.size;
    const fact_number *left = &r->storage.info.free;
    if (size->fact.state != FACT_KNOWN || left->fact.state != FACT_KNOWN) {
        const char *what = arena_printf(r->memory, "how much of %s is free", r->storage.text);
        return guard_unknown(subject_of(r), what, size->fact.state != FACT_KNOWN ? &size->fact : &left->fact);
    }
    if (size->value < 0 || size->value > largest_size || left->value < 0 || left->value > size->value) {
        fact why = fact_unknown(REASON_MALFORMED, NULL, "the figures do not follow each other");
        return guard_unknown(subject_of(r),
                             arena_printf(r->memory, "how much of %s is free", r->storage.text), &why);
    }
    int64_t part = size->value / RESERVE_PART;
    int64_t reserve = part > smallest_reserve ? part : smallest_reserve;
    int64_t held = s->allocated.bytes > s->allocated.margin ? s->allocated.bytes - s->allocated.margin : 0;
    int64_t most = left->value - reserve + held;
    if (r->max_bytes <= most) {
        return MARS_OK;
    }
    return error_set(
        MARS_E_REFUSED,
        "shadow storage of %lld bytes on %s would leave less than %lld bytes of it free: %lld is "
        "the most there is room for",
        (long long)r->max_bytes, r->storage.text, (long long)reserve, (long long)(most > 0 ? most : 0));
}

/* ---- shadow.resize ---- */

/* change_act. The tool's word is not relied on: some versions say that all went well when nothing did. */
static mars_status resize(host *machine, const host_writer *writer, void *user) {
    const resizing *r = user;
    const vss_storage *now = NULL;
    const vss_storage *elsewhere = NULL;
    mars_status said =
        writer->shadow_resize(machine, r->source.text, r->storage.text, (uint64_t)r->max_bytes);
    const char *message = said != MARS_OK ? arena_text(r->memory, error_message()) : "";
    mars_status status = look_up(machine, r, &now, &elsewhere);
    if (status != MARS_OK) {
        return error_set(MARS_E_UNREADABLE,
                         "shadow storage of %s was to be resized, but what came of it cannot be told%s%s",
                         r->source.text, message[0] != '\0' ? ": " : "", message);
    }
    bool done =
        now != NULL && is_size(&now->maximum) && is_about(&now->maximum, r->max_bytes, now->maximum.margin);
    if (done) {
        return MARS_OK;
    }
    return error_set(said != MARS_OK ? said : MARS_E_UNWRITABLE,
                     "shadow storage of %s was to be %lld bytes, but the listing says %s%s%s", r->source.text,
                     (long long)r->max_bytes, now != NULL ? now->maximum.text : "that there is none",
                     message[0] != '\0' ? ": " : "", message);
}

static mars_status host_can(host *machine) {
    const host_writer *writer = host_writer_of(machine);
    return writer != NULL && writer->shadow_resize != NULL
               ? MARS_OK
               : error_set(MARS_E_UNSUPPORTED, "%s", operation_needs_reason(NEEDS_SHADOW_COPIES));
}

mars_status operation_resize_shadow_storage(operation_run *run, const char *for_volume, const char *on_volume,
                                            uint64_t max_bytes) {
    host *machine = run->machine;
    resizing r = {.memory = run->memory};
    const vss_storage *now = NULL;
    const vss_storage *elsewhere = NULL;
    mars_status status = host_can(machine);
    if (status == MARS_OK && max_bytes > (uint64_t)largest_size) {
        return error_set(MARS_E_REFUSED, "shadow storage of %s cannot be that large", for_volume);
    }
    r.max_bytes = (int64_t)max_bytes;
    if (status == MARS_OK) {
        status = find_volumes(machine, &r, for_volume, on_volume);
    }
    if (status == MARS_OK) {
        status = look_up(machine, &r, &now, &elsewhere);
    }
    if (status != MARS_OK || now == NULL) {
        return status == MARS_OK ? no_association(&r, elsewhere) : status;
    }
    status = only_up(&r, now);
    if (status != MARS_OK || is_already(&now->maximum, r.max_bytes)) {
        return status;
    }
    status = leaves_room(&r, now);
    const char *target =
        arena_printf(run->memory, "shadow storage of %s on %s", r.source.text, r.storage.text);
    if (status == MARS_OK && arena_failed(run->memory)) {
        status = error_set(MARS_E_NO_MEMORY, "memory ran out before %s was changed", target);
    }
    return status == MARS_OK
               ? change_event(run, target, arena_printf(run->memory, "at most %s", now->maximum.text),
                              arena_printf(run->memory, "at most %lld bytes", (long long)r.max_bytes), resize,
                              &r)
               : status;
}
