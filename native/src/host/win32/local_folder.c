/* Read as the machine's own files are, from another place. */
#include "host/local_folder.h"

#include "core/alloc.h"
#include "core/error.h"
#include "host/win32/win32.h"

static const char no_server[] = "a folder of files tells nothing else";

/* ---- Opening what a person named ---- */

static mars_status fail(DWORD error, const char *path) {
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_DRIVE:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NET_NAME: /* the server has no such share */
        return error_set(MARS_E_NOT_FOUND, "%s: there is no such file or folder", path);
    case ERROR_BAD_NETPATH: /* or it does not answer: nothing is known of what it has */
        return error_set(MARS_E_UNREADABLE, "%s: the server was not found on the network", path);
    case ERROR_ACCESS_DENIED:
    case ERROR_LOGON_FAILURE:
        return error_set(MARS_E_UNREADABLE, "%s: access was denied", path);
    case ERROR_SHARING_VIOLATION:
        return error_set(MARS_E_UNREADABLE, "%s: another program has it open for itself alone", path);
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", path);
    default:
        return error_set(MARS_E_UNREADABLE, "%s could not be opened (error %lu)", path, error);
    }
}

/* Follows a link, as the person may have named one. Backup semantics also open folders. Whoever listens where
 * a path leads to a pipe cannot act as us. */
static DWORD open_named(const wchar_t *path, DWORD access, HANDLE *out) {
    DWORD before = 0;
    (void)SetThreadErrorMode(SEM_FAILCRITICALERRORS, &before); /* no question for a disk that is missing */
    *out = CreateFileW(path, access, WIN32_SHARE_ALL, NULL, OPEN_EXISTING,
                       FILE_FLAG_BACKUP_SEMANTICS | SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
    DWORD error = *out == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
    (void)SetThreadErrorMode(before, NULL);
    return error;
}

static mars_status not_a_path(const char *path, const arena *memory) {
    return arena_failed(memory) ? fail(ERROR_NOT_ENOUGH_MEMORY, path) : fail(ERROR_INVALID_NAME, path);
}

/* ---- A folder ---- */

static fact_state no_registry_time(host *machine, const registry_path *path, arena *memory, int64_t *out,
                                   fact *why) {
    (void)machine;
    *out = 0;
    return win32_unknown(REASON_NOT_ON_HOST, registry_path_text(memory, path, NULL), no_server, why);
}

static fact_state no_marks(host *machine, const char *path, arena *memory, file_marks *out, fact *why) {
    (void)machine;
    *out = (file_marks){0};
    return win32_unknown(REASON_NOT_ON_HOST, arena_text(memory, path), no_server, why);
}

static void close_folder(host *machine) {
    win32_host *self = win32_of(machine);
    arena_free(&self->memory);
    mem_free(self);
}

static const host_reader folder_reader = {
    .registry_time = no_registry_time,
    .file_info = win32_file_info,
    .file_read = win32_file_read,
    .file_marks = no_marks,
    .folder_each = win32_folder_each,
    .close = close_folder,
};

static mars_status fill(win32_host *self, const char *folder) {
    self->base.read = &folder_reader;
    self->base.source_kind = "folder";
    self->base.source_name = arena_text(&self->memory, folder);
    self->system_drive[0] = 'C';
    self->system_drive[1] = ':';
    self->base.system_drive = self->system_drive;
    self->elevated = win32_is_elevated();
    self->root = folder[0] != '\0' ? wide_path(&self->memory, folder) : NULL;
    if (self->root == NULL || arena_failed(&self->memory)) {
        return not_a_path(folder, &self->memory);
    }
    HANDLE opened = INVALID_HANDLE_VALUE;
    BY_HANDLE_FILE_INFORMATION information;
    DWORD error = open_named(self->root, FILE_LIST_DIRECTORY, &opened);
    if (error != ERROR_SUCCESS) {
        return fail(error, folder);
    }
    bool told = GetFileInformationByHandle(opened, &information) != FALSE;
    error = told ? ERROR_SUCCESS : GetLastError();
    (void)CloseHandle(opened);
    if (!told) {
        return fail(error, folder);
    }
    return (information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0
               ? MARS_OK
               : error_set(MARS_E_NOT_FOUND, "%s is not a folder", folder);
}

mars_status local_folder_open(host **out, const char *folder) {
    *out = NULL;
    win32_host *self = mem_alloc(sizeof *self);
    if (self == NULL) {
        return fail(ERROR_NOT_ENOUGH_MEMORY, folder);
    }
    mars_status status = fill(self, folder);
    if (status != MARS_OK) {
        close_folder(&self->base);
        return status;
    }
    *out = &self->base;
    return MARS_OK;
}

/* ---- A file ---- */

static mars_status read_opened(HANDLE file, const char *path, uint64_t max, arena *memory, bytes *out) {
    BY_HANDLE_FILE_INFORMATION information;
    if (GetFileType(file) != FILE_TYPE_DISK) {
        return error_set(MARS_E_UNREADABLE, "%s is not a regular file", path);
    }
    if (GetFileInformationByHandle(file, &information) == FALSE) {
        return fail(GetLastError(), path);
    }
    if ((information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
        return error_set(MARS_E_UNREADABLE, "%s is not a regular file", path);
    }
    uint64_t size = (uint64_t)information.nFileSizeHigh << 32 | information.nFileSizeLow;
    if (size > max || size > SIZE_MAX / 2) {
        return error_set(MARS_E_TOO_LARGE, "%s is larger than %llu bytes", path, (unsigned long long)max);
    }
    uint8_t *data = arena_alloc(memory, (size_t)size);
    size_t got = 0;
    if (data == NULL) {
        return fail(ERROR_NOT_ENOUGH_MEMORY, path);
    }
    if (!win32_read_at(file, 0, data, (size_t)size, &got)) {
        return fail(GetLastError(), path);
    }
    *out = (bytes){.data = data, .size = got};
    return MARS_OK;
}

mars_status local_file_read(const char *path, uint64_t max, arena *memory, bytes *out) {
    *out = (bytes){0};
    const wchar_t *wide = path[0] != '\0' ? wide_path(memory, path) : NULL;
    if (wide == NULL) {
        return not_a_path(path, memory);
    }
    HANDLE file = INVALID_HANDLE_VALUE;
    DWORD error = open_named(wide, GENERIC_READ, &file);
    if (error != ERROR_SUCCESS) {
        return fail(error, path);
    }
    mars_status status = read_opened(file, path, max, memory, out);
    (void)CloseHandle(file);
    return status;
}
