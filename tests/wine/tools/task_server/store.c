#include "task_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { READ_LIMIT = 64 * 1024 * 1024 };

char *store_read(const wchar_t *file, size_t *size) {
    FILE *opened = _wfopen(file, L"rb");
    char *data = NULL;
    *size = 0;
    if (opened == NULL) {
        return NULL;
    }
    if (fseek(opened, 0, SEEK_END) == 0) {
        long length = ftell(opened);
        rewind(opened);
        data = length >= 0 && length < READ_LIMIT ? calloc(1, (size_t)length + sizeof(wchar_t)) : NULL;
        *size = data != NULL ? fread(data, 1, (size_t)length, opened) : 0;
    }
    (void)fclose(opened);
    return data;
}

void store_file(const wchar_t *name, path_text out) {
    path_text folder;
    DWORD length = GetEnvironmentVariableW(L"TASK_STORE", folder, PATH_ROOM);
    if (length == 0 || length >= PATH_ROOM || swprintf(out, PATH_ROOM, L"%ls\\%ls", folder, name) < 0) {
        out[0] = L'\0'; /* opens nothing */
    }
}

/* "\\Microsoft\\X" and ".xml" to "...\\tasks\\Microsoft\\X.xml". */
void store_task_file(const wchar_t *task, const wchar_t *suffix, path_text out) {
    path_text name;
    const wchar_t *rest = task + wcsspn(task, L"\\");
    (void)swprintf(name, PATH_ROOM, L"tasks%ls%ls%ls", rest[0] != L'\0' ? L"\\" : L"", rest, suffix);
    store_file(name, out);
}

bool store_is_folder(const wchar_t *folder) {
    path_text file;
    store_task_file(folder, L"", file);
    DWORD attributes = GetFileAttributesW(file);
    return attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

bool store_is_task(const wchar_t *task) {
    path_text file;
    store_task_file(task, L".xml", file);
    return GetFileAttributesW(file) != INVALID_FILE_ATTRIBUTES;
}

/* ---- Listing ---- */

static int by_name(const void *left, const void *right) {
    return CompareStringOrdinal(left, -1, right, -1, TRUE) - CSTR_EQUAL;
}

/* Leaves only what is of the kind asked for, as its path in the Task Scheduler. */
static bool take(const WIN32_FIND_DATAW *found, const wchar_t *folder, store_kind kind, path_text out) {
    bool is_folder = (found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    size_t length = wcslen(found->cFileName);
    const wchar_t *parent = wcscmp(folder, L"\\") == 0 ? L"" : folder;
    if (is_folder != (kind == STORE_FOLDERS) || found->cFileName[0] == L'.') {
        return false;
    }
    if (kind == STORE_TASKS) {
        if (length < 5 || _wcsicmp(found->cFileName + length - 4, L".xml") != 0) {
            return false;
        }
        length -= 4;
    }
    return swprintf(out, PATH_ROOM, L"%ls\\%.*ls", parent, (int)length, found->cFileName) >= 0;
}

size_t store_list(const wchar_t *folder, store_kind kind, path_text **out) {
    path_text pattern;
    WIN32_FIND_DATAW found;
    size_t count = 0;
    *out = NULL;
    store_task_file(folder, L"\\*", pattern);
    HANDLE search = FindFirstFileW(pattern, &found);
    for (BOOL more = search != INVALID_HANDLE_VALUE; more != FALSE; more = FindNextFileW(search, &found)) {
        path_text *grown = realloc(*out, (count + 1) * sizeof **out);
        if (grown == NULL) {
            break;
        }
        *out = grown;
        count += take(&found, folder, kind, grown[count]);
    }
    if (search != INVALID_HANDLE_VALUE) {
        (void)FindClose(search);
    }
    if (count > 1) {
        qsort(*out, count, sizeof **out, by_name);
    }
    return count;
}

/* ---- Definitions ---- */

BSTR store_xml(const wchar_t *task) {
    path_text file;
    size_t size = 0;
    store_task_file(task, L".xml", file);
    char *data = store_read(file, &size);
    size_t mark = data != NULL && size >= 2 && memcmp(data, "\xFF\xFE", 2) == 0 ? 2 : 0;
    BSTR xml = NULL;
    if (data != NULL && (xml = SysAllocStringLen(NULL, (UINT)((size - mark) / sizeof(wchar_t)))) != NULL) {
        memcpy(xml, data + mark, (size - mark) / sizeof(wchar_t) * sizeof(wchar_t));
    }
    free(data);
    return xml;
}

bool store_set_xml(const wchar_t *task, const wchar_t *xml) {
    path_text file;
    store_task_file(task, L".xml", file);
    FILE *opened = _wfopen(file, L"wb");
    if (opened == NULL) {
        return false;
    }
    size_t units = wcslen(xml);
    bool written = fwrite("\xFF\xFE", 1, 2, opened) == 2 && fwrite(xml, sizeof *xml, units, opened) == units;
    return fclose(opened) == 0 && written;
}
