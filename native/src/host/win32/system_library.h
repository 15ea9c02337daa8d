/* The system's own libraries, and from nowhere else. A library that a program names in its import table is
 * looked for in the program's folder first, where somebody may have put another one of that name, unless it
 * is one that Windows always takes from System32 (KnownDLLs). So only such are imported, and all others are
 * loaded by these. */
#ifndef HOST_WIN32_SYSTEM_LIBRARY_H
#define HOST_WIN32_SYSTEM_LIBRARY_H

#include <stdbool.h>
#include <windows.h>

/* Loads a library ("bcrypt.dll") from System32; NULL if it is not there. FreeLibrary() it, or keep it. */
HMODULE system_library_load(const wchar_t *name);

/* Fills a function pointer (its address is given); false if the library has no such function, or is NULL. */
bool system_library_function(HMODULE library, const char *name, void *pointer);

#endif
