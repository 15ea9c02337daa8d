#include "image_pe.h"

#include "core/unicode.h"
#include "file_tree.h"
#include "pe_writer.h"
#include "script_signer.h"

#include <stdio.h>
#include <string.h>

enum { PAYLOAD_SIZE = 2048 };

/* "2.0.9506.0": four numbers of 16 bits. */
static bool read_version(const char *text, uint16_t out[4]) {
    for (int part = 0; part < 4; part++) {
        uint32_t number = 0;
        const char *begin = text;
        for (; *text >= '0' && *text <= '9' && number <= UINT16_MAX; text++) {
            number = number * 10 + (uint32_t)(*text - '0');
        }
        if (text == begin || number > UINT16_MAX || *text != (part < 3 ? '.' : '\0')) {
            return false;
        }
        out[part] = (uint16_t)number;
        text += part < 3 ? 1 : 0;
    }
    return true;
}

static bool is_damage(const image_pe *program, const char *kind) {
    return program->damage != NULL && strcmp(program->damage, kind) == 0;
}

bool image_pe_write(const char *path, const image_pe *program, const maker_error *error) {
    const char *slash = strrchr(program->path, '/');
    pe_recipe recipe = {
        .is_dll = program->dll,
        .is_64bit = !program->managed, /* assemblies are built for any processor */
        .managed = program->managed,
        .product_name = program->product,
        .company_name = "MarsHealth examples",
        .original_filename = slash != NULL ? slash + 1 : program->path,
        .sign = program->is_signed,
        .sign_with = DIGEST_SHA256,
        .change_after_signing = is_damage(program, "byte"),
        .payload_size = PAYLOAD_SIZE,
    };
    if (!read_version(program->version, recipe.file_version)) {
        return maker_fail(error, "%s: version %s is not four numbers", program->path, program->version);
    }
    text_builder image = {0};
    bool written = pe_write(&recipe, &image) || maker_fail(error, "%s: cannot be made", program->path);
    size_t size = is_damage(program, "empty")      ? 0
                  : is_damage(program, "truncate") ? image.length / 2
                                                   : image.length;
    written = written && file_store(path, image.data, size, error);
    text_builder_free(&image);
    return written;
}

bool image_script_sign(const char *path, const maker_error *error) {
    arena memory = {0};
    bytes script = {0};
    text_builder with_block = {0};
    bool is_xml = ascii_ends(path, ".ps1xml");
    bool written = file_load(path, &memory, &script, error);
    if (written && !script_sign((const char *)script.data, script.size, is_xml, DIGEST_SHA256, &with_block)) {
        written = maker_fail(error, "%s: cannot be signed", path);
    }
    written = written && file_store(path, with_block.data, with_block.length, error);
    text_builder_free(&with_block);
    arena_free(&memory);
    return written;
}
