#include "core/error.h"
#include "core/unicode.h"
#include "host/win32/win32.h"

#include <sddl.h>
#include <string.h>

/* Owned by the Administrators, who and SYSTEM alone may do anything there; nothing comes from the folder
 * above. */
static const wchar_t folder_security[] = L"O:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)";
static const char folder_name[] = "MarsHealth";
static const char lock_name[] = "lock";

/* ---- Where ---- */

/* As the machine has it, not as the environment of whoever started us says. */
static const char *program_data(host *machine, arena *memory) {
    static const char variable[] = "%SystemDrive%";
    static const registry_path profiles = {REGISTRY_MACHINE, REGISTRY_64,
                                           "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\ProfileList"};
    registry_value value = {0};
    fact why;
    const char *text = "";
    if (win32_registry_read(machine, &profiles, "ProgramData", memory, &value, &why) == FACT_KNOWN &&
        registry_value_text(&value, memory, &text) && ascii_starts(text, variable)) {
        text = arena_printf(memory, "%s%s", machine->system_drive, text + strlen(variable));
    }
    bool is_path = text[0] != '\0' && text[1] == ':' && strchr(text, '%') == NULL;
    return is_path ? text : arena_printf(memory, "%s\\ProgramData", machine->system_drive);
}

/* ---- The folder ---- */

static mars_status check_folder(const win32_host *self, const win32_place *place) {
    HANDLE folder = CreateFileW(place->wide, READ_CONTROL, WIN32_SHARE_ALL, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
    if (folder == INVALID_HANDLE_VALUE) {
        return win32_write_failed(self, GetLastError(), place->where);
    }
    mars_status status = win32_check_opened(folder, self->elevated, OTHERS_MAY_NOTHING, place->where);
    (void)CloseHandle(folder);
    return status;
}

static mars_status make_folder(const win32_host *self, const win32_place *place) {
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    if (ConvertStringSecurityDescriptorToSecurityDescriptorW(folder_security, SDDL_REVISION_1,
                                                             &security.lpSecurityDescriptor, NULL) == FALSE) {
        return win32_write_failed(self, GetLastError(), place->where);
    }
    bool made = CreateDirectoryW(place->wide, &security) != FALSE;
    DWORD error = GetLastError();
    (void)LocalFree(security.lpSecurityDescriptor);
    return made || error == ERROR_ALREADY_EXISTS ? MARS_OK : win32_write_failed(self, error, place->where);
}

static mars_status open_folder(host *machine, bool make, arena *memory, const char **path) {
    const win32_host *self = win32_of(machine);
    win32_place place;
    fact why;
    *path = arena_printf(memory, "%s\\%s", program_data(machine, memory), folder_name);
    fact_state state = win32_place_find(self, *path, memory, &place, &why);
    state = state == FACT_KNOWN ? win32_place_no_link(&place, &why) : state;
    if (state == FACT_UNKNOWN) {
        return win32_write_refuse(&why);
    }
    if (state == FACT_ABSENT && !make) {
        return error_set(MARS_E_NOT_FOUND, "there is no %s", place.where);
    }
    mars_status status = state == FACT_ABSENT ? make_folder(self, &place) : MARS_OK;
    if (state == FACT_KNOWN && (place.attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        status = error_set(MARS_E_REFUSED, "%s is no folder", place.where);
    }
    return status == MARS_OK ? check_folder(self, &place) : status;
}

mars_status win32_journal_folder(host *machine, bool make, arena *memory, journal_place *out) {
    *out = (journal_place){.descriptor = -1};
    return open_folder(machine, make, memory, &out->path);
}

/* ---- The lock ---- */

/* A handle that shares with nobody; the system closes it when the process ends. The file stays. */
mars_status win32_lock(host *machine) {
    win32_host *self = win32_of(machine);
    if (self->lock != NULL) {
        return error_set(MARS_E_BUSY, "this run holds the lock of %s already", machine->source_name);
    }
    arena memory = {0};
    const char *folder = "";
    mars_status status = open_folder(machine, true, &memory, &folder);
    const wchar_t *path =
        status == MARS_OK ? wide_path(&memory, arena_printf(&memory, "%s\\%s", folder, lock_name)) : NULL;
    if (status == MARS_OK && path == NULL) {
        status = win32_no_memory();
    }
    HANDLE lock = INVALID_HANDLE_VALUE;
    if (status == MARS_OK) {
        lock = CreateFileW(path, GENERIC_READ | GENERIC_WRITE, 0, NULL, OPEN_ALWAYS,
                           FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
        DWORD error = GetLastError();
        if (lock != INVALID_HANDLE_VALUE) {
            self->lock = lock;
        } else if (error == ERROR_SHARING_VIOLATION) {
            status = error_set(MARS_E_BUSY, "another run is changing %s: wait until it has ended",
                               machine->source_name);
        } else {
            status = win32_write_failed(self, error, folder);
        }
    }
    arena_free(&memory);
    return status;
}

void win32_unlock(host *machine) {
    win32_host *self = win32_of(machine);
    if (self->lock != NULL) {
        (void)CloseHandle(self->lock);
    }
    self->lock = NULL;
}
