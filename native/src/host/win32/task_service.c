#include "host/win32/task_service.h"

#include <string.h>

/* As in taskschd.idl; their names are defined in a library of the compiler's that nothing else is needed
 * from. */
static const GUID scheduler_class = {
    0x0F87369F, 0xA4E5, 0x4CFC, {0xBD, 0x3E, 0x73, 0xE6, 0x15, 0x45, 0x72, 0xDD}};
static const GUID scheduler_interface = {
    0x2FABA4C7, 0x4DA9, 0x4013, {0x96, 0x97, 0x20, 0xCC, 0x3F, 0xD4, 0x0F, 0x85}};

/* This machine, as who we are: all four parameters are empty. */
static HRESULT connect_here(ITaskService *service) {
    const VARIANT empty = {0};
    return service->lpVtbl->Connect(service, empty, empty, empty, empty);
}

HRESULT task_service_open(task_service *out) {
    void *made = NULL;
    *out = (task_service){0};
    HRESULT result = CoInitializeEx(NULL, COINIT_MULTITHREADED | COINIT_DISABLE_OLE1DDE);
    out->initialised = SUCCEEDED(result);
    if (FAILED(result) && result != RPC_E_CHANGED_MODE) {
        return result;
    }
    result = CoCreateInstance(&scheduler_class, NULL, CLSCTX_INPROC_SERVER, &scheduler_interface, &made);
    if (FAILED(result)) {
        return result;
    }
    out->service = made;
    return connect_here(out->service);
}

void task_service_close(task_service *opened) {
    if (opened->service != NULL) {
        (void)opened->service->lpVtbl->Release(opened->service);
    }
    if (opened->initialised) {
        CoUninitialize();
    }
    *opened = (task_service){0};
}

BSTR task_bstr(arena *memory, const char *text) {
    const wchar_t *wide = text != NULL ? wide_text(memory, text) : NULL;
    BSTR made = wide != NULL ? SysAllocString(wide) : NULL;
    if (made == NULL && text != NULL) {
        arena_set_failed(memory);
    }
    return made;
}

const char *task_text(arena *memory, BSTR taken) {
    const char *text = taken != NULL ? text_from_wide(memory, taken) : "";
    SysFreeString(taken);
    return text;
}

HRESULT task_service_folder(const task_service *opened, const char *path, arena *memory, ITaskFolder **out) {
    *out = NULL;
    BSTR name = task_bstr(memory, path[0] != '\0' ? path : "\\");
    if (name == NULL) {
        return E_OUTOFMEMORY;
    }
    HRESULT result = opened->service->lpVtbl->GetFolder(opened->service, name, out);
    SysFreeString(name);
    return result;
}

HRESULT task_service_task(const task_service *opened, const char *path, arena *memory,
                          IRegisteredTask **out) {
    *out = NULL;
    ITaskFolder *root = NULL;
    HRESULT result = task_service_folder(opened, "", memory, &root);
    if (FAILED(result)) {
        return result;
    }
    BSTR name = task_bstr(memory, path);
    result = name != NULL ? root->lpVtbl->GetTask(root, name, out) : E_OUTOFMEMORY;
    SysFreeString(name);
    (void)root->lpVtbl->Release(root);
    return result;
}

HRESULT task_definition_text(IRegisteredTask *task, BSTR *out) {
    *out = NULL;
    HRESULT result = task->lpVtbl->get_Xml(task, out);
    if (SUCCEEDED(result) && *out == NULL) {
        return E_UNEXPECTED;
    }
    return result;
}

const char *task_where(arena *memory, const char *path) {
    return arena_printf(memory, "Task Scheduler: %s", path);
}
