/* powershell.module-integrity: whether the agent's module is all there and undamaged. */
#include "checks/checks.h"

#include "checks/baseline.h"
#include "checks/version.h"

#include <string.h>

/* What is wrong with files, one list of names for each kind. */
typedef enum fault {
    FAULT_REFERENCE_MISSING,
    FAULT_EMPTY,
    FAULT_NOT_A_PROGRAM,
    FAULT_SIGNATURE_DIFFERS,
    FAULT_DIFFERS_FROM_BASELINE,
    FAULT_MISSING_FROM_MODULE,
    FAULT_EXTRA,
    FAULT_SIGNATURE_UNREAD,
    FAULT_NOT_LOOKED_UP,
    FAULT_COUNT
} fault;
static const struct {
    const char *slug;
    bool harmless; /* the module is intact all the same */
} faults[FAULT_COUNT] = {
    [FAULT_REFERENCE_MISSING] = {"reference-missing", false},
    [FAULT_EMPTY] = {"empty-file", false},
    [FAULT_NOT_A_PROGRAM] = {"not-a-program", false},
    [FAULT_SIGNATURE_DIFFERS] = {"signature-differs", false},
    [FAULT_DIFFERS_FROM_BASELINE] = {"differs-from-baseline", false},
    [FAULT_MISSING_FROM_MODULE] = {"missing-from-module", false},
    [FAULT_EXTRA] = {"extra-files", false},
    [FAULT_SIGNATURE_UNREAD] = {"signature-unread", true},
    [FAULT_NOT_LOOKED_UP] = {"names-not-looked-up", true},
};

typedef struct inspection {
    judgement *j;
    const evidence *e;
    arena_vector names[FAULT_COUNT];
    const fact *first[FAULT_COUNT]; /* where the first of each kind was read */
    const fact *hidden;             /* the first property of a file that is not known */
    size_t signed_files;
    bool compared; /* with a baseline */
} inspection;

static void note(inspection *in, fault kind, const char *name, const fact *read) {
    const char **item = arena_push(&in->names[kind]);
    if (item != NULL) {
        *item = name;
    }
    if (in->first[kind] == NULL) {
        in->first[kind] = read;
    }
}

/* A document from elsewhere may lack any fact. */
static const char *name_of(const fact_text *name) {
    return fact_text_or(name, "(a name that is not known)");
}

static bool is_text(const fact_text *text, const char *value) {
    return text->fact.state == FACT_KNOWN && strcmp(text->value, value) == 0;
}

/* Remembers what is not known. True if it is known. */
static bool known(inspection *in, const fact *read) {
    if (read->state == FACT_UNKNOWN && in->hidden == NULL) {
        in->hidden = read;
    }
    return read->state == FACT_KNOWN;
}

static void inspect_signature(inspection *in, const module_file *file) {
    if (!known(in, &file->signature.fact)) {
        return;
    }
    if (is_text(&file->signature, "differs") || is_text(&file->signature, "malformed")) {
        note(in, FAULT_SIGNATURE_DIFFERS, name_of(&file->path), &file->signature.fact);
    } else if (is_text(&file->signature, "unsupported")) {
        note(in, FAULT_SIGNATURE_UNREAD, name_of(&file->path), &file->signature.fact);
    } else if (is_text(&file->signature, "matches")) {
        in->signed_files++;
    }
}

static void inspect_file(inspection *in, const module_file *file) {
    (void)known(in, &file->kind.fact);
    if (known(in, &file->size.fact) && file->size.value == 0) {
        note(in, FAULT_EMPTY, name_of(&file->path), &file->size.fact);
        return; /* the rest follows from it */
    }
    if (is_text(&file->kind, "program") && known(in, &file->program_valid.fact) &&
        !file->program_valid.value) {
        note(in, FAULT_NOT_A_PROGRAM, name_of(&file->path), &file->program_valid.fact);
        return;
    }
    if (is_text(&file->kind, "program") || is_text(&file->kind, "script") ||
        is_text(&file->kind, "manifest")) {
        inspect_signature(in, file);
    }
}

static void inspect_references(inspection *in) {
    const powershell_evidence *powershell = &in->e->powershell;
    const module_reference *references = powershell->references.items;
    for (size_t i = 0; i < powershell->references.count; i++) {
        if (references[i].resolved.fact.state == FACT_ABSENT) {
            note(in, FAULT_REFERENCE_MISSING, name_of(&references[i].name), &references[i].resolved.fact);
        } else if (references[i].resolved.fact.state == FACT_UNKNOWN && !fact_is_false(&references[i].file)) {
            (void)known(in, &references[i].resolved.fact); /* a file, which is or is not there */
        } else if (references[i].resolved.fact.state == FACT_UNKNOWN) {
            note(in, FAULT_NOT_LOOKED_UP, name_of(&references[i].name), &references[i].resolved.fact);
        }
    }
}

/* ---- Against a baseline ---- */

static void compare_file(inspection *in, const module_file *file, const baseline *expected, bool *seen) {
    if (!known(in, &file->path.fact)) {
        return;
    }
    const baseline_file *match = baseline_find(expected, name_of(&file->path));
    if (match == NULL) {
        note(in, FAULT_EXTRA, name_of(&file->path), &file->size.fact);
        return;
    }
    seen[match - expected->files] = true;
    bool same_size = known(in, &file->size.fact) && file->size.value == match->size;
    if (file->size.fact.state == FACT_KNOWN && !same_size) {
        note(in, FAULT_DIFFERS_FROM_BASELINE, name_of(&file->path), &file->size.fact);
    } else if (known(in, &file->sha256.fact) && strcmp(file->sha256.value, match->sha256) != 0) {
        note(in, FAULT_DIFFERS_FROM_BASELINE, name_of(&file->path), &file->sha256.fact);
    }
}

static void compare_files(inspection *in, const baseline *expected) {
    const powershell_evidence *powershell = &in->e->powershell;
    const module_file *files = powershell->files.items;
    bool *seen = arena_array(judge_memory(in->j), expected->count, sizeof *seen);
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
    in->compared = true;
}

static void compare(inspection *in, const baseline *expected) {
    const fact_text *actual = &in->e->agent.engine_version;
    version_number actual_number = {0};
    version_number expected_number = {0};
    fact unparsed = actual->fact;
    if (actual->fact.state != FACT_KNOWN || !version_parse(actual->value, &actual_number) ||
        !version_parse(expected->agent_version, &expected_number)) {
        if (actual->fact.state != FACT_UNKNOWN) {
            unparsed =
                fact_unknown(REASON_MALFORMED, actual->fact.where, fact_text_or(actual, "It is missing."));
        }
        (void)judge_unknown(
            in->j, NULL, "which baseline the module is to be compared with: the agent's version", &unparsed);
        return;
    }
    if (version_compare(&actual_number, &expected_number) != 0) {
        said *s = judge_say(in->j, NULL, "baseline-of-other-version");
        say_text(s, "version", actual->value);
        say_text(s, "baseline_version", expected->agent_version);
        say_where(s, &actual->fact);
        return;
    }
    compare_files(in, expected);
}

/* ---- What is said ---- */

enum { NAMES_SAID = 20 }; /* of each kind; titles are for people */

/* The first names, an ellipsis for the rest, and how many there are. */
static void say_names(said *s, arena_vector *names) {
    const char **items = names->items;
    size_t count = names->count;
    text_list list = {.items = items, .count = count > NAMES_SAID ? NAMES_SAID + 1 : count};
    if (count > NAMES_SAID) {
        items[NAMES_SAID] = "...";
    }
    say_texts(s, "files", &list);
    say_number(s, "count", (int64_t)count);
}

static bool say_faults(inspection *in) {
    bool intact = true;
    for (int kind = 0; kind < FAULT_COUNT; kind++) {
        if (in->names[kind].count == 0) {
            continue;
        }
        said *s = judge_say(in->j, NULL, faults[kind].slug);
        say_names(s, &in->names[kind]);
        say_text(s, "folder", fact_text_or(&in->e->powershell.module_folder, ""));
        say_where(s, in->first[kind]);
        intact = intact && faults[kind].harmless;
    }
    return intact;
}

static void say_intact(const inspection *in) {
    said *s = judge_say(in->j, NULL, in->compared ? "equals-baseline" : "intact");
    say_text(s, "folder", fact_text_or(&in->e->powershell.module_folder, ""));
    say_number(s, "files", (int64_t)in->e->powershell.files.count);
    say_number(s, "signed", (int64_t)in->signed_files);
    say_where(s, &in->e->powershell.files.fact);
}

static void inspect_module(judgement *j, const evidence *e) {
    const powershell_evidence *powershell = &e->powershell;
    inspection in = {.j = j, .e = e};
    for (int kind = 0; kind < FAULT_COUNT; kind++) {
        in.names[kind] = (arena_vector)ARENA_VECTOR(judge_memory(j), const char *);
    }
    bool manifest_known = powershell->manifest.fact.state == FACT_KNOWN;
    if (powershell->manifest.fact.state == FACT_ABSENT) {
        said *s = judge_say(j, NULL, "manifest-missing");
        say_text(s, "folder", fact_text_or(&powershell->module_folder, ""));
        say_where(s, &powershell->manifest.fact);
    } else if (!manifest_known) {
        (void)judge_unknown(j, NULL, "what the module's manifest refers to", &powershell->manifest.fact);
    }
    inspect_references(&in);
    const module_file *files = powershell->files.items;
    for (size_t i = 0; i < powershell->files.count; i++) {
        inspect_file(&in, &files[i]);
    }
    const baseline *expected = judge_settings(j) != NULL ? judge_settings(j)->baseline : NULL;
    if (expected != NULL && powershell->files.fact.state == FACT_KNOWN) {
        compare(&in, expected);
    }
    bool intact = say_faults(&in);
    (void)known(&in, &powershell->files.fact);
    if (manifest_known) {
        (void)known(&in, &powershell->references.fact);
    }
    if (in.hidden != NULL) {
        (void)judge_unknown(j, NULL, "whether every file of the module is whole", in.hidden);
    } else if (intact && manifest_known) {
        say_intact(&in);
    }
}

void judge_powershell_module_integrity(judgement *j, const evidence *e) {
    if (backup_server_runs_agent(j, e)) {
        return;
    }
    const fact_flag *present = &e->powershell.module_present;
    if (fact_is_true(present)) {
        inspect_module(j, e);
    } else if (fact_is_false(present)) {
        said *s = judge_say(j, NULL, "folder-missing");
        say_text(s, "folder", fact_text_or(&e->powershell.module_folder, ""));
        say_where(s, &present->fact);
    } else {
        (void)judge_unknown(j, NULL, "where the agent's module is", &present->fact);
    }
}
