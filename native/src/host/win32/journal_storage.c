/* A folder of journals on this machine. The folder's own handle is held open without leave to delete, so that
 * neither it nor a folder above it can be renamed or replaced meanwhile. */
#include "repair/journal_storage.h"

#include "core/alloc.h"
#include "core/error.h"
#include "host/win32/win32.h"

#include <sddl.h>
#include <string.h>

typedef struct win32_storage {
    journal_storage base;
    HANDLE folder;
    const char *path;
    arena memory; /* path */
    bool elevated;
    /* What is made here is to be believed by every administrator, whoever of them made it. */
    SECURITY_ATTRIBUTES security;
    /* The file that room is reserved for: the system takes back what is beyond a file's end when its last
     * handle is closed. NULL until there is one. */
    HANDLE reserved;
} win32_storage;

static win32_storage *of(journal_storage *storage) {
    return (win32_storage *)(void *)storage;
}

static mars_status fail(const char *path, const char *what) {
    DWORD error = GetLastError();
    bool missing = error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND;
    return error_set(missing ? MARS_E_NOT_FOUND : MARS_E_UNREADABLE, "the journal's %s could not be %s: %s",
                     path[0] != '\0' ? path : "folder", what,
                     missing                                                       ? "it is not there"
                     : error == ERROR_DISK_FULL || error == ERROR_HANDLE_DISK_FULL ? "the disk is full"
                     : error == ERROR_WRITE_PROTECT     ? "the disk is write-protected"
                     : error == ERROR_ACCESS_DENIED     ? "access was denied"
                     : error == ERROR_SHARING_VIOLATION ? "another program has it open"
                     : error == ERROR_ALREADY_EXISTS || error == ERROR_FILE_EXISTS ? "it is there already"
                                                                                   : "the system refused");
}

/* The system's form of a path below the storage's folder; "" is the folder. */
static const wchar_t *full_path(const win32_storage *storage, const char *path, arena *memory) {
    const wchar_t *full = wide_path(
        memory, path[0] == '\0' ? storage->path : arena_printf(memory, "%s\\%s", storage->path, path));
    if (full == NULL) {
        SetLastError(ERROR_NOT_ENOUGH_MEMORY);
    }
    return full;
}

/* INVALID_HANDLE_VALUE on failure. A link at the path's end is opened itself, not what it leads to. */
static HANDLE open_path(win32_storage *storage, const char *path, DWORD access, DWORD how, DWORD flags) {
    arena memory = {0};
    const wchar_t *full = full_path(storage, path, &memory);
    HANDLE opened = INVALID_HANDLE_VALUE;
    if (full != NULL) {
        opened = CreateFileW(full, access, FILE_SHARE_READ | FILE_SHARE_WRITE, &storage->security, how,
                             flags | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    }
    DWORD error = GetLastError();
    arena_free(&memory);
    SetLastError(error);
    return opened;
}

static mars_status make_folder(journal_storage *storage, const char *path) {
    arena memory = {0};
    const wchar_t *full = full_path(of(storage), path, &memory);
    mars_status status = full != NULL && CreateDirectoryW(full, &of(storage)->security) != FALSE
                             ? MARS_OK
                             : fail(path, "made");
    arena_free(&memory);
    return status;
}

static mars_status create(journal_storage *storage, const char *path, uint64_t reserve) {
    HANDLE file = open_path(of(storage), path, GENERIC_WRITE, CREATE_NEW, 0);
    if (file == INVALID_HANDLE_VALUE) {
        return fail(path, "made");
    }
    FILE_ALLOCATION_INFO room = {.AllocationSize.QuadPart = (LONGLONG)reserve};
    bool refused =
        reserve > 0 && SetFileInformationByHandle(file, FileAllocationInfo, &room, sizeof room) == FALSE;
    /* Not every file system can reserve room; one that is full says so. */
    bool full = refused && (GetLastError() == ERROR_DISK_FULL || GetLastError() == ERROR_HANDLE_DISK_FULL);
    mars_status status = full ? fail(path, "made") : MARS_OK;
    if (reserve > 0 && !refused && of(storage)->reserved == NULL) {
        of(storage)->reserved = file;
    } else {
        (void)CloseHandle(file);
    }
    return status;
}

static mars_status append(journal_storage *storage, const char *path, bytes data) {
    HANDLE file = open_path(of(storage), path, FILE_APPEND_DATA | SYNCHRONIZE, OPEN_EXISTING, 0);
    if (file == INVALID_HANDLE_VALUE) {
        return fail(path, "written");
    }
    enum { PART = 1 << 20 };
    mars_status status = MARS_OK;
    for (size_t written = 0; written < data.size && status == MARS_OK;) {
        DWORD part = data.size - written < PART ? (DWORD)(data.size - written) : PART;
        DWORD count = 0;
        if (WriteFile(file, data.data + written, part, &count, NULL) == FALSE || count == 0) {
            status = fail(path, "written");
        }
        written += count;
    }
    (void)CloseHandle(file);
    return status;
}

static mars_status flush(journal_storage *storage, const char *path) {
    HANDLE file = open_path(of(storage), path, GENERIC_WRITE, OPEN_EXISTING, 0);
    if (file == INVALID_HANDLE_VALUE) {
        return fail(path, "flushed");
    }
    mars_status status = FlushFileBuffers(file) != FALSE ? MARS_OK : fail(path, "flushed");
    (void)CloseHandle(file);
    return status;
}

/* NTFS logs what happens to names; flushing a folder writes that log out. A file system that cannot flush a
 * folder has nothing of the kind. */
static mars_status flush_folder(journal_storage *storage, const char *path) {
    HANDLE folder = open_path(of(storage), path, GENERIC_WRITE, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    if (folder == INVALID_HANDLE_VALUE) {
        return fail(path, "flushed");
    }
    mars_status status = MARS_OK;
    if (FlushFileBuffers(folder) == FALSE && GetLastError() != ERROR_INVALID_FUNCTION &&
        GetLastError() != ERROR_NOT_SUPPORTED && GetLastError() != ERROR_INVALID_PARAMETER) {
        status = fail(path, "flushed");
    }
    (void)CloseHandle(folder);
    return status;
}

/* ---- Who could have written it ---- */

static mars_status check_whose(const win32_storage *storage, HANDLE opened, const char *path) {
    arena memory = {0};
    mars_status status = win32_check_opened(opened, storage->elevated, OTHERS_MAY_READ,
                                            arena_printf(&memory, "%s\\%s", storage->path, path));
    arena_free(&memory);
    return status;
}

/* A folder of a run may be older than the rights that the folder of the journals has now. */
static mars_status check_run_folder(win32_storage *storage, const char *path) {
    BY_HANDLE_FILE_INFORMATION info;
    HANDLE folder = open_path(storage, path, READ_CONTROL | FILE_READ_ATTRIBUTES, OPEN_EXISTING,
                              FILE_FLAG_BACKUP_SEMANTICS);
    if (folder == INVALID_HANDLE_VALUE || GetFileInformationByHandle(folder, &info) == FALSE) {
        mars_status status = fail(path, "read");
        if (folder != INVALID_HANDLE_VALUE) {
            (void)CloseHandle(folder);
        }
        return status;
    }
    bool right = (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 &&
                 (info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0;
    mars_status status = right ? check_whose(storage, folder, path)
                               : error_set(MARS_E_REFUSED, "the journal's %s is a link or no folder", path);
    (void)CloseHandle(folder);
    return status;
}

/* The folders from the storage's own down to a file. */
static mars_status check_folders(win32_storage *storage, const char *path) {
    arena memory = {0};
    mars_status status = MARS_OK;
    for (const char *slash = strchr(path, '/'); slash != NULL && status == MARS_OK;
         slash = strchr(slash + 1, '/')) {
        status = check_run_folder(storage, arena_text_n(&memory, path, (size_t)(slash - path)));
    }
    status = arena_failed(&memory) ? win32_no_memory() : status;
    arena_free(&memory);
    return status;
}

/* ---- Reading ---- */

static mars_status read_opened(HANDLE file, const char *path, uint64_t max, arena *memory, bytes *out) {
    BY_HANDLE_FILE_INFORMATION info;
    if (GetFileInformationByHandle(file, &info) == FALSE) {
        return fail(path, "read");
    }
    if ((info.dwFileAttributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_REPARSE_POINT)) != 0) {
        return error_set(MARS_E_MALFORMED, "the journal's %s is not a regular file", path);
    }
    uint64_t size = (uint64_t)info.nFileSizeHigh << 32 | info.nFileSizeLow;
    if (size > max) {
        return error_set(MARS_E_TOO_LARGE, "the journal's %s is larger than %llu bytes", path,
                         (unsigned long long)max);
    }
    uint8_t *data = arena_alloc(memory, (size_t)size);
    if (data == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was read");
    }
    enum { PART = 1 << 20 };
    size_t done = 0;
    DWORD count = 1;
    while (done < size && count > 0) {
        DWORD part = size - done < PART ? (DWORD)(size - done) : PART;
        if (ReadFile(file, data + done, part, &count, NULL) == FALSE) {
            return fail(path, "read");
        }
        done += count;
    }
    *out = (bytes){.data = data, .size = done};
    return MARS_OK;
}

static mars_status read_file(journal_storage *storage, const char *path, uint64_t max, arena *memory,
                             bytes *out) {
    mars_status status = check_folders(of(storage), path);
    if (status != MARS_OK) {
        return status;
    }
    HANDLE file = open_path(of(storage), path, GENERIC_READ, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
    if (file == INVALID_HANDLE_VALUE) {
        return fail(path, "read");
    }
    status = check_whose(of(storage), file, path);
    status = status == MARS_OK ? read_opened(file, path, max, memory, out) : status;
    (void)CloseHandle(file);
    return status;
}

static mars_status list(journal_storage *storage, arena *memory, text_list *out) {
    arena scratch = {0};
    const char *pattern = arena_printf(&scratch, "%s\\*", of(storage)->path);
    const wchar_t *full = wide_path(&scratch, pattern);
    WIN32_FIND_DATAW entry;
    HANDLE search = full != NULL
                        ? FindFirstFileExW(full, FindExInfoBasic, &entry, FindExSearchNameMatch, NULL, 0)
                        : INVALID_HANDLE_VALUE;
    if (search == INVALID_HANDLE_VALUE) {
        mars_status status = fail("", "listed");
        arena_free(&scratch);
        return status;
    }
    arena_vector names = ARENA_VECTOR(memory, const char *);
    do {
        const char **name = entry.cFileName[0] != L'.' ? arena_push(&names) : NULL;
        if (name != NULL) {
            *name = text_from_wide(memory, entry.cFileName);
        }
    } while (FindNextFileW(search, &entry) != FALSE);
    bool complete = GetLastError() == ERROR_NO_MORE_FILES;
    mars_status status = complete ? MARS_OK : fail("", "listed");
    (void)FindClose(search);
    arena_free(&scratch);
    *out = (text_list){.items = names.items, .count = names.count};
    return status == MARS_OK && arena_failed(memory)
               ? error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was listed")
               : status;
}

static void close_storage(journal_storage *storage) {
    win32_storage *closed = of(storage);
    if (closed->reserved != NULL) {
        (void)CloseHandle(closed->reserved);
    }
    if (closed->folder != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(closed->folder);
    }
    (void)LocalFree(closed->security.lpSecurityDescriptor);
    arena_free(&closed->memory);
    mem_free(closed);
}

/* Folders, and none that stands for another one. */
static mars_status check_folder(const win32_storage *storage) {
    BY_HANDLE_FILE_INFORMATION info;
    if (storage->folder == INVALID_HANDLE_VALUE ||
        GetFileInformationByHandle(storage->folder, &info) == FALSE) {
        return fail("", "opened");
    }
    bool right = (info.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 &&
                 (info.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0;
    return right ? MARS_OK
                 : error_set(MARS_E_REFUSED, "the journal's folder is not a folder of its own: %s",
                             storage->path);
}

/* Without it what is made here would be the user's own, whom no other administrator's run believes. */
static mars_status set_owner(win32_storage *storage) {
    storage->security.nLength = sizeof storage->security;
    return !storage->elevated ||
                   ConvertStringSecurityDescriptorToSecurityDescriptorW(
                       L"O:BA", SDDL_REVISION_1, &storage->security.lpSecurityDescriptor, NULL) != FALSE
               ? MARS_OK
               : fail("", "opened");
}

mars_status journal_storage_open(journal_storage **out, const journal_place *place) {
    *out = NULL;
    win32_storage *storage = mem_alloc(sizeof *storage);
    if (storage == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while the journal was opened");
    }
    *storage = (win32_storage){
        .base = {.make_folder = make_folder,
                 .create = create,
                 .append = append,
                 .flush = flush,
                 .flush_folder = flush_folder,
                 .read = read_file,
                 .list = list,
                 .close = close_storage},
    };
    storage->path = arena_text(&storage->memory, place->path);
    storage->elevated = win32_is_elevated();
    storage->folder = INVALID_HANDLE_VALUE;
    mars_status status = set_owner(storage);
    if (status == MARS_OK) {
        storage->folder =
            open_path(storage, "", FILE_LIST_DIRECTORY, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS);
        status = check_folder(storage);
    }
    if (status != MARS_OK) {
        close_storage(&storage->base);
        return status;
    }
    *out = &storage->base;
    return MARS_OK;
}
