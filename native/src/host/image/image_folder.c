#include "host/image/image_folder.h"

#include "core/unicode.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A folder with more names is not kept but searched anew each time. One with more than FEW takes the place of
 * all. */
enum { NAMES_LIMIT = 2 * 1024 * 1024, FEW_NAMES = 100 * 1000 };

typedef struct folder_name {
    uint32_t hash;
    uint32_t at; /* in names */
} folder_name;

/* A surrogate written as three bytes, which UTF-8 does not allow; 0 if there is none at raw. */
static uint32_t surrogate_at(const unsigned char *raw) {
    bool surrogate = raw[0] == 0xED && raw[1] >= 0xA0 && raw[1] <= 0xBF && (raw[2] & 0xC0) == 0x80;
    return surrogate ? 0xD000u | (raw[1] & 0x3Fu) << 6 | (raw[2] & 0x3Fu) : 0;
}

size_t image_display_name(const char *raw, char out[IMAGE_NAME_SIZE]) {
    size_t length = strlen(raw);
    size_t used = 0;
    size_t at = 0;
    while (at < length && used + 6 <= IMAGE_NAME_SIZE) {
        uint32_t unit = raw[at] == 0x1A ? 0x1A : surrogate_at((const unsigned char *)raw + at);
        if (unit != 0) {
            (void)snprintf(out + used, 6, "\x1A%04X", (unsigned)unit);
            used += 5;
            at += unit == 0x1A ? 1 : 3;
        } else {
            used += utf8_encode(utf8_next(raw, length, &at), out + used);
        }
    }
    out[used] = '\0';
    return used;
}

bool folder_each_name(int folder, folder_name_visitor call, void *user) {
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = again < 0 ? NULL : fdopendir(again);
    if (stream == NULL) {
        int error = errno;
        if (again >= 0) {
            (void)close(again);
        }
        errno = error;
        return false;
    }
    bool more = true;
    errno = 0;
    while (more) {
        /* A stream of our own: no other thread reads it, and readdir_r is deprecated. */
        // cppcheck-suppress readdirCalled
        const struct dirent *entry = readdir(stream);
        if (entry == NULL) {
            break;
        }
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            more = call(user, entry->d_name, entry->d_type);
        }
        errno = 0;
    }
    int error = errno;
    (void)closedir(stream);
    errno = error;
    return error == 0;
}

/* FNV-1a over upper-cased code points. */
static uint32_t name_hash(const char *name, size_t length) {
    uint32_t hash = 2166136261u;
    size_t at = 0;
    while (at < length) {
        hash = (hash ^ unicode_upper(utf8_next(name, length, &at))) * 16777619u;
    }
    return hash;
}

static void forget(folder_index *index) {
    arena_free(&index->memory);
    text_builder_free(&index->names);
    *index = (folder_index){0};
}

void folder_cache_free(folder_cache *cache) {
    for (size_t i = 0; i < FOLDER_CACHE_SLOTS; i++) {
        forget(&cache->slots[i]);
    }
}

/* ---- Building an index ---- */

typedef struct index_builder {
    folder_index *index;
    arena_vector entries;
    bool too_many;
} index_builder;

static bool add_name(void *user, const char *raw, unsigned char type) {
    (void)type;
    index_builder *builder = user;
    char shown[IMAGE_NAME_SIZE];
    size_t length = image_display_name(raw, shown);
    size_t at = builder->index->names.length;
    folder_name *entry = builder->entries.count < NAMES_LIMIT ? arena_push(&builder->entries) : NULL;
    if (entry == NULL) {
        builder->too_many = true;
        return false;
    }
    *entry = (folder_name){.hash = name_hash(shown, length), .at = (uint32_t)at};
    text_add_n(&builder->index->names, raw, strlen(raw) + 1);
    return true;
}

static int by_hash(const void *left, const void *right) {
    const folder_name *a = left;
    const folder_name *b = right;
    return (a->hash > b->hash) - (a->hash < b->hash);
}

/* False with errno; errno 0: too many names to keep. */
static bool build(folder_index *index, int folder) {
    index_builder builder = {.index = index, .entries = ARENA_VECTOR(&index->memory, folder_name)};
    if (!folder_each_name(folder, add_name, &builder)) {
        return false;
    }
    if (builder.too_many || text_builder_failed(&index->names)) {
        errno = 0;
        return false;
    }
    index->entries = builder.entries.items;
    index->count = builder.entries.count;
    if (index->count > 1) {
        qsort(index->entries, index->count, sizeof *index->entries, by_hash);
    }
    return true;
}

/* ---- Searching ---- */

typedef struct folder_searcher {
    const char *name;
    size_t length;
    arena *memory;
    const char *found;
    bool ambiguous;
} folder_searcher;

static bool compare_name(void *user, const char *raw, unsigned char type) {
    (void)type;
    folder_searcher *searcher = user;
    char shown[IMAGE_NAME_SIZE];
    size_t length = image_display_name(raw, shown);
    if (windows_name_equal_n(shown, length, searcher->name, searcher->length)) {
        searcher->ambiguous = searcher->found != NULL;
        searcher->found = arena_text(searcher->memory, raw);
    }
    return !searcher->ambiguous;
}

static void search_index(const folder_index *index, folder_searcher *searcher) {
    uint32_t hash = name_hash(searcher->name, searcher->length);
    size_t low = 0;
    size_t high = index->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->entries[middle].hash < hash) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const char *names = text_builder_text(&index->names);
    while (low < index->count && index->entries[low].hash == hash &&
           compare_name(searcher, names + index->entries[low].at, 0)) {
        low++;
    }
}

static bool same_folder(const struct stat *a, const struct stat *b) {
    return a->st_dev == b->st_dev && a->st_ino == b->st_ino && a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec && a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

/* The slot that has the folder, else the one used longest ago, emptied. */
static folder_index *slot_for(folder_cache *cache, const struct stat *status) {
    folder_index *oldest = &cache->slots[0];
    for (size_t i = 0; i < FOLDER_CACHE_SLOTS; i++) {
        folder_index *slot = &cache->slots[i];
        if (slot->used && same_folder(&slot->status, status)) {
            return slot;
        }
        if (slot->last_use < oldest->last_use) {
            oldest = slot;
        }
    }
    forget(oldest);
    oldest->status = *status;
    return oldest;
}

static void forget_others(folder_cache *cache, const folder_index *keep) {
    for (size_t i = 0; i < FOLDER_CACHE_SLOTS; i++) {
        if (&cache->slots[i] != keep) {
            forget(&cache->slots[i]);
        }
    }
}

/* The folder's index; NULL with errno, which is 0 if it has too many names to be kept. */
static const folder_index *index_of(folder_cache *cache, int folder) {
    struct stat status;
    if (fstat(folder, &status) != 0) {
        return NULL;
    }
    folder_index *slot = slot_for(cache, &status);
    slot->last_use = ++cache->uses;
    if (slot->used) {
        return slot;
    }
    if (!build(slot, folder)) {
        int error = errno;
        forget(slot);
        errno = error;
        return NULL;
    }
    slot->used = true;
    if (slot->count > FEW_NAMES) {
        forget_others(cache, slot);
    }
    return slot;
}

folder_search folder_find(folder_cache *cache, int folder, const char *name, arena *memory,
                          const char **raw) {
    *raw = NULL;
    folder_searcher searcher = {.name = name, .length = strlen(name), .memory = memory};
    const folder_index *index = index_of(cache, folder);
    if (index != NULL) {
        search_index(index, &searcher);
    } else if (errno != 0 || !folder_each_name(folder, compare_name, &searcher)) {
        return FOLDER_FAILED;
    }
    if (searcher.ambiguous) {
        return FOLDER_AMBIGUOUS;
    }
    *raw = searcher.found;
    return searcher.found != NULL ? FOLDER_FOUND : FOLDER_NO_SUCH_NAME;
}
