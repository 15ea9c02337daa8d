#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/security_descriptor.h"

#include <string.h>

/* S-1-5-18, S-1-5-32-544 and S-1-5-21-1-2-3-1000. */
#define SID_SYSTEM         1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0
#define SID_ADMINISTRATORS 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0
#define SID_USER           1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 0xE8, 3, 0, 0

static const uint8_t whole[] = {
    1,
    0,
    0x04,
    0x94,
    20,
    0,
    0,
    0,
    32,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    48,
    0,
    0,
    0,                  /* protected, inherited, present */
    SID_SYSTEM,         /* at 20 */
    SID_ADMINISTRATORS, /* at 32 */
    2,
    0,
    88,
    0,
    3,
    0,
    0,
    0, /* at 48: three entries */
    0,
    0x03,
    20,
    0,
    0xFF,
    0x01,
    0x1F,
    0,
    SID_SYSTEM, /* allow, OICI, FA */
    1,
    0x1A,
    24,
    0,
    0xA9,
    0x00,
    0x12,
    0,
    SID_ADMINISTRATORS, /* deny, CI IO ID, 0x1200a9 */
    0,
    0x00,
    36,
    0,
    0x00,
    0x00,
    0x00,
    0x10,
    SID_USER, /* allow, GA */
};

static const char sddl[] =
    "O:SYG:BAD:PAI(A;OICI;FA;;;SY)(D;CIIOID;0x1200a9;;;BA)(A;;GA;;;S-1-5-21-1-2-3-1000)";

static bool convert(const uint8_t *data, size_t size, const char **out) {
    static arena memory;
    arena_free(&memory);
    fact why;
    bool good = security_descriptor_sddl(data, size, &memory, out, &why);
    assert_int_equal(why.state, good ? FACT_KNOWN : FACT_UNKNOWN);
    if (!good) {
        arena_free(&memory);
    }
    return good;
}

static void test_whole(void **state) {
    (void)state;
    arena memory = {0};
    fact why;
    const char *text = NULL;
    assert_true(security_descriptor_sddl(whole, sizeof whole, &memory, &text, &why));
    assert_string_equal(text, sddl);
    arena_free(&memory);
}

static void test_cut_off_anywhere(void **state) {
    (void)state;
    for (size_t size = 0; size < sizeof whole; size++) {
        const char *text = NULL;
        assert_false(convert(whole, size, &text));
    }
}

static void test_kinds_of_access_list(void **state) {
    (void)state;
    arena memory = {0};
    fact why;
    const char *text = NULL;
    uint8_t data[28] = {1, 0, 0x04, 0x80};
    assert_true(security_descriptor_sddl(data, sizeof data, &memory, &text, &why));
    assert_string_equal(text, "D:NO_ACCESS_CONTROL");
    data[16] = 20;
    data[20] = 2;
    data[22] = 8;
    assert_true(security_descriptor_sddl(data, sizeof data, &memory, &text, &why));
    assert_string_equal(text, "D:");
    data[2] = 0;
    assert_true(security_descriptor_sddl(data, sizeof data, &memory, &text, &why));
    assert_string_equal(text, "");
    arena_free(&memory);
}

static void test_refused(void **state) {
    (void)state;
    const struct {
        size_t at;
        uint8_t value;
    } damages[] = {
        {0, 2},    /* revision */
        {3, 0x14}, /* not self-relative */
        {4, 0xFF}, /* owner outside */
        {20, 9},   /* owner's revision */
        {50, 200}, /* list longer than the data */
        {50, 4},   /* list shorter than its header */
        {52, 200}, /* more entries than there are */
        {56, 9},   /* an entry of another type */
        {58, 4},   /* an entry shorter than its header */
        {65, 15},  /* an entry's SID longer than the entry */
    };
    for (size_t i = 0; i < sizeof damages / sizeof damages[0]; i++) {
        uint8_t data[sizeof whole];
        memcpy(data, whole, sizeof whole);
        data[damages[i].at] = damages[i].value;
        const char *text = NULL;
        if (convert(data, sizeof data, &text)) {
            fail_msg("damage %zu went unnoticed: %s", i, text);
        }
    }
}

static void test_sids(void **state) {
    (void)state;
    arena memory = {0};
    const char *text = NULL;
    static const uint8_t user[] = {SID_USER, 99};
    static const uint8_t huge[] = {1, 1, 1, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF};
    static const uint8_t none[] = {1, 0, 0, 0, 0, 0, 0, 1};
    assert_true(sid_text(user, sizeof user, &memory, &text));
    assert_string_equal(text, "S-1-5-21-1-2-3-1000");
    assert_true(sid_text(huge, sizeof huge, &memory, &text));
    assert_string_equal(text, "S-1-0x010000000000-4294967295");
    assert_true(sid_text(none, sizeof none, &memory, &text));
    assert_string_equal(text, "S-1-1");
    for (size_t size = 0; size < sizeof user - 1; size++) {
        assert_false(sid_text(user, size, &memory, &text));
    }
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),
        cmocka_unit_test(test_cut_off_anywhere),
        cmocka_unit_test(test_kinds_of_access_list),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_sids),
    };
    return cmocka_run_group_tests_name("security_descriptor", tests, NULL, NULL);
}
