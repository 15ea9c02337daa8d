#include "task_server.h"

#include <stdio.h>

enum { VALIDATE_ONLY = 0x1, CREATE = 0x2, UPDATE = 0x4, KNOWN_FLAGS = 0x3F };

typedef struct folder {
    counted object;
    path_text path;
} folder;

static HRESULT STDMETHODCALLTYPE query(ITaskFolder *self, REFIID asked, void **out) {
    return counted_query(self, asked, &IID_ITaskFolder, out);
}

static ULONG STDMETHODCALLTYPE add(ITaskFolder *self) {
    return counted_add(self);
}

static ULONG STDMETHODCALLTYPE release(ITaskFolder *self) {
    return counted_release(self, NULL);
}

static HRESULT STDMETHODCALLTYPE get_path(ITaskFolder *self, BSTR *out) {
    *out = SysAllocString(((folder *)self)->path);
    return *out != NULL ? S_OK : E_OUTOFMEMORY;
}

static HRESULT STDMETHODCALLTYPE get_folders(ITaskFolder *self, LONG flags, ITaskFolderCollection **out) {
    *out = NULL;
    HRESULT result = flags == 0 ? control_answer("GetFolders") : E_INVALIDARG;
    return FAILED(result) ? result : folder_collection_make(((folder *)self)->path, out);
}

static HRESULT STDMETHODCALLTYPE get_tasks(ITaskFolder *self, LONG flags, IRegisteredTaskCollection **out) {
    *out = NULL;
    HRESULT result = control_answer("GetTasks");
    return FAILED(result)
               ? result
               : task_collection_make(((folder *)self)->path, (flags & TASK_ENUM_HIDDEN) != 0, out);
}

/* From the root by its whole path, with or without the first backslash. */
static void whole_path(const folder *self, const wchar_t *name, path_text out) {
    const wchar_t *parent = wcscmp(self->path, L"\\") == 0 ? L"" : self->path;
    (void)swprintf(out, PATH_ROOM, L"%ls\\%ls", parent, name + wcsspn(name, L"\\"));
}

static HRESULT STDMETHODCALLTYPE get_task(ITaskFolder *self, BSTR name, IRegisteredTask **out) {
    path_text path;
    *out = NULL;
    whole_path((folder *)self, name, path);
    HRESULT result = control_answer("GetTask");
    return FAILED(result) ? result : task_make(path, out);
}

/* ---- Registering ---- */

/* Nobody gives a password here: who needs one cannot be registered. */
static HRESULT check_account(const definition_facts *facts, TASK_LOGON_TYPE logon) {
    if (facts->has_password) {
        return windows_error(ERROR_LOGON_FAILURE);
    }
    if (logon == TASK_LOGON_SERVICE_ACCOUNT && !facts->service_account) {
        return E_INVALIDARG;
    }
    return S_OK;
}

static HRESULT check_flags(LONG flags, const wchar_t *path) {
    bool there = store_is_task(path);
    if ((flags & ~KNOWN_FLAGS) != 0 || ((flags & VALIDATE_ONLY) != 0 && flags != VALIDATE_ONLY) ||
        (flags & (VALIDATE_ONLY | CREATE | UPDATE)) == 0) {
        return E_INVALIDARG;
    }
    if ((flags & (CREATE | UPDATE)) == UPDATE && !there) {
        return windows_error(ERROR_FILE_NOT_FOUND);
    }
    return (flags & (CREATE | UPDATE)) == CREATE && there ? windows_error(ERROR_ALREADY_EXISTS) : S_OK;
}

static HRESULT keep(const wchar_t *path, const wchar_t *xml, const VARIANT *sddl) {
    char text[PATH_ROOM];
    if (!store_set_xml(path, xml)) {
        return E_ACCESSDENIED;
    }
    if (V_VT(sddl) == VT_BSTR) {
        (void)snprintf(text, sizeof text, "%ls", V_BSTR(sddl));
        return store_set_state(path, "sddl", text) ? S_OK : E_ACCESSDENIED;
    }
    return S_OK;
}

static HRESULT validate_and_keep(const wchar_t *path, const wchar_t *xml, LONG flags, TASK_LOGON_TYPE logon,
                                 const VARIANT *sddl) {
    definition_facts facts = {0};
    BSTR normalised = NULL;
    HRESULT result = check_flags(flags, path);
    if (SUCCEEDED(result)) {
        result = definition_normalise(xml, path, &normalised);
    }
    if (SUCCEEDED(result)) {
        result = definition_read(normalised, &facts);
    }
    if (SUCCEEDED(result) && flags != VALIDATE_ONLY) {
        result = check_account(&facts, logon);
    }
    if (SUCCEEDED(result) && flags != VALIDATE_ONLY) {
        result = keep(path, normalised, sddl);
    }
    SysFreeString(normalised);
    return result;
}

static const char *kind_of(const VARIANT *value) {
    return V_VT(value) == VT_EMPTY ? "empty" : V_VT(value) == VT_BSTR ? "text" : "other";
}

static HRESULT STDMETHODCALLTYPE register_task(ITaskFolder *self, BSTR name, BSTR xml, LONG flags,
                                               VARIANT user, VARIANT password, TASK_LOGON_TYPE logon,
                                               VARIANT sddl, IRegisteredTask **out) {
    char method[32];
    path_text path;
    *out = NULL;
    whole_path((folder *)self, name, path);
    (void)snprintf(method, sizeof method, "RegisterTask:%lx", (unsigned long)flags);
    control_note(method, "path=%ls logon=%d user=%s password=%s sddl=%ls", path, (int)logon, kind_of(&user),
                 kind_of(&password), V_VT(&sddl) == VT_BSTR ? V_BSTR(&sddl) : L"(none)");
    HRESULT answer = control_answer(method);
    if (FAILED(answer)) {
        return answer;
    }
    HRESULT result = validate_and_keep(path, xml, flags, logon, &sddl);
    if (SUCCEEDED(result) && flags != VALIDATE_ONLY) {
        result = task_make(path, out);
    }
    return FAILED(result) ? result : answer;
}

static ITaskFolderVtbl vtbl = {
    .QueryInterface = query,
    .AddRef = add,
    .Release = release,
    .get_Path = get_path,
    .GetFolders = get_folders,
    .GetTask = get_task,
    .GetTasks = get_tasks,
    .RegisterTask = register_task,
};

HRESULT folder_make(const wchar_t *path, ITaskFolder **out) {
    *out = NULL;
    if (!store_is_folder(path)) {
        return windows_error(ERROR_FILE_NOT_FOUND);
    }
    folder *made = counted_new(sizeof *made, &vtbl);
    if (made == NULL) {
        return E_OUTOFMEMORY;
    }
    (void)swprintf(made->path, PATH_ROOM, L"\\%ls", path + wcsspn(path, L"\\"));
    *out = (ITaskFolder *)made;
    return S_OK;
}
