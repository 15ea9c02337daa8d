/* Reading a module baseline: what is accepted, found again, and refused with which message. */
#include "checks/baseline.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define HASH      "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"
#define LOWER     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ROW(path) "{\"path\":\"" path "\",\"size\":7,\"sha256\":\"" HASH "\"}"
#define DOCUMENT(files)                                                                                      \
    "{\"schema\":\"marshealth/baseline/1\",\"agent_version\":\"2.0.9262.0\",\"files\":" files "}"

static void test_reads(void **state) {
    (void)state;
    arena memory = {0};
    const baseline *known = NULL;
    const char *json = DOCUMENT("[" ROW("b.dll") "," ROW("A.psd1") "," ROW("sub/\xC3\x84.ps1") "]");
    assert_int_equal(baseline_read(&known, &memory, json, strlen(json)), MARS_OK);
    assert_string_equal(known->agent_version, "2.0.9262.0");
    assert_int_equal(known->count, 3);
    assert_string_equal(known->files[0].path, "A.psd1");
    assert_string_equal(known->files[2].path, "sub\\\xC3\x84.ps1");
    assert_string_equal(known->files[0].sha256, LOWER);
    assert_int_equal(known->files[0].size, 7);
    assert_ptr_equal(baseline_find(known, "a.PSD1"), &known->files[0]);
    assert_ptr_equal(baseline_find(known, "Sub/\xC3\xA4.PS1"), &known->files[2]);
    assert_null(baseline_find(known, "sub"));
    assert_null(baseline_find(known, "b.dll.config"));
    arena_free(&memory);
}

static void test_refuses(void **state) {
    (void)state;
    static const struct {
        const char *json;
        const char *message; /* part of it */
    } rows[] = {
        {"", "is not JSON"},
        {"{", "line 1"},
        {"[]", "schema"},
        {"{\"schema\":\"marshealth/baseline/2\"}", "schema"},
        {"{\"schema\":\"marshealth/baseline/1\",\"agent_version\":\"new\"}", "agent_version"},
        {"{\"schema\":\"marshealth/baseline/1\",\"agent_version\":2}", "agent_version"},
        {DOCUMENT("{}"), "no list of files"},
        {DOCUMENT("[]"), "no list of files"},
        {DOCUMENT("[1]"), "file 1"},
        {DOCUMENT("[" ROW("a") ",{\"path\":\"b\",\"sha256\":\"" HASH "\"}]"), "file 2 of the baseline: size"},
        {DOCUMENT("[{\"path\":\"b\",\"size\":-1,\"sha256\":\"" HASH "\"}]"), "size"},
        {DOCUMENT("[{\"path\":\"b\",\"size\":1.5,\"sha256\":\"" HASH "\"}]"), "size"},
        {DOCUMENT("[{\"path\":\"b\",\"size\":1,\"sha256\":\"12\"}]"), "sha256"},
        {DOCUMENT("[{\"path\":\"b\",\"size\":1,\"sha256\":\"x" HASH "\"}]"), "sha256"},
        {DOCUMENT("[{\"size\":1,\"sha256\":\"" HASH "\"}]"), "path"},
        {DOCUMENT("[" ROW("") "]"), "path"},
        {DOCUMENT("[" ROW("a/b") "," ROW("A\\\\B") "]"), "two files"},
        {"{\"schema\":1,\"schema\":1}", "is not JSON"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena memory = {0};
        const baseline *known = NULL;
        assert_int_equal(baseline_read(&known, &memory, rows[i].json, strlen(rows[i].json)),
                         MARS_E_MALFORMED);
        assert_null(known);
        if (strstr(error_message(), rows[i].message) == NULL) {
            fail_msg("row %zu: %s", i, error_message());
        }
        arena_free(&memory);
    }
}

static void test_limit(void **state) {
    (void)state;
    arena memory = {0};
    const baseline *known = NULL;
    static const char text[] = "{}";
    assert_int_equal(baseline_read(&known, &memory, text, (size_t)BASELINE_SIZE_LIMIT + 1), MARS_E_TOO_LARGE);
    assert_null(known);
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),
        cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
