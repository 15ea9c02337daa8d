/* The Task Scheduler over COM, from C. Private to this folder.
 *
 * Everything is made and given back inside one call of the host: COM is initialised for the calling thread if
 * it is not yet, in whatever apartment the thread is, and taken down again only by who initialised it. */
#ifndef HOST_WIN32_TASK_SERVICE_H
#define HOST_WIN32_TASK_SERVICE_H

#include "host/win32/win32.h"

#include <objbase.h>
#include <taskschd.h>

typedef struct task_service {
    ITaskService *service; /* NULL: not connected */
    bool initialised;      /* COM was, by us */
} task_service;

/* Always to be closed, after everything that was got from it is released. */
HRESULT task_service_open(task_service *out);
void task_service_close(task_service *opened);

/* "\\Microsoft\\OnlineBackup"; "" is the root. To be released. */
HRESULT task_service_folder(const task_service *opened, const char *path, arena *memory, ITaskFolder **out);
/* By its whole path. To be released. */
HRESULT task_service_task(const task_service *opened, const char *path, arena *memory, IRegisteredTask **out);

/* To be freed with SysFreeString; NULL if memory ran out (the arena remembers it) or text is. */
BSTR task_bstr(arena *memory, const char *text);
/* Frees it. Never NULL. */
const char *task_text(arena *memory, BSTR taken);
/* The definition as the Task Scheduler gives it: without a byte order mark. NULL if that failed. To be freed.
 */
HRESULT task_definition_text(IRegisteredTask *task, BSTR *out);

/* Where a fact about a task or a folder of tasks was read. */
const char *task_where(arena *memory, const char *path);

/* ---- What an HRESULT means (task_error.c) ---- */

/* "access was denied (0x80070005)": a sentence's part for the codes that are known, else the code alone. */
const char *task_result_text(arena *memory, HRESULT result);
/* For one who reads: absent, access denied (and to run elevated, if we are not), or unreadable. */
fact_state task_failure(const win32_host *self, HRESULT result, const char *where, arena *memory, fact *why);
/* For one who changes a task. MARS_E_MALFORMED where the definition is what is wrong; never MARS_OK. */
mars_status task_write_failed(const win32_host *self, HRESULT result, const char *task, arena *memory);

#endif
