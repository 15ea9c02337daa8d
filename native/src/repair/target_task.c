#include "repair/target_task.h"

#include "core/error.h"
#include "parse/task_xml.h"
#include "repair/task_account.h"
#include "repair/task_compare.h"
#include "repair/task_edit.h"

static mars_status parse(const char *task, bytes definition, arena *memory, task_definition *out) {
    fact why = {0};
    return task_xml_read(definition.data, definition.size, memory, out, &why)
               ? MARS_OK
               : task_definition_error(MARS_E_UNREADABLE, task, &why);
}

static mars_status check_password(const char *task, bytes definition, arena *memory) {
    task_definition read = {0};
    mars_status status = parse(task, definition, memory, &read);
    if (status == MARS_OK && (read.principal == NULL || !task_principal_has_no_password(read.principal))) {
        status = error_set(MARS_E_REFUSED,
                           "%s runs, or ran, under an account whose password may be stored with it, and "
                           "registering it again would lose that password",
                           task);
    }
    return status;
}

mars_status target_task_write(host *machine, const host_writer *writer, arena *memory, const char *task,
                              bytes definition) {
    if (writer->task_register == NULL || writer->task_enable == NULL) {
        return error_set(MARS_E_UNSUPPORTED, "%s can be changed on the running server only", task);
    }
    bytes current = {0};
    fact why = {0};
    task_definition wanted = {0};
    fact_state there = machine->read->task_xml(machine, task, memory, &current, &why);
    mars_status status = parse(task, definition, memory, &wanted);
    if (status != MARS_OK) {
        return status;
    }
    if (there == FACT_UNKNOWN) {
        return task_definition_error(MARS_E_UNREADABLE, task, &why);
    }
    if (there == FACT_KNOWN && task_document_same_but_enabled(memory, current, definition)) {
        return writer->task_enable(machine, task, wanted.enabled);
    }
    status = there == FACT_KNOWN ? check_password(task, current, memory) : MARS_OK;
    if (status == MARS_OK) {
        status = check_password(task, definition, memory);
    }
    return status == MARS_OK ? writer->task_register(machine, task, definition) : status;
}
