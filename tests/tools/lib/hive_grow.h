/* Fills a hive up to the size that a server's has. hivex rewrites a key's list for each sub-key that it adds,
 * which would take hours for that many, so the cells are written here. */
#ifndef HIVE_GROW_H
#define HIVE_GROW_H

#include <stdbool.h>
#include <stddef.h>

/* Adds keys below the key (its path from the hive's root; it must be there and have no sub-keys) until the
 * file has at least size bytes: groups of classes, each with sub-keys and values as a COM class has. The same
 * hive and size always give the same bytes. False: error (HIVE_ERROR_SIZE bytes) says why, and the file is as
 * it was. */
bool hive_grow(const char *path, const char *key, size_t size, char *error);

#endif
