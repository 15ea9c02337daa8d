#include "version_resource.h"

#include "byte_writer.h"

#include <stdio.h>
#include <string.h>

enum { BINARY = 0, TEXT = 1 };

/* Begins a block; patch_length ends it. */
static size_t put_block(text_builder *to, const char *key, size_t value_length, uint32_t type) {
    put_alignment(to, 4);
    size_t start = to->length;
    put_u16(to, 0);
    put_u16(to, (uint32_t)value_length);
    put_u16(to, type);
    put_utf16(to, key);
    put_alignment(to, 4);
    return start;
}

static void patch_length(text_builder *to, size_t start) {
    patch_u16(to, start, (uint32_t)(to->length - start));
}

static void put_string(text_builder *to, const char *key, const char *value) {
    if (value != NULL) {
        size_t start = put_block(to, key, strlen(value) + 1, TEXT);
        put_utf16(to, value);
        patch_length(to, start);
    }
}

static void put_version(text_builder *to, const uint16_t version[4]) {
    put_u32(to, (uint32_t)version[0] << 16 | version[1]);
    put_u32(to, (uint32_t)version[2] << 16 | version[3]);
}

static void put_fixed_info(const pe_recipe *recipe, text_builder *to) {
    put_u32(to, 0xFEEF04BDU);
    put_u32(to, 0x10000);
    put_version(to, recipe->file_version);
    put_version(to, recipe->file_version);
    put_u32(to, 0x3F);
    put_u32(to, 0);
    put_u32(to, 0x40004); /* VOS_NT_WINDOWS32 */
    put_u32(to, recipe->is_dll ? 2 : 1);
    put_zeros(to, 12);
}

void put_version_resource(const pe_recipe *recipe, text_builder *out) {
    char version[32];
    const uint16_t *v = recipe->file_version;
    (void)snprintf(version, sizeof version, "%d.%d.%d.%d", v[0], v[1], v[2], v[3]);
    size_t root = put_block(out, "VS_VERSION_INFO", 52, BINARY);
    put_fixed_info(recipe, out);
    size_t info = put_block(out, "StringFileInfo", 0, TEXT);
    size_t table = put_block(out, "040904b0", 0, TEXT);
    put_string(out, "CompanyName", recipe->company_name);
    put_string(out, "FileVersion", version);
    put_string(out, "OriginalFilename", recipe->original_filename);
    put_string(out, "ProductName", recipe->product_name);
    put_string(out, "ProductVersion", version);
    patch_length(out, table);
    patch_length(out, info);
    info = put_block(out, "VarFileInfo", 0, TEXT);
    size_t translation = put_block(out, "Translation", 4, BINARY);
    put_u16(out, 0x0409);
    put_u16(out, 1200);
    patch_length(out, translation);
    patch_length(out, info);
    patch_length(out, root);
}
