#include "pe_writer.h"

#include "byte_writer.h"
#include "core/stored_number.h"
#include "test_signer.h"
#include "version_resource.h"

enum {
    FILE_ALIGNMENT = 0x200,
    MEMORY_ALIGNMENT = 0x1000,
    CLR_HEADER_SIZE = 72,
    OPTIONAL_AT = PE_WRITER_HEADER_AT + 24,
    CHECKSUM_AT = OPTIONAL_AT + 64,
    DIRECTORIES = 16,
    RESOURCES = 2,
    CERTIFICATES = 4,
    CLR = 14,
    RESOURCE_TREE_SIZE = 88
};

static size_t round_up(size_t size, size_t multiple) {
    return (size + multiple - 1) / multiple * multiple;
}

static size_t text_size(const pe_recipe *recipe) {
    return CLR_HEADER_SIZE + recipe->payload_size;
}

static size_t optional_size(const pe_recipe *recipe) {
    return recipe->is_64bit ? 240 : 224;
}

static size_t resources_address(const pe_recipe *recipe) {
    return MEMORY_ALIGNMENT + round_up(text_size(recipe), MEMORY_ALIGNMENT);
}

size_t pe_writer_directory_at(const pe_recipe *recipe, size_t number) {
    return OPTIONAL_AT + optional_size(recipe) - (DIRECTORIES - number) * 8;
}

size_t pe_writer_resources_at(const pe_recipe *recipe) {
    return PE_WRITER_TEXT_AT + round_up(text_size(recipe), FILE_ALIGNMENT);
}

size_t pe_writer_certificates_at(const pe_recipe *recipe, const text_builder *file) {
    return read_u32((const uint8_t *)file->data + pe_writer_directory_at(recipe, CERTIFICATES));
}

static void put_dos_and_file_header(const pe_recipe *recipe, text_builder *to) {
    enum { EXECUTABLE = 0x02, LARGE_ADDRESSES = 0x20, FOR_32BIT = 0x100, DLL = 0x2000 };
    text_add(to, "MZ");
    put_zeros(to, 0x3A);
    put_u32(to, PE_WRITER_HEADER_AT);
    put_zeros(to, PE_WRITER_HEADER_AT - to->length);
    text_add_n(to, "PE\0\0", 4);
    put_u16(to, recipe->is_64bit ? 0x8664 : 0x14C);
    put_u16(to, recipe->no_version_resource ? 1 : 2);
    put_zeros(to, 12); /* time stamp 0: the same file every time */
    put_u16(to, (uint32_t)optional_size(recipe));
    put_u16(to, EXECUTABLE | (recipe->is_64bit ? LARGE_ADDRESSES : FOR_32BIT) | (recipe->is_dll ? DLL : 0));
}

/* An address-sized number. */
static void put_size(const pe_recipe *recipe, text_builder *to, uint32_t value) {
    put_u32(to, value);
    if (recipe->is_64bit) {
        put_u32(to, 0);
    }
}

static void put_optional_header(const pe_recipe *recipe, text_builder *to, size_t image_size) {
    put_u16(to, recipe->is_64bit ? 0x20B : 0x10B);
    put_u16(to, 14); /* linker version */
    put_u32(to, (uint32_t)round_up(text_size(recipe), FILE_ALIGNMENT));
    put_zeros(to, 12); /* data sizes, entry point: none */
    put_u32(to, MEMORY_ALIGNMENT);
    if (!recipe->is_64bit) {
        put_u32(to, 0); /* base of data */
    }
    put_size(recipe, to, 0x10000000);
    put_u32(to, MEMORY_ALIGNMENT);
    put_u32(to, FILE_ALIGNMENT);
    put_u32(to, 6); /* operating system version 6.0 */
    put_u32(to, 0);
    put_u32(to, 6); /* subsystem version 6.0 */
    put_u32(to, 0);
    put_u32(to, (uint32_t)image_size);
    put_u32(to, PE_WRITER_TEXT_AT);
    put_u32(to, 0);      /* checksum: not required of an ordinary file */
    put_u16(to, 3);      /* console */
    put_u16(to, 0x8540); /* as today's linkers set it */
    put_size(recipe, to, 0x100000);
    put_size(recipe, to, 0x1000);
    put_size(recipe, to, 0x100000);
    put_size(recipe, to, 0x1000);
    put_u32(to, 0);
    put_u32(to, DIRECTORIES);
    put_zeros(to, (size_t)DIRECTORIES * 8);
}

static void put_section(text_builder *to, const char name[8], size_t size, size_t address, size_t at,
                        uint32_t flags) {
    text_add_n(to, name, 8);
    put_u32(to, (uint32_t)size);
    put_u32(to, (uint32_t)address);
    put_u32(to, (uint32_t)round_up(size, FILE_ALIGNMENT));
    put_u32(to, (uint32_t)at);
    put_zeros(to, 12);
    put_u32(to, flags);
}

static void put_text_section(const pe_recipe *recipe, text_builder *to) {
    enum { CLR_IL_ONLY = 1 };
    if (recipe->managed) {
        put_u32(to, CLR_HEADER_SIZE);
        put_u16(to, 2);
        put_u16(to, 5);
        put_zeros(to, 8);
        put_u32(to, CLR_IL_ONLY);
        put_zeros(to, CLR_HEADER_SIZE - 20);
    } else {
        put_zeros(to, CLR_HEADER_SIZE);
    }
    for (size_t i = 0; i < recipe->payload_size; i++) {
        text_add_char(to, (char)((i * 31 + 7) & 0xFF));
    }
    put_alignment(to, FILE_ALIGNMENT);
}

/* One level of the resource tree, with one entry. */
static void put_resource_directory(text_builder *to, uint32_t id, uint32_t target) {
    put_zeros(to, 14);
    put_u16(to, 1);
    put_u32(to, id);
    put_u32(to, target);
}

static void put_resources(const pe_recipe *recipe, const text_builder *version, text_builder *to) {
    static const uint32_t below = 0x80000000U;
    put_resource_directory(to, 16, below | 24); /* RT_VERSION */
    put_resource_directory(to, 1, below | 48);
    put_resource_directory(to, 0x409, 72);
    put_u32(to, (uint32_t)resources_address(recipe) + RESOURCE_TREE_SIZE);
    put_u32(to, (uint32_t)version->length);
    put_zeros(to, 8);
    text_add_n(to, version->data, version->length);
    put_alignment(to, FILE_ALIGNMENT);
}

static void patch_directory(const pe_recipe *recipe, text_builder *to, size_t number, size_t address,
                            size_t size) {
    patch_u32(to, pe_writer_directory_at(recipe, number), (uint32_t)address);
    patch_u32(to, pe_writer_directory_at(recipe, number) + 4, (uint32_t)size);
}

static void put_image(const pe_recipe *recipe, const text_builder *version, text_builder *to) {
    enum { CODE = 0x60000020, DATA = 0x40000040 };
    size_t resource_size = RESOURCE_TREE_SIZE + version->length;
    size_t image_size = resources_address(recipe);
    if (!recipe->no_version_resource) {
        image_size += round_up(resource_size, MEMORY_ALIGNMENT);
    }
    put_dos_and_file_header(recipe, to);
    put_optional_header(recipe, to, image_size);
    put_section(to, ".text\0\0", text_size(recipe), MEMORY_ALIGNMENT, PE_WRITER_TEXT_AT, CODE);
    if (recipe->managed) {
        patch_directory(recipe, to, CLR, MEMORY_ALIGNMENT, CLR_HEADER_SIZE);
    }
    if (!recipe->no_version_resource) {
        put_section(to, ".rsrc\0\0", resource_size, resources_address(recipe), pe_writer_resources_at(recipe),
                    DATA);
        patch_directory(recipe, to, RESOURCES, resources_address(recipe), resource_size);
    }
    put_alignment(to, FILE_ALIGNMENT);
    put_text_section(recipe, to);
    if (!recipe->no_version_resource) {
        put_resources(recipe, version, to);
    }
}

/* Signed is the file without its checksum and the directory entry of the certificate table. */
static bool image_digest(const pe_recipe *recipe, const text_builder *image, digest_value *out) {
    size_t entry = pe_writer_directory_at(recipe, CERTIFICATES);
    digest running;
    if (!digest_start(&running, recipe->sign_with)) {
        return false;
    }
    digest_add(&running, image->data, CHECKSUM_AT);
    digest_add(&running, image->data + CHECKSUM_AT + 4, entry - CHECKSUM_AT - 4);
    digest_add(&running, image->data + entry + 8, image->length - entry - 8);
    return digest_finish(&running, out);
}

static bool put_certificate_table(const pe_recipe *recipe, text_builder *to) {
    digest_value value;
    size_t start = to->length;
    if (text_builder_failed(to) || !image_digest(recipe, to, &value)) {
        return false;
    }
    put_u32(to, 0);
    put_u16(to, 0x200); /* WIN_CERT_REVISION_2_0 */
    put_u16(to, 2);     /* WIN_CERT_TYPE_PKCS_SIGNED_DATA */
    bool good = test_sign(SIGNED_PE, recipe->sign_with, &value, to);
    put_alignment(to, 8);
    patch_u32(to, start, (uint32_t)(to->length - start));
    patch_directory(recipe, to, CERTIFICATES, start, to->length - start);
    return good;
}

bool pe_write(const pe_recipe *recipe, text_builder *out) {
    text_builder version = {0};
    put_version_resource(recipe, &version);
    put_image(recipe, &version, out);
    text_builder_free(&version);
    bool good = !recipe->sign || put_certificate_table(recipe, out);
    if (text_builder_failed(out)) {
        return false;
    }
    if (recipe->change_after_signing) {
        out->data[PE_WRITER_TEXT_AT + CLR_HEADER_SIZE] ^= 1;
    }
    return good;
}
