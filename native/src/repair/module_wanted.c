#include "repair/module_restore.h"

#include "checks/module_faults.h"
#include "collect/powershell.h"
#include "core/error.h"
#include "core/unicode.h"

#include <stdlib.h>
#include <string.h>

#define MANIFEST MODULE_NAME ".psd1"

static int compare_names(const void *a, const void *b) {
    return module_path_compare(*(const char *const *)a, *(const char *const *)b);
}

typedef struct wish_list {
    module_restore *restore;
    arena *memory;
    arena_vector paths; /* of const char * */
    arena_vector there; /* of const char *: what the machine has, sorted */
} wish_list;

static void want(wish_list *list, const char *path) {
    const char **item = arena_push(&list->paths);
    if (item != NULL) {
        *item = arena_text(list->memory, path);
    }
}

static bool is_there(const wish_list *list, const char *path) {
    return list->there.count > 0 &&
           bsearch(&path, list->there.items, list->there.count, sizeof(const char *), compare_names) != NULL;
}

static void list_files_there(wish_list *list) {
    const fact_list *files = &list->restore->machine->powershell.files;
    const module_file *items = files->items;
    for (size_t i = 0; i < files->count; i++) {
        const char **item = items[i].path.fact.state == FACT_KNOWN ? arena_push(&list->there) : NULL;
        if (item != NULL) {
            *item = items[i].path.value;
        }
    }
    if (list->there.count > 0) {
        qsort(list->there.items, list->there.count, sizeof(const char *), compare_names);
    }
}

/* ---- What is wrong ---- */

/* Files that are damaged where they are. One that is neither in the baseline nor missing from it is none of
 * the module's own: it is left alone. */
static void want_damaged(wish_list *list, const module_inspection *found) {
    static const module_fault damages[] = {FAULT_EMPTY, FAULT_NOT_A_PROGRAM, FAULT_SIGNATURE_DIFFERS,
                                           FAULT_DIFFERS_FROM_BASELINE, FAULT_MISSING_FROM_MODULE};
    const baseline *expected = list->restore->expected;
    for (size_t d = 0; d < sizeof damages / sizeof damages[0]; d++) {
        const char *const *names = found->names[damages[d]].items;
        for (size_t i = 0; i < found->names[damages[d]].count; i++) {
            if (expected == NULL || baseline_find(expected, names[i]) != NULL) {
                want(list, names[i]);
            } else {
                change_note(
                    list->restore->run,
                    arena_printf(list->memory,
                                 "%s is damaged, but the baseline has no such file: it is left alone.",
                                 names[i]));
            }
        }
    }
}

/* What the manifest refers to, as a path below the module's folder. */
static mars_status want_references(wish_list *list, const module_inspection *found) {
    const char *folder = list->restore->machine->powershell.module_folder.value;
    size_t length = strlen(folder);
    const arena_vector *missing = &found->names[FAULT_REFERENCE_MISSING];
    const char *const *names = missing->items;
    for (size_t i = 0; i < missing->count; i++) {
        const char *path = module_resolve_path(list->memory, folder, names[i]);
        bool below = path != NULL && strlen(path) > length + 1 && path[length] == '\\' &&
                     windows_name_equal_n(path, length, folder, length);
        if (!below) {
            return error_set(MARS_E_REFUSED,
                             "the manifest refers to %s, which is missing and lies outside of the module's "
                             "folder: repair the agent's installation",
                             names[i]);
        }
        want(list, path + length + 1);
    }
    return MARS_OK;
}

/* Without a good manifest on the machine the source tells which files there are to be. */
static void want_all_missing(wish_list *list) {
    const module_source *source = list->restore->source;
    for (size_t i = 0; i < source->count; i++) {
        const char *path = fact_text_or(&source->files[i].path, "");
        if (!is_there(list, path)) {
            want(list, path);
        }
    }
}

static bool wants_manifest(const wish_list *list) {
    const char *const *paths = list->paths.items;
    for (size_t i = 0; i < list->paths.count; i++) {
        if (module_path_compare(paths[i], MANIFEST) == 0) {
            return true;
        }
    }
    return list->restore->machine->powershell.manifest.fact.state == FACT_ABSENT;
}

static void want_every(wish_list *list) {
    const baseline *expected = list->restore->expected;
    const module_source *source = list->restore->source;
    size_t count = expected != NULL ? expected->count : source->count;
    for (size_t i = 0; i < count; i++) {
        want(list, expected != NULL ? expected->files[i].path : fact_text_or(&source->files[i].path, ""));
    }
}

static mars_status want_faulty(wish_list *list) {
    module_inspection found;
    module_restore *restore = list->restore;
    module_inspect(&found, list->memory, restore->machine, restore->expected);
    want_damaged(list, &found);
    mars_status status = want_references(list, &found);
    if (status == MARS_OK && restore->expected == NULL && wants_manifest(list)) {
        want_all_missing(list);
    }
    if (status == MARS_OK && found.hidden != NULL && !restore->every_file) {
        const char *where = found.hidden->where != NULL ? found.hidden->where : "the module";
        const char *detail = found.hidden->detail != NULL ? found.hidden->detail
                                                          : unknown_reason_sentence(found.hidden->reason);
        change_note(restore->run, arena_printf(list->memory,
                                               "Whether every file of the module is whole could not be told "
                                               "(%s: %s): such files are left alone.",
                                               where, detail));
    }
    return status;
}

/* ---- The list ---- */

/* Each path once; the manifest comes last, so that a restore that was cut short is seen as such. */
static mars_status finish(wish_list *list) {
    module_restore *restore = list->restore;
    const char **paths = list->paths.items;
    restore->wanted = arena_array(list->memory, list->paths.count + 1, sizeof *restore->wanted);
    if (restore->wanted == NULL || arena_failed(list->memory)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the module was looked at");
    }
    if (list->paths.count > 0) {
        qsort(paths, list->paths.count, sizeof(const char *), compare_names);
    }
    const char *manifest = NULL;
    for (size_t i = 0; i < list->paths.count; i++) {
        if (i > 0 && module_path_compare(paths[i], paths[i - 1]) == 0) {
            continue;
        }
        if (module_path_compare(paths[i], MANIFEST) == 0) {
            manifest = paths[i];
        } else {
            restore->wanted[restore->count++].path = paths[i];
        }
    }
    if (manifest != NULL) {
        restore->wanted[restore->count++].path = manifest;
    }
    return MARS_OK;
}

mars_status module_want(module_restore *restore) {
    const fact *listed = &restore->machine->powershell.files.fact;
    arena *memory = restore->run->memory;
    wish_list list = {
        .restore = restore,
        .memory = memory,
        .paths = ARENA_VECTOR(memory, const char *),
        .there = ARENA_VECTOR(memory, const char *),
    };
    if (listed->state == FACT_UNKNOWN) {
        return error_set(MARS_E_REFUSED, "what is in the module's folder cannot be told (%s: %s)",
                         listed->where != NULL ? listed->where : "its place",
                         listed->detail != NULL ? listed->detail : unknown_reason_sentence(listed->reason));
    }
    list_files_there(&list);
    mars_status status = want_faulty(&list);
    if (status == MARS_OK && restore->every_file) {
        want_every(&list);
    }
    return status == MARS_OK ? finish(&list) : status;
}
