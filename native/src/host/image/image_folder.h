/* Names in a folder, found as Windows finds them: without regard to case. */
#ifndef HOST_IMAGE_IMAGE_FOLDER_H
#define HOST_IMAGE_IMAGE_FOLDER_H

#include "core/arena.h"
#include "core/text_builder.h"

#include <sys/stat.h>

enum { FOLDER_CACHE_SLOTS = 8, IMAGE_NAME_SIZE = 255 * 5 + 1 };

/* The names of a folder that was searched lately, sorted by hash: a collector that asks for one file after
 * the other in a folder of 100,000 would otherwise read it 100,000 times. */
typedef struct folder_index {
    bool used;
    struct stat status; /* which folder, and when it last changed */
    arena memory;
    text_builder names; /* NUL-ended, as Linux has them */
    struct folder_name *entries;
    size_t count;
    uint64_t last_use;
} folder_index;

typedef struct folder_cache {
    folder_index slots[FOLDER_CACHE_SLOTS];
    uint64_t uses;
} folder_cache;

void folder_cache_free(folder_cache *cache);

typedef enum folder_search {
    FOLDER_FOUND,
    FOLDER_NO_SUCH_NAME,
    FOLDER_AMBIGUOUS, /* two names that differ only by case, or not even by that once they are shown */
    FOLDER_FAILED,    /* errno says why */
} folder_search;

/* Searches the folder of an open descriptor. *raw is the name as Linux has it, in the arena. */
folder_search folder_find(folder_cache *cache, int folder, const char *name, arena *memory, const char **raw);

/* Returns false to stop. */
typedef bool (*folder_name_visitor)(void *user, const char *raw, unsigned char type);
/* Visits the raw names in a folder with their dirent types, "." and ".." left out. False: errno says why. */
bool folder_each_name(int folder, folder_name_visitor call, void *user);

/* The name that a file of the image has on Windows: Linux knows it as bytes, which ntfs-3g makes from UTF-16.
 * Lone surrogates become the escape of core/unicode.h; bytes that are no UTF-8 at all become U+FFFD. Returns
 * the length. */
size_t image_display_name(const char *raw, char out[IMAGE_NAME_SIZE]);

#endif
