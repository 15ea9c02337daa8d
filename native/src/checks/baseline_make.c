#include "checks/baseline.h"

#include "checks/version.h"
#include "core/error.h"
#include "evidence/evidence.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static mars_status no_memory(void) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out while the baseline was made");
}

typedef struct sorted_file {
    const module_file *file;
} sorted_file;

static int compare_files(const void *a, const void *b) {
    const sorted_file *left = a;
    const sorted_file *right = b;
    return module_path_compare(left->file->path.value, right->file->path.value);
}

/* Everything that a row needs is known, and baseline_read will take it. */
static mars_status check_file(const module_file *file) {
    const char *path = fact_text_or(&file->path, NULL);
    if (path == NULL || !module_path_safe(path) || strlen(path) > BASELINE_PATH_LIMIT) {
        return error_set(MARS_E_MALFORMED,
                         "%s: a baseline cannot hold this name: too long, or none that Windows allows",
                         path != NULL ? path : "a file");
    }
    const fact *hidden = file->size.fact.state != FACT_KNOWN     ? &file->size.fact
                         : file->sha256.fact.state != FACT_KNOWN ? &file->sha256.fact
                                                                 : NULL;
    if (hidden != NULL) {
        return error_set(MARS_E_UNREADABLE, "%s could not be read: %s", path,
                         hidden->detail != NULL ? hidden->detail : unknown_reason_sentence(hidden->reason));
    }
    return MARS_OK;
}

/* NULL: *status tells. */
static const sorted_file *sort_files(const module_file *files, size_t count, arena *memory,
                                     mars_status *status) {
    sorted_file *sorted = arena_array(memory, count, sizeof *sorted);
    if (sorted == NULL) {
        *status = no_memory();
        return NULL;
    }
    for (size_t i = 0; i < count && *status == MARS_OK; i++) {
        *status = check_file(&files[i]);
        sorted[i].file = &files[i];
    }
    if (*status != MARS_OK) {
        return NULL;
    }
    qsort(sorted, count, sizeof *sorted, compare_files);
    for (size_t i = 1; i < count; i++) {
        if (compare_files(&sorted[i - 1], &sorted[i]) == 0) {
            *status = error_set(MARS_E_MALFORMED, "%s: two files have this name but for the case",
                                sorted[i].file->path.value);
            return NULL;
        }
    }
    return sorted;
}

/* NULL if memory ran out. Members keep this order. */
static json_t *document_of(const sorted_file *files, size_t count, const char *agent_version) {
    json_t *rows = json_array();
    for (size_t i = 0; i < count; i++) {
        const module_file *file = files[i].file;
        json_t *row = json_pack("{s:s, s:I, s:s}", "path", file->path.value, "size",
                                (json_int_t)file->size.value, "sha256", file->sha256.value);
        if (json_array_append_new(rows, row) != 0) {
            json_decref(rows);
            return NULL;
        }
    }
    return json_pack("{s:s, s:s, s:o}", "schema", BASELINE_SCHEMA, "agent_version", agent_version, "files",
                     rows);
}

mars_status baseline_make(const char **out, arena *memory, const module_file *files, size_t count,
                          const char *agent_version) {
    version_number number = {0};
    *out = "";
    if (!version_parse(agent_version, &number)) {
        return error_set(MARS_E_INVALID_ARGUMENT, "agent_version: \"%s\" is no version number",
                         agent_version);
    }
    if (count == 0) {
        return error_set(MARS_E_NOT_FOUND, "the module's folder has no files");
    }
    if (count > BASELINE_FILE_LIMIT) {
        return error_set(MARS_E_TOO_LARGE, "the module has more than %d files", BASELINE_FILE_LIMIT);
    }
    mars_status status = MARS_OK;
    const sorted_file *sorted = sort_files(files, count, memory, &status);
    if (sorted == NULL) {
        return status;
    }
    json_t *document = document_of(sorted, count, agent_version);
    char *text = document != NULL ? json_dumps(document, JSON_INDENT(2)) : NULL;
    json_decref(document);
    if (text != NULL) {
        *out = arena_printf(memory, "%s\n", text);
    }
    free(text); /* jansson's own memory */
    return text == NULL || arena_failed(memory) ? no_memory() : MARS_OK;
}
