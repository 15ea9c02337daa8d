/* A stand-in for Windows's Task Scheduler, in the process of who asks: a COM server behind the same CLSID.
 * Wine's own drops triggers, principals and actions, and lists no task; this one keeps whole definitions, in
 * files.
 *
 * The environment variable TASK_STORE names a folder; it holds
 *   tasks\...\NAME.xml     a task's definition as get_Xml gives it, in UTF-16 with a byte order mark
 *   tasks\...\NAME.state   what else is known of it, one a line: state=4, last_run=46000.5 (a DATE),
 * last_result=0x1, sddl=... (hexadecimal or decimal numbers) control.txt            how it is to behave:
 * METHOD=HRESULT, one a line (hexadecimal, without 0x). The method returns that and, if it is an error, does
 * nothing. RegisterTask is called by its flags as well (RegisterTask:34), and METHOD#2 is only the second
 * such call in calls.txt. sleep=MILLISECONDS: how long Connect takes. calls.txt              it writes: what
 * was called that changes tasks, with all flags
 *
 * What MarsHealth does not call is not there: the entry is NULL, and calling it ends the program. */
#ifndef TASK_SERVER_H
#define TASK_SERVER_H

#include <stdbool.h>
#include <stdint.h>
#include <windows.h>

#include <objbase.h>
#include <taskschd.h>

/* An error of Windows as COM says it. */
static inline HRESULT windows_error(LSTATUS error) {
    return (HRESULT)(0x80070000u | (unsigned)error);
}

/* ---- Objects ---- */

/* How many objects are alive; who uses the server can ask (task_server_live_objects). */
extern LONG live_objects;

/* What every object begins with, behind its vtbl. */
typedef struct counted {
    const void *vtbl;
    LONG references;
} counted;
ULONG counted_add(void *object);
/* Frees it with its last reference, after finish (NULL: nothing is to be done before). */
ULONG counted_release(void *object, void (*finish)(void *object));
void *counted_new(size_t size, const void *vtbl);
/* For an object with one interface, which is automation's as well. */
HRESULT counted_query(void *object, REFIID asked, const GUID *own, void **out);

HRESULT service_make(ITaskService **out);
/* path: "\\Microsoft\\OnlineBackup" or "\\"; must be there. */
HRESULT folder_make(const wchar_t *path, ITaskFolder **out);
HRESULT folder_collection_make(const wchar_t *path, ITaskFolderCollection **out);
/* ERROR_FILE_NOT_FOUND if there is no such task. */
HRESULT task_make(const wchar_t *path, IRegisteredTask **out);
HRESULT task_collection_make(const wchar_t *folder, bool hidden_too, IRegisteredTaskCollection **out);

/* ---- The store ---- */

enum { PATH_ROOM = 1024 };
typedef wchar_t path_text[PATH_ROOM];

/* All of a text file in UTF-8 or ASCII, with a NUL behind it; NULL if there is none. free() it. */
char *store_read(const wchar_t *file, size_t *size);
void store_file(const wchar_t *name, path_text out);                             /* in TASK_STORE */
void store_task_file(const wchar_t *task, const wchar_t *suffix, path_text out); /* ".xml" */
bool store_is_folder(const wchar_t *folder);
bool store_is_task(const wchar_t *task);
/* What is in a folder, in alphabetical order as its names are upper-cased. *out is to be freed. */
typedef enum store_kind { STORE_TASKS, STORE_FOLDERS } store_kind;
size_t store_list(const wchar_t *folder, store_kind kind, path_text **out);
/* NULL: unreadable. To be freed. */
BSTR store_xml(const wchar_t *task);
bool store_set_xml(const wchar_t *task, const wchar_t *xml);
/* A line of a task's .state file; false if there is none. */
bool store_state(const wchar_t *task, const char *name, char *value, size_t room);
bool store_set_state(const wchar_t *task, const char *name, const char *value);

/* ---- Control ---- */

/* Notes a call that changes something, as "METHOD more\n". */
void control_note(const char *method, const char *format, ...) __attribute__((format(gnu_printf, 2, 3)));
/* What the method is to return, S_OK unless control.txt says otherwise. */
HRESULT control_answer(const char *method);
void control_sleep(void);

/* ---- Definitions ---- */

/* Checks a definition as the task schema documents it (MS-TSCH 2.5) and gives what Windows would store: whole
 * elements in its order, defaults written out, SIDs, white space. task: its path, for its URI. */
HRESULT definition_normalise(const wchar_t *xml, const wchar_t *task, BSTR *out);
/* The same with Settings/Enabled set. */
HRESULT definition_enable(const wchar_t *xml, const wchar_t *task, bool enabled, BSTR *out);

typedef struct definition_facts {
    bool enabled;
    bool hidden;
    bool service_account; /* of its principal: SYSTEM, LOCAL SERVICE, NETWORK SERVICE */
    bool has_password;    /* its logon type says so */
} definition_facts;
HRESULT definition_read(const wchar_t *xml, definition_facts *out);

#endif
