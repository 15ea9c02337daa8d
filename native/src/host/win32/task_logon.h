/* How the account of a task is logged on when it runs. Private to this folder. */
#ifndef HOST_WIN32_TASK_LOGON_H
#define HOST_WIN32_TASK_LOGON_H

#include "core/arena.h"
#include "marshealth.h"

/* The numbers of TASK_LOGON_TYPE in taskschd.h, other names of which clash with those of parse/task_xml.h. */
typedef enum task_logon {
    LOGON_NONE = 0,
    LOGON_S4U = 2,
    LOGON_INTERACTIVE_TOKEN = 3,
    LOGON_GROUP = 4,
    LOGON_SERVICE_ACCOUNT = 5,
} task_logon;

/* Reads it from a definition. Refuses one whose account takes, or may take, a password that is stored with
 * the task: that cannot be read, and registering the task again would lose it. path: the task, for messages.
 */
mars_status task_logon_read(const char *path, bytes xml, arena *memory, task_logon *out);

#endif
