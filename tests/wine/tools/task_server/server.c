#include "task_server.h"

#include <stdlib.h>

LONG live_objects;
static HINSTANCE own_module;

/* ---- Objects ---- */

void *counted_new(size_t size, const void *vtbl) {
    counted *object = calloc(1, size);
    if (object != NULL) {
        object->vtbl = vtbl;
        object->references = 1;
        InterlockedIncrement(&live_objects);
    }
    return object;
}

ULONG counted_add(void *object) {
    return (ULONG)InterlockedIncrement(&((counted *)object)->references);
}

ULONG counted_release(void *object, void (*finish)(void *object)) {
    LONG left = InterlockedDecrement(&((counted *)object)->references);
    if (left == 0) {
        if (finish != NULL) {
            finish(object);
        }
        free(object);
        InterlockedDecrement(&live_objects);
    }
    return (ULONG)left;
}

HRESULT counted_query(void *object, REFIID asked, const GUID *own, void **out) {
    *out = NULL;
    if (!IsEqualGUID(asked, &IID_IUnknown) && !IsEqualGUID(asked, &IID_IDispatch) &&
        !IsEqualGUID(asked, own)) {
        return E_NOINTERFACE;
    }
    (void)counted_add(object);
    *out = object;
    return S_OK;
}

/* ---- The class ---- */

static HRESULT STDMETHODCALLTYPE factory_query(IClassFactory *self, REFIID asked, void **out) {
    bool known = IsEqualGUID(asked, &IID_IUnknown) || IsEqualGUID(asked, &IID_IClassFactory);
    *out = known ? self : NULL;
    return known ? S_OK : E_NOINTERFACE;
}

/* There is one, and it stays. */
static ULONG STDMETHODCALLTYPE factory_count(IClassFactory *self) {
    (void)self;
    return 1;
}

static HRESULT STDMETHODCALLTYPE factory_create(IClassFactory *self, IUnknown *outer, REFIID asked,
                                                void **out) {
    (void)self;
    ITaskService *service = NULL;
    *out = NULL;
    if (outer != NULL) {
        return CLASS_E_NOAGGREGATION;
    }
    HRESULT result = control_answer("CoCreateInstance");
    if (SUCCEEDED(result)) {
        result = service_make(&service);
    }
    if (SUCCEEDED(result)) {
        result = service->lpVtbl->QueryInterface(service, asked, out);
        (void)service->lpVtbl->Release(service);
    }
    return result;
}

static HRESULT STDMETHODCALLTYPE factory_lock(IClassFactory *self, BOOL lock) {
    (void)self;
    (void)lock;
    return S_OK;
}

static IClassFactoryVtbl factory_vtbl = {factory_query, factory_count, factory_count, factory_create,
                                         factory_lock};
static IClassFactory factory = {&factory_vtbl};

__declspec(dllexport) HRESULT WINAPI DllGetClassObject(REFCLSID asked, REFIID interface_id, void **out) {
    *out = NULL;
    return IsEqualGUID(asked, &CLSID_TaskScheduler) ? factory_query(&factory, interface_id, out)
                                                    : CLASS_E_CLASSNOTAVAILABLE;
}

__declspec(dllexport) HRESULT WINAPI DllCanUnloadNow(void) {
    return live_objects == 0 ? S_OK : S_FALSE;
}

__declspec(dllexport) LONG task_server_live_objects(void);
__declspec(dllexport) LONG task_server_live_objects(void) {
    return live_objects;
}

/* What regsvr32 calls: the class is this file's, for every apartment. */
__declspec(dllexport) HRESULT WINAPI DllRegisterServer(void);
__declspec(dllexport) HRESULT WINAPI DllRegisterServer(void) {
    static const wchar_t key[] =
        L"Software\\Classes\\CLSID\\{0F87369F-A4E5-4CFC-BD3E-73E6154572DD}\\InprocServer32";
    path_text file;
    DWORD length = GetModuleFileNameW(own_module, file, PATH_ROOM);
    LSTATUS error = RegSetKeyValueW(HKEY_LOCAL_MACHINE, key, NULL, REG_SZ, file, (length + 1) * sizeof *file);
    if (error == ERROR_SUCCESS) {
        error = RegSetKeyValueW(HKEY_LOCAL_MACHINE, key, L"ThreadingModel", REG_SZ, L"Both", sizeof L"Both");
    }
    return error == ERROR_SUCCESS ? S_OK : windows_error(error);
}

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved);
BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, void *reserved) {
    (void)reserved;
    if (reason == DLL_PROCESS_ATTACH) {
        own_module = module;
        (void)DisableThreadLibraryCalls(module);
    }
    return TRUE;
}
