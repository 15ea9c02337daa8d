/* Test inputs from tests/fixtures. */
#ifndef TOOLS_FIXTURE_TEXT_H
#define TOOLS_FIXTURE_TEXT_H

#include "core/arena.h"

/* The whole file, with a NUL behind it; NULL if it cannot be read. size may be NULL. */
char *fixture_text(arena *memory, const char *path, size_t *size);

/* The text as a console of that many columns would wrap it, each line cut hard. */
char *wrapped_text(arena *memory, const char *text, size_t width);

#endif
