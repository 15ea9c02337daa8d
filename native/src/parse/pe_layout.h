/* Where things lie in a PE file: headers, data directories, sections (Microsoft's "PE Format" document). */
#ifndef PARSE_PE_LAYOUT_H
#define PARSE_PE_LAYOUT_H

#include "core/fact.h"

/* Numbers of data directories. */
enum { PE_DIRECTORY_RESOURCES = 2, PE_DIRECTORY_CERTIFICATES = 4, PE_DIRECTORY_CLR = 14 };

typedef struct pe_layout {
    bytes file;
    bool is_64bit; /* PE32+ */
    uint16_t machine;
    uint16_t characteristics;
    uint32_t headers_size;
    size_t checksum_at;
    size_t directories_at;
    uint32_t directory_count;
    size_t sections_at;
    uint16_t section_count;
} pe_layout;

typedef struct pe_directory {
    uint32_t address; /* relative to the image; for certificates an offset into the file */
    uint32_t size;
} pe_directory;

/* Reads and bounds-checks the headers. False: *why says MALFORMED and what is wrong. */
bool pe_layout_read(bytes file, pe_layout *out, fact *why);
/* A zeroed directory if the file has no entry with this number. */
pe_directory pe_layout_directory(const pe_layout *layout, uint32_t number);
/* The bytes from a relative virtual address to the end of what the file stores of that section; empty if
 * none. */
bytes pe_layout_at(const pe_layout *layout, uint32_t address);
/* Some section's data lies outside the file: it was cut off. */
bool pe_layout_truncated(const pe_layout *layout);

#endif
