#include "task_server.h"

#include <stdlib.h>

/* Folders or tasks, each found by its path when it is asked for. */
typedef struct collection {
    counted object;
    size_t count;
    path_text *paths;
} collection;

static void finish(void *object) {
    free(((collection *)object)->paths);
}

/* Numbers start at one. NULL: there is none of that number. */
static const wchar_t *path_of(void *object, VARIANT index) {
    const collection *self = object;
    LONG number = V_VT(&index) == VT_I4 ? V_I4(&index) : 0;
    return number >= 1 && (size_t)number <= self->count ? self->paths[number - 1] : NULL;
}

static HRESULT count_of(void *object, const char *method, LONG *out) {
    *out = (LONG)((const collection *)object)->count;
    return control_answer(method);
}

/* ---- Folders ---- */

static HRESULT STDMETHODCALLTYPE folders_query(ITaskFolderCollection *self, REFIID asked, void **out) {
    return counted_query(self, asked, &IID_ITaskFolderCollection, out);
}

static ULONG STDMETHODCALLTYPE folders_add(ITaskFolderCollection *self) {
    return counted_add(self);
}

static ULONG STDMETHODCALLTYPE folders_release(ITaskFolderCollection *self) {
    return counted_release(self, finish);
}

static HRESULT STDMETHODCALLTYPE folders_count(ITaskFolderCollection *self, LONG *out) {
    return count_of(self, "ITaskFolderCollection.get_Count", out);
}

static HRESULT STDMETHODCALLTYPE folders_item(ITaskFolderCollection *self, VARIANT index, ITaskFolder **out) {
    const wchar_t *path = path_of(self, index);
    *out = NULL;
    HRESULT result = control_answer("ITaskFolderCollection.get_Item");
    if (FAILED(result)) {
        return result;
    }
    return path != NULL ? folder_make(path, out) : E_INVALIDARG;
}

static ITaskFolderCollectionVtbl folders_vtbl = {.QueryInterface = folders_query,
                                                 .AddRef = folders_add,
                                                 .Release = folders_release,
                                                 .get_Count = folders_count,
                                                 .get_Item = folders_item};

HRESULT folder_collection_make(const wchar_t *path, ITaskFolderCollection **out) {
    collection *self = counted_new(sizeof *self, &folders_vtbl);
    *out = (ITaskFolderCollection *)self;
    if (self == NULL) {
        return E_OUTOFMEMORY;
    }
    self->count = store_list(path, STORE_FOLDERS, &self->paths);
    return S_OK;
}

/* ---- Tasks ---- */

static HRESULT STDMETHODCALLTYPE tasks_query(IRegisteredTaskCollection *self, REFIID asked, void **out) {
    return counted_query(self, asked, &IID_IRegisteredTaskCollection, out);
}

static ULONG STDMETHODCALLTYPE tasks_add(IRegisteredTaskCollection *self) {
    return counted_add(self);
}

static ULONG STDMETHODCALLTYPE tasks_release(IRegisteredTaskCollection *self) {
    return counted_release(self, finish);
}

static HRESULT STDMETHODCALLTYPE tasks_count(IRegisteredTaskCollection *self, LONG *out) {
    return count_of(self, "IRegisteredTaskCollection.get_Count", out);
}

static HRESULT STDMETHODCALLTYPE tasks_item(IRegisteredTaskCollection *self, VARIANT index,
                                            IRegisteredTask **out) {
    const wchar_t *path = path_of(self, index);
    *out = NULL;
    HRESULT result = control_answer("IRegisteredTaskCollection.get_Item");
    if (FAILED(result)) {
        return result;
    }
    return path != NULL ? task_make(path, out) : E_INVALIDARG;
}

static IRegisteredTaskCollectionVtbl tasks_vtbl = {.QueryInterface = tasks_query,
                                                   .AddRef = tasks_add,
                                                   .Release = tasks_release,
                                                   .get_Count = tasks_count,
                                                   .get_Item = tasks_item};

static bool is_hidden(const wchar_t *task) {
    definition_facts facts = {0};
    BSTR xml = store_xml(task);
    bool hidden = xml != NULL && SUCCEEDED(definition_read(xml, &facts)) && facts.hidden;
    SysFreeString(xml);
    return hidden;
}

HRESULT task_collection_make(const wchar_t *folder, bool hidden_too, IRegisteredTaskCollection **out) {
    collection *self = counted_new(sizeof *self, &tasks_vtbl);
    *out = (IRegisteredTaskCollection *)self;
    if (self == NULL) {
        return E_OUTOFMEMORY;
    }
    size_t count = store_list(folder, STORE_TASKS, &self->paths);
    for (size_t i = 0; i < count; i++) {
        if (hidden_too || !is_hidden(self->paths[i])) {
            memmove(self->paths[self->count++], self->paths[i], sizeof self->paths[i]);
        }
    }
    return S_OK;
}
