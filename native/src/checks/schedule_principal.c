#include "checks/checks.h"
#include "checks/schedule_tasks.h"

#include <string.h>

static const char *const sid_system = "S-1-5-18";
static const char *const sid_administrators = "S-1-5-32-544";

static said *say_principal(judgement *j, const scheduled_task *task, const char *slug) {
    said *s = judge_say(j, task_subject(task), slug);
    say_text(s, "task", task_subject(task));
    say_text(s, "principal", fact_text_or(&task->user, fact_text_or(&task->group, "")));
    say_text(s, "sid", fact_text_or(&task->sid, ""));
    say_text(s, "run_level", fact_text_or(&task->run_level, ""));
    say_text(s, "logon_type", fact_text_or(&task->logon_type, ""));
    say_stored_password(s, task);
    say_where(s, &task->sid.fact);
    return s;
}

static void judge_group(judgement *j, const scheduled_task *task) {
    if (strcmp(task->sid.value, sid_administrators) != 0) {
        say_principal(j, task, "other-group");
    } else if (strcmp(fact_text_or(&task->run_level, ""), "HighestAvailable") == 0) {
        say_principal(j, task, "administrators");
    } else if (task->run_level.fact.state == FACT_KNOWN) {
        say_principal(j, task, "administrators-not-elevated");
    } else {
        judge_unknown(j, task_subject(task), "whether the task runs with full rights", &task->run_level.fact);
    }
}

/* Whether a setting is off: by its value, or by default where it has none. */
static bool is_off(const fact_number *setting, bool by_default) {
    return setting->fact.state == FACT_KNOWN ? setting->value == 0
                                             : setting->fact.state == FACT_ABSENT && by_default;
}

/* User Account Control is on by default, but not for the server's built-in administrator. */
static bool keeps_rights(const evidence *e, const scheduled_task *task) {
    return is_off(&e->schedule.user_account_control, false) ||
           (fact_is_true(&task->built_in) && is_off(&e->schedule.filters_built_in, true));
}

/* Under another run level User Account Control takes the rights of administrators away. A run that succeeded
 * since shows that those left suffice. */
static void judge_rights(judgement *j, const evidence *e, const scheduled_task *task) {
    if (strcmp(fact_text_or(&task->run_level, ""), "HighestAvailable") == 0 || keeps_rights(e, task) ||
        task_succeeded_since(task, &task->registration_written)) {
        say_principal(j, task, "administrator");
        return;
    }
    fact why = task->run_level.fact;
    if (why.state == FACT_KNOWN) {
        why =
            fact_unknown(REASON_DEPENDS, why.where,
                         "User Account Control may take an administrator's rights away, as the run level is "
                         "not HighestAvailable");
    }
    judge_unknown(j, task_subject(task), "whether the task runs with full rights", &why);
}

/* "InteractiveToken" runs only while the user is logged on; a stored password or S4U runs at any time. */
static void judge_administrator(judgement *j, const evidence *e, const scheduled_task *task) {
    const char *logon = fact_text_or(&task->logon_type, "");
    if (strcmp(logon, "Password") == 0 || strcmp(logon, "S4U") == 0) {
        judge_rights(j, e, task);
    } else if (strcmp(logon, "InteractiveToken") == 0) {
        say_principal(j, task, "user-logged-on-only");
    } else {
        fact why = task->logon_type.fact;
        if (why.state == FACT_KNOWN) {
            why = fact_unknown(REASON_MALFORMED, why.where, logon);
        } else if (why.state == FACT_ABSENT) {
            why = fact_unknown(REASON_DEPENDS, why.where, "the definition names no logon type");
        }
        judge_unknown(j, task_subject(task), "whether the task runs while nobody is logged on", &why);
    }
}

static void judge_user(judgement *j, const evidence *e, const scheduled_task *task) {
    if (strcmp(task->sid.value, sid_system) == 0) {
        say_principal(j, task, "system");
    } else if (fact_is_true(&task->administrator)) {
        judge_administrator(j, e, task);
    } else if (fact_is_false(&task->administrator)) {
        say_principal(j, task, "user-not-administrator");
    } else {
        judge_unknown(j, task_subject(task), "whether the task's user is an administrator",
                      &task->administrator.fact);
    }
}

static void judge_task(judgement *j, const evidence *e, const scheduled_task *task) {
    if (task->sid.fact.state == FACT_ABSENT) {
        fact why =
            fact_unknown(REASON_DEPENDS, task->sid.fact.where, "the definition names no user and no group");
        judge_unknown(j, task_subject(task), "which account the task runs under", &why);
    } else if (task->sid.fact.state == FACT_UNKNOWN) {
        judge_unknown(j, task_subject(task), "which account the task runs under", &task->sid.fact);
    } else if (task->user.fact.state == FACT_KNOWN) {
        judge_user(j, e, task);
    } else {
        judge_group(j, task);
    }
}

void judge_schedule_principal(judgement *j, const evidence *e) {
    judge_each_task(j, e, "which account the task runs under", judge_task);
}
