#include "checks/module_faults.h"

#include <string.h>

static void note(module_inspection *in, module_fault kind, const char *name, const fact *read) {
    const char **item = arena_push(&in->names[kind]);
    if (item != NULL) {
        *item = name;
    }
    if (in->first[kind] == NULL) {
        in->first[kind] = read;
    }
}

/* A document from elsewhere may lack any fact. */
const char *module_name_of(const fact_text *name) {
    return fact_text_or(name, "(a name that is not known)");
}

static bool is_text(const fact_text *text, const char *value) {
    return text->fact.state == FACT_KNOWN && strcmp(text->value, value) == 0;
}

/* Remembers what is not known. True if it is known. */
static bool known(module_inspection *in, const fact *read) {
    if (read->state == FACT_UNKNOWN && in->hidden == NULL) {
        in->hidden = read;
    }
    return read->state == FACT_KNOWN;
}

static void inspect_signature(module_inspection *in, const module_file *file) {
    if (!known(in, &file->signature.fact)) {
        return;
    }
    if (is_text(&file->signature, "differs") || is_text(&file->signature, "malformed")) {
        note(in, FAULT_SIGNATURE_DIFFERS, module_name_of(&file->path), &file->signature.fact);
    } else if (is_text(&file->signature, "unsupported")) {
        note(in, FAULT_SIGNATURE_UNREAD, module_name_of(&file->path), &file->signature.fact);
    } else if (is_text(&file->signature, "matches")) {
        in->signed_files++;
    }
}

static void inspect_file(module_inspection *in, const module_file *file) {
    (void)known(in, &file->kind.fact);
    if (known(in, &file->size.fact) && file->size.value == 0) {
        note(in, FAULT_EMPTY, module_name_of(&file->path), &file->size.fact);
        return; /* the rest follows from it */
    }
    if (is_text(&file->kind, "program") && known(in, &file->program_valid.fact) &&
        !file->program_valid.value) {
        note(in, FAULT_NOT_A_PROGRAM, module_name_of(&file->path), &file->program_valid.fact);
        return;
    }
    if (is_text(&file->kind, "program") || is_text(&file->kind, "script") ||
        is_text(&file->kind, "manifest")) {
        inspect_signature(in, file);
    }
}

static void inspect_references(module_inspection *in) {
    const powershell_evidence *powershell = &in->e->powershell;
    const module_reference *references = powershell->references.items;
    for (size_t i = 0; i < powershell->references.count; i++) {
        if (references[i].resolved.fact.state == FACT_ABSENT) {
            note(in, FAULT_REFERENCE_MISSING, module_name_of(&references[i].name),
                 &references[i].resolved.fact);
        } else if (references[i].resolved.fact.state == FACT_UNKNOWN && !fact_is_false(&references[i].file)) {
            (void)known(in, &references[i].resolved.fact); /* a file, which is or is not there */
        } else if (references[i].resolved.fact.state == FACT_UNKNOWN) {
            note(in, FAULT_NOT_LOOKED_UP, module_name_of(&references[i].name), &references[i].resolved.fact);
        }
    }
}

static void compare_file(module_inspection *in, const module_file *file, const baseline *expected,
                         bool *seen) {
    if (!known(in, &file->path.fact)) {
        return;
    }
    const baseline_file *match = baseline_find(expected, module_name_of(&file->path));
    if (match == NULL) {
        note(in, FAULT_EXTRA, module_name_of(&file->path), &file->size.fact);
        return;
    }
    seen[match - expected->files] = true;
    bool same_size = known(in, &file->size.fact) && file->size.value == match->size;
    if (file->size.fact.state == FACT_KNOWN && !same_size) {
        note(in, FAULT_DIFFERS_FROM_BASELINE, module_name_of(&file->path), &file->size.fact);
    } else if (known(in, &file->sha256.fact) && strcmp(file->sha256.value, match->sha256) != 0) {
        note(in, FAULT_DIFFERS_FROM_BASELINE, module_name_of(&file->path), &file->sha256.fact);
    }
}

static void compare_files(module_inspection *in, const baseline *expected) {
    const powershell_evidence *powershell = &in->e->powershell;
    const module_file *files = powershell->files.items;
    bool *seen = arena_array(in->memory, expected->count, sizeof *seen);
    if (seen == NULL) {
        return;
    }
    for (size_t i = 0; i < powershell->files.count; i++) {
        compare_file(in, &files[i], expected, seen);
    }
    for (size_t i = 0; i < expected->count; i++) {
        if (!seen[i]) {
            note(in, FAULT_MISSING_FROM_MODULE, expected->files[i].path, &powershell->files.fact);
        }
    }
}

void module_inspect(module_inspection *out, arena *memory, const evidence *e, const baseline *expected) {
    *out = (module_inspection){.memory = memory, .e = e};
    for (int kind = 0; kind < FAULT_COUNT; kind++) {
        out->names[kind] = (arena_vector)ARENA_VECTOR(memory, const char *);
    }
    inspect_references(out);
    const module_file *files = e->powershell.files.items;
    for (size_t i = 0; i < e->powershell.files.count; i++) {
        inspect_file(out, &files[i]);
    }
    if (expected != NULL) {
        compare_files(out, expected);
    }
}
