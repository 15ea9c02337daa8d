#include "checks/checks.h"
#include "host/host.h"

#include <string.h>

enum {
    APPLOCKER_AUDIT_ONLY = 0,
    LEVEL_UNRESTRICTED = 0x40000, /* SAFER_LEVELID_FULLYTRUSTED */
    SCOPE_NOT_ADMINISTRATORS = 1, /* PolicyScope: all users but local administrators */
    LOCKDOWN_ENFORCED = 0x4,      /* of __PSLockdownPolicy: constrained language */
};

/* A policy restrains scripts: a warning, unless a scheduled backup succeeded since all of these settings were
 * last written. */
static void say_policy(judgement *j, const evidence *e, const char *slug, const fact *read) {
    int64_t success = 0;
    bool works = succeeded_since(e, &e->powershell.lockdown_written, &success);
    said *s = judge_say(j, NULL, works ? "constrained-but-working" : slug);
    say_time(s, "success", success);
    say_text(s, "setting", read->where);
    say_where(s, read);
}

/* Without rules nothing is forbidden, and without its service nothing is enforced. */
static bool judge_applocker(judgement *j, const evidence *e) {
    const powershell_evidence *p = &e->powershell;
    bool audited =
        p->applocker_mode.fact.state == FACT_KNOWN && p->applocker_mode.value == APPLOCKER_AUDIT_ONLY;
    bool no_service = p->applocker_service_start.fact.state == FACT_ABSENT ||
                      (p->applocker_service_start.fact.state == FACT_KNOWN &&
                       p->applocker_service_start.value == SERVICE_START_DISABLED);
    if (p->applocker_rules.fact.state != FACT_KNOWN || p->applocker_rules.value == 0 || audited ||
        no_service) {
        return false;
    }
    if (fact_is_true(&p->applocker_allows_system)) {
        say_where(judge_say(j, NULL, "applocker-allows-system"), &p->applocker_allows_system.fact);
    } else {
        say_policy(j, e, "applocker", &p->applocker_rules.fact);
    }
    return true;
}

static bool judge_software_restriction(judgement *j, const evidence *e) {
    const powershell_evidence *p = &e->powershell;
    const fact_number *level = &p->software_restriction_level;
    const fact_number *scope = &p->software_restriction_scope;
    bool exempt = scope->fact.state == FACT_KNOWN && scope->value == SCOPE_NOT_ADMINISTRATORS;
    if (level->fact.state != FACT_KNOWN || level->value == LEVEL_UNRESTRICTED || exempt) {
        return false;
    }
    say_policy(j, e, "software-restriction", &level->fact);
    return true;
}

static bool judge_code_integrity(judgement *j, const evidence *e) {
    const powershell_evidence *p = &e->powershell;
    bool deployed =
        p->code_integrity_deployed.fact.state == FACT_KNOWN && p->code_integrity_deployed.value != 0;
    if (!deployed && !fact_is_true(&p->code_integrity_policy)) {
        return false;
    }
    say_policy(j, e, "code-integrity",
               deployed ? &p->code_integrity_deployed.fact : &p->code_integrity_policy.fact);
    return true;
}

/* PowerShell takes the value as a decimal number, and only bit 2 makes it constrain the language. */
static bool judge_variable(judgement *j, const evidence *e) {
    const fact_text *variable = &e->powershell.lockdown_variable;
    uint64_t number = 0;
    const char *digit = variable->fact.state == FACT_KNOWN ? variable->value : "";
    while (*digit >= '0' && *digit <= '9' && number <= UINT32_MAX) {
        number = number * 10 + (uint64_t)(*digit++ - '0');
    }
    if (*digit != '\0' || number > UINT32_MAX || (number & LOCKDOWN_ENFORCED) == 0) {
        return false;
    }
    say_policy(j, e, "lockdown-variable", &variable->fact);
    return true;
}

/* NULL if everything that decides is known. */
static const fact *first_unknown(const powershell_evidence *p) {
    const fact *deciding[] = {
        &p->applocker_rules.fact,       &p->software_restriction_level.fact, &p->code_integrity_deployed.fact,
        &p->code_integrity_policy.fact, &p->lockdown_variable.fact,
    };
    for (size_t i = 0; i < sizeof deciding / sizeof deciding[0]; i++) {
        if (deciding[i]->state == FACT_UNKNOWN) {
            return deciding[i];
        }
    }
    return NULL;
}

void judge_powershell_lockdown(judgement *j, const evidence *e) {
    bool (*const rules[])(judgement *, const evidence *) = {judge_applocker, judge_software_restriction,
                                                            judge_code_integrity, judge_variable};
    bool spoken = false;
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        spoken = rules[i](j, e) || spoken;
    }
    const fact *unknown = first_unknown(&e->powershell);
    if (unknown != NULL) {
        judge_unknown(j, NULL, "whether a policy of the machine constrains scripts", unknown);
    } else if (!spoken) {
        say_where(judge_say(j, NULL, "free"), &e->powershell.applocker_rules.fact);
    }
}
