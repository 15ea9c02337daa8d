#include "core/unicode.h"
#include "host/win32/win32.h"

#include <string.h>

static const char link_detail[] = "a link, which is not followed";

/* Whether what FindFirstFile says of a name that is a reparse point is that it stands for another one.
 * Deduplicated, compressed and offline files are reparse points too, but are what they seem. */
static bool names_another(const WIN32_FIND_DATAW *found) {
    return (found->dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0 &&
           IsReparseTagNameSurrogate(found->dwReserved0);
}

/* A folder into which a volume is mounted is part of the machine like a drive letter. */
static bool is_mounted_volume(const wchar_t *path, arena *memory) {
    enum { VOLUME_NAME_ROOM = 64 };
    wchar_t volume[VOLUME_NAME_ROOM];
    size_t length = wcslen(path);
    wchar_t *folder = arena_array(memory, length + 2, sizeof *folder);
    if (folder == NULL) {
        return false;
    }
    memcpy(folder, path, length * sizeof *folder);
    folder[length] = L'\\';
    return GetVolumeNameForVolumeMountPointW(folder, volume, VOLUME_NAME_ROOM) != FALSE;
}

bool win32_is_link(const WIN32_FIND_DATAW *found, const wchar_t *path, arena *memory) {
    return names_another(found) && !is_mounted_volume(path, memory);
}

/* One name on the way, which ends at path[end]; attributes: of what is there. */
static DWORD look(wchar_t *path, size_t end, arena *memory, DWORD *attributes, bool *is_link) {
    wchar_t after = path[end];
    path[end] = L'\0';
    DWORD error = ERROR_SUCCESS;
    *attributes = GetFileAttributesW(path);
    *is_link = false;
    if (*attributes == INVALID_FILE_ATTRIBUTES) {
        error = GetLastError();
    }
    /* What is locked against all others still has a name in its folder. */
    if (error == ERROR_SHARING_VIOLATION || (*attributes & FILE_ATTRIBUTE_REPARSE_POINT) != 0) {
        WIN32_FIND_DATAW found;
        HANDLE search = FindFirstFileW(path, &found);
        if (search != INVALID_HANDLE_VALUE) {
            error = ERROR_SUCCESS;
            *attributes = found.dwFileAttributes;
            *is_link = win32_is_link(&found, path, memory);
            (void)FindClose(search);
        }
    }
    path[end] = after;
    return error;
}

/* Looks at every folder above and then at the name itself. */
static fact_state walk(const win32_host *self, const windows_path *path, wchar_t *wide, arena *memory,
                       win32_place *out, fact *why) {
    enum { DRIVE_END = 7 }; /* "\\?\C:\" */
    size_t end = DRIVE_END;
    for (size_t i = 0; i <= path->count; i++) {
        bool is_last = i == path->count;
        if (i > 0) {
            end += (i > 1) + wcscspn(wide + end + (i > 1), L"\\");
        }
        DWORD error = look(wide, end, memory, &out->attributes, &out->is_link);
        if (error != ERROR_SUCCESS) {
            return win32_failure(self, error, path->text, memory, why);
        }
        if (i > 0 && !is_last && out->is_link) {
            return win32_unknown(REASON_OUTSIDE, path->text,
                                 arena_printf(memory, "\"%s\" is %s", path->parts[i - 1], link_detail), why);
        }
        if (!is_last && (out->attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
            out->attributes = INVALID_FILE_ATTRIBUTES;
            return win32_absent(path->text, memory, why);
        }
    }
    return win32_known(path->text, memory, why);
}

fact_state win32_place_find(const win32_host *self, const char *path, arena *memory, win32_place *out,
                            fact *why) {
    *out = (win32_place){.attributes = INVALID_FILE_ATTRIBUTES};
    windows_path parsed;
    if (!windows_path_parse(path, memory, &parsed, why)) {
        out->where = why->where;
        return FACT_UNKNOWN;
    }
    out->where = parsed.text;
    if (self->root != NULL) {
        return win32_place_below(self, &parsed, memory, out, why);
    }
    const char *text = arena_printf(memory, "\\\\?\\%s", parsed.text);
    bytes units = utf16_from_utf8(memory, text, strlen(text));
    wchar_t *wide = arena_alloc(memory, units.size + sizeof *wide);
    if (wide == NULL || arena_failed(memory)) {
        return win32_unknown(REASON_NO_MEMORY, parsed.text, NULL, why);
    }
    memcpy(wide, units.data, units.size);
    out->wide = wide;
    DWORD before = 0;
    (void)SetThreadErrorMode(SEM_FAILCRITICALERRORS,
                             &before); /* no question for a disk that is not in its drive */
    fact_state state = walk(self, &parsed, wide, memory, out, why);
    (void)SetThreadErrorMode(before, NULL);
    return state;
}

fact_state win32_place_no_link(const win32_place *place, fact *why) {
    return place->is_link ? win32_unknown(REASON_OUTSIDE, place->where, link_detail, why) : FACT_KNOWN;
}
