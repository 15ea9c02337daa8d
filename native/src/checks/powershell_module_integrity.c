/* powershell.module-integrity: whether the agent's module is all there and undamaged. */
#include "checks/checks.h"

#include "checks/module_faults.h"

/* How the faults of files are said. */
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

/* The baseline given if it is one of the agent's version that is there; else NULL, and why is said. */
static const baseline *usable_baseline(judgement *j, const evidence *e) {
    const baseline *expected = judge_settings(j) != NULL ? judge_settings(j)->baseline : NULL;
    if (expected == NULL || e->powershell.files.fact.state != FACT_KNOWN) {
        return NULL;
    }
    const fact_text *actual = &e->agent.engine_version;
    fact unparsed = actual->fact;
    switch (baseline_fits(expected, actual)) {
    case BASELINE_FITS:
        return expected;
    case BASELINE_OF_OTHER_VERSION: {
        said *s = judge_say(j, NULL, "baseline-of-other-version");
        say_text(s, "version", actual->value);
        say_text(s, "baseline_version", expected->agent_version);
        say_where(s, &actual->fact);
        return NULL;
    }
    case BASELINE_NOT_COMPARABLE:
        break;
    }
    if (actual->fact.state != FACT_UNKNOWN) {
        unparsed = fact_unknown(REASON_MALFORMED, actual->fact.where, fact_text_or(actual, "It is missing."));
    }
    (void)judge_unknown(j, NULL, "which baseline the module is to be compared with: the agent's version",
                        &unparsed);
    return NULL;
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

static bool say_faults(judgement *j, module_inspection *in) {
    bool intact = true;
    for (int kind = 0; kind < FAULT_COUNT; kind++) {
        if (in->names[kind].count == 0) {
            continue;
        }
        said *s = judge_say(j, NULL, faults[kind].slug);
        say_names(s, &in->names[kind]);
        say_text(s, "folder", fact_text_or(&in->e->powershell.module_folder, ""));
        say_where(s, in->first[kind]);
        intact = intact && faults[kind].harmless;
    }
    return intact;
}

static void say_intact(judgement *j, const module_inspection *in, bool compared) {
    said *s = judge_say(j, NULL, compared ? "equals-baseline" : "intact");
    say_text(s, "folder", fact_text_or(&in->e->powershell.module_folder, ""));
    say_number(s, "files", (int64_t)in->e->powershell.files.count);
    say_number(s, "signed", (int64_t)in->signed_files);
    say_where(s, &in->e->powershell.files.fact);
}

static void inspect_module(judgement *j, const evidence *e) {
    const powershell_evidence *powershell = &e->powershell;
    bool manifest_known = powershell->manifest.fact.state == FACT_KNOWN;
    if (powershell->manifest.fact.state == FACT_ABSENT) {
        said *s = judge_say(j, NULL, "manifest-missing");
        say_text(s, "folder", fact_text_or(&powershell->module_folder, ""));
        say_where(s, &powershell->manifest.fact);
    } else if (!manifest_known) {
        (void)judge_unknown(j, NULL, "what the module's manifest refers to", &powershell->manifest.fact);
    }
    const baseline *expected = usable_baseline(j, e);
    module_inspection in;
    module_inspect(&in, judge_memory(j), e, expected);
    bool intact = say_faults(j, &in);
    const fact *hidden = in.hidden;
    if (hidden == NULL && powershell->files.fact.state == FACT_UNKNOWN) {
        hidden = &powershell->files.fact;
    }
    if (hidden == NULL && manifest_known && powershell->references.fact.state == FACT_UNKNOWN) {
        hidden = &powershell->references.fact;
    }
    if (hidden != NULL) {
        (void)judge_unknown(j, NULL, "whether every file of the module is whole", hidden);
    } else if (intact && manifest_known) {
        say_intact(j, &in, expected != NULL);
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
