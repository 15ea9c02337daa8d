/* What constrains scripts on the whole machine: AppLocker, software restriction policies, code integrity, and
 * PowerShell's own variable for trying it out. */
#include "collect/powershell.h"

#include "collect/read.h"

#include <string.h>

#define SESSION_ENVIRONMENT  "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define APPLOCKER_SCRIPTS    "SOFTWARE\\Policies\\Microsoft\\Windows\\SrpV2\\Script"
#define APPLOCKER_SERVICE    "SYSTEM\\CurrentControlSet\\Services\\AppIDSvc"
#define SOFTWARE_RESTRICTION "SOFTWARE\\Policies\\Microsoft\\Windows\\Safer\\CodeIdentifiers"
#define DEVICE_GUARD         "SOFTWARE\\Policies\\Microsoft\\Windows\\DeviceGuard"
#define LOCKDOWN_VARIABLE    "__PSLockdownPolicy"

static void newer(fact_time *newest, const fact_time *other) {
    bool replaces = other->fact.state == FACT_KNOWN &&
                    (newest->fact.state == FACT_ABSENT ||
                     (newest->fact.state == FACT_KNOWN && other->value > newest->value));
    if (replaces || (other->fact.state == FACT_UNKNOWN && newest->fact.state != FACT_UNKNOWN)) {
        *newest = *other;
    }
}

/* ---- AppLocker ---- */

/* Changing a rule writes its own key, not the one above. */
static void read_rule(collector *c, const char *name, powershell_evidence *powershell) {
    const char *key = arena_printf(c->memory, APPLOCKER_SCRIPTS "\\%s", name);
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64, key};
    fact_text rule = read_machine_text(c, key, "Value");
    fact_time written = read_key_time(c, &path);
    pattern_match match;
    newer(&powershell->lockdown_written, &written);
    if (rule.fact.state == FACT_KNOWN &&
        pattern_find(c->patterns, PATTERN_ALLOWS_SYSTEM_ALL_SCRIPTS, rule.value, strlen(rule.value), 0,
                     &match) == PATTERN_MATCHED) {
        powershell->applocker_allows_system = fact_flag_known(true, rule.fact.where);
    }
}

static void read_applocker(collector *c, powershell_evidence *powershell) {
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64, APPLOCKER_SCRIPTS};
    text_list rules = {0};
    fact why = {0};
    fact_state state = c->machine->read->registry_keys(c->machine, &path, c->memory, &rules, &why);
    powershell->applocker_mode = read_machine_number(c, APPLOCKER_SCRIPTS, "EnforcementMode");
    powershell->applocker_service_start = read_machine_number(c, APPLOCKER_SERVICE, "Start");
    if (state == FACT_UNKNOWN) {
        powershell->applocker_rules.fact = why;
        powershell->applocker_allows_system.fact = why;
        return;
    }
    powershell->applocker_rules = fact_number_known((int64_t)rules.count, why.where);
    powershell->applocker_allows_system = fact_flag_known(false, why.where);
    for (size_t i = 0; i < rules.count; i++) {
        read_rule(c, rules.items[i], powershell);
    }
}

/* ---- The others ---- */

static void read_code_integrity(collector *c, powershell_evidence *powershell) {
    const fact_text *windows = &c->into->machine.system_root;
    powershell->code_integrity_deployed = read_machine_number(c, DEVICE_GUARD, "DeployConfigCIPolicy");
    if (windows->fact.state != FACT_KNOWN) {
        powershell->code_integrity_policy.fact = fact_depending_on(&windows->fact);
        return;
    }
    const char *policy = path_join(c->memory, windows->value, "System32\\CodeIntegrity\\SIPolicy.p7b");
    powershell->code_integrity_policy = read_file_present(c, policy);
    if (fact_is_true(&powershell->code_integrity_policy)) {
        file_info info = {0};
        fact_time written = {0};
        (void)c->machine->read->file_info(c->machine, policy, c->memory, &info, &written.fact);
        written.value = info.modified;
        newer(&powershell->lockdown_written, &written);
    }
}

static fact_text read_lockdown_variable(collector *c) {
    fact_text own = read_account_text(c, "Environment", LOCKDOWN_VARIABLE);
    return own.fact.state == FACT_ABSENT ? read_machine_text(c, SESSION_ENVIRONMENT, LOCKDOWN_VARIABLE) : own;
}

void collect_lockdown(collector *c, powershell_evidence *powershell) {
    static const registry_path keys[] = {
        {REGISTRY_MACHINE, REGISTRY_64, SESSION_ENVIRONMENT},
        {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, "Environment"},
        {REGISTRY_MACHINE, REGISTRY_64, APPLOCKER_SCRIPTS},
        {REGISTRY_MACHINE, REGISTRY_64, APPLOCKER_SERVICE},
        {REGISTRY_MACHINE, REGISTRY_64, SOFTWARE_RESTRICTION},
        {REGISTRY_MACHINE, REGISTRY_64, DEVICE_GUARD},
    };
    powershell->lockdown_written = read_newest_key_time(c, keys, sizeof keys / sizeof keys[0]);
    read_applocker(c, powershell);
    powershell->software_restriction_level = read_machine_number(c, SOFTWARE_RESTRICTION, "DefaultLevel");
    powershell->software_restriction_scope = read_machine_number(c, SOFTWARE_RESTRICTION, "PolicyScope");
    read_code_integrity(c, powershell);
    powershell->lockdown_variable = read_lockdown_variable(c);
}
