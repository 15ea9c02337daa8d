#include "task_server.h"

static HRESULT STDMETHODCALLTYPE query(ITaskService *self, REFIID asked, void **out) {
    return counted_query(self, asked, &IID_ITaskService, out);
}

static ULONG STDMETHODCALLTYPE add(ITaskService *self) {
    return counted_add(self);
}

static ULONG STDMETHODCALLTYPE release(ITaskService *self) {
    return counted_release(self, NULL);
}

static HRESULT STDMETHODCALLTYPE get_folder(ITaskService *self, BSTR path, ITaskFolder **out) {
    (void)self;
    *out = NULL;
    HRESULT result = control_answer("GetFolder");
    return FAILED(result) ? result : folder_make(path, out);
}

/* Another machine, or as somebody else: not here. */
static HRESULT STDMETHODCALLTYPE connect_to(ITaskService *self, VARIANT server, VARIANT user, VARIANT domain,
                                            VARIANT password) {
    (void)self;
    control_sleep();
    if (V_VT(&server) != VT_EMPTY || V_VT(&user) != VT_EMPTY || V_VT(&domain) != VT_EMPTY ||
        V_VT(&password) != VT_EMPTY) {
        return E_INVALIDARG;
    }
    return control_answer("Connect");
}

static ITaskServiceVtbl vtbl = {.QueryInterface = query,
                                .AddRef = add,
                                .Release = release,
                                .GetFolder = get_folder,
                                .Connect = connect_to};

HRESULT service_make(ITaskService **out) {
    *out = counted_new(sizeof(counted), &vtbl);
    return *out != NULL ? S_OK : E_OUTOFMEMORY;
}
