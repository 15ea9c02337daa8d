#include "task_server.h"

#include <stdio.h>
#include <stdlib.h>

typedef struct registered_task {
    counted object;
    path_text path;
} registered_task;

static const wchar_t *path_of(IRegisteredTask *self) {
    return ((registered_task *)self)->path;
}

static HRESULT STDMETHODCALLTYPE query(IRegisteredTask *self, REFIID asked, void **out) {
    return counted_query(self, asked, &IID_IRegisteredTask, out);
}

static ULONG STDMETHODCALLTYPE add(IRegisteredTask *self) {
    return counted_add(self);
}

static ULONG STDMETHODCALLTYPE release(IRegisteredTask *self) {
    return counted_release(self, NULL);
}

static HRESULT text_out(const wchar_t *text, BSTR *out) {
    *out = SysAllocString(text);
    return *out != NULL ? S_OK : E_OUTOFMEMORY;
}

static HRESULT STDMETHODCALLTYPE get_name(IRegisteredTask *self, BSTR *out) {
    return text_out(wcsrchr(path_of(self), L'\\') + 1, out);
}

static HRESULT STDMETHODCALLTYPE get_path(IRegisteredTask *self, BSTR *out) {
    return text_out(path_of(self), out);
}

static HRESULT STDMETHODCALLTYPE get_xml(IRegisteredTask *self, BSTR *out) {
    *out = NULL;
    HRESULT answer = control_answer("get_Xml");
    if (FAILED(answer)) {
        return answer;
    }
    *out = store_xml(path_of(self));
    return *out != NULL ? answer : windows_error(ERROR_FILE_NOT_FOUND);
}

/* ---- State ---- */

static HRESULT read_facts(IRegisteredTask *self, definition_facts *out) {
    BSTR xml = store_xml(path_of(self));
    HRESULT result = xml != NULL ? definition_read(xml, out) : windows_error(ERROR_FILE_NOT_FOUND);
    SysFreeString(xml);
    return result;
}

static bool number_of(IRegisteredTask *self, const char *name, double *out) {
    char text[64];
    if (!store_state(path_of(self), name, text, sizeof text)) {
        return false;
    }
    *out = text[0] == '0' && text[1] == 'x' ? (double)strtoul(text, NULL, 16) : strtod(text, NULL);
    return true;
}

static HRESULT STDMETHODCALLTYPE get_state(IRegisteredTask *self, TASK_STATE *out) {
    double number = 0;
    definition_facts facts = {0};
    HRESULT answer = control_answer("get_State");
    if (FAILED(answer)) {
        return answer;
    }
    if (number_of(self, "state", &number)) {
        *out = (TASK_STATE)number;
        return S_OK;
    }
    HRESULT result = read_facts(self, &facts);
    *out = facts.enabled ? TASK_STATE_READY : TASK_STATE_DISABLED;
    return result;
}

/* As Windows answers for a task that never ran. */
static HRESULT STDMETHODCALLTYPE get_last_run_time(IRegisteredTask *self, DATE *out) {
    if (!number_of(self, "last_run", out)) {
        *out = 36494.0;
        return S_OK;
    }
    return control_answer("get_LastRunTime");
}

static HRESULT STDMETHODCALLTYPE get_last_task_result(IRegisteredTask *self, LONG *out) {
    double number = SCHED_S_TASK_HAS_NOT_RUN;
    (void)number_of(self, "last_result", &number);
    *out = (LONG)(uint32_t)number;
    return control_answer("get_LastTaskResult");
}

static HRESULT STDMETHODCALLTYPE get_enabled(IRegisteredTask *self, VARIANT_BOOL *out) {
    definition_facts facts = {0};
    HRESULT result = read_facts(self, &facts);
    *out = facts.enabled ? VARIANT_TRUE : VARIANT_FALSE;
    HRESULT answer = control_answer("get_Enabled");
    return FAILED(answer) ? answer : result;
}

static HRESULT set_enabled(const wchar_t *path, bool enabled) {
    BSTR before = store_xml(path);
    BSTR after = NULL;
    HRESULT result = before != NULL ? definition_enable(before, path, enabled, &after) : E_FAIL;
    if (SUCCEEDED(result)) {
        result = store_set_xml(path, after) ? S_OK : E_ACCESSDENIED;
    }
    SysFreeString(before);
    SysFreeString(after);
    return result;
}

/* S_FALSE in control.txt: it is taken, and nothing happens. */
static HRESULT STDMETHODCALLTYPE put_enabled(IRegisteredTask *self, VARIANT_BOOL enabled) {
    control_note("put_Enabled", "path=%ls enabled=%d", path_of(self), enabled != VARIANT_FALSE);
    HRESULT answer = control_answer("put_Enabled");
    return answer != S_OK ? answer : set_enabled(path_of(self), enabled != VARIANT_FALSE);
}

/* ---- Security ---- */

static HRESULT STDMETHODCALLTYPE get_security(IRegisteredTask *self, LONG parts, BSTR *out) {
    enum { OWNER_GROUP_DACL = 7 };
    char text[PATH_ROOM];
    path_text wide;
    *out = NULL;
    HRESULT answer = control_answer("GetSecurityDescriptor");
    if (FAILED(answer)) {
        return answer;
    }
    if ((parts & ~OWNER_GROUP_DACL) != 0) {
        return windows_error(ERROR_PRIVILEGE_NOT_HELD);
    }
    if (!store_state(path_of(self), "sddl", text, sizeof text)) {
        (void)snprintf(text, sizeof text, "O:BAG:SYD:(A;;FA;;;BA)(A;;FA;;;SY)");
    }
    (void)swprintf(wide, PATH_ROOM, L"%hs", text);
    return text_out(wide, out);
}

static IRegisteredTaskVtbl vtbl = {
    .QueryInterface = query,
    .AddRef = add,
    .Release = release,
    .get_Name = get_name,
    .get_Path = get_path,
    .get_State = get_state,
    .get_Enabled = get_enabled,
    .put_Enabled = put_enabled,
    .get_LastRunTime = get_last_run_time,
    .get_LastTaskResult = get_last_task_result,
    .get_Xml = get_xml,
    .GetSecurityDescriptor = get_security,
};

HRESULT task_make(const wchar_t *path, IRegisteredTask **out) {
    *out = NULL;
    if (!store_is_task(path)) {
        return windows_error(ERROR_FILE_NOT_FOUND);
    }
    registered_task *made = counted_new(sizeof *made, &vtbl);
    if (made == NULL) {
        return E_OUTOFMEMORY;
    }
    (void)wcsncpy(made->path, path, PATH_ROOM - 1);
    *out = (IRegisteredTask *)made;
    return S_OK;
}
