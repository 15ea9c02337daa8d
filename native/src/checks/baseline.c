#include "checks/baseline.h"

#include "checks/version.h"
#include "core/error.h"
#include "core/unicode.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { SHA256_DIGITS = 64 };

static int file_compare(const void *a, const void *b) {
    const baseline_file *left = a;
    const baseline_file *right = b;
    return module_path_compare(left->path, right->path);
}

const baseline_file *baseline_find(const baseline *known, const char *path) {
    baseline_file wanted = {.path = path};
    return known->count > 0 ? bsearch(&wanted, known->files, known->count, sizeof wanted, file_compare)
                            : NULL;
}

/* NULL, or what is wrong. */
static const char *read_sha256(arena *memory, const json_t *value, const char **out) {
    const char *text = json_string_value(value);
    if (text == NULL || strlen(text) != SHA256_DIGITS ||
        strspn(text, "0123456789abcdefABCDEF") != SHA256_DIGITS) {
        return "sha256 is not 64 hex digits";
    }
    char *lower = arena_copy(memory, text, SHA256_DIGITS + 1);
    for (size_t i = 0; lower != NULL && i < SHA256_DIGITS; i++) {
        lower[i] = ascii_lower(lower[i]);
    }
    *out = lower != NULL ? lower : "";
    return NULL;
}

static const char *read_path(arena *memory, const json_t *value, const char **out) {
    const char *text = json_string_value(value);
    if (text == NULL || text[0] == '\0' || strlen(text) > BASELINE_PATH_LIMIT) {
        return "path is missing, empty or longer than 1024 bytes";
    }
    char *path = arena_copy(memory, text, strlen(text) + 1);
    for (char *c = path; c != NULL && *c != '\0'; c++) {
        if (*c == '/') {
            *c = '\\';
        }
    }
    if (path != NULL && !module_path_safe(path)) {
        return "path is none below the module's folder";
    }
    *out = path != NULL ? path : "";
    return NULL;
}

static const char *read_file_row(arena *memory, const json_t *row, baseline_file *out) {
    if (!json_is_object(row)) {
        return "it is not an object";
    }
    const json_t *size = json_object_get(row, "size");
    if (!json_is_integer(size) || json_integer_value(size) < 0) {
        return "size is not a number of bytes";
    }
    out->size = json_integer_value(size);
    const char *wrong = read_path(memory, json_object_get(row, "path"), &out->path);
    return wrong != NULL ? wrong : read_sha256(memory, json_object_get(row, "sha256"), &out->sha256);
}

static mars_status read_files(arena *memory, const json_t *rows, baseline *out) {
    if (!json_is_array(rows) || json_array_size(rows) == 0) {
        return error_set(MARS_E_MALFORMED, "the baseline has no list of files");
    }
    if (json_array_size(rows) > BASELINE_FILE_LIMIT) {
        return error_set(MARS_E_TOO_LARGE, "the baseline has more than %d files", BASELINE_FILE_LIMIT);
    }
    baseline_file *files = arena_array(memory, json_array_size(rows), sizeof *files);
    for (size_t i = 0; files != NULL && i < json_array_size(rows); i++) {
        const char *wrong = read_file_row(memory, json_array_get(rows, i), &files[i]);
        if (wrong != NULL) {
            return error_set(MARS_E_MALFORMED, "file %zu of the baseline: %s", i + 1, wrong);
        }
    }
    if (files == NULL || arena_failed(memory)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while reading the baseline");
    }
    out->files = files;
    out->count = json_array_size(rows);
    qsort(files, out->count, sizeof *files, file_compare);
    for (size_t i = 1; i < out->count; i++) {
        if (module_path_compare(files[i - 1].path, files[i].path) == 0) {
            return error_set(MARS_E_MALFORMED, "the baseline has two files %s", files[i].path);
        }
    }
    return MARS_OK;
}

static mars_status read_document(arena *memory, const json_t *root, baseline *out) {
    const char *schema = json_string_value(json_object_get(root, "schema"));
    if (schema == NULL || strcmp(schema, BASELINE_SCHEMA) != 0) {
        return error_set(MARS_E_MALFORMED, "the baseline's schema is not " BASELINE_SCHEMA);
    }
    const char *version = json_string_value(json_object_get(root, "agent_version"));
    version_number number = {0};
    if (version == NULL || !version_parse(version, &number)) {
        return error_set(MARS_E_MALFORMED, "the baseline's agent_version is not a version number");
    }
    out->agent_version = arena_text(memory, version);
    return read_files(memory, json_object_get(root, "files"), out);
}

mars_status baseline_read(const baseline **out, arena *memory, const char *text, size_t size) {
    *out = NULL;
    if (size > BASELINE_SIZE_LIMIT) {
        return error_set(MARS_E_TOO_LARGE, "the baseline is larger than %d bytes", BASELINE_SIZE_LIMIT);
    }
    json_error_t wrong;
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES, &wrong);
    if (root == NULL) {
        return error_set(MARS_E_MALFORMED, "the baseline is not JSON: line %d, %s", wrong.line, wrong.text);
    }
    baseline *read = arena_alloc(memory, sizeof *read);
    mars_status status = read != NULL
                             ? read_document(memory, root, read)
                             : error_set(MARS_E_NO_MEMORY, "memory ran out while reading the baseline");
    json_decref(root);
    if (status == MARS_OK) {
        *out = read;
    }
    return status;
}

baseline_fit baseline_fits(const baseline *known, const fact_text *agent_version) {
    version_number actual = {0};
    version_number expected = {0};
    if (agent_version->fact.state != FACT_KNOWN || !version_parse(agent_version->value, &actual) ||
        !version_parse(known->agent_version, &expected)) {
        return BASELINE_NOT_COMPARABLE;
    }
    return version_compare(&actual, &expected) == 0 ? BASELINE_FITS : BASELINE_OF_OTHER_VERSION;
}
