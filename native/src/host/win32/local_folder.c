#include "host/local_folder.h"

#include "core/alloc.h"
#include "core/error.h"
#include "host/win32/win32.h"
#include "host/windows_path.h"

#include <string.h>

typedef struct local_folder {
    win32_host self;
    const char *root; /* "C:\\Sources\\module": what is drive C: of this host */
} local_folder;

static const char no_server[] = "a folder of files tells nothing else";

static mars_status fail(const char *path, DWORD error) {
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH:
    case ERROR_BAD_NET_NAME:
        return error_set(MARS_E_NOT_FOUND, "%s: there is no such file or folder", path);
    case ERROR_DIRECTORY:
        return error_set(MARS_E_NOT_FOUND, "%s is not a folder", path);
    case ERROR_ACCESS_DENIED:
        return error_set(MARS_E_UNREADABLE, "%s: access was denied", path);
    default:
        return error_set(MARS_E_UNREADABLE, "%s could not be opened (error %lu)", path, error);
    }
}

static mars_status no_memory(const char *path) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", path);
}

/* ---- A folder ---- */

/* The same file of the machine; NULL: there is none of that path, since the folder has one drive. */
static const char *real_path(host *machine, const char *path, arena *memory, fact *why) {
    const local_folder *folder = (const local_folder *)(const void *)machine;
    windows_path parsed;
    if (!windows_path_parse(path, memory, &parsed, why)) {
        return NULL;
    }
    if (parsed.drive != 'C') {
        (void)win32_absent(parsed.text, memory, why);
        return NULL;
    }
    return arena_printf(memory, "%s%s", folder->root, parsed.count > 0 ? parsed.text + 2 : "");
}

static fact_state folder_file_info(host *machine, const char *path, arena *memory, file_info *out,
                                   fact *why) {
    const char *real = real_path(machine, path, memory, why);
    *out = (file_info){0};
    return real != NULL ? win32_file_info(machine, real, memory, out, why) : why->state;
}

static fact_state folder_file_read(host *machine, const char *path, uint64_t offset, uint64_t max,
                                   arena *memory, bytes *out, fact *why) {
    const char *real = real_path(machine, path, memory, why);
    *out = (bytes){0};
    return real != NULL ? win32_file_read(machine, real, offset, max, memory, out, why) : why->state;
}

static fact_state folder_folder_each(host *machine, const char *path, folder_visitor visit, void *user,
                                     arena *memory, fact *why) {
    const char *real = real_path(machine, path, memory, why);
    return real != NULL ? win32_folder_each(machine, real, visit, user, memory, why) : why->state;
}

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

static void folder_close(host *machine) {
    arena_free(&win32_of(machine)->memory);
    mem_free(machine);
}

static const host_reader folder_reader = {
    .registry_time = no_registry_time,
    .file_info = folder_file_info,
    .file_read = folder_file_read,
    .file_marks = no_marks,
    .folder_each = folder_folder_each,
    .close = folder_close,
};

/* Where a folder really is, without the links that lead to it: "\\?\C:\Sources\module". */
static DWORD resolve(const char *folder, arena *memory, const char **out) {
    enum { ROOM = 32768 };
    const wchar_t *wide = wide_path(memory, folder);
    wchar_t *resolved = arena_array(memory, ROOM, sizeof *resolved);
    if (wide == NULL || resolved == NULL) {
        return arena_failed(memory) ? ERROR_NOT_ENOUGH_MEMORY : ERROR_INVALID_NAME;
    }
    HANDLE opened = CreateFileW(wide, FILE_READ_ATTRIBUTES, WIN32_SHARE_ALL, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (opened == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    BY_HANDLE_FILE_INFORMATION information;
    DWORD length = GetFinalPathNameByHandleW(opened, resolved, ROOM, FILE_NAME_NORMALIZED | VOLUME_NAME_DOS);
    DWORD error = length == 0 || length >= ROOM ? ERROR_INVALID_NAME : ERROR_SUCCESS;
    if (GetFileInformationByHandle(opened, &information) == FALSE) {
        error = GetLastError();
    } else if ((information.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        error = ERROR_DIRECTORY;
    }
    (void)CloseHandle(opened);
    *out = text_from_wide(memory, resolved);
    return error;
}

static mars_status find_root(local_folder *made, const char *folder) {
    arena *memory = &made->self.memory;
    const char *resolved = "";
    windows_path parsed;
    fact why;
    DWORD error = resolve(folder, memory, &resolved);
    if (arena_failed(memory)) {
        return no_memory(folder);
    }
    if (error != ERROR_SUCCESS) {
        return fail(folder, error);
    }
    if (!windows_path_parse(resolved, memory, &parsed, &why)) {
        return error_set(MARS_E_UNREADABLE, "%s is not on a drive of this computer; copy it to one", folder);
    }
    /* Without the backslash that a drive's root ends with. */
    made->root = parsed.count > 0 ? parsed.text : arena_printf(memory, "%c:", parsed.drive);
    return arena_failed(memory) ? no_memory(folder) : MARS_OK;
}

mars_status local_folder_open(host **out, const char *folder) {
    *out = NULL;
    local_folder *made = mem_alloc(sizeof *made);
    if (made == NULL) {
        return no_memory(folder);
    }
    host *base = &made->self.base;
    memcpy(made->self.system_drive, "C:", 3);
    base->read = &folder_reader;
    base->source_kind = "folder";
    base->source_name = arena_text(&made->self.memory, folder);
    base->system_drive = made->self.system_drive;
    made->self.elevated = win32_is_elevated();
    mars_status status = find_root(made, folder);
    if (status != MARS_OK) {
        folder_close(base);
        return status;
    }
    *out = base;
    return MARS_OK;
}

/* ---- A file ---- */

static mars_status read_opened(HANDLE file, const char *path, uint64_t max, arena *memory, bytes *out) {
    LARGE_INTEGER size;
    DWORD done = 0;
    if (GetFileType(file) != FILE_TYPE_DISK) {
        return error_set(MARS_E_UNREADABLE, "%s is not a regular file", path);
    }
    if (GetFileSizeEx(file, &size) == FALSE) {
        return fail(path, GetLastError());
    }
    if ((uint64_t)size.QuadPart > max || size.QuadPart > MAXLONG) {
        return error_set(MARS_E_TOO_LARGE, "%s is larger than %llu bytes", path, (unsigned long long)max);
    }
    uint8_t *data = arena_alloc(memory, (size_t)size.QuadPart);
    if (data == NULL) {
        return no_memory(path);
    }
    if (ReadFile(file, data, (DWORD)size.QuadPart, &done, NULL) == FALSE) {
        return fail(path, GetLastError());
    }
    *out = (bytes){.data = data, .size = done};
    return MARS_OK;
}

mars_status local_file_read(const char *path, uint64_t max, arena *memory, bytes *out) {
    *out = (bytes){0};
    const wchar_t *wide = wide_path(memory, path);
    if (wide == NULL) {
        return arena_failed(memory) ? no_memory(path) : fail(path, ERROR_INVALID_NAME);
    }
    HANDLE file = CreateFileW(wide, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL, OPEN_EXISTING,
                              SECURITY_SQOS_PRESENT | SECURITY_ANONYMOUS, NULL);
    if (file == INVALID_HANDLE_VALUE) {
        return fail(path, GetLastError());
    }
    mars_status status = read_opened(file, path, max, memory, out);
    (void)CloseHandle(file);
    return status;
}
