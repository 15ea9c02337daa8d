#include "checks/checks.h"
#include "core/unicode.h"

/* An empty value registers nothing. */
static bool is_missing(const fact_text *value) {
    return value->fact.state == FACT_ABSENT || (value->fact.state == FACT_KNOWN && value->value[0] == '\0');
}

/* Whether the registration is there; says so where it is not, or is not known. */
static bool judge_registered(judgement *j, const evidence *e) {
    const fact_text *needed[] = {&e->machine.mars_machine_id, &e->agent.resource_id};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (is_missing(needed[i])) {
            say_where(judge_say(j, NULL, "not-registered"), &needed[i]->fact);
            return false;
        }
    }
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i]->fact.state == FACT_UNKNOWN) {
            judge_unknown(j, NULL, "whether the server is registered", &needed[i]->fact);
            return false;
        }
    }
    return true;
}

static void judge_rename(judgement *j, const machine_evidence *machine) {
    const fact_text *active = &machine->computer_name;
    const fact_text *configured = &machine->configured_name;
    if (active->fact.state != FACT_KNOWN || configured->fact.state != FACT_KNOWN ||
        windows_name_equal(active->value, configured->value)) {
        return;
    }
    said *s = judge_say(j, NULL, "rename-pending");
    say_text(s, "active", active->value);
    say_text(s, "configured", configured->value);
    say_where(s, &configured->fact);
    say_where(s, &active->fact);
}

/* A backup that succeeded after the newest report proves that the server was registered again since. */
static void judge_mismatch(judgement *j, const evidence *e) {
    const agent_evidence *agent = &e->agent;
    int64_t success = 0;
    if (agent->registration_mismatches.fact.state != FACT_KNOWN ||
        agent->registration_mismatches.value == 0) {
        return;
    }
    bool settled = succeeded_since(e, &agent->last_registration_mismatch, &success);
    said *s = judge_say(j, NULL, settled ? "mismatch-settled" : "mismatch-reported");
    say_number(s, "times", agent->registration_mismatches.value);
    say_time(s, "last", agent->last_registration_mismatch.value);
    say_time(s, "success", success);
    say_where(s, &agent->registration_mismatches.fact);
}

void judge_agent_registration(judgement *j, const evidence *e) {
    const fact_text *vault = &e->agent.vault;
    if (!judge_registered(j, e)) {
        return;
    }
    judge_rename(j, &e->machine);
    judge_mismatch(j, e);
    bool named = vault->fact.state == FACT_KNOWN && vault->value[0] != '\0';
    said *s = judge_say(j, NULL, named ? "registered" : "vault-unnamed");
    say_text(s, "vault", fact_text_or(vault, ""));
    say_where(s, &vault->fact);
    say_where(s, &e->machine.mars_machine_id.fact);
}
