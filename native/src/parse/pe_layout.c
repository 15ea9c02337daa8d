#include "parse/pe_layout.h"

#include "core/stored_number.h"

#include <string.h>

enum {
    DOS_HEADER_SIZE = 64,
    DOS_NEW_HEADER = 0x3C, /* e_lfanew */
    FILE_HEADER_SIZE = 24, /* with the signature "PE\0\0" */
    SECTION_SIZE = 40,
    DIRECTORY_SIZE = 8,
    MAGIC_PE32 = 0x10B,
    MAGIC_PE32_PLUS = 0x20B,
    OPTIONAL_HEADERS_SIZE = 60, /* SizeOfHeaders; same place in both forms */
    OPTIONAL_CHECKSUM = 64
};

static bool malformed(fact *why, const char *detail) {
    *why = fact_unknown(REASON_MALFORMED, NULL, detail);
    return false;
}

/* The optional header, which PE files must have. */
static bool read_optional_header(pe_layout *out, size_t at, size_t size, fact *why) {
    const uint8_t *header = out->file.data + at;
    uint16_t magic = size >= 2 ? read_u16(header) : 0;
    if (magic != MAGIC_PE32 && magic != MAGIC_PE32_PLUS) {
        return malformed(why, "the PE optional header is neither PE32 nor PE32+");
    }
    out->is_64bit = magic == MAGIC_PE32_PLUS;
    size_t directories = out->is_64bit ? 112 : 96;
    if (size < directories) {
        return malformed(why, "the PE optional header is too short");
    }
    out->headers_size = read_u32(header + OPTIONAL_HEADERS_SIZE);
    out->checksum_at = at + OPTIONAL_CHECKSUM;
    out->directories_at = at + directories;
    size_t room = (size - directories) / DIRECTORY_SIZE;
    uint32_t count = read_u32(header + directories - 4);
    out->directory_count = count < room ? count : (uint32_t)room;
    return true;
}

bool pe_layout_read(bytes file, pe_layout *out, fact *why) {
    *out = (pe_layout){.file = file};
    if (file.size < DOS_HEADER_SIZE || memcmp(file.data, "MZ", 2) != 0) {
        return malformed(why, "not a PE file: no MZ header");
    }
    size_t at = read_u32(file.data + DOS_NEW_HEADER);
    if (at > file.size || file.size - at < FILE_HEADER_SIZE || memcmp(file.data + at, "PE\0\0", 4) != 0) {
        return malformed(why, "not a PE file: no PE header");
    }
    const uint8_t *header = file.data + at;
    out->machine = read_u16(header + 4);
    out->section_count = read_u16(header + 6);
    out->characteristics = read_u16(header + 22);
    size_t optional_size = read_u16(header + 20);
    at += FILE_HEADER_SIZE;
    if (optional_size > file.size - at) {
        return malformed(why, "the PE optional header is cut off");
    }
    if (!read_optional_header(out, at, optional_size, why)) {
        return false;
    }
    out->sections_at = at + optional_size;
    if ((file.size - out->sections_at) / SECTION_SIZE < out->section_count) {
        return malformed(why, "the PE section table is cut off");
    }
    return true;
}

pe_directory pe_layout_directory(const pe_layout *layout, uint32_t number) {
    if (number >= layout->directory_count) {
        return (pe_directory){0};
    }
    const uint8_t *entry = layout->file.data + layout->directories_at + (size_t)number * DIRECTORY_SIZE;
    return (pe_directory){.address = read_u32(entry), .size = read_u32(entry + 4)};
}

typedef struct section {
    uint32_t address;
    uint32_t raw_size;
    uint32_t raw_at;
} section;

static section section_number(const pe_layout *layout, size_t number) {
    const uint8_t *entry = layout->file.data + layout->sections_at + number * SECTION_SIZE;
    return (section){
        .address = read_u32(entry + 12), .raw_size = read_u32(entry + 16), .raw_at = read_u32(entry + 20)};
}

static bytes part_of_file(const pe_layout *layout, uint64_t at, uint64_t end) {
    uint64_t limit = end < layout->file.size ? end : layout->file.size;
    return at < limit ? (bytes){layout->file.data + (size_t)at, (size_t)(limit - at)} : (bytes){0};
}

bytes pe_layout_at(const pe_layout *layout, uint32_t address) {
    if (address < layout->headers_size) {
        return part_of_file(layout, address, layout->headers_size);
    }
    for (size_t i = 0; i < layout->section_count; i++) {
        section found = section_number(layout, i);
        if (address >= found.address && address - found.address < found.raw_size) {
            return part_of_file(layout, (uint64_t)found.raw_at + (address - found.address),
                                (uint64_t)found.raw_at + found.raw_size);
        }
    }
    return (bytes){0};
}

bool pe_layout_truncated(const pe_layout *layout) {
    for (size_t i = 0; i < layout->section_count; i++) {
        section found = section_number(layout, i);
        if (found.raw_size > 0 && (uint64_t)found.raw_at + found.raw_size > layout->file.size) {
            return true;
        }
    }
    return false;
}
