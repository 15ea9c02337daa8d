/* Files and folders, as far as making an image needs them. All return false with the error set. */
#ifndef FILE_TREE_H
#define FILE_TREE_H

#include "maker_error.h"

/* The whole file, with a NUL behind it that does not count. */
bool file_load(const char *path, arena *memory, bytes *out, const maker_error *error);
/* Writes a file anew, making the folders above it. */
bool file_store(const char *path, const void *data, size_t size, const maker_error *error);
/* Makes the folders above path. */
bool folder_make_above(const char *path, const maker_error *error);
/* Makes a folder and those above it. */
bool folder_make(const char *path, const maker_error *error);
/* Copies what is in a folder over what is in another. Only regular files and folders may be in it. */
bool tree_copy(const char *from, const char *to, const maker_error *error);
/* Removes a file, or a folder with all in it; fine if there is none. */
bool tree_remove(const char *path, const maker_error *error);
/* Sets the modification time of everything in a folder, and its own. */
bool tree_touch(const char *path, int64_t time, const maker_error *error);
bool file_touch(const char *path, int64_t time, const maker_error *error);

typedef bool (*file_visitor)(void *user, const char *path, const maker_error *error);
/* Visits the file at path, or every regular file below it if it is a folder, in no order. */
bool tree_each_file(const char *path, file_visitor call, void *user, const maker_error *error);

#endif
