#include "core/instant.h"
#include "core/unicode.h"
#include "host/win32/win32.h"
#include "parse/security_descriptor.h"
#include "parse/zone_identifier.h"

#include <string.h>

static uint64_t wide_number(DWORD high, DWORD low) {
    return (uint64_t)high << 32 | low;
}

static fact_state failure(host *machine, const char *where, arena *memory, fact *why) {
    return win32_failure(win32_of(machine), GetLastError(), where, memory, why);
}

/* What is there, which must be no link. */
static fact_state find(host *machine, const char *path, arena *memory, win32_place *out, fact *why) {
    fact_state state = win32_place_find(win32_of(machine), path, memory, out, why);
    return state == FACT_KNOWN ? win32_place_no_link(out, why) : state;
}

/* Backup semantics also open folders. */
static HANDLE open_place(const wchar_t *path, DWORD access, DWORD flags) {
    return CreateFileW(path, access, WIN32_SHARE_ALL, NULL, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | flags,
                       NULL);
}

fact_state win32_file_info(host *machine, const char *path, arena *memory, file_info *out, fact *why) {
    *out = (file_info){.kind = FILE_OTHER};
    win32_place place;
    WIN32_FILE_ATTRIBUTE_DATA data;
    fact_state state = find(machine, path, memory, &place, why);
    if (state != FACT_KNOWN) {
        return state;
    }
    if (GetFileAttributesExW(place.wide, GetFileExInfoStandard, &data) == FALSE) {
        return failure(machine, place.where, memory, why);
    }
    out->kind = (data.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? FILE_FOLDER : FILE_REGULAR;
    out->size = out->kind == FILE_REGULAR ? wide_number(data.nFileSizeHigh, data.nFileSizeLow) : 0;
    out->modified = instant_from_filetime(
        wide_number(data.ftLastWriteTime.dwHighDateTime, data.ftLastWriteTime.dwLowDateTime));
    return win32_known(place.where, memory, why);
}

/* ---- Content ---- */

bool win32_read_at(HANDLE file, uint64_t offset, uint8_t *data, size_t size, size_t *got) {
    enum { PIECE = 1024 * 1024 };
    LARGE_INTEGER start = {.QuadPart = (LONGLONG)offset};
    *got = 0;
    if (SetFilePointerEx(file, start, NULL, FILE_BEGIN) == FALSE) {
        return false;
    }
    while (*got < size) {
        size_t left = size - *got;
        DWORD count = 0;
        if (ReadFile(file, data + *got, left < PIECE ? (DWORD)left : PIECE, &count, NULL) == FALSE) {
            return false;
        }
        if (count == 0) {
            return true;
        }
        *got += count;
    }
    return true;
}

static fact_state read_opened(host *machine, HANDLE file, const char *where, uint64_t offset, uint64_t max,
                              arena *memory, bytes *out, fact *why) {
    LARGE_INTEGER whole;
    if (GetFileSizeEx(file, &whole) == FALSE) {
        return failure(machine, where, memory, why);
    }
    uint64_t size = (uint64_t)whole.QuadPart;
    uint64_t rest = offset < size ? size - offset : 0;
    if (rest > max || rest > SIZE_MAX / 2) {
        const char *detail = arena_printf(memory, "%llu bytes, of which at most %llu are read",
                                          (unsigned long long)rest, (unsigned long long)max);
        return win32_unknown(REASON_TOO_LARGE, where, detail, why);
    }
    uint8_t *data = arena_alloc(memory, (size_t)rest);
    if (data == NULL) {
        return win32_unknown(REASON_NO_MEMORY, where, NULL, why);
    }
    size_t got = 0;
    if (!win32_read_at(file, offset, data, (size_t)rest, &got)) {
        return failure(machine, where, memory, why);
    }
    *out = (bytes){.data = data, .size = got};
    return win32_known(where, memory, why);
}

fact_state win32_file_read(host *machine, const char *path, uint64_t offset, uint64_t max, arena *memory,
                           bytes *out, fact *why) {
    *out = (bytes){0};
    win32_place place;
    fact_state state = find(machine, path, memory, &place, why);
    if (state != FACT_KNOWN) {
        return state;
    }
    if ((place.attributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
        return win32_unknown(REASON_UNREADABLE, place.where, "not a regular file", why);
    }
    HANDLE file = open_place(place.wide, GENERIC_READ, FILE_FLAG_SEQUENTIAL_SCAN);
    if (file == INVALID_HANDLE_VALUE) {
        return failure(machine, place.where, memory, why);
    }
    state = read_opened(machine, file, place.where, offset, max, memory, out, why);
    (void)CloseHandle(file);
    return state;
}

/* ---- Marks ---- */

static fact_text read_security(host *machine, const win32_place *place, arena *memory) {
    const SECURITY_INFORMATION wanted = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    fact_text security = {.value = ""};
    DWORD size = 0;
    HANDLE file = open_place(place->wide, READ_CONTROL, FILE_FLAG_OPEN_REPARSE_POINT);
    if (file == INVALID_HANDLE_VALUE) {
        (void)failure(machine, place->where, memory, &security.fact);
        return security;
    }
    (void)GetKernelObjectSecurity(file, wanted, NULL, 0, &size);
    uint8_t *data = size > 0 ? arena_alloc(memory, size) : NULL;
    if (data == NULL || GetKernelObjectSecurity(file, wanted, data, size, &size) == FALSE) {
        (void)failure(machine, place->where, memory, &security.fact);
    } else if (security_descriptor_sddl(data, size, memory, &security.value, &security.fact)) {
        (void)win32_known(place->where, memory, &security.fact);
    }
    security.fact.where = place->where;
    (void)CloseHandle(file);
    return security;
}

static fact_number read_zone(host *machine, const win32_place *place, arena *memory) {
    static const wchar_t stream[] = L":Zone.Identifier";
    fact_number zone = {0};
    size_t length = wcslen(place->wide);
    wchar_t *path = arena_array(memory, length + sizeof stream / sizeof stream[0], sizeof *path);
    if (path == NULL) {
        (void)win32_unknown(REASON_NO_MEMORY, place->where, NULL, &zone.fact);
        return zone;
    }
    memcpy(path, place->wide, length * sizeof *path);
    memcpy(path + length, stream, sizeof stream);
    HANDLE file = open_place(path, GENERIC_READ, 0);
    bytes data = {0};
    if (file != INVALID_HANDLE_VALUE) {
        if (read_opened(machine, file, place->where, 0, ZONE_IDENTIFIER_LIMIT, memory, &data, &zone.fact) ==
            FACT_KNOWN) {
            zone_identifier_read(data.data, data.size, place->where, memory, &zone);
        }
        (void)CloseHandle(file);
    } else if (GetLastError() == ERROR_INVALID_NAME) { /* no file system with streams */
        (void)win32_absent(place->where, memory, &zone.fact);
    } else {
        (void)failure(machine, place->where, memory, &zone.fact);
    }
    return zone;
}

/* A link's own attributes are told, as they are what is asked for. */
fact_state win32_file_marks(host *machine, const char *path, arena *memory, file_marks *out, fact *why) {
    *out = (file_marks){0};
    win32_place place;
    fact_state state = win32_place_find(win32_of(machine), path, memory, &place, why);
    if (state == FACT_KNOWN) {
        out->attributes.value = place.attributes;
        (void)win32_known(place.where, memory, &out->attributes.fact);
        out->security = read_security(machine, &place, memory);
        out->zone = read_zone(machine, &place, memory);
    }
    return state;
}

/* ---- Folders ---- */

static bool is_dots(const wchar_t *name) {
    return name[0] == L'.' && (name[1] == L'\0' || (name[1] == L'.' && name[2] == L'\0'));
}

static file_kind kind_of(const WIN32_FIND_DATAW *found) {
    bool is_link = (found->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
                   IsReparseTagNameSurrogate(found->dwReserved0);
    return is_link                                                     ? FILE_OTHER
           : (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? FILE_FOLDER
                                                                       : FILE_REGULAR;
}

/* Names live in an arena that is emptied from time to time, so that a million of them need no more room than
 * a few. */
static DWORD visit_all(HANDLE search, WIN32_FIND_DATAW *found, folder_visitor visit, void *user) {
    enum { ROOM = 64 * 1024 };
    arena names = {0};
    bool more = true;
    DWORD error = ERROR_SUCCESS;
    while (more && error == ERROR_SUCCESS) {
        if (!is_dots(found->cFileName)) {
            const folder_entry entry = {.name = text_from_wide(&names, found->cFileName),
                                        .kind = kind_of(found)};
            more = !arena_failed(&names) && visit(user, &entry);
            error = arena_failed(&names) ? ERROR_NOT_ENOUGH_MEMORY : ERROR_SUCCESS;
        }
        if (names.used > ROOM) {
            arena_free(&names);
        }
        if (more && FindNextFileW(search, found) == FALSE) {
            error = GetLastError();
        }
    }
    arena_free(&names);
    return error == ERROR_NO_MORE_FILES ? ERROR_SUCCESS : error;
}

const wchar_t *win32_all_in(const wchar_t *folder, arena *memory) {
    size_t length = wcslen(folder);
    bool ends = length > 0 && folder[length - 1] == L'\\';
    wchar_t *pattern = arena_array(memory, length + 3, sizeof *pattern);
    if (pattern != NULL) {
        memcpy(pattern, folder, length * sizeof *pattern);
        memcpy(pattern + length, ends ? L"*" : L"\\*", (ends ? 1 : 2) * sizeof *pattern);
    }
    return pattern;
}

fact_state win32_folder_each(host *machine, const char *path, folder_visitor visit, void *user, arena *memory,
                             fact *why) {
    win32_place place;
    WIN32_FIND_DATAW found;
    fact_state state = find(machine, path, memory, &place, why);
    if (state != FACT_KNOWN) {
        return state;
    }
    if ((place.attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        return win32_absent(place.where, memory, why);
    }
    const wchar_t *pattern = win32_all_in(place.wide, memory);
    if (pattern == NULL) {
        return win32_unknown(REASON_NO_MEMORY, place.where, NULL, why);
    }
    HANDLE search = FindFirstFileExW(pattern, FindExInfoBasic, &found, FindExSearchNameMatch, NULL,
                                     FIND_FIRST_EX_LARGE_FETCH);
    DWORD error = ERROR_SUCCESS;
    if (search != INVALID_HANDLE_VALUE) {
        error = visit_all(search, &found, visit, user);
        (void)FindClose(search);
    } else {
        error = GetLastError();
        error = error == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : error; /* the root of an empty volume */
    }
    return error == ERROR_SUCCESS ? win32_known(place.where, memory, why)
                                  : win32_failure(win32_of(machine), error, place.where, memory, why);
}
