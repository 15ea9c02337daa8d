#include "temp_folder.h"

#include "host/win32/wide.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(bool good, const char *what) {
    if (!good) {
        (void)fprintf(stderr, "%s: error %lu\n", what, GetLastError());
        exit(EXIT_FAILURE);
    }
}

void temp_folder_make(temp_folder *folder) {
    wchar_t parent[MAX_PATH];
    arena memory = {0};
    must(GetTempPathW(MAX_PATH, parent) != 0, "the folder for temporary files");
    unsigned number = GetTickCount();
    do {
        (void)snprintf(folder->path, sizeof folder->path, "%smarshealth-\xC3\xBC-%lu-%u",
                       text_from_wide(&memory, parent), GetCurrentProcessId(), number++);
    } while (CreateDirectoryW(wide_path(&memory, folder->path), NULL) == FALSE &&
             GetLastError() == ERROR_ALREADY_EXISTS);
    must(GetFileAttributesW(wide_path(&memory, folder->path)) != INVALID_FILE_ATTRIBUTES, folder->path);
    folder->place = (journal_place){.path = folder->path, .descriptor = -1};
    arena_free(&memory);
}

static void remove_tree(arena *memory, const char *path) {
    const wchar_t *wide = wide_path(memory, path);
    DWORD attributes = GetFileAttributesW(wide);
    if ((attributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        must(DeleteFileW(wide) != FALSE, path);
        return;
    }
    WIN32_FIND_DATAW entry;
    HANDLE search = FindFirstFileW(wide_path(memory, arena_printf(memory, "%s\\*", path)), &entry);
    must(search != INVALID_HANDLE_VALUE, path);
    do {
        const char *name = text_from_wide(memory, entry.cFileName);
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            remove_tree(memory, arena_printf(memory, "%s\\%s", path, name));
        }
    } while (FindNextFileW(search, &entry) != FALSE);
    (void)FindClose(search);
    must(RemoveDirectoryW(wide) != FALSE, path);
}

void temp_folder_remove(temp_folder *folder) {
    arena memory = {0};
    remove_tree(&memory, folder->path);
    arena_free(&memory);
}
