#include "repair/change.h"

#include "core/error.h"
#include "parse/task_xml.h"
#include "repair/task_account.h"
#include "repair/task_edit.h"

#include <string.h>

static const char *reason_of(arena *memory, const fact *why) {
    const char *sentence = unknown_reason_sentence(why->reason);
    return why->detail != NULL ? arena_printf(memory, "%s; %s", sentence, why->detail) : sentence;
}

/* ---- Guards: each refuses before anything is changed ---- */

static mars_status check_host(const operation_run *run, const char *task) {
    const host_writer *writer = host_writer_of(run->machine);
    if (writer != NULL && writer->task_register != NULL && writer->task_enable != NULL) {
        return MARS_OK;
    }
    return error_set(MARS_E_UNSUPPORTED, "%s: %s", task, operation_needs_reason(NEEDS_TASK_SCHEDULER));
}

/* The agent's own tasks only, whoever calls. */
static mars_status check_path(const char *task) {
    const operation_value value = {.text = task};
    return argument_accepted(ARGUMENT_TASK, &value)
               ? MARS_OK
               : error_set(MARS_E_REFUSED, "%s is none of the agent's tasks", task);
}

/* A backup server (Data Protection Manager, Azure Backup Server) schedules its backups itself: the agent's
 * tasks on it are not what starts them. Only the backup server has this key. */
static mars_status check_backup_server(const operation_run *run) {
    static const registry_path database = {REGISTRY_MACHINE, REGISTRY_64,
                                           "SOFTWARE\\Microsoft\\Microsoft Data Protection Manager\\DB"};
    int64_t written = 0;
    fact why = {0};
    switch (run->machine->read->registry_time(run->machine, &database, run->memory, &written, &why)) {
    case FACT_ABSENT:
        return MARS_OK;
    case FACT_KNOWN:
        return error_set(MARS_E_REFUSED, "this is a backup server, which schedules its backups itself");
    default:
        return error_set(MARS_E_REFUSED, "it cannot be told whether this is a backup server: %s",
                         reason_of(run->memory, &why));
    }
}

/* A backup that runs would be cut short or start twice. */
static mars_status check_not_running(const operation_run *run, const char *task) {
    task_status status = {0};
    fact why = {0};
    fact_state state = run->machine->read->task_status(run->machine, task, run->memory, &status, &why);
    if (state == FACT_KNOWN && fact_is_false(&status.running)) {
        return MARS_OK;
    }
    if (state == FACT_KNOWN && fact_is_true(&status.running)) {
        return error_set(MARS_E_REFUSED, "the task %s is running; change it when it has ended", task);
    }
    const fact *unknown = state == FACT_KNOWN ? &status.running.fact : &why;
    return error_set(MARS_E_REFUSED, "it cannot be told whether the task %s is running: %s", task,
                     unknown->state == FACT_ABSENT ? "the Task Scheduler says nothing about it"
                                                   : reason_of(run->memory, unknown));
}

/* For what registers the task anew. Enabling it does not: it starts again with what is stored for it. */
static mars_status check_principal(const char *task, const task_definition *definition) {
    if (definition->principal == NULL) {
        return error_set(MARS_E_REFUSED,
                         "the definition of %s does not tell which account its actions run under", task);
    }
    if (!task_principal_has_no_password(definition->principal)) {
        return error_set(MARS_E_REFUSED,
                         "the task %s runs under an account whose password may be stored with it (logon type "
                         "%s); changing it would lose that password, so do it in the Task Scheduler, which "
                         "asks for it",
                         task,
                         definition->principal->logon_type != NULL ? definition->principal->logon_type
                                                                   : "not given");
    }
    return MARS_OK;
}

static mars_status read_definition(const operation_run *run, const char *task, bytes *xml,
                                   task_definition *out) {
    fact why = {0};
    fact_state state = run->machine->read->task_xml(run->machine, task, run->memory, xml, &why);
    if (state == FACT_ABSENT) {
        return error_set(MARS_E_REFUSED, "there is no task %s", task);
    }
    if (state != FACT_KNOWN || !task_xml_read(xml->data, xml->size, run->memory, out, &why)) {
        return task_definition_error(MARS_E_REFUSED, task, &why);
    }
    return MARS_OK;
}

/* All of them but the principal's. */
static mars_status look_at(const operation_run *run, const char *task, bytes *xml, task_definition *out) {
    mars_status status = check_host(run, task);
    status = status == MARS_OK ? check_path(task) : status;
    status = status == MARS_OK ? check_backup_server(run) : status;
    status = status == MARS_OK ? read_definition(run, task, xml, out) : status;
    return status == MARS_OK ? check_not_running(run, task) : status;
}

/* ---- The operations ---- */

static mars_status edit_and_register(operation_run *run, const char *task, task_edit_kind kind, bytes xml,
                                     const task_definition *definition) {
    task_edited edited;
    fact why = {0};
    if (!task_edit(xml.data, xml.size, kind, run->memory, &edited, &why)) {
        return task_definition_error(MARS_E_REFUSED, task, &why);
    }
    if (!edited.changed) {
        return MARS_OK;
    }
    mars_status status = check_principal(task, definition);
    return status == MARS_OK ? change_task(run, task, edited.definition) : status;
}

mars_status operation_enable_task(operation_run *run, const char *task) {
    bytes xml = {0};
    task_definition definition = {0};
    mars_status status = look_at(run, task, &xml, &definition);
    return status == MARS_OK ? change_task_enabled(run, task, true) : status;
}

mars_status operation_enable_task_triggers(operation_run *run, const char *task) {
    bytes xml = {0};
    task_definition definition = {0};
    mars_status status = look_at(run, task, &xml, &definition);
    if (status == MARS_OK && definition.trigger_count == 0) {
        status = error_set(MARS_E_REFUSED, "the task %s has no trigger that could be enabled", task);
    }
    return status == MARS_OK ? edit_and_register(run, task, TASK_EDIT_ENABLE_TRIGGERS, xml, &definition)
                             : status;
}

mars_status operation_set_task_principal(operation_run *run, const char *task, const char *principal) {
    bytes xml = {0};
    task_definition definition = {0};
    if (strcmp(principal, "SYSTEM") != 0) {
        return error_set(MARS_E_INVALID_ARGUMENT, "a task can be given to SYSTEM only, not to \"%s\"",
                         principal);
    }
    mars_status status = look_at(run, task, &xml, &definition);
    return status == MARS_OK ? edit_and_register(run, task, TASK_EDIT_RUN_AS_SYSTEM, xml, &definition)
                             : status;
}

mars_status operation_set_task_multiple_instances(operation_run *run, const char *task, const char *policy) {
    bytes xml = {0};
    task_definition definition = {0};
    if (strcmp(policy, "IgnoreNew") != 0) {
        return error_set(MARS_E_INVALID_ARGUMENT, "the policy can be IgnoreNew only, not \"%s\"", policy);
    }
    mars_status status = look_at(run, task, &xml, &definition);
    return status == MARS_OK ? edit_and_register(run, task, TASK_EDIT_IGNORE_NEW, xml, &definition) : status;
}
