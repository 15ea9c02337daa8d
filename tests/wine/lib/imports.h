/* The calls to Windows that this program imports, each of which a test may stand before. */
#ifndef IMPORTS_H
#define IMPORTS_H

#include <windows.h>

/* From now on this program's calls of that name go to another function; *before: where they went. */
void import_replace(const char *name, FARPROC with, FARPROC *before);

#endif
