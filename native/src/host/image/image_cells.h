/* The cells of a hive, as they lie in the file. hivex, which writes hives here, does not read them: it takes
 * sizes on trust in places (a key at the end of the file that is too short to be one makes it read past its
 * mapping, and lists of lists can keep it busy for ever), so all that it would read had to be checked before;
 * it takes names through iconv, which refuses the lone surrogates that Windows allows; and it maps the file
 * and looks at all of it once more.
 *
 * Offsets are those of the file, as hivex's handles are. Layout: https://github.com/msuhanov/regf (format 1.3
 * to 1.6). */
#ifndef HOST_IMAGE_IMAGE_CELLS_H
#define HOST_IMAGE_IMAGE_CELLS_H

#include "core/arena.h"

enum {
    /* What is read of one key or value at most. hivex has limits of its own (70,000 sub-keys, 110,000
     * values), and refuses to change a key beyond them. */
    CELLS_MAX_ITEMS = 1000 * 1000,
    CELLS_MAX_DATA = 8 * 1000 * 1000,
    CELLS_BASE_BLOCK = 4096,
};

/* A key's or value's name, undecoded. */
typedef struct cell_name {
    const uint8_t *data;
    size_t units;
    bool wide; /* UTF-16LE; else Latin-1 */
} cell_name;

/* NULL if the cell is a sound key or value, else what is wrong with it. */
const char *cell_check_key(bytes hive, size_t key);
const char *cell_check_value(bytes hive, size_t value);
/* The same for the whole list below a key, which is never longer than there is room for in the hive. */
const char *cell_check_keys(bytes hive, size_t key);
const char *cell_check_values(bytes hive, size_t key);
/* The same for a value's data. */
const char *cell_check_data(bytes hive, size_t value);

/* Of sound cells only. */
cell_name cell_key_name(bytes hive, size_t key);
cell_name cell_value_name(bytes hive, size_t value);
bool cell_key_is_link(bytes hive, size_t key);
size_t cell_data_size(bytes hive, size_t value);

/* The keys and values that a key lists, in their order there; the lists must have been found sound. out has
 * room for as many as the key says that it has. */
size_t cell_key_count(bytes hive, size_t key);
size_t cell_value_count(bytes hive, size_t key);
void cell_list_keys(bytes hive, size_t key, size_t *out);
void cell_list_values(bytes hive, size_t key, size_t *out);
/* A value's data cell by cell; they must have been found sound. After the last piece come empty ones. */
typedef struct cell_data {
    const uint8_t *next; /* the data if they are in one place, else the link to the next part */
    size_t left;
    bool in_parts;
} cell_data;
cell_data cell_data_of(bytes hive, size_t value);
bytes cell_data_next(bytes hive, cell_data *data);
/* A key's class name and security descriptor; empty if it has none. False if they are not where the key says.
 */
bool cell_key_class(bytes hive, size_t key, bytes *out);
bool cell_key_security(bytes hive, size_t key, bytes *out);

/* FILETIME of its last write. */
uint64_t cell_key_time(bytes hive, size_t key);

/* What one look at every cell finds. */
typedef struct cells_survey {
    uint64_t latest; /* given: key times after it, as FILETIME, are garbage */
    uint64_t newest; /* of the times of keys in use; 0 if there is none */
    bool has_root;
} cells_survey;

/* Whether bins follow each other without a gap up to bins_end, which the base block tells, or the end of the
 * file, and cells fill each of them; one of these cells must be the root key. */
bool cells_check_bins(bytes hive, uint64_t bins_end, size_t root, cells_survey *found);

uint32_t cell_u32(const uint8_t *at);

#endif
