/* The manifest of the agent's module, and whether what it refers to is there. */
#include "collect/powershell.h"

#include "collect/read.h"
#include "core/unicode.h"
#include "parse/psd1.h"

#include <string.h>

enum { MAXIMUM_REFERENCES = 1000 };

const char *module_resolve_path(arena *memory, const char *folder, const char *name) {
    bool whole = name[0] != '\0' && name[1] == ':';
    const char *joined = path_clean(memory, whole ? name : path_join(memory, folder, name));
    char *result = arena_alloc(memory, strlen(joined) + 2);
    size_t length = 0;
    while (result != NULL && *joined != '\0') {
        size_t part = strcspn(joined, "\\");
        if (part == 2 && strncmp(joined, "..", 2) == 0) {
            while (length > 0 && result[--length] != '\\') {
            }
            if (length == 0) {
                return NULL;
            }
        } else if (part > 0 && !(part == 1 && joined[0] == '.')) {
            if (length > 0) {
                result[length++] = '\\';
            }
            memcpy(result + length, joined, part);
            length += part;
        }
        joined += part + (joined[part] == '\\');
    }
    if (result != NULL) {
        result[length] = '\0';
    }
    return result;
}

/* The first of the folders that has the file; else whatever hides that, or absent. */
static fact_text find_file(collector *c, const char *const folders[2], const char *name) {
    fact_text result = {.fact = fact_absent(NULL)};
    for (int i = 0; i < 2; i++) {
        const char *path = module_resolve_path(c->memory, folders[i], name);
        fact_flag present = path != NULL ? read_file_present(c, path) : fact_flag_known(false, NULL);
        if (fact_is_true(&present)) {
            return fact_text_known(path, present.fact.where);
        }
        if (present.fact.state == FACT_UNKNOWN) {
            result.fact = present.fact;
        } else if (result.fact.where == NULL) {
            result.fact.where = present.fact.where;
        }
    }
    return result;
}

/* What only has a name may lie anywhere that .NET or PowerShell looks: not finding it here proves nothing. */
static fact_text find_name(collector *c, const char *const folders[2], const char *name) {
    const char *simple = arena_text_n(c->memory, name, strcspn(name, ","));
    const char *const candidates[] = {
        arena_printf(c->memory, "%s.dll", simple),
        arena_printf(c->memory, "%s.psd1", simple),
        arena_printf(c->memory, "%s.psm1", simple),
        arena_printf(c->memory, "%s\\%s.psd1", simple, simple),
    };
    for (size_t i = 0; i < sizeof candidates / sizeof candidates[0]; i++) {
        fact_text found = find_file(c, folders, candidates[i]);
        if (found.fact.state == FACT_KNOWN) {
            return found;
        }
    }
    return (fact_text){.fact = fact_unknown(REASON_NOT_ON_HOST, folders[0],
                                            "it is named without a file, and may come from elsewhere")};
}

static void read_reference(collector *c, const psd1_reference *from, const char *const folders[2],
                           module_reference *reference) {
    const char *where = c->into->powershell.manifest.fact.where;
    reference->key = fact_text_known(from->key, where);
    reference->name = fact_text_known(from->text, where);
    reference->file = fact_flag_known(from->kind == PSD1_REFERENCE_FILE, where);
    switch (from->kind) {
    case PSD1_REFERENCE_FILE:
        reference->resolved = find_file(c, folders, from->text);
        break;
    case PSD1_REFERENCE_NAME:
        reference->resolved = find_name(c, folders, from->text);
        break;
    case PSD1_REFERENCE_UNEVALUATED:
        reference->file.fact = fact_unknown(REASON_DEPENDS, where, "it is not a literal");
        reference->resolved.fact = reference->file.fact;
        break;
    }
}

static void read_references(collector *c, powershell_evidence *powershell, const psd1_value *manifest) {
    const char *where = powershell->manifest.fact.where;
    psd1_reference_list list = {0};
    if (!psd1_module_references(manifest, c->memory, &list)) {
        powershell->references.fact = fact_unknown(REASON_MALFORMED, where, "the manifest is not a table");
        powershell->manifest.fact = powershell->references.fact;
        return;
    }
    const char *version = psd1_module_version(manifest);
    powershell->manifest_version =
        version != NULL ? fact_text_known(version, where) : (fact_text){.fact = fact_absent(where)};
    if (list.count > MAXIMUM_REFERENCES) {
        powershell->references.fact =
            fact_unknown(REASON_TOO_LARGE, where, "the manifest names more than 1,000 files");
        return;
    }
    const char *const folders[2] = {
        powershell->module_folder.value,
        path_join(c->memory, fact_text_or(&c->into->agent.folder, ""), "bin"),
    };
    arena_vector references = ARENA_VECTOR(c->memory, module_reference);
    for (size_t i = 0; i < list.count; i++) {
        module_reference *reference = arena_push(&references);
        if (reference != NULL) {
            read_reference(c, &list.items[i], folders, reference);
        }
    }
    powershell->references = fact_list_known(&references, where);
}

static void set_unread(powershell_evidence *powershell, fact why) {
    powershell->manifest.fact = why;
    powershell->manifest_version.fact = fact_depending_on(&why);
    powershell->references.fact = fact_depending_on(&why);
}

void collect_module_manifest(collector *c, powershell_evidence *powershell) {
    if (!fact_is_true(&powershell->module_present)) {
        set_unread(powershell, fact_is_false(&powershell->module_present)
                                   ? fact_absent(powershell->module_present.fact.where)
                                   : fact_depending_on(&powershell->module_present.fact));
        return;
    }
    const char *path = path_join(c->memory, powershell->module_folder.value, MODULE_NAME ".psd1");
    fact_bytes content = read_file(c, path, PSD1_SIZE_LIMIT);
    const psd1_value *manifest = NULL;
    fact why = {0};
    if (content.fact.state != FACT_KNOWN) {
        set_unread(powershell, content.fact);
    } else if (!psd1_parse(content.value.data, content.value.size, c->memory, &manifest, &why)) {
        why.where = path;
        set_unread(powershell, why);
    } else {
        powershell->manifest = fact_text_known(path, content.fact.where);
        read_references(c, powershell, manifest);
    }
}
