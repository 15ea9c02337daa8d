#include "host/win32/wide.h"

#include "core/unicode.h"

#include <string.h>

const wchar_t *wide_text(arena *memory, const char *text) {
    bytes units = utf16_from_utf8(memory, text, strlen(text));
    wchar_t *wide = arena_alloc(memory, units.size + sizeof *wide);
    if (wide == NULL || arena_failed(memory)) {
        return NULL;
    }
    memcpy(wide, units.data, units.size);
    return wide;
}

/* "\\server\share" has its own way of saying it. */
static const wchar_t *unlimited(arena *memory, const wchar_t *full) {
    static const wchar_t local[] = L"\\\\?\\";
    static const wchar_t network[] = L"\\\\?\\UNC\\";
    bool is_network = full[0] == L'\\' && full[1] == L'\\';
    if (is_network && (full[2] == L'?' || full[2] == L'.') && full[3] == L'\\') {
        return full;
    }
    const wchar_t *prefix = is_network ? network : local;
    const wchar_t *rest = is_network ? full + 2 : full;
    size_t before = wcslen(prefix);
    wchar_t *path = arena_array(memory, before + wcslen(rest) + 1, sizeof *path);
    if (path != NULL) {
        memcpy(path, prefix, before * sizeof *path);
        memcpy(path + before, rest, (wcslen(rest) + 1) * sizeof *path);
    }
    return path;
}

const wchar_t *wide_path(arena *memory, const char *path) {
    const wchar_t *given = wide_text(memory, path);
    DWORD room = given != NULL ? GetFullPathNameW(given, 0, NULL, NULL) : 0;
    wchar_t *full = room > 0 ? arena_array(memory, room, sizeof *full) : NULL;
    if (full == NULL) {
        return NULL;
    }
    DWORD length = GetFullPathNameW(given, room, full, NULL);
    return length > 0 && length < room ? unlimited(memory, full) : NULL;
}

const char *text_from_wide(arena *memory, const wchar_t *wide) {
    size_t length = 0;
    return utf8_from_utf16(memory, (const uint8_t *)wide, wcslen(wide), &length);
}
