#include "host/image/image_cells.h"

#include <string.h>

enum {
    KEY_SIZE = 0x50, /* with the cell's size, without the name */
    VALUE_SIZE = 0x18,
    PART_SIZE = 16344, /* of data in several cells: what each but the last holds */
};

uint32_t cell_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint32_t u16(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

/* The size of the allocated cell at offset, its size field included; 0 if there is none with at least this
 * size. */
static size_t cell_size(bytes hive, size_t offset, size_t least) {
    if (offset % 4 != 0 || offset < CELLS_BASE_BLOCK || offset > hive.size || hive.size - offset < least) {
        return 0;
    }
    uint32_t raw = cell_u32(hive.data + offset);
    size_t size = (uint32_t)(0 - raw); /* allocated cells have a negative size */
    return raw > 0x80000000u && size >= least && size <= hive.size - offset ? size : 0;
}

static bool has_id(bytes hive, size_t cell, char first, char second) {
    return hive.data[cell + 4] == (uint8_t)first && hive.data[cell + 5] == (uint8_t)second;
}

/* The cell whose offset, counted from the first hive bin, is stored at. */
static size_t link_at(const uint8_t *at) {
    return (size_t)cell_u32(at) + CELLS_BASE_BLOCK;
}

const char *cell_check_key(bytes hive, size_t key) {
    size_t size = cell_size(hive, key, KEY_SIZE);
    if (size == 0 || !has_id(hive, key, 'n', 'k')) {
        return "a key's cell is none";
    }
    return u16(hive.data + key + 0x4C) > size - KEY_SIZE ? "a key's name is longer than its cell" : NULL;
}

const char *cell_check_value(bytes hive, size_t value) {
    size_t size = cell_size(hive, value, VALUE_SIZE);
    if (size == 0 || !has_id(hive, value, 'v', 'k')) {
        return "a value's cell is none";
    }
    return u16(hive.data + value + 6) > size - VALUE_SIZE ? "a value's name is longer than its cell" : NULL;
}

/* ---- Lists ---- */

static const char other_number[] = "the key's number of sub-keys differs from its list's";

/* A leaf of a list of keys: "lf" and "lh" have eight bytes for each, "li" four. Takes their number from
 * *left. */
static const char *check_leaf(bytes hive, size_t list, size_t *left) {
    size_t size = cell_size(hive, list, 8);
    bool hashed = size != 0 && (has_id(hive, list, 'l', 'f') || has_id(hive, list, 'l', 'h'));
    if (size == 0 || (!hashed && !has_id(hive, list, 'l', 'i'))) {
        return "a list of keys is none";
    }
    size_t items = u16(hive.data + list + 6);
    size_t step = hashed ? 8 : 4;
    if (items > (size - 8) / step) {
        return "a list of keys is longer than its cell";
    }
    if (items > *left) {
        return other_number;
    }
    *left -= items;
    for (size_t i = 0; i < items; i++) {
        const char *wrong = cell_check_key(hive, link_at(hive.data + list + 8 + i * step));
        if (wrong != NULL) {
            return wrong;
        }
    }
    return NULL;
}

/* A list of leaves. Windows knows no deeper ones. */
static const char *check_branch(bytes hive, size_t list, size_t *left) {
    size_t size = cell_size(hive, list, 8);
    size_t items = size != 0 ? u16(hive.data + list + 6) : 0;
    if (size == 0 || items > (size - 8) / 4) {
        return "a list of keys is longer than its cell";
    }
    for (size_t i = 0; i < items; i++) {
        const char *wrong = check_leaf(hive, link_at(hive.data + list + 8 + i * 4), left);
        if (wrong != NULL) {
            return wrong;
        }
    }
    return NULL;
}

const char *cell_check_keys(bytes hive, size_t key) {
    size_t declared = cell_u32(hive.data + key + 0x18);
    if (declared == 0) {
        return NULL;
    }
    if (declared > hive.size / KEY_SIZE) {
        return "the key says that it has more sub-keys than the hive has room for";
    }
    size_t list = link_at(hive.data + key + 0x20);
    if (cell_size(hive, list, 8) == 0) {
        return "the list of keys is outside the hive";
    }
    size_t left = declared;
    const char *wrong =
        has_id(hive, list, 'r', 'i') ? check_branch(hive, list, &left) : check_leaf(hive, list, &left);
    return wrong == NULL && left != 0 ? other_number : wrong;
}

const char *cell_check_values(bytes hive, size_t key) {
    size_t count = cell_u32(hive.data + key + 0x28);
    if (count == 0) {
        return NULL;
    }
    if (count > hive.size / VALUE_SIZE) {
        return "the key says that it has more values than the hive has room for";
    }
    size_t list = link_at(hive.data + key + 0x2C);
    if (cell_size(hive, list, 4 + count * 4) == 0) {
        return "the list of values is outside the hive or shorter than the key says";
    }
    for (size_t i = 0; i < count; i++) {
        const char *wrong = cell_check_value(hive, link_at(hive.data + list + 4 + i * 4));
        if (wrong != NULL) {
            return wrong;
        }
    }
    return NULL;
}

/* ---- Data ---- */

/* Data of more than 16,344 bytes lies in several cells. How full each has to be bounds how many there are,
 * and so what a small file can make of itself. */
static const char *check_big_data(bytes hive, size_t record, size_t size) {
    if (cell_size(hive, record, 12) == 0 || !has_id(hive, record, 'd', 'b')) {
        return "a value's data are longer than their cell";
    }
    size_t count = u16(hive.data + record + 6);
    size_t list = link_at(hive.data + record + 8);
    if (cell_size(hive, list, 4 + count * 4) == 0) {
        return "the list of a value's data is outside the hive";
    }
    for (size_t i = 0; i < count && size > 0; i++) {
        size_t wanted = size < PART_SIZE ? size : PART_SIZE;
        if (cell_size(hive, link_at(hive.data + list + 4 + i * 4), 4 + wanted) == 0) {
            return "a part of a value's data is outside the hive or too short";
        }
        size -= wanted;
    }
    return size > 0 ? "a value's data are shorter than it says" : NULL;
}

size_t cell_data_size(bytes hive, size_t value) {
    return cell_u32(hive.data + value + 8) & 0x7FFFFFFFu;
}

const char *cell_check_data(bytes hive, size_t value) {
    size_t size = cell_data_size(hive, value);
    bool inside = (cell_u32(hive.data + value + 8) & 0x80000000u) != 0;
    if (inside) {
        return size > 4 ? "a value says that more than four bytes are inside it" : NULL;
    }
    size_t cell = link_at(hive.data + value + 12);
    size_t room = size == 0 ? 8 : cell_size(hive, cell, 8);
    if (room == 0) {
        return "a value's data are outside the hive";
    }
    return size > room - 4 ? check_big_data(hive, cell, size) : NULL;
}

cell_data cell_data_of(bytes hive, size_t value) {
    size_t size = cell_data_size(hive, value);
    if ((cell_u32(hive.data + value + 8) & 0x80000000u) != 0 || size == 0) {
        return (cell_data){.next = hive.data + value + 12, .left = size};
    }
    size_t cell = link_at(hive.data + value + 12);
    if (size <= cell_size(hive, cell, 8) - 4) {
        return (cell_data){.next = hive.data + cell + 4, .left = size};
    }
    size_t list = link_at(hive.data + cell + 8);
    return (cell_data){.next = hive.data + list + 4, .left = size, .in_parts = true};
}

bytes cell_data_next(bytes hive, cell_data *data) {
    bytes piece = {.data = data->next, .size = data->left};
    if (data->in_parts && data->left > 0) {
        piece.data = hive.data + link_at(data->next) + 4;
        piece.size = data->left < PART_SIZE ? data->left : PART_SIZE;
        data->next += 4;
    }
    data->left -= piece.size;
    return piece;
}

/* ---- What a key lists and has ---- */

size_t cell_key_count(bytes hive, size_t key) {
    return cell_u32(hive.data + key + 0x18);
}

size_t cell_value_count(bytes hive, size_t key) {
    return cell_u32(hive.data + key + 0x28);
}

static size_t list_leaf(bytes hive, size_t list, size_t *out) {
    size_t items = u16(hive.data + list + 6);
    size_t step = has_id(hive, list, 'l', 'i') ? 4 : 8;
    for (size_t i = 0; i < items; i++) {
        out[i] = link_at(hive.data + list + 8 + i * step);
    }
    return items;
}

void cell_list_keys(bytes hive, size_t key, size_t *out) {
    if (cell_key_count(hive, key) == 0) {
        return;
    }
    size_t list = link_at(hive.data + key + 0x20);
    if (!has_id(hive, list, 'r', 'i')) {
        (void)list_leaf(hive, list, out);
        return;
    }
    for (size_t i = 0; i < u16(hive.data + list + 6); i++) {
        out += list_leaf(hive, link_at(hive.data + list + 8 + i * 4), out);
    }
}

void cell_list_values(bytes hive, size_t key, size_t *out) {
    size_t list = link_at(hive.data + key + 0x2C);
    for (size_t i = 0; i < cell_value_count(hive, key); i++) {
        out[i] = link_at(hive.data + list + 4 + i * 4);
    }
}

bool cell_key_class(bytes hive, size_t key, bytes *out) {
    size_t size = u16(hive.data + key + 0x4E);
    size_t cell = link_at(hive.data + key + 0x34);
    *out = (bytes){0};
    if (size == 0) {
        return true;
    }
    if (cell_size(hive, cell, 4 + size) == 0) {
        return false;
    }
    *out = (bytes){.data = hive.data + cell + 4, .size = size};
    return true;
}

bool cell_key_security(bytes hive, size_t key, bytes *out) {
    enum { DESCRIPTOR = 0x18 };
    *out = (bytes){0};
    if (cell_u32(hive.data + key + 0x30) == UINT32_MAX) {
        return true;
    }
    size_t cell = link_at(hive.data + key + 0x30);
    size_t size = cell_size(hive, cell, DESCRIPTOR);
    if (size == 0 || !has_id(hive, cell, 's', 'k') || cell_u32(hive.data + cell + 0x14) > size - DESCRIPTOR) {
        return false;
    }
    *out = (bytes){.data = hive.data + cell + DESCRIPTOR, .size = cell_u32(hive.data + cell + 0x14)};
    return true;
}

/* ---- Names ---- */

static cell_name name_at(bytes hive, size_t at, size_t size, bool latin) {
    return (cell_name){.data = hive.data + at, .units = latin ? size : size / 2, .wide = !latin};
}

cell_name cell_key_name(bytes hive, size_t key) {
    return name_at(hive, key + KEY_SIZE, u16(hive.data + key + 0x4C), (u16(hive.data + key + 6) & 0x20) != 0);
}

cell_name cell_value_name(bytes hive, size_t value) {
    return name_at(hive, value + VALUE_SIZE, u16(hive.data + value + 6),
                   (u16(hive.data + value + 0x14) & 1) != 0);
}

bool cell_key_is_link(bytes hive, size_t key) {
    return (u16(hive.data + key + 6) & 0x10) != 0;
}

/* ---- Times ---- */

uint64_t cell_key_time(bytes hive, size_t key) {
    return (uint64_t)cell_u32(hive.data + key + 12) << 32 | cell_u32(hive.data + key + 8);
}

/* ---- Bins ---- */

/* Where the next cell is, is known only once this one is there, and a processor does not look ahead over the
 * end of a page by itself. */
static void fetch_ahead(bytes hive, size_t at) {
    enum { DISTANCE = 4096 };
    if (hive.size - at > DISTANCE) {
        __builtin_prefetch(hive.data + at + DISTANCE);
    }
}

static bool check_bin(bytes hive, size_t at, size_t end, size_t root, cells_survey *found) {
    while (at < end) {
        fetch_ahead(hive, at);
        uint32_t raw = cell_u32(hive.data + at);
        bool used = raw > 0x80000000u;
        size_t size = used ? (uint32_t)(0 - raw) : raw;
        if (size < 8 || size % 4 != 0 || size > end - at) {
            return false;
        }
        found->has_root = found->has_root || (used && at == root);
        /* Most cells are no keys, and a large hive has millions of them. */
        bool key = has_id(hive, at, 'n', 'k') && cell_check_key(hive, at) == NULL;
        uint64_t time = key ? cell_key_time(hive, at) : 0;
        found->newest = time > found->newest && time <= found->latest ? time : found->newest;
        at += size;
    }
    return true;
}

/* The size of the bin there, or 0. */
static size_t bin_size(bytes hive, size_t at) {
    enum { BIN_UNIT = 4096 };
    size_t left = hive.size - at;
    if (left < BIN_UNIT || memcmp(hive.data + at, "hbin", 4) != 0 || link_at(hive.data + at + 4) != at) {
        return 0;
    }
    size_t size = cell_u32(hive.data + at + 8);
    return size % BIN_UNIT == 0 && size <= left ? size : 0;
}

bool cells_check_bins(bytes hive, uint64_t bins_end, size_t root, cells_survey *found) {
    enum { BIN_HEADER = 32 };
    size_t at = CELLS_BASE_BLOCK;
    while (at < hive.size && at < bins_end) {
        size_t size = bin_size(hive, at);
        if (size == 0 || !check_bin(hive, at + BIN_HEADER, at + size, root, found)) {
            return false;
        }
        at += size;
    }
    return found->has_root;
}
