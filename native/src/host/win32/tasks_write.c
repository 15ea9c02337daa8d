/* Changing scheduled tasks. */
#include "core/error.h"
#include "host/win32/task_logon.h"
#include "host/win32/task_service.h"
#include "text/decode.h"

#include <string.h>

/* As in taskschd.h of the Windows SDK; mingw-w64's has their names in C++ only. */
enum {
    FLAG_VALIDATE_ONLY = 0x1, /* alone, or nothing is checked apart from it */
    FLAG_UPDATE = 0x4,
    FLAG_DONT_ADD_PRINCIPAL_ACE = 0x10,
    FLAG_IGNORE_REGISTRATION_TRIGGERS = 0x20, /* or the update would start the job */
};
enum { REGISTER_FLAGS = FLAG_UPDATE | FLAG_DONT_ADD_PRINCIPAL_ACE | FLAG_IGNORE_REGISTRATION_TRIGGERS };

/* One registration: everything that is known before anything is changed. */
typedef struct registration {
    const win32_host *self;
    const char *path;
    arena *memory;
    task_service opened;
    ITaskFolder *root;
    IRegisteredTask *task; /* as it is registered now */
    BSTR name;
    BSTR old_xml;
    BSTR new_xml;
    BSTR security; /* who may do what with the task, as SDDL */
    task_logon old_logon;
    task_logon new_logon;
} registration;

/* ---- Definitions ---- */

/* The declaration names the encoding of bytes, and the Task Scheduler gets none. */
static const char *without_declaration(const char *text) {
    const char *end = strncmp(text, "<?xml", 5) == 0 ? strstr(text, "?>") : NULL;
    return end != NULL ? end + 2 : text;
}

static BSTR units_of(const uint8_t *data, size_t size) {
    BSTR made = SysAllocStringLen(NULL, (UINT)(size / sizeof(wchar_t)));
    if (made != NULL) {
        memcpy(made, data, size / sizeof(wchar_t) * sizeof(wchar_t));
    }
    return made;
}

/* A definition as the Task Scheduler takes it: UTF-16 without a byte order mark. */
static mars_status definition_of(const char *task, bytes xml, arena *memory, BSTR *out) {
    enum { MARK = 2 };
    const char *text = NULL;
    fact why;
    if (xml.size >= MARK && xml.data[0] == 0xFF && xml.data[1] == 0xFE) {
        *out = units_of(xml.data + MARK, xml.size - MARK);
        return *out != NULL ? MARS_OK : win32_no_memory();
    }
    if (!decode_text(xml.data, xml.size, NULL, memory, &text, &why)) {
        why.where = task;
        return win32_write_refuse(&why);
    }
    *out = task_bstr(memory, without_declaration(text));
    return *out != NULL ? MARS_OK : win32_no_memory();
}

/* ---- What is there ---- */

static mars_status failed(const registration *work, HRESULT result) {
    return task_write_failed(work->self, result, work->path, work->memory);
}

static mars_status open_task(registration *work) {
    HRESULT result = task_service_open(&work->opened);
    if (SUCCEEDED(result)) {
        result = task_service_folder(&work->opened, "", work->memory, &work->root);
    }
    if (SUCCEEDED(result)) {
        result = task_service_task(&work->opened, work->path, work->memory, &work->task);
    }
    return SUCCEEDED(result) ? MARS_OK : failed(work, result);
}

/* The system's own part of the descriptor, what is audited, needs a privilege and is left alone. */
static mars_status read_current(registration *work) {
    const LONG owner_group_dacl =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    HRESULT result = task_definition_text(work->task, &work->old_xml);
    if (SUCCEEDED(result)) {
        result = work->task->lpVtbl->GetSecurityDescriptor(work->task, owner_group_dacl, &work->security);
    }
    if (SUCCEEDED(result) && work->security == NULL) {
        result = E_UNEXPECTED;
    }
    if (FAILED(result)) {
        return failed(work, result);
    }
    const bytes old = {.data = (const uint8_t *)work->old_xml,
                       .size = SysStringLen(work->old_xml) * sizeof(wchar_t)};
    return task_logon_read(work->path, old, work->memory, &work->old_logon);
}

static mars_status prepare(registration *work, bytes xml) {
    mars_status status = task_logon_read(work->path, xml, work->memory, &work->new_logon);
    status = status == MARS_OK ? definition_of(work->path, xml, work->memory, &work->new_xml) : status;
    status = status == MARS_OK ? open_task(work) : status;
    status = status == MARS_OK ? read_current(work) : status;
    if (status == MARS_OK) {
        work->name = task_bstr(work->memory, work->path);
        status = work->name != NULL ? MARS_OK : win32_no_memory();
    }
    return status;
}

static void finish(registration *work) {
    SysFreeString(work->name);
    SysFreeString(work->old_xml);
    SysFreeString(work->new_xml);
    SysFreeString(work->security);
    if (work->task != NULL) {
        (void)work->task->lpVtbl->Release(work->task);
    }
    if (work->root != NULL) {
        (void)work->root->lpVtbl->Release(work->root);
    }
    task_service_close(&work->opened);
}

/* ---- Registering ---- */

/* Neither user nor password: who the task runs as stands in its definition. security NULL: the folder
 * decides. */
static HRESULT call_register(const registration *work, BSTR xml, LONG flags, task_logon logon,
                             BSTR security) {
    const VARIANT empty = {0};
    VARIANT descriptor = {0};
    IRegisteredTask *registered = NULL;
    if (security != NULL) {
        V_VT(&descriptor) = VT_BSTR;
        V_BSTR(&descriptor) = security;
    }
    HRESULT result = work->root->lpVtbl->RegisterTask(work->root, work->name, xml, flags, empty, empty,
                                                      (TASK_LOGON_TYPE)logon, descriptor, &registered);
    if (registered != NULL) {
        (void)registered->lpVtbl->Release(registered);
    }
    return result;
}

/* What the task's definition is now, after something went wrong: the end of a sentence. */
static const char *what_is_there(const registration *work) {
    IRegisteredTask *task = NULL;
    BSTR xml = NULL;
    const char *answer = "what is registered now cannot be read";
    HRESULT result = task_service_task(&work->opened, work->path, work->memory, &task);
    if (SUCCEEDED(result)) {
        result = task_definition_text(task, &xml);
        (void)task->lpVtbl->Release(task);
    } else {
        answer = "the task cannot be opened now";
    }
    if (SUCCEEDED(result)) {
        answer = SysStringLen(xml) == SysStringLen(work->old_xml) && wcscmp(xml, work->old_xml) == 0
                     ? "the definition is the one from before"
                     : "the definition is no longer the one from before";
    }
    SysFreeString(xml);
    return answer;
}

/* Codes that are no errors in COM's eyes say that the task is registered but will not run as it should. */
static mars_status take_back(const registration *work, HRESULT result) {
    HRESULT back = call_register(work, work->old_xml, REGISTER_FLAGS, work->old_logon, work->security);
    const char *problem = task_result_text(work->memory, result);
    if (SUCCEEDED(back)) {
        return error_set(MARS_E_REFUSED, "%s: %s; the definition from before was registered again",
                         work->path, problem);
    }
    return error_set(MARS_E_UNWRITABLE,
                     "%s: %s, and the definition from before could not be registered again: %s; %s",
                     work->path, problem, task_result_text(work->memory, back), what_is_there(work));
}

static mars_status validate_and_register(const registration *work) {
    HRESULT result = call_register(work, work->new_xml, FLAG_VALIDATE_ONLY, work->new_logon, NULL);
    if (FAILED(result)) {
        return failed(work, result);
    }
    result = call_register(work, work->new_xml, REGISTER_FLAGS, work->new_logon, work->security);
    if (FAILED(result)) {
        return failed(work, result);
    }
    return result == S_OK ? MARS_OK : take_back(work, result);
}

mars_status win32_task_register(host *machine, const char *path, bytes xml) {
    arena memory = {0};
    registration work = {.self = win32_of(machine), .path = path, .memory = &memory};
    mars_status status = prepare(&work, xml);
    if (status == MARS_OK) {
        status = validate_and_register(&work);
    }
    finish(&work);
    arena_free(&memory);
    return status;
}

/* ---- Enabling ---- */

/* Not by registering it again: so it keeps what is stored with it, a password as well. */
static mars_status put_enabled(const registration *work, bool enabled) {
    const VARIANT_BOOL wanted = enabled ? VARIANT_TRUE : VARIANT_FALSE;
    VARIANT_BOOL is = VARIANT_FALSE;
    HRESULT result = work->task->lpVtbl->put_Enabled(work->task, wanted);
    if (SUCCEEDED(result)) {
        result = work->task->lpVtbl->get_Enabled(work->task, &is);
    }
    if (FAILED(result)) {
        return failed(work, result);
    }
    return (is != VARIANT_FALSE) == enabled
               ? MARS_OK
               : error_set(MARS_E_UNWRITABLE,
                           "%s: the Task Scheduler took the change, but the task is %s as before", work->path,
                           enabled ? "disabled" : "enabled");
}

mars_status win32_task_enable(host *machine, const char *path, bool enabled) {
    arena memory = {0};
    registration work = {.self = win32_of(machine), .path = path, .memory = &memory};
    mars_status status = open_task(&work);
    if (status == MARS_OK) {
        status = put_enabled(&work, enabled);
    }
    finish(&work);
    arena_free(&memory);
    return status;
}
