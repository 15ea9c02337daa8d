#include "parse/pe_version.h"

#include "core/stored_number.h"
#include "core/unicode.h"

#include <string.h>

enum {
    TYPE_VERSION = 16, /* RT_VERSION */
    RESOURCE_DIRECTORY_SIZE = 16,
    RESOURCE_ENTRY_SIZE = 8,
    FIXED_INFO_SIZE = 52,
    MAX_TEXT_UNITS = 4096,
    MAX_STRINGS = 256
};
static const uint32_t IS_SUBDIRECTORY = 0x80000000U;
static const uint32_t FIXED_INFO_SIGNATURE = 0xFEEF04BDU;

static fact malformed(const char *detail) {
    return fact_unknown(REASON_MALFORMED, NULL, detail);
}

/* The field of a directory's entry for this id, or of its first entry if any will do. */
static bool find_entry(bytes resources, uint32_t directory, bool any, uint32_t id, uint32_t *out) {
    if (directory > resources.size || resources.size - directory < RESOURCE_DIRECTORY_SIZE) {
        return false;
    }
    const uint8_t *header = resources.data + directory;
    size_t count = (size_t)read_u16(header + 12) + read_u16(header + 14);
    size_t room = (resources.size - directory - RESOURCE_DIRECTORY_SIZE) / RESOURCE_ENTRY_SIZE;
    for (size_t i = 0; i < count && i < room; i++) {
        const uint8_t *entry = header + RESOURCE_DIRECTORY_SIZE + i * RESOURCE_ENTRY_SIZE;
        if (any || read_u32(entry) == id) {
            *out = read_u32(entry + 4);
            return true;
        }
    }
    return false;
}

/* Type, name, language, data: exactly three levels, so that a tree that loops is walked three steps at most.
 */
static fact find_version_data(const pe_layout *layout, bytes *out) {
    pe_directory directory = pe_layout_directory(layout, PE_DIRECTORY_RESOURCES);
    if (directory.address == 0 || directory.size == 0) {
        return fact_absent(NULL);
    }
    bytes resources = pe_layout_at(layout, directory.address);
    if (resources.size < RESOURCE_DIRECTORY_SIZE) {
        return malformed("the PE resource directory lies outside the file");
    }
    uint32_t names = 0;
    uint32_t languages = 0;
    uint32_t leaf = 0;
    if (!find_entry(resources, 0, false, TYPE_VERSION, &names)) {
        return fact_absent(NULL);
    }
    if ((names & IS_SUBDIRECTORY) == 0 ||
        !find_entry(resources, names & ~IS_SUBDIRECTORY, true, 0, &languages) ||
        (languages & IS_SUBDIRECTORY) == 0 ||
        !find_entry(resources, languages & ~IS_SUBDIRECTORY, true, 0, &leaf)) {
        return malformed("the PE resource tree has no entry below its version type");
    }
    if ((leaf & IS_SUBDIRECTORY) != 0) {
        return malformed("the PE resource tree is nested too deeply");
    }
    if (leaf > resources.size || resources.size - leaf < 8) {
        return malformed("the PE version resource's entry lies outside the file");
    }
    *out = pe_layout_at(layout, read_u32(resources.data + leaf));
    uint32_t size = read_u32(resources.data + leaf + 4);
    if (size > out->size) {
        return malformed("the PE version resource lies outside the file");
    }
    out->size = size;
    return fact_known(NULL);
}

/* One block of the version resource: its key, its value, and the blocks inside it. */
typedef struct block {
    bytes key;   /* UTF-16LE without the terminator */
    bytes value; /* for texts see text_value */
    bytes inside;
} block;

static size_t aligned(size_t at) {
    return (at + 3) & ~(size_t)3;
}

static bytes tail(bytes data, size_t at) {
    return at < data.size ? (bytes){data.data + at, data.size - at} : (bytes){0};
}

/* UTF-16 units before the first NUL. */
static size_t text_units(bytes data) {
    size_t units = 0;
    while (units < data.size / 2 && read_u16(data.data + 2 * units) != 0) {
        units++;
    }
    return units;
}

/* Takes the first block off *rest. Blocks start at multiples of four within the resource, so every one of
 * them does within its parent too. */
static bool next_block(bytes *rest, block *out) {
    if (rest->size < 6) {
        return false;
    }
    size_t length = read_u16(rest->data);
    size_t value_length = read_u16(rest->data + 2);
    bool is_text = read_u16(rest->data + 4) == 1;
    if (length < 6 || length > rest->size) {
        return false;
    }
    bytes whole = {rest->data, length};
    out->key = tail(whole, 6);
    out->key.size = text_units(out->key) * 2;
    size_t value_at = aligned(6 + out->key.size + 2);
    out->value = tail(whole, value_at);
    size_t value_size = is_text ? value_length * 2 : value_length;
    out->inside = tail(out->value, aligned(value_size));
    if (!is_text && value_size < out->value.size) {
        out->value.size = value_size;
    }
    *rest = tail(*rest, aligned(length));
    return true;
}

static bool key_is(const block *of, const char *key) {
    size_t length = strlen(key);
    if (of->key.size != 2 * length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (read_u16(of->key.data + 2 * i) != (unsigned char)key[i]) {
            return false;
        }
    }
    return true;
}

/* Some compilers count a text's bytes and some its units, so the text's end is its NUL or that of its block.
 */
static const char *text_value(const block *of, arena *memory) {
    size_t units = text_units(of->value);
    size_t length = 0;
    return utf8_from_utf16(memory, of->value.data, units < MAX_TEXT_UNITS ? units : MAX_TEXT_UNITS, &length);
}

static void read_texts(bytes strings, arena *memory, pe_info *out) {
    const struct {
        const char *key;
        const char **text;
    } wanted[] = {
        {"CompanyName", &out->company_name},         {"ProductName", &out->product_name},
        {"FileDescription", &out->file_description}, {"OriginalFilename", &out->original_filename},
        {"FileVersion", &out->file_version_text},
    };
    block text;
    for (size_t i = 0; i < MAX_STRINGS && next_block(&strings, &text); i++) {
        for (size_t w = 0; w < sizeof wanted / sizeof wanted[0]; w++) {
            if (*wanted[w].text == NULL && key_is(&text, wanted[w].key)) {
                *wanted[w].text = text_value(&text, memory);
            }
        }
    }
}

/* StringFileInfo holds string tables, one for each language; the first counts. */
static fact find_texts(bytes inside, arena *memory, pe_info *out) {
    block child;
    while (next_block(&inside, &child)) {
        if (!key_is(&child, "StringFileInfo")) {
            continue;
        }
        block table;
        if (!next_block(&child.inside, &table)) {
            return malformed("the string table of the PE version resource is damaged");
        }
        read_texts(table.inside, memory, out);
        return fact_known(NULL);
    }
    return inside.size < 6 ? fact_absent(NULL)
                           : malformed("the texts of the PE version resource are damaged");
}

/* A version is stored as two 32-bit numbers, the more significant first. */
static void read_version(const uint8_t *data, uint16_t out[4]) {
    out[0] = read_u16(data + 2);
    out[1] = read_u16(data);
    out[2] = read_u16(data + 6);
    out[3] = read_u16(data + 4);
}

void pe_version_read(const pe_layout *layout, arena *memory, pe_info *out) {
    bytes data = {0};
    out->version = out->texts = find_version_data(layout, &data);
    if (out->version.state != FACT_KNOWN) {
        return;
    }
    block root = {0};
    if (!next_block(&data, &root) || !key_is(&root, "VS_VERSION_INFO")) {
        out->version = out->texts = malformed("the PE version resource has no VS_VERSION_INFO");
        return;
    }
    out->texts = find_texts(root.inside, memory, out);
    if (root.value.size < FIXED_INFO_SIZE || read_u32(root.value.data) != FIXED_INFO_SIGNATURE) {
        out->version = malformed("the PE version resource has no VS_FIXEDFILEINFO");
        return;
    }
    read_version(root.value.data + 8, out->file_version);
    read_version(root.value.data + 16, out->product_version);
}
