/* Module baselines: what is accepted, found again, and refused with which message; and making one. */
#include "checks/baseline.h"
#include "collect/read.h"
#include "core/error.h"
#include "file_tree.h"
#include "image_maker.h"
#include "marshealth.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HASH      "0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef"
#define LOWER     "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define ROW(path) "{\"path\":\"" path "\",\"size\":7,\"sha256\":\"" HASH "\"}"
#define DOCUMENT(files)                                                                                      \
    "{\"schema\":\"marshealth/baseline/1\",\"agent_version\":\"2.0.9506.0\",\"files\":" files "}"

static void test_reads(void **state) {
    (void)state;
    arena memory = {0};
    const baseline *known = NULL;
    const char *json = DOCUMENT("[" ROW("b.dll") "," ROW("A.psd1") "," ROW("sub/\xC3\x84.ps1") "]");
    assert_int_equal(baseline_read(&known, &memory, json, strlen(json)), MARS_OK);
    assert_string_equal(known->agent_version, "2.0.9506.0");
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
        {DOCUMENT("[" ROW("a/../../b") "]"), "below the module's folder"},
        {DOCUMENT("[" ROW("/b") "]"), "below the module's folder"},
        {DOCUMENT("[" ROW("C:/b") "]"), "below the module's folder"},
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

static void test_safe_paths(void **state) {
    (void)state;
    static const char *const good[] = {"a",         "MSOnlineBackup.psd1", "en-US\\a.xml",  ".a",      "..a",
                                       "a b.dll",   "console.txt",         "COM10",         "NULL",    "com",
                                       "lpt.1.txt", "\xC3\x84\\\xC3\xA4",  "a\032D800.txt", "COMb.txt"};
    static const char *const bad[] = {
        "",           "\\a",   "a\\",      "a\\\\b", ".",      "..",     "a\\..\\b",    "a\\.",
        "a. ",        "a.",    "a ",       "C:",     "C:\\a",  "a:b",    "a/b",         "a*",
        "a?",         "\"a\"", "a|b",      "a<b",    "a\nb",   "NUL",    "b\\nul",      "con.txt",
        "Aux .x.txt", "COM1",  "lpt9.dll", "\xFF",   "a\x01b", "CONIN$", "COM\xC2\xB9", "prn.a.b"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        if (!module_path_safe(good[i])) {
            fail_msg("%s is no safe path", good[i]);
        }
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        if (module_path_safe(bad[i])) {
            fail_msg("%s is a safe path", bad[i]);
        }
    }
}

static module_file file_of(const char *path, int64_t size) {
    return (module_file){.path = fact_text_known(path, NULL),
                         .size = fact_number_known(size, NULL),
                         .sha256 = fact_text_known(LOWER, NULL)};
}

static void test_makes(void **state) {
    (void)state;
    arena memory = {0};
    module_file files[] = {file_of("b.dll", 3), file_of("sub\\\xC3\x84.ps1", 2), file_of("A.psd1", 1)};
    const char *json = NULL;
    assert_int_equal(baseline_make(&json, &memory, files, 3, "2.0.9506.0"), MARS_OK);
    assert_string_equal(
        json,
        "{\n  \"schema\": \"marshealth/baseline/1\",\n  \"agent_version\": \"2.0.9506.0\",\n"
        "  \"files\": [\n"
        "    {\n      \"path\": \"A.psd1\",\n      \"size\": 1,\n      \"sha256\": \"" LOWER "\"\n    },\n"
        "    {\n      \"path\": \"b.dll\",\n      \"size\": 3,\n      \"sha256\": \"" LOWER "\"\n    },\n"
        "    {\n      \"path\": \"sub\\\\\xC3\x84.ps1\",\n      \"size\": 2,\n      \"sha256\": \"" LOWER
        "\"\n    }\n  ]\n}\n");
    const baseline *known = NULL;
    assert_int_equal(baseline_read(&known, &memory, json, strlen(json)), MARS_OK);
    assert_int_equal(known->count, 3);
    assert_int_equal(baseline_find(known, "B.DLL")->size, 3);
    arena_free(&memory);
}

static void assert_not_made(const module_file *files, size_t count, const char *version, mars_status expected,
                            const char *message) {
    arena memory = {0};
    const char *json = NULL;
    assert_int_equal(baseline_make(&json, &memory, files, count, version), expected);
    assert_string_equal(json, "");
    if (strstr(error_message(), message) == NULL) {
        fail_msg("%s", error_message());
    }
    arena_free(&memory);
}

static void test_does_not_make(void **state) {
    (void)state;
    module_file files[] = {file_of("a.dll", 3), file_of("A.DLL", 3), file_of("..\\b", 1), file_of("c", 1)};
    files[3].sha256.fact = fact_unknown(REASON_ACCESS_DENIED, NULL, NULL);
    assert_not_made(files, 1, "new", MARS_E_INVALID_ARGUMENT, "agent_version");
    assert_not_made(files, 0, "1.2", MARS_E_NOT_FOUND, "no files");
    assert_not_made(files, (size_t)BASELINE_FILE_LIMIT + 1, "1.2", MARS_E_TOO_LARGE, "5000");
    assert_not_made(files, 2, "1.2", MARS_E_MALFORMED, "two files");
    assert_not_made(files + 2, 1, "1.2", MARS_E_MALFORMED, "..\\b");
    assert_not_made(files + 3, 1, "1.2", MARS_E_UNREADABLE, "c could not be read: access was denied");
    files[3].path.fact = files[3].sha256.fact;
    assert_not_made(files + 3, 1, "1.2", MARS_E_MALFORMED, "a file");
}

/* What the healthy server's module gives as a baseline, it equals. */
static void test_round_trip(void **state) {
    (void)state;
    char folder[] = "/tmp/marshealth-baseline-XXXXXX";
    char message[512] = "";
    arena memory = {0};
    assert_non_null(mkdtemp(folder));
    const char *image = arena_printf(&memory, "%s/healthy", folder);
    if (!image_make(EXAMPLE_IMAGES "/healthy", image, message, sizeof message)) {
        fail_msg("%s", message);
    }
    mars_text *json = NULL;
    assert_int_equal(mars_baseline_make(&json, image, NULL), MARS_OK);
    assert_non_null(strstr(mars_text_data(json), "\"agent_version\": \"2.0.9506.0\""));

    mars_session *session = NULL;
    mars_evidence *document = NULL;
    mars_report *report = NULL;
    mars_session_options open = MARS_SESSION_OPTIONS_INIT;
    open.image_path = image;
    mars_check_options how = MARS_CHECK_OPTIONS_INIT;
    how.checks = "powershell.module-integrity";
    how.baseline = mars_text_data(json);
    mars_finding finding = MARS_FINDING_INIT;
    assert_int_equal(mars_session_open(&session, &open), MARS_OK);
    assert_int_equal(mars_collect(&document, session, NULL), MARS_OK);
    assert_int_equal(mars_check(&report, document, &how), MARS_OK);
    assert_int_equal(mars_report_finding(&finding, report, 0), MARS_OK);
    assert_string_equal(finding.verdict, "powershell.module-integrity/equals-baseline");
    mars_report_free(report);
    mars_evidence_free(document);
    mars_session_close(session);
    mars_text_free(json);

    json = NULL;
    assert_int_equal(mars_baseline_make(&json, folder, NULL), MARS_E_NOT_FOUND);
    assert_int_equal(mars_baseline_make(&json, NULL, NULL), MARS_E_INVALID_ARGUMENT);
    assert_int_equal(mars_baseline_make(NULL, folder, NULL), MARS_E_INVALID_ARGUMENT);
    assert_int_equal(mars_baseline_make(&json, image, "\xFF"), MARS_E_INVALID_ARGUMENT);
    assert_int_equal(mars_baseline_make(&json, image, "new"), MARS_E_INVALID_ARGUMENT);
    assert_null(json);
    maker_error error = {.text = message, .size = sizeof message};
    assert_true(tree_remove(folder, &error));
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reads),      cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_limit),      cmocka_unit_test(test_safe_paths),
        cmocka_unit_test(test_makes),      cmocka_unit_test(test_does_not_make),
        cmocka_unit_test(test_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
