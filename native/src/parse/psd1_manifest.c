#include "core/unicode.h"
#include "parse/psd1.h"

#include <string.h>

static const struct {
    const char *key;
    bool only_files; /* what it names is a file whatever it looks like */
} reference_keys[] = {
    {"RootModule", false},         {"ModuleToProcess", false}, {"NestedModules", false},
    {"ScriptsToProcess", true},    {"TypesToProcess", true},   {"FormatsToProcess", true},
    {"RequiredAssemblies", false}, {"FileList", true},
};

static const char *const file_extensions[] = {".psd1", ".psm1", ".ps1",   ".ps1xml",
                                              ".dll",  ".exe",  ".cdxml", ".xaml"};

static bool looks_like_file(const char *text) {
    for (size_t i = 0; i < sizeof file_extensions / sizeof file_extensions[0]; i++) {
        if (ascii_ends(text, file_extensions[i])) {
            return true;
        }
    }
    return strpbrk(text, "\\/") != NULL;
}

/* Where references are gathered, and the row they come from. */
typedef struct gathering {
    arena_vector references;
    size_t row;
} gathering;

static void add(gathering *to, const char *text, bool evaluated) {
    if (text[0] == '\0') {
        return;
    }
    bool file = reference_keys[to->row].only_files || looks_like_file(text);
    psd1_reference *reference = arena_push(&to->references);
    if (reference != NULL) {
        reference->key = reference_keys[to->row].key;
        reference->text = text;
        reference->kind = !evaluated ? PSD1_REFERENCE_UNEVALUATED
                          : file     ? PSD1_REFERENCE_FILE
                                     : PSD1_REFERENCE_NAME;
    }
}

/* One element: a name, or a table with a ModuleName. */
static void add_element(gathering *to, const psd1_value *value) {
    const psd1_value *name = psd1_find(value, "ModuleName");
    value = value->kind == PSD1_TABLE && name != NULL ? name : value;
    switch (value->kind) {
    case PSD1_TEXT:
    case PSD1_NUMBER:
        add(to, value->text, true);
        break;
    case PSD1_NULL:
        break;
    case PSD1_UNEVALUATED:
        add(to, value->text, false);
        break;
    case PSD1_BOOLEAN:
    case PSD1_ARRAY:
    case PSD1_TABLE:
    default:
        add(to, "(neither a name nor a table with a ModuleName)", false);
        break;
    }
}

bool psd1_module_references(const psd1_value *manifest, arena *memory, psd1_reference_list *out) {
    *out = (psd1_reference_list){0};
    if (manifest == NULL || manifest->kind != PSD1_TABLE) {
        return false;
    }
    gathering to = {.references = ARENA_VECTOR(memory, psd1_reference)};
    for (to.row = 0; to.row < sizeof reference_keys / sizeof reference_keys[0]; to.row++) {
        const psd1_value *value = psd1_find(manifest, reference_keys[to.row].key);
        if (value != NULL && value->kind != PSD1_ARRAY) {
            add_element(&to, value);
        }
        for (size_t i = 0; value != NULL && value->kind == PSD1_ARRAY && i < value->count; i++) {
            add_element(&to, &value->items[i]);
        }
    }
    *out = (psd1_reference_list){.items = to.references.items, .count = to.references.count};
    return !arena_failed(memory);
}

const char *psd1_module_version(const psd1_value *manifest) {
    const psd1_value *version = psd1_find(manifest, "ModuleVersion");
    bool literal = version != NULL && (version->kind == PSD1_TEXT || version->kind == PSD1_NUMBER);
    return literal ? version->text : NULL;
}
