/* The agent's scratch folder: where its cache and its key file are. */
#include "collect/read.h"

#include "core/unicode.h"
#include "parse/sddl.h"

#include <string.h>

#define CONFIG_KEY   "SOFTWARE\\Microsoft\\Windows Azure Backup\\Config"
#define PROVIDER_KEY CONFIG_KEY "\\CloudBackupProvider"
#define VALUE_NAME   "ScratchLocation"
#define KEY_FILE     "OnlineBackup.KEK"
#define LONG_PREFIX  "\\\\?\\"

enum { FILES_LOOKED_AT = 1000 };

/* ---- Paths ---- */

/* Expanded, cleaned, and with single backslashes but for the two that begin a path on another computer. */
static const char *folder_named(collector *c, const char *location) {
    const char *path = path_clean(c->memory, environment_expand(c, location));
    path += ascii_starts(path, LONG_PREFIX) ? strlen(LONG_PREFIX) : 0;
    char *single = arena_copy(c->memory, path, strlen(path) + 1);
    if (single == NULL) {
        return "";
    }
    size_t length = 0;
    for (size_t i = 0; path[i] != '\0'; i++) {
        if (i < 2 || path[i] != '\\' || path[i - 1] != '\\') {
            single[length++] = path[i];
        }
    }
    single[length] = '\0';
    return single;
}

static fact_text folder_of(collector *c, const fact_text *location) {
    return location->fact.state == FACT_KNOWN
               ? fact_text_known(folder_named(c, location->value), location->fact.where)
               : (fact_text){.fact = location->fact};
}

static fact_text letter_of(collector *c, const fact_text *folder) {
    if (folder->fact.state != FACT_KNOWN) {
        return (fact_text){.fact = folder->fact};
    }
    char letter = ascii_lower(folder->value[0]);
    if (letter < 'a' || letter > 'z' || folder->value[1] != ':') {
        return (fact_text){.fact = fact_absent(folder->fact.where)};
    }
    return fact_text_known(arena_printf(c->memory, "%c", letter - 'a' + 'A'), folder->fact.where);
}

/* ---- Its volume ---- */

/* Known: as far as an image shows, the folder stands for no other place. Where nothing was captured of it, it
 * is taken for a plain one. Which kind of reparse point it is no attribute tells, so that any may lead away.
 */
static fact in_place_itself(collector *c, const char *folder, const char *where) {
    file_marks marks = {0};
    fact why = {0};
    fact_state state = c->machine->read->file_marks(c->machine, folder, c->memory, &marks, &why);
    if (state == FACT_UNKNOWN) {
        return why; /* a link itself, or what cannot be looked at */
    }
    if (state == FACT_KNOWN && marks.attributes.fact.state == FACT_KNOWN &&
        (marks.attributes.value & FILE_ATTR_REPARSE_POINT) != 0) {
        return fact_unknown(REASON_OUTSIDE, where,
                            arena_printf(c->memory,
                                         "%s is a reparse point: which volume is behind it cannot be told",
                                         folder));
    }
    return fact_known(where);
}

/* The first fact that is unknown of the folders above it; known: it is where its path says. */
static fact in_place(collector *c, const char *folder, const char *where) {
    enum { DRIVE_LENGTH = 3 }; /* "C:\\" */
    const char *last = strrchr(folder, '\\');
    const char *end = strlen(folder) > DRIVE_LENGTH ? strchr(folder + DRIVE_LENGTH, '\\') : NULL;
    fact told = fact_known(where);
    for (; told.state == FACT_KNOWN && end != NULL && end <= last; end = strchr(end + 1, '\\')) {
        told = in_place_itself(c, arena_text_n(c->memory, folder, (size_t)(end - folder)), where);
    }
    return told;
}

/* An image has drives only. */
static void read_volume_of_image(collector *c, scratch_evidence *scratch) {
    const char *where = scratch->folder.fact.where;
    fact told = in_place(c, scratch->folder.value, where);
    scratch->volume.fact = fact_absent(where);
    if (told.state != FACT_KNOWN) {
        scratch->letter.fact = told;
        scratch->volume.fact = told;
    }
}

/* The letter of the path is that of the volume only where no volume is mounted into a folder on the way. */
static void read_volume(collector *c, scratch_evidence *scratch) {
    file_volume found = {0};
    scratch->letter = letter_of(c, &scratch->folder);
    scratch->volume.fact = scratch->letter.fact;
    if (scratch->letter.fact.state != FACT_KNOWN) {
        return;
    }
    if (c->machine->read->volume_of == NULL) {
        read_volume_of_image(c, scratch);
        return;
    }
    fact_state state = c->machine->read->volume_of(c->machine, scratch->folder.value, c->memory, &found,
                                                   &scratch->volume.fact);
    if (state == FACT_UNKNOWN) {
        scratch->letter.fact = scratch->volume.fact;
    } else if (state == FACT_KNOWN) {
        scratch->volume.value = found.path;
        if (strlen(found.mount_point) != strlen("C:\\")) {
            scratch->letter.fact = fact_absent(scratch->volume.fact.where);
        }
    }
}

/* ---- Marks ---- */

/* An entry of the right kind that a capture lists is there, also where the file itself was not copied. */
static fact_flag present_or_captured(fact_flag present, const file_marks *marks, bool folder) {
    const fact_number *attributes = &marks->attributes;
    if (!fact_is_true(&present) && attributes->fact.state == FACT_KNOWN &&
        ((attributes->value & FILE_ATTR_DIRECTORY) != 0) == folder) {
        return fact_flag_known(true, attributes->fact.where);
    }
    return present;
}

static file_marks marks_of(collector *c, const char *path) {
    file_marks marks = {0};
    fact why = {0};
    if (c->machine->read->file_marks(c->machine, path, c->memory, &marks, &why) != FACT_KNOWN) {
        why = fact_depending_on(&why);
        marks.attributes.fact = marks.security.fact = marks.zone.fact = why;
    }
    return marks;
}

static fact_flag system_writes(const fact_text *security) {
    const uint32_t wanted = FOLDER_RIGHT_ADD_FILE | FOLDER_RIGHT_ADD_FOLDER;
    uint32_t rights = 0;
    fact why = {0};
    if (security->fact.state != FACT_KNOWN) {
        return (fact_flag){.fact = security->fact};
    }
    if (!sddl_system_rights(security->value, &rights, &why)) {
        return (fact_flag){.fact = fact_unknown(why.reason, security->fact.where, why.detail)};
    }
    return fact_flag_known((rights & wanted) == wanted, security->fact.where);
}

/* ---- What is in the folder ---- */

typedef struct name_collection {
    arena_vector names; /* of const char * */
} name_collection;

static bool remember_name(void *user, const folder_entry *entry) {
    name_collection *collection = user;
    const char **name = arena_push(&collection->names);
    if (name != NULL) {
        *name = arena_text(collection->names.memory, entry->name);
    }
    return name != NULL && collection->names.count <= FILES_LOOKED_AT;
}

/* Fills out with the names that are encrypted or compressed. The result says what is not known of the rest.
 */
static fact find_marked(collector *c, const char *folder, const arena_vector *names, const char *where,
                        arena_vector *out) {
    const char *const *items = names->items;
    fact result = fact_known(where);
    for (size_t i = 0; i < names->count; i++) {
        file_marks marks = marks_of(c, path_join(c->memory, folder, items[i]));
        if (marks.attributes.fact.state != FACT_KNOWN) {
            result = marks.attributes.fact;
            continue;
        }
        if ((marks.attributes.value & (FILE_ATTR_ENCRYPTED | FILE_ATTR_COMPRESSED)) != 0) {
            const char **item = arena_push(out);
            if (item != NULL) {
                *item = items[i];
            }
        }
    }
    return result;
}

static fact_texts marked_files(collector *c, const char *folder) {
    fact_texts result = {0};
    name_collection found = {.names = ARENA_VECTOR(c->memory, const char *)};
    arena_vector marked = ARENA_VECTOR(c->memory, const char *);
    fact_state state =
        c->machine->read->folder_each(c->machine, folder, remember_name, &found, c->memory, &result.fact);
    if (state == FACT_ABSENT) {
        result.fact = fact_unknown(REASON_DEPENDS, result.fact.where, "the folder is not there");
    }
    if (state != FACT_KNOWN) {
        return result;
    }
    if (found.names.count > FILES_LOOKED_AT) {
        result.fact =
            fact_unknown(REASON_TOO_LARGE, result.fact.where, "the folder has more than 1000 files");
        return result;
    }
    fact rest = find_marked(c, folder, &found.names, result.fact.where, &marked);
    if (marked.count == 0 && rest.state != FACT_KNOWN) {
        result.fact = rest;
        return result;
    }
    result.value = (text_list){.items = marked.items, .count = marked.count};
    return result;
}

/* ---- The group ---- */

static void read_folder(collector *c, scratch_evidence *scratch, const char *folder) {
    file_marks marks = marks_of(c, folder);
    scratch->folder_present = present_or_captured(read_folder_present(c, folder), &marks, true);
    scratch->attributes = marks.attributes;
    scratch->system_writes = system_writes(&marks.security);
    scratch->marked_files = marked_files(c, folder);

    const char *key_file = path_join(c->memory, folder, KEY_FILE);
    marks = marks_of(c, key_file);
    scratch->key_file_present = present_or_captured(read_file_present(c, key_file), &marks, false);
    scratch->key_file_size = read_file_size(c, key_file);
    if (fact_is_true(&scratch->key_file_present) && scratch->key_file_size.fact.state == FACT_ABSENT) {
        scratch->key_file_size.fact = fact_unknown(REASON_NOT_COLLECTED, scratch->key_file_size.fact.where,
                                                   "only its attributes were captured");
    }
}

static void set_folder_unknown(scratch_evidence *scratch, fact why) {
    scratch->folder_present.fact = why;
    scratch->attributes.fact = why;
    scratch->system_writes.fact = why;
    scratch->marked_files.fact = why;
    scratch->key_file_present.fact = why;
    scratch->key_file_size.fact = why;
}

void collect_scratch(collector *c) {
    static const registry_path keys[] = {
        {REGISTRY_MACHINE, REGISTRY_64, CONFIG_KEY},
        {REGISTRY_MACHINE, REGISTRY_64, PROVIDER_KEY},
    };
    scratch_evidence *scratch = &c->into->scratch;
    scratch->location = read_machine_text(c, CONFIG_KEY, VALUE_NAME);
    scratch->provider_location = read_machine_text(c, PROVIDER_KEY, VALUE_NAME);
    scratch->location_written = read_newest_key_time(c, keys, sizeof keys / sizeof keys[0]);
    scratch->folder = folder_of(c, &scratch->location);
    scratch->provider_folder = folder_of(c, &scratch->provider_location);
    read_volume(c, scratch);
    if (scratch->folder.fact.state == FACT_KNOWN) {
        read_folder(c, scratch, scratch->folder.value);
    } else {
        set_folder_unknown(scratch, fact_depending_on(&scratch->folder.fact));
    }
    scratch->protected_bytes.fact =
        fact_unknown(REASON_NOT_ON_HOST, NULL, "the agent's policy is not in a form that can be read");
}
