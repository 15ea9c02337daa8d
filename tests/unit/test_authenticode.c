#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "byte_writer.h"
#include "core/alloc.h"
#include "parse/authenticode.h"
#include "pe_writer.h"
#include "test_signer.h"

#include <stdlib.h>
#include <string.h>

static const pe_recipe signed_file = {
    .is_dll = true,
    .file_version = {2, 0, 9262, 0},
    .sign = true,
    .sign_with = DIGEST_SHA256,
    .payload_size = 600,
};

typedef struct checked {
    text_builder file;
    arena memory;
    signature_info info;
    fact why;
    bool done;
} checked;

static checked make(const pe_recipe *recipe) {
    checked of = {0};
    assert_true(pe_write(recipe, &of.file));
    return of;
}

/* The check sees a block of exactly the file's size. */
static void check_now(checked *of) {
    uint8_t *exact = malloc(of->file.length);
    assert_non_null(exact);
    memcpy(exact, of->file.data, of->file.length);
    of->done = authenticode_check(exact, of->file.length, &of->memory, &of->info, &of->why);
    free(exact);
}

static void drop(checked *of) {
    arena_free(&of->memory);
    text_builder_free(&of->file);
}

/* Where these bytes first are, from a place on. */
static size_t find(const checked *of, size_t from, const void *what, size_t size) {
    size_t at = from;
    while (at + size < of->file.length && memcmp(of->file.data + at, what, size) != 0) {
        at++;
    }
    assert_memory_equal(of->file.data + at, what, size);
    return at;
}

static void test_no_signature(void **state) {
    (void)state;
    pe_recipe recipe = signed_file;
    recipe.sign = false;
    checked of = make(&recipe);
    check_now(&of);
    assert_true(of.done);
    assert_int_equal(of.info.state, SIGNATURE_NONE);
    assert_false(of.info.has_digest);
    assert_string_equal(of.info.thumbprint, "");
    drop(&of);
}

static void test_matches_with_every_digest(void **state) {
    (void)state;
    for (int kind = 0; kind < DIGEST_COUNT; kind++) {
        for (int wide = 0; wide < 2; wide++) {
            pe_recipe recipe = signed_file;
            recipe.sign_with = (digest_kind)kind;
            recipe.is_64bit = wide == 1;
            checked of = make(&recipe);
            check_now(&of);
            assert_true(of.done);
            assert_int_equal(of.info.state, SIGNATURE_MATCHES);
            assert_true(of.info.has_digest);
            assert_int_equal(of.info.digest, kind);
            assert_int_equal(strlen(of.info.digest_hex), 2 * digest_size((digest_kind)kind));
            assert_string_equal(of.info.signer, test_signer_name);
            assert_string_equal(of.info.thumbprint, test_signer_thumbprint);
            assert_string_equal(of.info.detail, "");
            drop(&of);
        }
    }
}

static void test_changed_after_signing(void **state) {
    (void)state;
    pe_recipe recipe = signed_file;
    recipe.change_after_signing = true;
    checked of = make(&recipe);
    check_now(&of);
    assert_true(of.done);
    assert_int_equal(of.info.state, SIGNATURE_DIFFERS);
    assert_string_equal(of.info.thumbprint, test_signer_thumbprint);
    drop(&of);
}

/* Every byte is covered but the checksum, the directory entry and the table itself. */
static void test_what_the_digest_covers(void **state) {
    (void)state;
    checked of = make(&signed_file);
    size_t checksum = PE_WRITER_HEADER_AT + 24 + 64;
    size_t table = pe_writer_certificates_at(&signed_file, &of.file);
    const struct {
        size_t at;
        signature_state state;
    } changes[] = {
        {0x10, SIGNATURE_DIFFERS},
        {checksum - 1, SIGNATURE_DIFFERS},
        {checksum, SIGNATURE_MATCHES},
        {checksum + 3, SIGNATURE_MATCHES},
        {checksum + 4, SIGNATURE_DIFFERS},
        {table - 1, SIGNATURE_DIFFERS},
        {pe_writer_directory_at(&signed_file, 4) - 1, SIGNATURE_DIFFERS},
        {pe_writer_directory_at(&signed_file, 5), SIGNATURE_DIFFERS},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        of.file.data[changes[i].at] ^= 0x40;
        check_now(&of);
        assert_true(of.done);
        assert_int_equal(of.info.state, changes[i].state);
        of.file.data[changes[i].at] ^= 0x40;
    }
    drop(&of);
}

static void test_data_after_the_table_is_covered(void **state) {
    (void)state;
    checked of = make(&signed_file);
    text_add(&of.file, "12345678");
    check_now(&of);
    assert_int_equal(of.info.state, SIGNATURE_DIFFERS);
    drop(&of);
}

/* The digest that the signature holds of the file, made to fit a changed file, no longer fits the signed
 * attribute. */
static void test_forged_content(void **state) {
    (void)state;
    checked of = make(&signed_file);
    digest_value honest;
    size_t entry = pe_writer_directory_at(&signed_file, 4);
    size_t table = pe_writer_certificates_at(&signed_file, &of.file);
    size_t checksum = PE_WRITER_HEADER_AT + 24 + 64;
    for (int round = 0; round < 2; round++) {
        digest running;
        digest_value actual;
        assert_true(digest_start(&running, DIGEST_SHA256));
        digest_add(&running, of.file.data, checksum);
        digest_add(&running, of.file.data + checksum + 4, entry - checksum - 4);
        digest_add(&running, of.file.data + entry + 8, table - entry - 8);
        assert_true(digest_finish(&running, &actual));
        if (round == 0) {
            honest = actual;
            of.file.data[PE_WRITER_TEXT_AT] ^= 1;
            continue;
        }
        memcpy(of.file.data + find(&of, table, honest.data, 32), actual.data, 32);
    }
    check_now(&of);
    assert_int_equal(of.info.state, SIGNATURE_DIFFERS);
    assert_non_null(strstr(of.info.detail, "content of the signature"));
    drop(&of);
}

static void test_damaged_tables(void **state) {
    (void)state;
    size_t entry = pe_writer_directory_at(&signed_file, 4);
    checked sample = make(&signed_file);
    size_t table = pe_writer_certificates_at(&signed_file, &sample.file);
    drop(&sample);
    const struct {
        size_t at;
        uint32_t value;
        signature_state state;
    } damage[] = {
        {entry, 0xFFFFFFF0U, SIGNATURE_MALFORMED},       /* outside */
        {entry, 8, SIGNATURE_MALFORMED},                 /* inside the headers */
        {entry, 0, SIGNATURE_MALFORMED},                 /* nowhere, but with a size */
        {entry + 4, 0xFFFFFFFFU, SIGNATURE_MALFORMED},   /* too large */
        {entry + 4, 0, SIGNATURE_MALFORMED},             /* empty */
        {table, 0, SIGNATURE_MALFORMED},                 /* an entry of no length: no endless loop */
        {table, 0xFFFFFFFFU, SIGNATURE_MALFORMED},       /* an entry beyond the table */
        {table + 4, 0x00010200, SIGNATURE_MALFORMED},    /* X.509 instead of PKCS #7 */
        {table + 8, 0xFFFF8430U, SIGNATURE_MALFORMED},   /* DER longer than the entry */
        {table + 8, 0x09068030U, SIGNATURE_UNSUPPORTED}, /* BER */
        {table + 16, 0, SIGNATURE_MALFORMED},            /* another container */
    };
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        checked of = make(&signed_file);
        patch_u32(&of.file, damage[i].at, damage[i].value);
        check_now(&of);
        assert_true(of.done);
        assert_int_equal(of.info.state, damage[i].state);
        assert_true(strlen(of.info.detail) > 0);
        drop(&of);
    }
}

/* No change of one byte in the container goes unnoticed up to the certificate, and none anywhere makes it
 * crash or look unsigned. */
static void test_every_byte_of_the_container(void **state) {
    (void)state;
    checked of = make(&signed_file);
    size_t table = pe_writer_certificates_at(&signed_file, &of.file);
    size_t content = find(&of, table, "\x2B\x06\x01\x04\x01\x82\x37\x02\x01\x0F", 10);
    size_t content_end = find(&of, content, "\xA0\x82", 2);
    assert_true(content > table + 20 && content_end > content + 60);
    for (size_t at = table; at < of.file.length; at++) {
        of.file.data[at] ^= 0x21;
        check_now(&of);
        assert_true(of.done);
        assert_int_not_equal(of.info.state, SIGNATURE_NONE);
        if (at >= content && at < content_end) {
            assert_int_not_equal(of.info.state, SIGNATURE_MATCHES);
        }
        of.file.data[at] ^= 0x21;
        arena_free(&of.memory);
    }
    drop(&of);
}

/* The signer's certificate is the one with the issuer and the serial number that the signer info names. */
static void test_signer_is_not_among_the_certificates(void **state) {
    (void)state;
    static const char *const names[] = {"MARS", "MarsHealth test signer"};
    for (size_t i = 0; i < 2; i++) {
        checked of = make(&signed_file);
        size_t size = strlen(names[i]);
        size_t last = pe_writer_certificates_at(&signed_file, &of.file);
        for (size_t at = last; at + size <= of.file.length; at++) {
            last = memcmp(of.file.data + at, names[i], size) == 0 ? at : last;
        }
        of.file.data[last] ^= 1;
        check_now(&of);
        assert_true(of.done);
        assert_int_equal(of.info.state, SIGNATURE_MALFORMED);
        assert_non_null(strstr(of.info.detail, "certificate"));
        assert_string_equal(of.info.thumbprint, "");
        drop(&of);
    }
}

/* A file of odd size is digested as if zeros filled it up to a multiple of eight. */
static void test_odd_size_is_padded(void **state) {
    (void)state;
    pe_recipe recipe = signed_file;
    recipe.sign = false;
    checked of = make(&recipe);
    text_add_n(&of.file, "odd\0\0\0\0\0", 8);
    size_t checksum = PE_WRITER_HEADER_AT + 24 + 64;
    size_t entry = pe_writer_directory_at(&recipe, 4);
    digest running;
    digest_value value;
    assert_true(digest_start(&running, DIGEST_SHA256));
    digest_add(&running, of.file.data, checksum);
    digest_add(&running, of.file.data + checksum + 4, entry - checksum - 4);
    digest_add(&running, of.file.data + entry + 8, of.file.length - entry - 8);
    assert_true(digest_finish(&running, &value));
    of.file.length -= 5;
    size_t table = of.file.length;
    put_u32(&of.file, 0);
    put_u32(&of.file, 0x00020200);
    assert_true(test_sign(SIGNED_PE, DIGEST_SHA256, &value, &of.file));
    patch_u32(&of.file, table, (uint32_t)(of.file.length - table));
    patch_u32(&of.file, entry, (uint32_t)table);
    patch_u32(&of.file, entry + 4, (uint32_t)(of.file.length - table));
    check_now(&of);
    assert_true(of.done);
    assert_int_equal(of.info.state, SIGNATURE_MATCHES);
    drop(&of);
}

static void test_signature_for_a_script(void **state) {
    (void)state;
    digest_value file = {.size = 32};
    text_builder container = {0};
    assert_true(test_sign(SIGNED_SCRIPT, DIGEST_SHA256, &file, &container));
    arena memory = {0};
    pkcs7_signature signature;
    signature_info info;
    fact why;
    bytes der = {(const uint8_t *)container.data, container.length};
    assert_true(signature_open(der, PKCS7_SIP_FILE, &memory, &signature, &info, &why));
    assert_false(signature_open(der, PKCS7_PE_IMAGE, &memory, &signature, &info, &why));
    assert_int_equal(why.state, FACT_KNOWN);
    assert_int_equal(info.state, SIGNATURE_MALFORMED);
    arena_free(&memory);
    text_builder_free(&container);
}

static void test_not_a_pe(void **state) {
    (void)state;
    arena memory = {0};
    signature_info info;
    fact why;
    assert_false(authenticode_check((const uint8_t *)"text", 4, &memory, &info, &why));
    assert_int_equal(why.reason, REASON_MALFORMED);
    assert_int_equal(info.state, SIGNATURE_NONE);
    arena_free(&memory);
}

static void test_memory_runs_out(void **state) {
    (void)state;
    checked of = make(&signed_file);
    mem_test_fail_at(1);
    bool done =
        authenticode_check((const uint8_t *)of.file.data, of.file.length, &of.memory, &of.info, &of.why);
    mem_test_fail_at(0);
    assert_false(done);
    assert_int_equal(of.why.reason, REASON_NO_MEMORY);
    assert_int_not_equal(of.info.state, SIGNATURE_MATCHES);
    drop(&of);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_signature),
        cmocka_unit_test(test_matches_with_every_digest),
        cmocka_unit_test(test_changed_after_signing),
        cmocka_unit_test(test_what_the_digest_covers),
        cmocka_unit_test(test_data_after_the_table_is_covered),
        cmocka_unit_test(test_forged_content),
        cmocka_unit_test(test_damaged_tables),
        cmocka_unit_test(test_every_byte_of_the_container),
        cmocka_unit_test(test_signer_is_not_among_the_certificates),
        cmocka_unit_test(test_odd_size_is_padded),
        cmocka_unit_test(test_signature_for_a_script),
        cmocka_unit_test(test_not_a_pe),
        cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests_name("authenticode", tests, NULL, NULL);
}
