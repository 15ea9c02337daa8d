#include "repair/guards.h"

#include "core/error.h"
#include "core/unicode.h"
#include "parse/vssadmin.h"

#define TASK_FOLDER         "\\Microsoft\\OnlineBackup"
#define SYSTEM_STATE_VOLUME "CBSSBVol_"

/* VSS_WRITER_STATE */
enum { WRITER_UNKNOWN = 0, WRITER_FIRST_WAITING = 2, WRITER_LAST_WAITING = 5, WRITER_LAST = 15 };

mars_status guard_unknown(const char *service, const char *what, const fact *why) {
    return error_set(MARS_E_REFUSED, "%s is left alone, as %s cannot be told: %s%s%s%s%s", service, what,
                     why->where != NULL ? why->where : "", why->where != NULL ? ": " : "",
                     unknown_reason_sentence(why->reason), why->detail != NULL ? "; " : "",
                     why->detail != NULL ? why->detail : "");
}

/* ---- Tasks ---- */

static mars_status task_is_idle(host *machine, arena *memory, const char *service, const char *task) {
    static const char *const what = "whether the agent's task runs";
    task_status status = {0};
    fact why = {0};
    fact_state state = machine->read->task_status(machine, task, memory, &status, &why);
    if (state == FACT_ABSENT) {
        return MARS_OK;
    }
    if (state == FACT_UNKNOWN || status.running.fact.state == FACT_UNKNOWN) {
        fact unread = state == FACT_UNKNOWN ? why : status.running.fact;
        unread.where = unread.where != NULL ? unread.where : arena_text(memory, task);
        return guard_unknown(service, what, &unread);
    }
    if (fact_is_true(&status.running)) {
        return error_set(MARS_E_REFUSED, "%s is left alone while the agent's task %s runs", service, task);
    }
    return MARS_OK;
}

static mars_status tasks_are_idle(host *machine, arena *memory, const char *service) {
    task_entry_list tasks = {0};
    fact why = {0};
    fact_state state = machine->read->task_list(machine, TASK_FOLDER, memory, &tasks, &why);
    mars_status status = state == FACT_UNKNOWN
                             ? guard_unknown(service, "whether one of the agent's tasks runs", &why)
                             : MARS_OK;
    for (size_t i = 0; state == FACT_KNOWN && status == MARS_OK && i < tasks.count; i++) {
        /* What the Task Scheduler does not know cannot run. */
        if (!fact_is_false(&tasks.items[i].registered)) {
            status = task_is_idle(machine, memory, service, tasks.items[i].path);
        }
    }
    return status;
}

/* ---- Writers ---- */

static mars_status read_writers(host *machine, arena *memory, const char *service, vss_writer_list *out) {
    const char *text = NULL;
    fact why = {0};
    pattern_set *patterns = pattern_set_new();
    if (patterns == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the VSS writers were read");
    }
    fact_state state =
        machine->read->console(machine, console_tool_of(CONSOLE_SHADOW_WRITERS), memory, &text, &why);
    const char *where = why.where;
    bool read = state == FACT_KNOWN && vssadmin_read_writers(patterns, text, memory, out, &why);
    pattern_set_free(patterns);
    if (!read) {
        why.where = where;
        return guard_unknown(service, "whether a VSS writer waits for a backup", &why);
    }
    return MARS_OK;
}

static mars_status writers_are_idle(host *machine, arena *memory, const char *service) {
    vss_writer_list writers = {0};
    mars_status status = read_writers(machine, memory, service, &writers);
    for (size_t i = 0; status == MARS_OK && i < writers.count; i++) {
        const vss_writer *writer = &writers.items[i];
        if (writer->state >= WRITER_FIRST_WAITING && writer->state <= WRITER_LAST_WAITING) {
            status = error_set(MARS_E_REFUSED,
                               "%s is left alone while the VSS writer \"%s\" is in state %d, which it has "
                               "during a backup: look again in a few minutes",
                               service, writer->name, writer->state);
        } else if (writer->state < WRITER_UNKNOWN || writer->state > WRITER_LAST) {
            status = error_set(MARS_E_REFUSED,
                               "%s is left alone, as the VSS writer \"%s\" is in state %d, which is no "
                               "known one",
                               service, writer->name, writer->state);
        }
    }
    return status;
}

/* ---- Volumes ---- */

static mars_status no_system_state_volume(host *machine, arena *memory, const char *service) {
    static const char *const what = "whether a disk of a system state backup is mounted";
    volume_info_list volumes = {0};
    fact why = {0};
    if (machine->read->volume_list(machine, memory, &volumes, &why) != FACT_KNOWN) {
        return guard_unknown(service, what, &why);
    }
    for (size_t i = 0; i < volumes.count; i++) {
        const fact_text *label = &volumes.items[i].label;
        if (label->fact.state == FACT_UNKNOWN) {
            return guard_unknown(service, what, &label->fact);
        }
        if (ascii_starts(fact_text_or(label, ""), SYSTEM_STATE_VOLUME)) {
            return error_set(MARS_E_REFUSED,
                             "%s is left alone while the volume %s of a system state backup is mounted",
                             service, label->value);
        }
    }
    return MARS_OK;
}

mars_status guard_no_backup(host *machine, arena *memory, const char *service) {
    mars_status status = tasks_are_idle(machine, memory, service);
    if (status == MARS_OK) {
        status = no_system_state_volume(machine, memory, service);
    }
    return status == MARS_OK ? writers_are_idle(machine, memory, service) : status;
}
