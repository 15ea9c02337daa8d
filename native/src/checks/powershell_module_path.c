/* powershell.module-path: whether the agent's tasks find the module that they import. */
#include "checks/checks.h"

#include "checks/schedule_tasks.h"
#include "core/unicode.h"

#include <string.h>

#define MODULE         "MSOnlineBackup"
#define BUILTIN_FOLDER "\\system32\\WindowsPowerShell\\v1.0\\Modules"

/* ---- Which imports need the path ---- */

typedef struct import_survey {
    size_t imports;          /* looked at */
    bool by_name;            /* some action imports the module by name, or may */
    const fact *task_hidden; /* tasks or actions that are not known */
    const fact *path_hidden; /* a path that could not be looked up */
    arena_vector missing;    /* paths that lead nowhere */
    const fact *missing_fact;
} import_survey;

static bool is_path(const char *import) {
    return strpbrk(import, "\\/:") != NULL;
}

/* Whether a path names our module: ...\MSOnlineBackup, or a file of that name. */
static bool leads_to_module(const char *path) {
    const char *name = path;
    for (const char *at = path; *at != '\0'; at++) {
        if ((*at == '\\' || *at == '/' || *at == ':') && at[1] != '\0') {
            name = at + 1;
        }
    }
    size_t length = strlen(MODULE);
    return ascii_starts(name, MODULE) && (name[length] == '\0' || strchr(".\\/", name[length]) != NULL);
}

static void survey_path(import_survey *survey, const powershell_evidence *powershell, const char *path) {
    const module_import *imports = powershell->imports.items;
    for (size_t i = 0; i < powershell->imports.count; i++) {
        if (strcmp(fact_text_or(&imports[i].path, ""), path) != 0) {
            continue;
        }
        if (imports[i].resolved.fact.state == FACT_UNKNOWN) {
            survey->path_hidden = &imports[i].resolved.fact;
        } else if (imports[i].resolved.fact.state == FACT_ABSENT) {
            const char **missing = arena_push(&survey->missing);
            if (missing != NULL) {
                *missing = path;
            }
            survey->missing_fact = &imports[i].resolved.fact;
        }
        return;
    }
    survey->path_hidden = &powershell->imports.fact;
}

/* More imports than any real set of tasks has would be compared one with another for a long time. */
enum { IMPORTS_MAX = 1000 };
static const fact too_many_imports = {
    .state = FACT_UNKNOWN, .reason = REASON_TOO_LARGE, .detail = "the tasks import more than 1,000 modules"};

static void survey_action(import_survey *survey, const evidence *e, const action_facts *action) {
    bool names_module = false;
    size_t count = action->imports.fact.state == FACT_KNOWN ? action->imports.value.count : 0;
    for (size_t i = 0; i < count; i++) {
        const char *import = action->imports.value.items[i];
        if (++survey->imports > IMPORTS_MAX) {
            survey->task_hidden = &too_many_imports;
            return;
        }
        if (is_path(import) && leads_to_module(import)) {
            survey_path(survey, &e->powershell, import);
            names_module = true;
        } else if (ascii_equal(import, MODULE)) {
            survey->by_name = true;
            names_module = true;
        }
    }
    /* A script of the action's own, or none that is recognised: the command is found by the path too. */
    survey->by_name = survey->by_name || !names_module;
}

static import_survey survey_imports(arena *memory, const evidence *e) {
    import_survey survey = {.missing = ARENA_VECTOR(memory, const char *)};
    const scheduled_task *tasks = e->schedule.tasks.items;
    bool any = false;
    for (size_t t = 0; t < e->schedule.tasks.count; t++) {
        const action_facts *actions = tasks[t].actions.items;
        if (!task_may_run(&tasks[t])) {
            continue;
        }
        if (tasks[t].actions.fact.state == FACT_UNKNOWN) {
            survey.task_hidden = &tasks[t].actions.fact;
        }
        for (size_t a = 0; a < tasks[t].actions.count; a++) {
            if (fact_is_true(&actions[a].powershell)) {
                survey_action(&survey, e, &actions[a]);
                any = true;
            }
        }
    }
    if (e->schedule.tasks.fact.state == FACT_UNKNOWN) {
        survey.task_hidden = &e->schedule.tasks.fact;
    }
    /* Without such a task the path still decides whether the module's commands are found. */
    survey.by_name = survey.by_name || (!any && survey.task_hidden == NULL);
    return survey;
}

/* ---- What the path's elements give ---- */

static const fact_text *effective_path(const powershell_evidence *powershell) {
    return powershell->system_module_path.fact.state == FACT_ABSENT ? &powershell->machine_module_path
                                                                    : &powershell->system_module_path;
}

static const module_path_element *resolving_element(const powershell_evidence *powershell,
                                                    const fact **hidden) {
    const module_path_element *elements = powershell->module_path.items;
    for (size_t i = 0; i < powershell->module_path.count; i++) {
        if (fact_is_true(&elements[i].quoted)) {
            continue;
        }
        if (elements[i].manifest.fact.state == FACT_KNOWN) {
            return &elements[i];
        }
        if (elements[i].manifest.fact.state == FACT_UNKNOWN) {
            *hidden = &elements[i].manifest.fact;
        }
    }
    return NULL;
}

static bool has_builtin(const powershell_evidence *powershell) {
    const module_path_element *elements = powershell->module_path.items;
    for (size_t i = 0; i < powershell->module_path.count; i++) {
        const char *folder = fact_text_or(&elements[i].folder, "");
        bool expanded = folder[0] != '%';
        if (ascii_ends(folder, BUILTIN_FOLDER) && expanded && !fact_is_true(&elements[i].quoted)) {
            return true;
        }
    }
    return false;
}

/* The parent of the module's folder: what belongs into the path. */
static const char *needed_folder(arena *memory, const powershell_evidence *powershell) {
    const char *folder = fact_text_or(&powershell->module_folder, "");
    const char *end = strrchr(folder, '\\');
    return end != NULL ? arena_text_n(memory, folder, (size_t)(end - folder))
                       : "the agent's folder bin\\Modules";
}

/* Whether appending that folder to the machine's path makes the module found: not where SYSTEM has a path of
 * its own, not without a module. A path without PowerShell's own folder is for people to decide about. */
static bool appending_helps(const powershell_evidence *powershell) {
    const fact_text *machine = &powershell->machine_module_path;
    return powershell->system_module_path.fact.state == FACT_ABSENT &&
           powershell->manifest.fact.state == FACT_KNOWN &&
           (machine->fact.state == FACT_ABSENT ||
            (machine->fact.state == FACT_KNOWN && has_builtin(powershell)));
}

static void say_needed(judgement *j, said *s, const powershell_evidence *powershell) {
    say_text(s, "needed", needed_folder(judge_memory(j), powershell));
    if (appending_helps(powershell)) {
        say_text(s, "append", "helps");
    }
}

static void say_element(judgement *j, const powershell_evidence *powershell, const char *slug,
                        const module_path_element *element) {
    said *s = judge_say(j, NULL, slug);
    say_needed(j, s, powershell);
    say_text(s, "element", fact_text_or(&element->raw, ""));
    say_text(s, "folder", fact_text_or(&element->folder, ""));
    say_where(s, &element->raw.fact);
    say_where(s, &element->folder.fact);
    say_where(s, &element->quoted.fact);
}

/* Why an element that seems meant for the module does not work. */
static void explain_element(judgement *j, const powershell_evidence *powershell,
                            const module_path_element *element) {
    const char *folder = fact_text_or(&element->folder, "");
    if (fact_is_true(&element->quoted)) {
        say_element(j, powershell, "quoted", element);
    } else if (ascii_ends(folder, "\\" MODULE)) {
        say_element(j, powershell, "module-folder-itself", element);
    } else if (strchr(folder, '%') != NULL &&
               strcmp(fact_text_or(&powershell->module_path_type, ""), "REG_SZ") == 0) {
        say_element(j, powershell, "not-expanded", element);
    }
}

static void explain(judgement *j, const powershell_evidence *powershell) {
    const module_path_element *elements = powershell->module_path.items;
    for (size_t i = 0; i < powershell->module_path.count; i++) {
        explain_element(j, powershell, &elements[i]);
    }
    if (powershell->system_module_path.fact.state == FACT_KNOWN &&
        powershell->machine_module_path.fact.state == FACT_KNOWN) {
        said *s = judge_say(j, NULL, "system-hides-machine");
        say_text(s, "system", powershell->system_module_path.value);
        say_text(s, "machine", powershell->machine_module_path.value);
        say_where(s, &powershell->system_module_path.fact);
    }
}

static void say_not_found(judgement *j, const evidence *e) {
    const powershell_evidence *powershell = &e->powershell;
    const fact_text *path = effective_path(powershell);
    bool valued = path->fact.state == FACT_KNOWN;
    int64_t success = 0;
    bool worked = succeeded_since(e, &powershell->module_path_written, &success);
    said *s = judge_say(j, NULL, worked ? "not-found-but-working" : valued ? "not-found" : "no-value");
    say_text(s, "value", valued ? path->value : "");
    say_needed(j, s, powershell);
    say_where(s, &path->fact);
    if (worked) {
        say_time(s, "success", success);
        return;
    }
    explain(j, powershell);
}

static void judge_builtin(judgement *j, const evidence *e) {
    const powershell_evidence *powershell = &e->powershell;
    const fact_text *path = effective_path(powershell);
    if (has_builtin(powershell)) {
        return;
    }
    if (path->fact.state != FACT_KNOWN || powershell->module_path.fact.state != FACT_KNOWN) {
        return;
    }
    int64_t success = 0;
    bool worked = succeeded_since(e, &powershell->module_path_written, &success);
    said *s = judge_say(j, NULL, worked ? "builtin-hidden-but-working" : "builtin-hidden");
    say_text(s, "value", path->value);
    say_where(s, &path->fact);
    if (worked) {
        say_time(s, "success", success);
    }
}

/* The module by name: an element of the path has to lead to it. */
static void judge_by_name(judgement *j, const evidence *e) {
    const powershell_evidence *powershell = &e->powershell;
    const fact *value = &effective_path(powershell)->fact;
    const fact *list = &powershell->module_path.fact; /* unknown, too, if there are too many elements */
    const fact *hidden = value->state == FACT_UNKNOWN ? value : list->state == FACT_UNKNOWN ? list : NULL;
    const module_path_element *element = resolving_element(powershell, &hidden);
    if (element != NULL) {
        said *s = judge_say(j, NULL, "found");
        say_text(s, "manifest", element->manifest.value);
        say_text(s, "element", fact_text_or(&element->raw, ""));
        say_where(s, &element->raw.fact);
        say_where(s, &element->manifest.fact);
    } else if (hidden != NULL) {
        (void)judge_unknown(j, NULL, "whether PowerShell finds the agent's module", hidden);
    } else {
        say_not_found(j, e);
    }
}

void judge_powershell_module_path(judgement *j, const evidence *e) {
    if (backup_server_runs_agent(j, e)) {
        return;
    }
    import_survey survey = survey_imports(judge_memory(j), e);
    if (survey.missing.count > 0) {
        said *s = judge_say(j, NULL, "import-missing");
        text_list missing = {.items = survey.missing.items, .count = survey.missing.count};
        say_texts(s, "paths", &missing);
        say_where(s, survey.missing_fact);
    }
    const fact *ignored = NULL;
    if (survey.by_name || resolving_element(&e->powershell, &ignored) != NULL) {
        judge_by_name(j, e);
    } else if (survey.task_hidden != NULL) {
        (void)judge_unknown(j, NULL, "what the agent's tasks import", survey.task_hidden);
    } else if (survey.missing.count == 0 && survey.path_hidden == NULL) {
        (void)judge_say(j, NULL, "imported-by-path");
    }
    if (survey.path_hidden != NULL) {
        (void)judge_unknown(j, NULL, "whether the module that a task imports by path is there",
                            survey.path_hidden);
    }
    judge_builtin(j, e);
}
