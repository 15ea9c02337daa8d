/* The way to a file below a folder that somebody named. What is there need not be Windows' own: in a folder
 * where case counts, on a server of another system too, Windows finds a name only as it is spelled. So names
 * are looked for in what their folder lists. */
#include "core/unicode.h"
#include "host/win32/win32.h"

#include <string.h>

static const char link_detail[] = "a link, which is not followed";

/* A name that was looked for. */
typedef struct found_name {
    size_t count; /* of names that are the same to Windows */
    WIN32_FIND_DATAW first;
} found_name;

static DWORD find_name(const wchar_t *folder, const char *name, arena *memory, found_name *out) {
    arena names = {0};
    WIN32_FIND_DATAW entry;
    out->count = 0;
    const wchar_t *pattern = win32_all_in(folder, memory);
    if (pattern == NULL) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    HANDLE search = FindFirstFileExW(pattern, FindExInfoBasic, &entry, FindExSearchNameMatch, NULL,
                                     FIND_FIRST_EX_LARGE_FETCH);
    if (search == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    DWORD error = ERROR_SUCCESS;
    while (error == ERROR_SUCCESS && out->count < 2) {
        if (windows_name_compare(text_from_wide(&names, entry.cFileName), name) == 0) {
            out->first = entry;
            out->count++;
        }
        error = arena_failed(&names)                     ? ERROR_NOT_ENOUGH_MEMORY
                : FindNextFileW(search, &entry) == FALSE ? GetLastError()
                                                         : ERROR_SUCCESS;
        arena_free(&names);
    }
    (void)FindClose(search);
    return error == ERROR_NO_MORE_FILES ? ERROR_SUCCESS : error;
}

static const wchar_t *join(arena *memory, const wchar_t *folder, const wchar_t *name) {
    size_t length = wcslen(folder);
    size_t added = wcslen(name) + 1;
    bool ends = length > 0 && folder[length - 1] == L'\\';
    wchar_t *path = arena_array(memory, length + 1 + added, sizeof *path);
    if (path != NULL) {
        memcpy(path, folder, length * sizeof *path);
        path[length] = L'\\';
        memcpy(path + length + (ends ? 0 : 1), name, added * sizeof *path);
    }
    return path;
}

/* Goes down to one name in the folder of the place. */
static fact_state step(const win32_host *self, const char *part, arena *memory, win32_place *place,
                       fact *why) {
    found_name found;
    if ((place->attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        return win32_absent(place->where, memory, why);
    }
    DWORD error = find_name(place->wide, part, memory, &found);
    if (error != ERROR_SUCCESS) {
        return win32_failure(self, error, place->where, memory, why);
    }
    if (found.count == 0) {
        return win32_absent(place->where, memory, why);
    }
    if (found.count > 1) {
        return win32_unknown(REASON_AMBIGUOUS, place->where,
                             arena_printf(memory, "two names differ from \"%s\" only by case", part), why);
    }
    place->wide = join(memory, place->wide, found.first.cFileName);
    place->attributes = found.first.dwFileAttributes;
    place->is_link = place->wide != NULL && win32_is_link(&found.first, place->wide, memory);
    return place->is_link ? win32_unknown(REASON_OUTSIDE, place->where,
                                          arena_printf(memory, "\"%s\" is %s", part, link_detail), why)
                          : win32_known(place->where, memory, why);
}

fact_state win32_place_below(const win32_host *self, const windows_path *path, arena *memory,
                             win32_place *out, fact *why) {
    *out = (win32_place){.where = path->text, .attributes = INVALID_FILE_ATTRIBUTES};
    if (path->drive != self->system_drive[0]) {
        return win32_unknown(REASON_NOT_ON_HOST, path->text,
                             arena_printf(memory, "drive %c: is not part of the folder", path->drive), why);
    }
    win32_place place = {.where = path->text, .wide = self->root, .attributes = FILE_ATTRIBUTE_DIRECTORY};
    fact_state state = win32_known(path->text, memory, why);
    for (size_t i = 0; i < path->count && state == FACT_KNOWN; i++) {
        state = step(self, path->parts[i], memory, &place, why);
    }
    if (state == FACT_KNOWN) {
        *out = place;
    }
    return state;
}
