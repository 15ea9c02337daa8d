/* Edits to a scheduled task's definition. All that an edit is not about stays: the order, elements and
 * attributes that nobody here knows, comments, the Data element. (In a tag the name spaces come first, and a
 * CDATA section becomes the text that it is.) The result is what the Task Scheduler itself
 * stores: UTF-16LE with a byte order mark, lines that end in CR LF, a declaration that says UTF-16.
 *
 * No edit makes a definition need a later schema version than it names: every element written is in version
 * 1.2. Where one is added it comes first in its parent; the parents (Task, Settings, Principal) are xs:all,
 * which lets children stand in any order (MS-TSCH 2.5). */
#ifndef REPAIR_TASK_EDIT_H
#define REPAIR_TASK_EDIT_H

#include "core/fact.h"
#include "marshealth.h"

typedef enum task_edit_kind {
    TASK_EDIT_ENABLE,          /* Settings/Enabled */
    TASK_EDIT_DISABLE,         /* the way back */
    TASK_EDIT_ENABLE_TRIGGERS, /* Enabled of every trigger */
    TASK_EDIT_RUN_AS_SYSTEM, /* the principal that the actions run under becomes the SYSTEM account, with full
                                rights and without a logon type: the schema has none for a service account */
    TASK_EDIT_IGNORE_NEW,    /* Settings/MultipleInstancesPolicy is IgnoreNew */
    TASK_EDIT_COUNT,
} task_edit_kind;

typedef struct task_edited {
    bool changed;     /* false: the definition said so already */
    bytes definition; /* in the arena; the bytes given if nothing changed */
} task_edited;

/* data: as stored, read as task_xml_read does. False: *why tells what is wrong with the definition (as
 * task_xml_read says it, or that it is unclear which principal its actions run under). */
bool task_edit(const uint8_t *data, size_t size, task_edit_kind kind, arena *memory, task_edited *out,
               fact *why);

/* Sets the error of a definition that cannot be read or edited: MARS_E_NO_MEMORY if that is why, else code.
 */
mars_status task_definition_error(mars_status code, const char *task, const fact *why);

#endif
