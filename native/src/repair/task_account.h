/* The accounts of scheduled tasks, as far as a definition tells. */
#ifndef REPAIR_TASK_ACCOUNT_H
#define REPAIR_TASK_ACCOUNT_H

#include "parse/task_xml.h"

#define TASK_SID_SYSTEM "S-1-5-18"

/* The SID where the account is given by one or is one of the well-known names, else the name as it is. */
const char *task_account(arena *memory, const char *account);
bool task_principal_is_system(const task_principal *principal);
/* Whether a task with this principal can be registered again without asking anybody for a password. What is
 * stored with the task is lost when it is registered, and cannot be read: a stored password, or nothing at
 * all, is told apart by the logon type alone. So it must be one that stores none (S4U, InteractiveToken), or
 * the principal one that has none (a group, a service account). Without a logon type a user's task may have
 * been registered either way, and is taken to have one. */
bool task_principal_has_no_password(const task_principal *principal);

#endif
