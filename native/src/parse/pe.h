/* What a PE file (.dll, .exe) says of itself. */
#ifndef PARSE_PE_H
#define PARSE_PE_H

#include "core/fact.h"

typedef struct pe_info {
    uint16_t machine; /* IMAGE_FILE_MACHINE: 0x14C x86, 0x8664 x64, 0xAA64 ARM64 */
    bool is_64bit;    /* PE32+ */
    bool is_dll;
    bool is_managed;   /* has a CLR header */
    bool is_truncated; /* a section's data lies outside the file */

    /* Known: the two versions below are there. Absent: no version resource. Unknown: there is one that is
     * damaged. */
    fact version;
    bool has_version; /* version is known */
    uint16_t file_version[4];
    uint16_t product_version[4];

    /* The first string table of the version resource; NULL where it has no such text. */
    fact texts;
    const char *company_name;
    const char *product_name;
    const char *file_description;
    const char *original_filename;
    const char *file_version_text;
} pe_info;

/* Reads a whole PE file in memory. False if it is no PE (REASON_MALFORMED) or memory ran out
 * (REASON_NO_MEMORY), with *why telling. A damaged version resource is no failure: see pe_info.version. Texts
 * are in the arena. */
bool pe_read(const uint8_t *data, size_t size, arena *memory, pe_info *out, fact *why);

/* "2.0.9506.0"; never NULL. */
const char *pe_version_text(arena *memory, const uint16_t version[4]);

#endif
