#include "host/win32/system_library.h"

#include <string.h>

HMODULE system_library_load(const wchar_t *name) {
    return LoadLibraryExW(name, NULL, LOAD_LIBRARY_SEARCH_SYSTEM32);
}

bool system_library_function(HMODULE library, const char *name, void *pointer) {
    FARPROC found = library != NULL ? GetProcAddress(library, name) : NULL;
    memcpy(pointer, (const void *)&found, sizeof found);
    return found != NULL;
}
