#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "byte_writer.h"
#include "core/alloc.h"
#include "parse/pe.h"
#include "pe_writer.h"

#include <stdlib.h>
#include <string.h>

static const pe_recipe agent = {
    .is_dll = true,
    .managed = true,
    .file_version = {2, 0, 9262, 65535},
    .product_name = "Microsoft Azure Recovery Services",
    .company_name = "Microsoft Corporation",
    .original_filename = "MSOnlineBackup.dll",
    .payload_size = 100,
};

typedef struct reading {
    text_builder file;
    arena memory;
    pe_info info;
    fact why;
    bool read;
} reading;

static void make(reading *of, const pe_recipe *recipe) {
    *of = (reading){0};
    assert_true(pe_write(recipe, &of->file));
}

/* The reader sees a block of exactly this size. */
static void read_part(reading *of, size_t size) {
    uint8_t *exact = malloc(size + (size == 0));
    if (exact != NULL) {
        memcpy(exact, of->file.data, size);
        of->read = pe_read(exact, size, &of->memory, &of->info, &of->why);
    }
    free(exact);
}

static void read_now(reading *of) {
    read_part(of, of->file.length);
}

static void drop(reading *of) {
    arena_free(&of->memory);
    text_builder_free(&of->file);
}

static void patch(reading *of, size_t at, uint32_t value) {
    assert_true(at + 4 <= of->file.length);
    patch_u32(&of->file, at, value);
}

static void test_managed_dll(void **state) {
    (void)state;
    reading of;
    make(&of, &agent);
    read_now(&of);
    assert_true(of.read);
    assert_int_equal(of.info.machine, 0x14C);
    assert_true(of.info.is_dll && of.info.is_managed);
    assert_false(of.info.is_64bit || of.info.is_truncated);
    assert_true(of.info.has_version);
    assert_string_equal(pe_version_text(&of.memory, of.info.file_version), "2.0.9262.65535");
    assert_memory_equal(of.info.product_version, agent.file_version, sizeof agent.file_version);
    assert_int_equal(of.info.texts.state, FACT_KNOWN);
    assert_string_equal(of.info.company_name, "Microsoft Corporation");
    assert_string_equal(of.info.product_name, "Microsoft Azure Recovery Services");
    assert_string_equal(of.info.original_filename, "MSOnlineBackup.dll");
    assert_string_equal(of.info.file_version_text, "2.0.9262.65535");
    assert_null(of.info.file_description);
    drop(&of);
}

static void test_native_64bit_program(void **state) {
    (void)state;
    const pe_recipe recipe = {.is_64bit = true, .file_version = {1, 2, 3, 4}, .payload_size = 5000};
    reading of;
    make(&of, &recipe);
    read_now(&of);
    assert_true(of.read);
    assert_int_equal(of.info.machine, 0x8664);
    assert_true(of.info.is_64bit);
    assert_false(of.info.is_dll || of.info.is_managed);
    assert_string_equal(pe_version_text(&of.memory, of.info.file_version), "1.2.3.4");
    assert_null(of.info.company_name);
    drop(&of);
}

static void test_no_version_resource_is_absent(void **state) {
    (void)state;
    pe_recipe recipe = agent;
    recipe.no_version_resource = true;
    reading of;
    make(&of, &recipe);
    read_now(&of);
    assert_true(of.read);
    assert_int_equal(of.info.version.state, FACT_ABSENT);
    assert_int_equal(of.info.texts.state, FACT_ABSENT);
    assert_false(of.info.has_version);
    drop(&of);
}

/* Every shorter file: either it is no PE, or it is one that lacks something, never a sound one with a wrong
 * version. */
static void test_cut_off_anywhere(void **state) {
    (void)state;
    reading of;
    make(&of, &agent);
    for (size_t size = 0; size < of.file.length; size++) {
        read_part(&of, size);
        if (of.read) {
            assert_true(of.info.is_truncated);
            assert_true(size >= 0x178);
        } else {
            assert_int_equal(of.why.state, FACT_UNKNOWN);
            assert_int_equal(of.why.reason, REASON_MALFORMED);
            assert_non_null(of.why.detail);
        }
        arena_free(&of.memory);
    }
    drop(&of);
}

static void test_not_a_pe(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        const char *word;
    } broken[] = {
        {0, 0x464C457F, "MZ"},
        {PE_WRITER_HEADER_AT, 0x0000454E, "PE header"},
        {0x3C, 0xFFFFFFF0, "PE header"},
        {PE_WRITER_HEADER_AT + 24, 0x107, "PE32"},
        {PE_WRITER_HEADER_AT + 20, 0x0102FFFF, "cut off"},
        {PE_WRITER_HEADER_AT + 4, 0xFFFF014C, "section"},
        {PE_WRITER_HEADER_AT + 20, 0x01020040, "short"},
    };
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        reading of;
        make(&of, &agent);
        patch(&of, broken[i].at, broken[i].value);
        read_now(&of);
        assert_false(of.read);
        assert_int_equal(of.why.reason, REASON_MALFORMED);
        assert_non_null(strstr(of.why.detail, broken[i].word));
        drop(&of);
    }
}

/* The resource section: three levels of 24 bytes, a data entry of 16, then the version at 88. */
static void test_wild_resources_leave_the_version_unknown(void **state) {
    (void)state;
    static const struct {
        size_t at;
        uint32_t value;
        const char *word;
    } wild[] = {
        {20, 0x80000000U, "too deeply"},          /* below the type: the root again */
        {20, 24, "no entry"},                     /* a leaf where a directory belongs */
        {20, 0xFFFFFFF0U, "no entry"},            /* outside */
        {24 + 20, 0x80000018U, "too deeply"},     /* a name that is its own language */
        {48 + 20, 0x80000000U, "too deeply"},     /* a language that is a directory */
        {48 + 20, 0x7FFFFFF8U, "lies outside"},   /* the data entry outside */
        {72, 0xFFFFFFFFU, "lies outside"},        /* the data outside */
        {76, 0xFFFFFFFFU, "lies outside"},        /* too much data */
        {88, 0, "VS_VERSION_INFO"},               /* a block of no length */
        {88, 0x0034FFFFU, "VS_VERSION_INFO"},     /* a block beyond its data */
        {88 + 6, 0x00570056U, "VS_VERSION_INFO"}, /* another key */
        {88 + 40, 0xFEEF04BEU, "VS_FIXEDFILEINFO"},
        {88, 0x00000002U, "VS_VERSION_INFO"},
    };
    for (size_t i = 0; i < sizeof wild / sizeof wild[0]; i++) {
        reading of;
        make(&of, &agent);
        patch(&of, pe_writer_resources_at(&agent) + wild[i].at, wild[i].value);
        read_now(&of);
        assert_true(of.read);
        assert_false(of.info.has_version);
        assert_int_equal(of.info.version.state, FACT_UNKNOWN);
        assert_int_equal(of.info.version.reason, REASON_MALFORMED);
        assert_non_null(strstr(of.info.version.detail, wild[i].word));
        drop(&of);
    }
}

static void test_wild_count_does_not_hide_the_version(void **state) {
    (void)state;
    reading of;
    make(&of, &agent);
    patch(&of, pe_writer_resources_at(&agent) + 12, 0xFFFFFFFFU);
    read_now(&of);
    assert_true(of.read);
    assert_true(of.info.has_version);
    /* Without the version type, every entry is looked at up to the end of the section and no further. */
    patch(&of, pe_writer_resources_at(&agent) + 16, 17);
    read_now(&of);
    assert_true(of.read);
    assert_false(of.info.has_version);
    drop(&of);
}

static void test_damaged_texts_leave_the_version(void **state) {
    (void)state;
    reading of;
    make(&of, &agent);
    patch(&of, pe_writer_resources_at(&agent) + 88 + 92, 0xFFFF); /* the length of StringFileInfo */
    read_now(&of);
    assert_true(of.read);
    assert_true(of.info.has_version);
    assert_int_equal(of.info.texts.state, FACT_UNKNOWN);
    assert_null(of.info.company_name);
    drop(&of);
}

static void test_resources_outside(void **state) {
    (void)state;
    reading of;
    make(&of, &agent);
    patch(&of, pe_writer_directory_at(&agent, 2), 0x00F00000);
    read_now(&of);
    assert_true(of.read);
    assert_int_equal(of.info.version.state, FACT_UNKNOWN);
    drop(&of);
}

/* A section without stored data may claim to be anywhere. */
static void test_empty_section_is_not_cut_off(void **state) {
    (void)state;
    pe_recipe recipe = agent;
    recipe.no_version_resource = true;
    reading of;
    make(&of, &recipe);
    size_t section = pe_writer_directory_at(&recipe, 16);
    patch(&of, section + 20, 0xFFFFFF00U);
    read_now(&of);
    assert_true(of.read && of.info.is_truncated);
    patch(&of, section + 16, 0);
    read_now(&of);
    assert_true(of.read && !of.info.is_truncated);
    drop(&of);
}

static void test_memory_runs_out(void **state) {
    (void)state;
    reading of;
    make(&of, &agent);
    mem_test_fail_at(1);
    read_now(&of);
    mem_test_fail_at(0);
    assert_false(of.read);
    assert_int_equal(of.why.reason, REASON_NO_MEMORY);
    drop(&of);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_managed_dll),
        cmocka_unit_test(test_native_64bit_program),
        cmocka_unit_test(test_no_version_resource_is_absent),
        cmocka_unit_test(test_cut_off_anywhere),
        cmocka_unit_test(test_not_a_pe),
        cmocka_unit_test(test_wild_resources_leave_the_version_unknown),
        cmocka_unit_test(test_wild_count_does_not_hide_the_version),
        cmocka_unit_test(test_damaged_texts_leave_the_version),
        cmocka_unit_test(test_resources_outside),
        cmocka_unit_test(test_empty_section_is_not_cut_off),
        cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests_name("pe", tests, NULL, NULL);
}
