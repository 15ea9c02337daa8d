#include "checks/policy_decision.h"

#include "core/unicode.h"

policy_word policy_word_of(const char *text) {
    static const struct {
        const char *text;
        policy_word word;
    } words[] = {
        {"Restricted", POLICY_RESTRICTED},
        {"AllSigned", POLICY_ALL_SIGNED},
        {"RemoteSigned", POLICY_REMOTE_SIGNED},
        {"Unrestricted", POLICY_UNRESTRICTED},
        {"Bypass", POLICY_BYPASS},
        {"Default", POLICY_DEFAULT},
    };
    if (text[0] == '\0') {
        return POLICY_UNDEFINED;
    }
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (ascii_equal(words[i].text, text)) {
            return words[i].word;
        }
    }
    return POLICY_UNRECOGNISED;
}

const char *policy_scope_name(policy_scope scope) {
    static const char *const names[] = {
        [POLICY_SCOPE_NONE] = "none",
        [POLICY_SCOPE_MACHINE_POLICY] = "MachinePolicy",
        [POLICY_SCOPE_USER_POLICY] = "UserPolicy",
        [POLICY_SCOPE_TASK] = "Process (the task's own argument)",
        [POLICY_SCOPE_ENVIRONMENT] = "Process (PSExecutionPolicyPreference)",
        [POLICY_SCOPE_CURRENT_USER] = "CurrentUser (SYSTEM)",
        [POLICY_SCOPE_LOCAL_MACHINE] = "LocalMachine",
    };
    return names[scope];
}

static policy_decision hidden_by(policy_scope scope, const fact *unknown) {
    return (policy_decision){.scope = scope, .value = "", .read = unknown, .hidden = unknown};
}

/* What a scope that is one text says. */
static policy_decision decide_text(policy_scope scope, const fact_text *text) {
    if (text->fact.state == FACT_UNKNOWN) {
        return hidden_by(scope, &text->fact);
    }
    const char *value = fact_text_or(text, "");
    return (policy_decision){
        .scope = scope, .word = policy_word_of(value), .value = value, .read = &text->fact};
}

/* Group policy: EnableScripts 0 forbids scripts, 1 hands over to ExecutionPolicy, anything else says nothing.
 */
static policy_decision decide_group_policy(policy_scope scope, const fact_number *enabled,
                                           const fact_text *text) {
    if (enabled->fact.state == FACT_UNKNOWN) {
        return hidden_by(scope, &enabled->fact);
    }
    if (enabled->fact.state == FACT_KNOWN && enabled->value == 0) {
        return (policy_decision){
            .scope = scope, .word = POLICY_RESTRICTED, .value = "EnableScripts=0", .read = &enabled->fact};
    }
    if (enabled->fact.state == FACT_KNOWN && enabled->value == 1) {
        return decide_text(scope, text);
    }
    return (policy_decision){.scope = scope, .value = "", .read = &enabled->fact};
}

policy_decision policy_decide(const powershell_evidence *powershell, const fact_text *argument) {
    static const fact_text no_argument = {.fact = {.state = FACT_ABSENT}};
    const policy_decision scopes[] = {
        decide_group_policy(POLICY_SCOPE_MACHINE_POLICY, &powershell->machine_policy_enabled,
                            &powershell->machine_policy),
        decide_group_policy(POLICY_SCOPE_USER_POLICY, &powershell->user_policy_enabled,
                            &powershell->user_policy),
        decide_text(POLICY_SCOPE_TASK, argument != NULL ? argument : &no_argument),
        /* A variable of SYSTEM's own replaces the machine's, even by nothing. */
        decide_text(POLICY_SCOPE_ENVIRONMENT, powershell->system_preference.fact.state == FACT_ABSENT
                                                  ? &powershell->machine_preference
                                                  : &powershell->system_preference),
        decide_text(POLICY_SCOPE_CURRENT_USER, &powershell->current_user),
        decide_text(POLICY_SCOPE_LOCAL_MACHINE, &powershell->local_machine),
    };
    for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
        if (scopes[i].hidden != NULL || scopes[i].word != POLICY_UNDEFINED) {
            return scopes[i];
        }
    }
    return (policy_decision){
        .scope = POLICY_SCOPE_NONE, .value = "", .read = &powershell->local_machine.fact};
}
