/* Writes the seeds of the fuzz targets for PE files and signed scripts:
 *     signed_file_seeds <folder for PE files> <folder for scripts>
 * Same output every time, so that seeds can be made anew when the writers change. */
#include "byte_writer.h"
#include "pe_writer.h"
#include "script_signer.h"

#include <stdio.h>

static const pe_recipe plain = {
    .is_dll = true,
    .managed = true,
    .file_version = {2, 0, 9262, 0},
    .product_name = "Microsoft Azure Recovery Services",
    .company_name = "Microsoft Corporation",
    .payload_size = 64,
};

static bool save(const char *folder, const char *name, const char *data, size_t size) {
    char path[4096];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        return false;
    }
    bool good = fwrite(data, 1, size, file) == size;
    return fclose(file) == 0 && good;
}

static bool save_recipe(const char *folder, const char *name, const pe_recipe *recipe) {
    text_builder file = {0};
    bool good = pe_write(recipe, &file) && save(folder, name, file.data, file.length);
    text_builder_free(&file);
    return good;
}

static bool save_sound(const char *folder) {
    pe_recipe signed32 = plain;
    signed32.sign = true;
    pe_recipe signed64 = signed32;
    signed64.is_64bit = true;
    signed64.managed = signed64.is_dll = false;
    signed64.sign_with = DIGEST_SHA256;
    pe_recipe changed = signed32;
    changed.change_after_signing = true;
    pe_recipe bare = plain;
    bare.no_version_resource = true;
    pe_recipe named = plain;
    named.original_filename = "MSOnlineBackup.Common.dll";
    return save_recipe(folder, "plain", &plain) && save_recipe(folder, "signed-sha1", &signed32) &&
           save_recipe(folder, "signed-sha256-64bit", &signed64) &&
           save_recipe(folder, "changed", &changed) && save_recipe(folder, "no-version", &bare) &&
           save_recipe(folder, "named", &named);
}

/* Cut off inside or right behind each header. */
static bool save_cut(const char *folder) {
    static const size_t sizes[] = {0,     2,     63,    64,    0x82,  0x97,  0x98, 0xF0,
                                   0x178, 0x190, 0x1C8, 0x200, 0x410, 0x430, 0x500};
    pe_recipe recipe = plain;
    recipe.sign = true;
    text_builder file = {0};
    bool good = pe_write(&recipe, &file);
    for (size_t i = 0; good && i < sizeof sizes / sizeof sizes[0]; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "cut-at-%zu", sizes[i]);
        good = sizes[i] <= file.length && save(folder, name, file.data, sizes[i]);
    }
    text_builder_free(&file);
    return good;
}

/* One 32-bit number replaced. Offsets count from the resources, or from the certificate table, or from the
 * start. */
static bool save_wild(const char *folder) {
    typedef enum { START, RESOURCES, CERTIFICATES } origin;
    static const struct {
        const char *name;
        size_t at;
        origin from;
        uint32_t value;
    } wild[] = {
        {"header-far", 0x3C, START, 0xFFFFFFF0U},
        {"sections-many", PE_WRITER_HEADER_AT + 4, START, 0xFFFF014CU},
        {"directories-many", PE_WRITER_HEADER_AT + 24 + 92, START, 0xFFFFFFFFU},
        {"resource-counts", 12, RESOURCES, 0xFFFFFFFFU},
        {"resource-loop", 20, RESOURCES, 0x80000000U},
        {"resource-loop-below", 24 + 20, RESOURCES, 0x80000018U},
        {"resource-deep", 48 + 20, RESOURCES, 0x80000000U},
        {"resource-leaf-far", 48 + 20, RESOURCES, 0x7FFFFFF8U},
        {"resource-data-far", 72, RESOURCES, 0xFFFFFFFFU},
        {"resource-data-large", 76, RESOURCES, 0xFFFFFFFFU},
        {"version-length-zero", 88, RESOURCES, 0},
        {"version-length-large", 88, RESOURCES, 0xFFFFFFFFU},
        {"version-value-large", 88, RESOURCES, 0xFFFF0100U},
        {"version-magic", 88 + 40, RESOURCES, 0},
        {"texts-length-zero", 88 + 92, RESOURCES, 0},
        {"certificate-short", 0, CERTIFICATES, 7},
        {"certificate-large", 0, CERTIFICATES, 0xFFFFFFFFU},
        {"certificate-kind", 4, CERTIFICATES, 0x00010200U},
        {"certificate-indefinite", 8, CERTIFICATES, 0x09068030U},
        {"certificate-der-large", 8, CERTIFICATES, 0xFFFF8430U},
    };
    pe_recipe recipe = plain;
    recipe.sign = true;
    bool good = true;
    for (size_t i = 0; good && i < sizeof wild / sizeof wild[0]; i++) {
        text_builder file = {0};
        good = pe_write(&recipe, &file);
        size_t base = wild[i].from == RESOURCES ? pe_writer_resources_at(&recipe) : 0;
        if (good && wild[i].from == CERTIFICATES) {
            base = pe_writer_certificates_at(&recipe, &file);
        }
        patch_u32(&file, base + wild[i].at, wild[i].value);
        good = good && save(folder, wild[i].name, file.data, file.length);
        text_builder_free(&file);
    }
    return good;
}

/* The first byte chooses the style, as the fuzz target has it. */
static bool save_script(const char *folder, const char *name, bool is_xml, const char *text, size_t length,
                        size_t cut) {
    text_builder script = {0};
    text_builder seed = {0};
    bool good = script_sign(text, length, is_xml, DIGEST_SHA256, &script);
    text_add_char(&seed, is_xml ? 'x' : '#');
    text_add_n(&seed, script.data, script.length - cut);
    good = good && !text_builder_failed(&seed) && save(folder, name, seed.data, seed.length);
    text_builder_free(&seed);
    text_builder_free(&script);
    return good;
}

static bool save_scripts(const char *folder) {
    static const char hash[] = "Write-Output 'ready'\r\n";
    static const char marked[] = "\xEF\xBB\xBF# caf\xC3\xA9 \xF0\x9F\x98\x80\r\n";
    static const char unmarked[] = "# caf\xC3\xA9\r\n";
    static const char wide[] = "\xFF\xFE#\0\r\0\n\0";
    static const char xml[] = "<Types>\r\n</Types>\r\n";
    static const char broken[] = "## SIG # Begin signature block\n# !!!!\n# SIG # End signature block";
    return save_script(folder, "utf8", false, hash, sizeof hash - 1, 0) &&
           save_script(folder, "marked", false, marked, sizeof marked - 1, 0) &&
           save_script(folder, "unmarked", false, unmarked, sizeof unmarked - 1, 0) &&
           save_script(folder, "utf16", false, wide, sizeof wide - 1, 0) &&
           save_script(folder, "xml", true, xml, sizeof xml - 1, 0) &&
           save_script(folder, "no-end", false, hash, sizeof hash - 1, 30) &&
           save(folder, "unsigned", "#Get-Date\r\n", 11) &&
           save(folder, "broken", broken, sizeof broken - 1) && save(folder, "empty", "#", 1);
}

int main(int argc, char **argv) {
    if (argc != 3) {
        (void)fprintf(stderr, "usage: %s <folder for PE files> <folder for scripts>\n", argv[0]);
        return 2;
    }
    return save_sound(argv[1]) && save_cut(argv[1]) && save_wild(argv[1]) && save_scripts(argv[2]) ? 0 : 1;
}
