#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/digest.h"

#include <string.h>

/* FIPS 180-2's own examples for "abc". */
static const struct {
    digest_kind kind;
    const char *hex;
} known[] = {
    {DIGEST_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {DIGEST_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {DIGEST_SHA384,
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
    {DIGEST_SHA512,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d442"
     "3643ce80e"
     "2a9ac94fa54ca49f"},
};

static void test_known_values(void **state) {
    (void)state;
    arena memory = {0};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        digest_value value;
        assert_true(digest_of(known[i].kind, "abc", 3, &value));
        assert_int_equal(value.size, digest_size(known[i].kind));
        assert_string_equal(hex_lower(&memory, value.data, value.size), known[i].hex);
    }
    arena_free(&memory);
}

static void test_pieces_equal_the_whole(void **state) {
    (void)state;
    digest_value whole;
    digest_value pieces;
    digest running;
    assert_true(digest_of(DIGEST_SHA256, "one two", 7, &whole));
    assert_true(digest_start(&running, DIGEST_SHA256));
    digest_add(&running, "one", 3);
    digest_add(&running, NULL, 0);
    digest_add(&running, " two", 4);
    assert_true(digest_finish(&running, &pieces));
    assert_true(digest_equal(&whole, &pieces));
    pieces.data[31] ^= 1;
    assert_false(digest_equal(&whole, &pieces));
}

static void test_nothing_has_a_digest(void **state) {
    (void)state;
    arena memory = {0};
    digest_value value;
    assert_true(digest_of(DIGEST_SHA1, NULL, 0, &value));
    assert_string_equal(hex_upper(&memory, value.data, value.size),
                        "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709");
    arena_free(&memory);
}

static void test_misuse_is_failure(void **state) {
    (void)state;
    digest running = {0};
    digest_value value = {.size = 20};
    digest_add(&running, "x", 1);
    assert_false(digest_finish(&running, &value));
    assert_int_equal(value.size, 0);
    assert_false(digest_start(&running, DIGEST_COUNT));
    assert_int_equal(digest_size(DIGEST_COUNT), 0);
    digest_drop(&running);
    assert_true(digest_start(&running, DIGEST_SHA1));
    digest_drop(&running);
    assert_false(digest_finish(&running, &value));
}

static void test_hex_without_memory(void **state) {
    (void)state;
    arena memory = {0};
    mem_test_fail_at(1);
    assert_string_equal(hex_lower(&memory, (const uint8_t *)"x", 1), "");
    mem_test_fail_at(0);
    assert_true(arena_failed(&memory));
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_values),         cmocka_unit_test(test_pieces_equal_the_whole),
        cmocka_unit_test(test_nothing_has_a_digest), cmocka_unit_test(test_misuse_is_failure),
        cmocka_unit_test(test_hex_without_memory),
    };
    return cmocka_run_group_tests_name("digest", tests, NULL, NULL);
}
