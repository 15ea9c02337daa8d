#include "core/unicode.h"
#include "host/win32/win32.h"

#include <string.h>

enum { VOLUME_ROOM = 64, TEXT_ROOM = MAX_PATH + 1 };

/* ---- One volume ---- */

/* Words as PowerShell's Get-Volume has them. By the letter where there is one: Wine knows no type by the
 * volume's name. */
static fact_text drive_type_of(const wchar_t *volume, const fact_text *letter, const char *where) {
    static const char *const words[] = {
        [DRIVE_UNKNOWN] = "Unknown",     [DRIVE_NO_ROOT_DIR] = "Invalid Root Path",
        [DRIVE_REMOVABLE] = "Removable", [DRIVE_FIXED] = "Fixed",
        [DRIVE_REMOTE] = "Network",      [DRIVE_CDROM] = "CD-ROM",
        [DRIVE_RAMDISK] = "RAM Disk",
    };
    const wchar_t root[] = {letter->fact.state == FACT_KNOWN ? (wchar_t)letter->value[0] : L'?', L':', L'\\',
                            L'\0'};
    UINT type = GetDriveTypeW(letter->fact.state == FACT_KNOWN ? root : volume);
    const char *word = type < sizeof words / sizeof words[0] ? words[type] : words[DRIVE_UNKNOWN];
    return (fact_text){.fact = fact_known(where), .value = word};
}

/* The places where it is mounted, each ended by a NUL, and another NUL. */
static DWORD read_mount_points(const wchar_t *volume, arena *memory, const wchar_t **out) {
    DWORD room = 0;
    DWORD size = MAX_PATH;
    DWORD error = ERROR_MORE_DATA;
    while (error == ERROR_MORE_DATA && size > room) {
        room = size;
        wchar_t *paths = arena_array(memory, (size_t)room + 1, sizeof *paths);
        if (paths == NULL) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        *out = paths;
        error = GetVolumePathNamesForVolumeNameW(volume, paths, room, &size) != FALSE ? ERROR_SUCCESS
                                                                                      : GetLastError();
    }
    return error;
}

/* "C:\" among the places where it is mounted. Absent is said only where Windows has told them all. */
static fact_text letter_of(const win32_host *self, const wchar_t *volume, const char *where, arena *memory) {
    fact_text letter = {.value = ""};
    const wchar_t *at = NULL;
    DWORD error = read_mount_points(volume, memory, &at);
    if (error != ERROR_SUCCESS) {
        if (win32_failure(self, error, where, memory, &letter.fact) == FACT_ABSENT) {
            letter.fact = fact_unknown(REASON_UNREADABLE, where, "Windows does not find the volume");
        }
        return letter;
    }
    letter.fact = fact_absent(where);
    for (; *at != L'\0'; at += wcslen(at) + 1) {
        if (at[1] == L':' && at[2] == L'\\' && at[3] == L'\0') {
            const char name[] = {(char)unicode_upper(at[0]), '\0'};
            letter = (fact_text){.fact = fact_known(where), .value = arena_text(memory, name)};
        }
    }
    return letter;
}

static fact_text text_or_none(const wchar_t *text, const char *where, arena *memory) {
    return (fact_text){.fact = text[0] != L'\0' ? fact_known(where) : fact_absent(where),
                       .value = text_from_wide(memory, text)};
}

/* A volume without a file system that Windows knows has none, and one that BitLocker has locked shows none.
 */
static void read_format(const win32_host *self, const wchar_t *volume, const char *where, arena *memory,
                        volume_info *out) {
    wchar_t label[TEXT_ROOM] = {0};
    wchar_t system[TEXT_ROOM] = {0};
    if (GetVolumeInformationW(volume, label, TEXT_ROOM, NULL, NULL, NULL, system, TEXT_ROOM) != FALSE) {
        out->label = text_or_none(label, where, memory);
        out->file_system = text_or_none(system, where, memory);
        return;
    }
    DWORD error = GetLastError();
    fact why = fact_absent(where);
    if (error != ERROR_UNRECOGNIZED_VOLUME && error != WIN32_LOCKED_BY_BITLOCKER) {
        (void)win32_failure(self, error, where, memory, &why);
    }
    out->label.fact = why;
    out->file_system.fact = why;
}

static void read_room(const win32_host *self, const wchar_t *volume, const char *where, arena *memory,
                      volume_info *out) {
    ULARGE_INTEGER whole;
    ULARGE_INTEGER free;
    if (GetDiskFreeSpaceExW(volume, NULL, &whole, &free) != FALSE) {
        out->size = (fact_number){.fact = fact_known(where), .value = (int64_t)whole.QuadPart};
        out->free = (fact_number){.fact = fact_known(where), .value = (int64_t)free.QuadPart};
        return;
    }
    (void)win32_failure(self, GetLastError(), where, memory, &out->size.fact);
    out->free.fact = out->size.fact;
}

/* ---- Deduplication ---- */

/* Without the driver of this feature no volume can have it. */
static bool has_dedup_driver(host *machine, arena *memory, fact *why) {
    static const registry_path driver = {REGISTRY_MACHINE, REGISTRY_64,
                                         "SYSTEM\\CurrentControlSet\\Services\\dedup"};
    int64_t written = 0;
    return win32_registry_time(machine, &driver, memory, &written, why) != FACT_ABSENT;
}

/* Where it is on, it keeps its chunk store in a folder that only SYSTEM and the right to back up can look
 * into. */
static fact_flag read_dedup(host *machine, const wchar_t *volume, const char *where, arena *memory) {
    static const wchar_t store[] = L"System Volume Information\\Dedup";
    fact_flag flag = {.fact = fact_known(where)};
    fact why;
    if (!has_dedup_driver(machine, memory, &why)) {
        return flag;
    }
    size_t length = wcslen(volume);
    wchar_t *path = arena_array(memory, length + sizeof store / sizeof store[0], sizeof *path);
    if (path == NULL) {
        (void)win32_unknown(REASON_NO_MEMORY, where, NULL, &flag.fact);
        return flag;
    }
    memcpy(path, volume, length * sizeof *path);
    memcpy(path + length, store, sizeof store);
    win32_privilege backup = win32_privilege_borrow(L"SeBackupPrivilege");
    HANDLE folder = CreateFileW(path, FILE_READ_ATTRIBUTES, WIN32_SHARE_ALL, NULL, OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS, NULL);
    DWORD error = folder != INVALID_HANDLE_VALUE ? ERROR_SUCCESS : GetLastError();
    win32_privilege_return(&backup);
    flag.value = error == ERROR_SUCCESS;
    if (error == ERROR_SUCCESS) {
        (void)CloseHandle(folder);
    } else if (error != ERROR_FILE_NOT_FOUND && error != ERROR_PATH_NOT_FOUND) {
        (void)win32_failure(win32_of(machine), error, where, memory, &flag.fact);
    }
    return flag;
}

static void read_volume(host *machine, const wchar_t *volume, arena *memory, volume_info *out) {
    const win32_host *self = win32_of(machine);
    const char *where = text_from_wide(memory, volume);
    out->path = (fact_text){.fact = fact_known(where), .value = where};
    out->letter = letter_of(self, volume, where, memory);
    out->drive_type = drive_type_of(volume, &out->letter, where);
    read_format(self, volume, where, memory, out);
    read_room(self, volume, where, memory, out);
    out->deduplicated = read_dedup(machine, volume, where, memory);
}

/* ---- All ---- */

static DWORD read_volumes(host *machine, arena *memory, arena_vector *volumes) {
    wchar_t name[VOLUME_ROOM];
    HANDLE search = FindFirstVolumeW(name, VOLUME_ROOM);
    if (search == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    bool more = true;
    while (more) {
        volume_info *volume = arena_push(volumes);
        if (volume != NULL) {
            read_volume(machine, name, memory, volume);
        }
        more = FindNextVolumeW(search, name, VOLUME_ROOM) != FALSE;
    }
    DWORD error = GetLastError();
    (void)FindVolumeClose(search);
    return error;
}

fact_state win32_volume_list(host *machine, arena *memory, volume_info_list *out, fact *why) {
    static const char where[] = "the volumes of this machine";
    arena_vector volumes = ARENA_VECTOR(memory, volume_info);
    DWORD before = 0;
    (void)SetThreadErrorMode(SEM_FAILCRITICALERRORS,
                             &before); /* no question for a disk that is not in its drive */
    DWORD error = read_volumes(machine, memory, &volumes);
    (void)SetThreadErrorMode(before, NULL);
    *out = (volume_info_list){.items = volumes.items, .count = volumes.count};
    return error == ERROR_NO_MORE_FILES ? win32_known(where, memory, why)
                                        : win32_failure(win32_of(machine), error, where, memory, why);
}

/* ---- Of a file ---- */

/* A drive of the network, or one that stands for a folder, has no volume of this machine. */
static bool is_drive(const char *mount_point) {
    return mount_point[0] != '\0' && strcmp(mount_point + 1, ":\\") == 0;
}

fact_state win32_volume_of(host *machine, const char *path, arena *memory, file_volume *out, fact *why) {
    enum { PREFIX = 4 }; /* "\\?\" */
    const win32_host *self = win32_of(machine);
    wchar_t volume[VOLUME_ROOM];
    win32_place place;
    *out = (file_volume){.path = "", .mount_point = ""};
    fact_state state = win32_place_find(self, path, memory, &place, why);
    state = state == FACT_KNOWN ? win32_place_no_link(&place, why) : state;
    if (state == FACT_UNKNOWN) {
        return state;
    }
    DWORD room = place.wide != NULL ? (DWORD)wcslen(place.wide) + 2 : 0;
    wchar_t *root = room > 0 ? arena_array(memory, room, sizeof *root) : NULL;
    if (root == NULL) {
        return win32_unknown(REASON_NO_MEMORY, place.where, NULL, why);
    }
    bool told = GetVolumePathNameW(place.wide, root, room) != FALSE;
    bool prefixed = told && wcsncmp(root, L"\\\\?\\", PREFIX) == 0;
    const wchar_t *plain = prefixed ? root + PREFIX : root;
    const char *mount_point = text_from_wide(memory, plain);
    /* Wine knows drives only without the prefix. */
    if (told && GetVolumeNameForVolumeMountPointW(is_drive(mount_point) ? plain : root, volume,
                                                  VOLUME_ROOM) != FALSE) {
        *out = (file_volume){.path = text_from_wide(memory, volume), .mount_point = mount_point};
        return win32_known(place.where, memory, why);
    }
    DWORD error = GetLastError();
    if (told && is_drive(mount_point)) {
        return win32_absent(place.where, memory, why);
    }
    return win32_failure(self, error, place.where, memory, why) == FACT_UNKNOWN
               ? FACT_UNKNOWN
               : win32_unknown(REASON_UNREADABLE, place.where, "Windows does not find its volume", why);
}
