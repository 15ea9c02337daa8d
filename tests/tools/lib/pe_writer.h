/* Makes PE files for tests: they have the headers, a version resource and, if wanted, an Authenticode
 * signature, but no code to run. Same recipe, same bytes. */
#ifndef PE_WRITER_H
#define PE_WRITER_H

#include "core/digest.h"
#include "core/text_builder.h"

typedef struct pe_recipe {
    bool is_dll;
    bool is_64bit; /* PE32+ for x64, else PE32 for x86 */
    bool managed;  /* has a CLR header */
    bool no_version_resource;
    uint16_t file_version[4]; /* product version too */
    const char *product_name; /* ASCII; NULL leaves the text out */
    const char *company_name;
    const char *original_filename;
    bool sign;
    digest_kind sign_with;     /* zero is SHA-1; ignored unless `sign` */
    bool change_after_signing; /* one byte of the payload */
    size_t payload_size;       /* bytes that stand for code */
} pe_recipe;

/* Appends nothing but the file: *out must be empty. Free it with text_builder_free. */
bool pe_write(const pe_recipe *recipe, text_builder *out);

/* Where a test finds things in the files made here. */
enum { PE_WRITER_HEADER_AT = 0x80, PE_WRITER_TEXT_AT = 0x200 };
/* The data directory entry with this number. */
size_t pe_writer_directory_at(const pe_recipe *recipe, size_t number);
/* The resource section's offset in the file. */
size_t pe_writer_resources_at(const pe_recipe *recipe);
/* The certificate table's offset in a signed file. */
size_t pe_writer_certificates_at(const pe_recipe *recipe, const text_builder *file);

#endif
