/* Windows paths, taken apart without asking any file system. */
#ifndef HOST_WINDOWS_PATH_H
#define HOST_WINDOWS_PATH_H

#include "core/fact.h"

enum { WINDOWS_PATH_LIMIT = 32767 };

typedef struct windows_path {
    char drive; /* upper case */
    const char **parts;
    size_t count;     /* 0: the drive's root */
    const char *text; /* "C:\\Program Files\\...", as resolved; also the fact's where */
} windows_path;

/* Takes an absolute path with a drive letter apart, as Windows does: either slash, "." and ".." resolved and
 * never above the drive, blanks and dots at the end of a name dropped. Behind "\\?\" names are taken as they
 * are. False with *why: not such a path, a name that Windows does not allow, or a path on another computer or
 * without a letter. */
bool windows_path_parse(const char *text, arena *memory, windows_path *out, fact *why);

/* A to Z in either case. */
bool is_drive_letter(char c);

#endif
