/* Windows paths, taken apart without asking any file system. */
#ifndef HOST_IMAGE_IMAGE_PATH_H
#define HOST_IMAGE_IMAGE_PATH_H

#include "core/fact.h"

enum { IMAGE_PATH_LIMIT = 32767, IMAGE_NAME_SIZE = 255 * 5 + 1 };

typedef struct image_path {
    char drive; /* upper case */
    const char **parts;
    size_t count;     /* 0: the drive's root */
    const char *text; /* "C:\\Program Files\\...", as resolved; also the fact's where */
} image_path;

/* Takes an absolute path with a drive letter apart, as Windows does: either slash, "." and ".." resolved and
 * never above the drive, blanks and dots at the end of a name dropped. Behind "\\?\" names are taken as they
 * are. False with *why: not such a path, a name that Windows does not allow, or a path on another computer or
 * without a letter. */
bool image_path_parse(const char *text, arena *memory, image_path *out, fact *why);

/* A to Z in either case. */
bool image_is_drive_letter(char c);

/* The name that a file of the image has on Windows: Linux knows it as bytes, which ntfs-3g makes from UTF-16.
 * Lone surrogates become the escape of core/unicode.h; bytes that are no UTF-8 at all become U+FFFD. Returns
 * the length. */
size_t image_display_name(const char *raw, char out[IMAGE_NAME_SIZE]);

#endif
