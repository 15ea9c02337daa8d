/* Texts as Windows wants them. Ours are UTF-8, with lone surrogates escaped as core/unicode.h says. */
#ifndef HOST_WIN32_WIDE_H
#define HOST_WIN32_WIDE_H

#include "core/arena.h"

#include <windows.h>

/* NULL if memory ran out (the arena remembers it). The text must be valid UTF-8. */
const wchar_t *wide_text(arena *memory, const char *text);

/* An absolute path in the form that has no length limit and that nothing is removed from ("\\?\C:\..."),
 * whatever slashes the given one has. A relative path is taken from the current folder. NULL as above, or if
 * the system does not take it for a path. */
const wchar_t *wide_path(arena *memory, const char *path);

/* Never NULL. */
const char *text_from_wide(arena *memory, const wchar_t *wide);

#endif
