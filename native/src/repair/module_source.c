#include "repair/module_source.h"

#include "checks/baseline.h"
#include "collect/powershell.h"
#include "collect/read.h"
#include "core/digest.h"
#include "core/error.h"
#include "host/local_folder.h"

#include <stdlib.h>
#include <string.h>

#define MANIFEST MODULE_NAME ".psd1"
#define ENGINE   "cbengine.exe"

/* ---- Where the module is ---- */

/* Below a Modules, a bin and an install folder, and below a system drive. "" is the folder itself. */
static const char *const places[] = {
    "",
    MODULE_NAME,
    "Modules\\" MODULE_NAME,
    "bin\\Modules\\" MODULE_NAME,
    "Program Files\\Microsoft Azure Recovery Services Agent\\bin\\Modules\\" MODULE_NAME,
};
enum { PLACES = sizeof places / sizeof places[0] };

static const char *shown(const char *place) {
    return place[0] != '\0' ? place : ".";
}

static const char *path_of(arena *memory, const char *place) {
    return place[0] != '\0' ? path_join(memory, "C:", place) : "C:\\";
}

static const char *reason_of(const fact *why) {
    return why->detail != NULL ? why->detail : unknown_reason_sentence(why->reason);
}

static mars_status no_module(const char *folder) {
    return error_set(MARS_E_NOT_FOUND, "%s: there is no " MANIFEST " in it, nor in %s, %s, %s or %s below it",
                     folder, places[1], places[2], places[3], places[4]);
}

/* NULL: *status tells. */
static const char *find_place(collector *c, const char *folder, mars_status *status) {
    const char *found = NULL;
    for (size_t i = 0; i < PLACES; i++) {
        const char *manifest = path_join(c->memory, path_of(c->memory, places[i]), MANIFEST);
        fact_flag present = read_file_present(c, manifest);
        if (present.fact.state == FACT_UNKNOWN) {
            *status = error_set(MARS_E_UNREADABLE, "%s: whether the module is in %s cannot be told: %s",
                                folder, shown(places[i]), reason_of(&present.fact));
            return NULL;
        }
        if (fact_is_true(&present) && found != NULL) {
            *status = error_set(MARS_E_REFUSED, "%s has the module twice, in %s and in %s: name one of them",
                                folder, shown(found), shown(places[i]));
            return NULL;
        }
        found = fact_is_true(&present) ? places[i] : found;
    }
    *status = found != NULL ? MARS_OK : no_module(folder);
    return found;
}

/* ---- Its agent ---- */

/* The folder named is all that is opened of a module that is that folder itself; its agent is outside. */
static void read_version_above(module_source *source, const char *folder, arena *memory) {
    host *above = NULL;
    mars_status status = local_folder_open(&above, arena_printf(memory, "%s/../..", folder));
    if (status != MARS_OK) {
        source->agent_version.fact =
            status == MARS_E_NOT_FOUND ? fact_absent(NULL) : fact_unknown(REASON_UNREADABLE, NULL, NULL);
        return;
    }
    collector c = {.machine = above, .into = source->document, .memory = memory};
    source->agent_version = read_program_version(&c, "C:\\" ENGINE);
    host_close(above);
}

static void read_version(module_source *source, const char *place, arena *memory) {
    const char *end = strrchr(place, '\\');
    if (place[0] == '\0') {
        read_version_above(source, source->folder, memory);
    } else if (end == NULL) {
        read_version_above(source, arena_printf(memory, "%s/" MODULE_NAME, source->folder), memory);
    } else {
        /* "bin\Modules\MSOnlineBackup": without its last two names. */
        const char *above = arena_text_n(memory, place, (size_t)(end - place));
        end = strrchr(above, '\\');
        above = end != NULL ? arena_text_n(memory, above, (size_t)(end - above)) : "";
        collector c = {.machine = source->machine, .into = source->document, .memory = memory};
        source->agent_version = read_program_version(&c, path_join(memory, path_of(memory, above), ENGINE));
    }
}

/* ---- Its files ---- */

struct sorted_file {
    const module_file *file;
};

static int compare_files(const void *a, const void *b) {
    const struct sorted_file *left = a;
    const struct sorted_file *right = b;
    return module_path_compare(fact_text_or(&left->file->path, ""), fact_text_or(&right->file->path, ""));
}

static mars_status read_files(module_source *source) {
    evidence *document = source->document;
    powershell_evidence *module = &document->powershell;
    collector c = {.machine = source->machine, .into = document, .memory = &document->memory};
    module->module_folder = fact_text_known(source->root, source->root);
    module->module_present = fact_flag_known(true, source->root);
    collect_module_files(&c, module);
    if (arena_failed(&document->memory)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", source->folder);
    }
    const fact *listed = &module->files.fact;
    if (listed->state != FACT_KNOWN) {
        return error_set(listed->reason == REASON_TOO_LARGE ? MARS_E_TOO_LARGE : MARS_E_UNREADABLE,
                         "%s cannot be used: %s", source->folder, reason_of(listed));
    }
    source->files = module->files.items;
    source->count = module->files.count;
    source->sorted = arena_array(&document->memory, source->count + 1, sizeof *source->sorted);
    if (source->sorted == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", source->folder);
    }
    for (size_t i = 0; i < source->count; i++) {
        source->sorted[i].file = &source->files[i];
    }
    qsort(source->sorted, source->count, sizeof *source->sorted, compare_files);
    return MARS_OK;
}

static mars_status open_source(module_source *out, const char *folder, arena *memory) {
    mars_status status = local_folder_open(&out->machine, folder);
    if (status != MARS_OK) {
        return status;
    }
    out->document = evidence_new();
    if (out->document == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", folder);
    }
    collector c = {.machine = out->machine, .into = out->document, .memory = &out->document->memory};
    const char *place = find_place(&c, folder, &status);
    if (place == NULL) {
        return status;
    }
    out->place = shown(place);
    out->root = path_of(c.memory, place);
    read_version(out, place, memory);
    return read_files(out);
}

mars_status module_source_open(module_source *out, const char *folder, arena *memory) {
    *out = (module_source){.folder = arena_text(memory, folder)};
    mars_status status = open_source(out, folder, memory);
    if (status == MARS_OK && arena_failed(memory)) {
        status = error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", folder);
    }
    if (status != MARS_OK) {
        module_source_close(out);
    }
    return status;
}

void module_source_close(module_source *source) {
    evidence_free(source->document);
    host_close(source->machine);
    *source = (module_source){0};
}

const module_file *module_source_find(const module_source *source, const char *path) {
    const module_file wanted = {.path = fact_text_known(path, NULL)};
    const struct sorted_file key = {.file = &wanted};
    const struct sorted_file *found =
        source->count > 0 ? bsearch(&key, source->sorted, source->count, sizeof key, compare_files) : NULL;
    return found != NULL ? found->file : NULL;
}

mars_status module_source_read(const module_source *source, const module_file *file, arena *memory,
                               bytes *out) {
    const char *name = file->path.value;
    const char *path = path_join(memory, source->root, name);
    digest_value sha256 = {0};
    fact why = {0};
    if (source->machine->read->file_read(source->machine, path, 0, MODULE_SOURCE_LIMIT, memory, out, &why) !=
        FACT_KNOWN) {
        return error_set(why.reason == REASON_NO_MEMORY ? MARS_E_NO_MEMORY : MARS_E_UNREADABLE,
                         "%s in %s could not be read: %s", name, source->folder, reason_of(&why));
    }
    bool same = digest_of(DIGEST_SHA256, out->data, out->size, &sha256) &&
                (int64_t)out->size == file->size.value &&
                strcmp(hex_lower(memory, sha256.data, sha256.size), file->sha256.value) == 0;
    return same ? MARS_OK
                : error_set(MARS_E_UNREADABLE, "%s in %s changed while it was read", name, source->folder);
}
