/* powershell.execution-policy: whether the scripts of the agent's module may run in its scheduled tasks. */
#include "checks/checks.h"

#include "checks/policy_decision.h"
#include "checks/schedule_tasks.h"
#include "core/unicode.h"

#include <string.h>

/* ---- The module's scripts: what AllSigned, RemoteSigned and Unrestricted look at ---- */

enum { ZONE_INTERNET = 3 };

typedef struct script_survey {
    size_t scripts;
    arena_vector unsigned_scripts; /* no signature, or one that does not fit */
    arena_vector untrusted;        /* signed by a publisher who is not trusted */
    arena_vector marked;           /* from the Internet, and one of the two */
    const fact *signature_hidden;  /* the first signature or trust that is not known */
    const fact *mark_hidden;       /* the first mark that is not known */
} script_survey;

static void push_text(arena_vector *list, const char *text) {
    const char **item = arena_push(list);
    if (item != NULL) {
        *item = text;
    }
}

static text_list list_of(const arena_vector *list) {
    return (text_list){.items = list->items, .count = list->count};
}

static bool has_text(const fact_text *text, const char *value) {
    return text->fact.state == FACT_KNOWN && strcmp(text->value, value) == 0;
}

/* The first fact that cannot tell; one that is known or absent does not say why itself. */
static void note_first(const fact **first, const fact *read) {
    static const fact not_judged = {.state = FACT_UNKNOWN,
                                    .reason = REASON_UNREADABLE,
                                    .detail = "A signature is of a kind that is not read here."};
    if (*first == NULL) {
        *first = read->state == FACT_UNKNOWN ? read : &not_judged;
    }
}

/* Whether the script runs where a trusted publisher's signature is needed. */
static bool survey_signature(script_survey *survey, const module_file *file) {
    if (has_text(&file->signature, "none") || has_text(&file->signature, "differs") ||
        has_text(&file->signature, "malformed")) {
        push_text(&survey->unsigned_scripts, fact_text_or(&file->path, "(a name that is not known)"));
        return false;
    }
    if (!has_text(&file->signature, "matches")) {
        note_first(&survey->signature_hidden, &file->signature.fact);
        return true;
    }
    if (file->publisher_trusted.fact.state != FACT_KNOWN) {
        note_first(&survey->signature_hidden, &file->publisher_trusted.fact);
        return true;
    }
    if (!file->publisher_trusted.value) {
        push_text(&survey->untrusted, fact_text_or(&file->path, "(a name that is not known)"));
        return false;
    }
    return true;
}

static script_survey survey_scripts(arena *memory, const powershell_evidence *powershell) {
    script_survey survey = {
        .unsigned_scripts = ARENA_VECTOR(memory, const char *),
        .untrusted = ARENA_VECTOR(memory, const char *),
        .marked = ARENA_VECTOR(memory, const char *),
    };
    if (powershell->files.fact.state == FACT_UNKNOWN) {
        survey.signature_hidden = &powershell->files.fact;
        survey.mark_hidden = &powershell->files.fact;
    }
    const module_file *files = powershell->files.items;
    for (size_t i = 0; i < powershell->files.count; i++) {
        if (files[i].kind.fact.state != FACT_KNOWN) {
            note_first(&survey.signature_hidden, &files[i].kind.fact);
            note_first(&survey.mark_hidden, &files[i].kind.fact);
            continue;
        }
        if (strcmp(files[i].kind.value, "script") != 0) {
            continue;
        }
        survey.scripts++;
        bool runs = survey_signature(&survey, &files[i]);
        if (files[i].zone.fact.state == FACT_UNKNOWN) {
            note_first(&survey.mark_hidden, &files[i].zone.fact);
        } else if (files[i].zone.fact.state == FACT_KNOWN && files[i].zone.value >= ZONE_INTERNET && !runs) {
            push_text(&survey.marked, fact_text_or(&files[i].path, "(a name that is not known)"));
        }
    }
    return survey;
}

/* ---- One decision ---- */

typedef struct policy_case {
    judgement *j;
    const evidence *e;
    const char *subject;
    const policy_decision *decision;
    bool worked; /* a backup succeeded since the policy was last written */
    int64_t success;
} policy_case;

static said *say_policy(const policy_case *c, const char *slug) {
    said *s = judge_say(c->j, c->subject, slug);
    say_text(s, "policy", c->decision->word == POLICY_UNDEFINED ? "Undefined" : c->decision->value);
    say_text(s, "scope", policy_scope_name(c->decision->scope));
    say_where(s, c->decision->read);
    if (c->worked) {
        say_time(s, "success", c->success);
    }
    return s;
}

static void say_scripts(const policy_case *c, const char *slug, const arena_vector *scripts) {
    text_list list = list_of(scripts);
    said *s = say_policy(c, slug);
    say_texts(s, "scripts", &list);
    say_text(s, "folder", fact_text_or(&c->e->powershell.module_folder, ""));
}

static void judge_restricted(const policy_case *c) {
    bool group_policy =
        c->decision->scope == POLICY_SCOPE_MACHINE_POLICY || c->decision->scope == POLICY_SCOPE_USER_POLICY;
    (void)say_policy(c, c->worked                                  ? "restricted-but-working"
                        : c->decision->word == POLICY_UNRECOGNISED ? "unrecognised"
                        : group_policy                             ? "restricted-by-policy"
                                                                   : "restricted");
}

static void judge_default(const policy_case *c) {
    const fact_text *product = &c->e->machine.product_type;
    if (c->worked) {
        (void)say_policy(c, "undefined-but-working");
    } else if (product->fact.state != FACT_KNOWN) {
        (void)judge_unknown(c->j, c->subject, "which execution policy is the default here", &product->fact);
    } else {
        said *s =
            say_policy(c, ascii_equal(product->value, "WinNT") ? "undefined-client" : "undefined-server");
        say_where(s, &product->fact);
    }
}

static void judge_all_signed(const policy_case *c) {
    script_survey survey = survey_scripts(judge_memory(c->j), &c->e->powershell);
    const arena_vector *refused =
        survey.unsigned_scripts.count > 0 ? &survey.unsigned_scripts : &survey.untrusted;
    if (refused->count > 0) {
        say_scripts(c,
                    c->worked                           ? "all-signed-but-working"
                    : survey.unsigned_scripts.count > 0 ? "all-signed-unsigned"
                                                        : "all-signed-untrusted",
                    refused);
    } else if (survey.signature_hidden != NULL) {
        (void)judge_unknown(c->j, c->subject,
                            "whether the module's scripts are signed by a trusted publisher",
                            survey.signature_hidden);
    } else {
        (void)say_policy(c, survey.scripts > 0 ? "all-signed-trusted" : "all-signed-no-scripts");
    }
}

static void judge_by_mark(const policy_case *c) {
    script_survey survey = survey_scripts(judge_memory(c->j), &c->e->powershell);
    if (survey.marked.count > 0) {
        say_scripts(c, c->worked ? "marked-scripts-but-working" : "marked-scripts", &survey.marked);
    } else {
        said *s = say_policy(c, survey.mark_hidden != NULL ? "allowed-marks-unread" : "allowed");
        if (survey.mark_hidden != NULL) {
            say_text(s, "reason", unknown_reason_sentence(survey.mark_hidden->reason));
        }
    }
}

static void judge_bypass(const policy_case *c) {
    (void)say_policy(c, "allowed");
}

static void judge_decision(judgement *j, const evidence *e, const char *subject,
                           const policy_decision *decision) {
    static void (*const judges[])(const policy_case *c) = {
        [POLICY_UNDEFINED] = judge_default,     [POLICY_DEFAULT] = judge_default,
        [POLICY_RESTRICTED] = judge_restricted, [POLICY_ALL_SIGNED] = judge_all_signed,
        [POLICY_REMOTE_SIGNED] = judge_by_mark, [POLICY_UNRESTRICTED] = judge_by_mark,
        [POLICY_BYPASS] = judge_bypass,         [POLICY_UNRECOGNISED] = judge_restricted,
    };
    if (decision->hidden != NULL) {
        (void)judge_unknown(
            j, subject,
            arena_printf(judge_memory(j), "what the scope %s sets", policy_scope_name(decision->scope)),
            decision->hidden);
        return;
    }
    policy_case c = {.j = j, .e = e, .subject = subject, .decision = decision};
    /* When a task's own argument was last changed is not known, so that a success says nothing about it. */
    c.worked =
        decision->scope != POLICY_SCOPE_TASK && succeeded_since(e, &e->powershell.policy_written, &c.success);
    judges[decision->word](&c);
}

/* ---- The tasks, each of which may name its own policy ---- */

typedef struct task_decision {
    const char *task;
    policy_decision decision;
} task_decision;

static bool same_decision(const policy_decision *a, const policy_decision *b) {
    return a->scope == b->scope && a->word == b->word && a->hidden == b->hidden &&
           ascii_equal(a->value, b->value);
}

static void push_decision(arena_vector *decisions, const scheduled_task *task, policy_decision decision) {
    task_decision *all = decisions->items;
    for (size_t i = decisions->count; i > 0 && all[i - 1].task == task->path.value; i--) {
        if (same_decision(&all[i - 1].decision, &decision)) {
            return;
        }
    }
    task_decision *item = arena_push(decisions);
    if (item != NULL) {
        *item = (task_decision){.task = task->path.value, .decision = decision};
    }
}

/* An action list that cannot be read hides whether the task names a policy. */
static void decide_hidden(arena_vector *decisions, const powershell_evidence *powershell,
                          const scheduled_task *task) {
    fact_text *argument = arena_alloc(decisions->memory, sizeof *argument);
    if (argument != NULL) {
        argument->fact = task->actions.fact;
        push_decision(decisions, task, policy_decide(powershell, argument));
    }
}

static void decide_task(arena_vector *decisions, const powershell_evidence *powershell,
                        const scheduled_task *task) {
    if (task->actions.fact.state == FACT_UNKNOWN) {
        decide_hidden(decisions, powershell, task);
        return;
    }
    const action_facts *actions = task->actions.items;
    for (size_t i = 0; i < task->actions.count; i++) {
        if (fact_is_true(&actions[i].powershell)) {
            push_decision(decisions, task, policy_decide(powershell, &actions[i].execution_policy));
        }
    }
}

static bool all_same(const arena_vector *decisions) {
    const task_decision *all = decisions->items;
    for (size_t i = 1; i < decisions->count; i++) {
        if (!same_decision(&all[0].decision, &all[i].decision)) {
            return false;
        }
    }
    return true;
}

void judge_powershell_execution_policy(judgement *j, const evidence *e) {
    if (backup_server_runs_agent(j, e)) {
        return;
    }
    const fact_list *tasks = &e->schedule.tasks;
    arena_vector decisions = ARENA_VECTOR(judge_memory(j), task_decision);
    const scheduled_task *items = tasks->items;
    for (size_t i = 0; i < tasks->count; i++) {
        if (task_may_run(&items[i])) {
            decide_task(&decisions, &e->powershell, &items[i]);
        }
    }
    if (decisions.count == 0) {
        /* No task of PowerShell: what one would get that names no policy itself. */
        fact_text unread = {.fact = tasks->fact};
        policy_decision decision =
            policy_decide(&e->powershell, tasks->fact.state == FACT_UNKNOWN ? &unread : NULL);
        judge_decision(j, e, NULL, &decision);
        return;
    }
    const task_decision *all = decisions.items;
    bool same = all_same(&decisions);
    for (size_t i = 0; i < (same ? 1 : decisions.count); i++) {
        judge_decision(j, e, same ? NULL : all[i].task, &all[i].decision);
    }
}
