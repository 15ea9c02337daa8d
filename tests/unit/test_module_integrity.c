/* powershell.module-integrity over evidence built by hand, with and without a baseline. */
#include "checks/baseline.h"
#include "collect/read.h"
#include "judging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define CHECK "powershell.module-integrity"
#define HASH  "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OTHER "f123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const fact_text unreadable = {.fact = {.state = FACT_UNKNOWN, .reason = REASON_ACCESS_DENIED}};

typedef struct scene {
    evidence e;
    module_file files[3];
    module_reference references[2];
} scene;

static fact_text text(const char *value) {
    return value != NULL ? fact_text_known(value, "somewhere")
                         : (fact_text){.fact = fact_absent("somewhere")};
}

/* A module of manifest, program and script, all of it good. */
static void set_scene(scene *s) {
    *s = (scene){0};
    powershell_evidence *p = &s->e.powershell;
    s->e.agent.engine_version = text("2.0.9506.0");
    p->module_folder = text("C:\\bin\\Modules\\MSOnlineBackup");
    p->module_present = fact_flag_known(true, "folder");
    p->manifest = text("C:\\bin\\Modules\\MSOnlineBackup\\MSOnlineBackup.psd1");
    p->references = (fact_list){.fact = fact_known("manifest"), .count = 2, .items = s->references};
    p->files = (fact_list){.fact = fact_known("folder"), .count = 3, .items = s->files};
    static const char *const names[] = {"MSOnlineBackup.psd1", "Engine.dll", "en-US\\Help.ps1"};
    static const char *const kinds[] = {"manifest", "program", "script"};
    for (size_t i = 0; i < 3; i++) {
        s->files[i].path = text(names[i]);
        s->files[i].kind = text(kinds[i]);
        s->files[i].size = fact_number_known(10, "file");
        s->files[i].sha256 = text(HASH);
        s->files[i].program_valid =
            i == 1 ? fact_flag_known(true, "file") : (fact_flag){.fact = fact_absent("file")};
        s->files[i].signature = text(i == 1 ? "matches" : "none");
    }
    for (size_t i = 0; i < 2; i++) {
        s->references[i].name = text(i == 0 ? "Engine.dll" : "System.Web");
        s->references[i].file = fact_flag_known(i == 0, "manifest");
        s->references[i].resolved = text("C:\\file");
    }
}

static void expect(const scene *s, const char *verdicts) {
    judging run;
    judging_run(&run, CHECK, &s->e, NULL);
    assert_string_equal(judging_verdicts(&run), verdicts);
    judging_free(&run);
}

static void expect_files(const scene *s, const char *verdicts, const char *files) {
    judging run;
    judging_run(&run, CHECK, &s->e, NULL);
    assert_string_equal(judging_verdicts(&run), verdicts);
    assert_string_equal(judging_value(&run, 0, "files"), files);
    judging_free(&run);
}

static void test_intact(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    judging run;
    judging_run(&run, CHECK, &s.e, NULL);
    assert_string_equal(judging_verdicts(&run), "intact");
    assert_string_equal(judging_value(&run, 0, "files"), "3");
    assert_string_equal(judging_value(&run, 0, "signed"), "1");
    judging_free(&run);
}

static void test_folder(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.module_present.value = false;
    expect(&s, "folder-missing");
    s.e.powershell.module_present.fact = unreadable.fact;
    expect(&s, "unknown");
}

static void test_manifest(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.powershell.manifest = text(NULL);
    s.e.powershell.references = (fact_list){.fact = fact_unknown(REASON_DEPENDS, NULL, NULL)};
    expect(&s, "manifest-missing");
    s.e.powershell.manifest = unreadable;
    expect(&s, "unknown");
    s.files[0].size.value = 0;
    expect(&s, "unknown; empty-file");
}

static void test_references(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.references[1].resolved = unreadable;
    expect_files(&s, "names-not-looked-up; intact", "System.Web");
    s.references[0].resolved = text(NULL);
    expect_files(&s, "reference-missing; names-not-looked-up", "Engine.dll");
}

/* A file that could not be looked at is not one that may come from elsewhere. */
static void test_unread_reference(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.references[0].resolved = unreadable;
    expect(&s, "unknown");
    s.references[0].file.fact = unreadable.fact; /* the manifest does not name it literally */
    expect(&s, "unknown");
}

static void test_empty_file(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.files[1].size.value = 0;
    s.files[1].program_valid.value = false;
    s.files[2].size.value = 0;
    expect_files(&s, "empty-file", "Engine.dll, en-US\\Help.ps1");
}

static void test_damaged_program(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.files[1].program_valid.value = false;
    s.files[1].signature = unreadable;
    expect_files(&s, "not-a-program", "Engine.dll");
}

static void test_signatures(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.files[1].signature = text("differs");
    s.files[2].signature = text("malformed");
    expect_files(&s, "signature-differs", "Engine.dll, en-US\\Help.ps1");
    s.files[1].signature = text("unsupported");
    s.files[2].signature = text("none");
    expect_files(&s, "signature-unread; intact", "Engine.dll");
}

static void test_unknown_files(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.files[1].signature = unreadable;
    expect(&s, "unknown");
    set_scene(&s);
    s.files[2].size.fact = unreadable.fact;
    expect(&s, "unknown");
    set_scene(&s);
    s.files[2].kind = unreadable;
    expect(&s, "unknown");
    set_scene(&s);
    s.e.powershell.files = (fact_list){.fact = unreadable.fact};
    expect(&s, "unknown");
}

static void test_nothing_collected(void **state) {
    (void)state;
    evidence empty = {0};
    judging run;
    judging_run(&run, CHECK, &empty, NULL);
    assert_string_equal(judging_verdicts(&run), "unknown");
    judging_free(&run);
}

static void test_many_names(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    enum { MANY = 30 };
    module_reference references[MANY] = {0};
    for (size_t i = 0; i < MANY; i++) {
        references[i].name = text("x");
        references[i].resolved = text(NULL);
    }
    s.e.powershell.references =
        (fact_list){.fact = fact_known("manifest"), .count = MANY, .items = references};
    judging run;
    judging_run(&run, CHECK, &s.e, NULL);
    assert_string_equal(judging_value(&run, 0, "files"),
                        "x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, ...");
    assert_string_equal(judging_value(&run, 0, "count"), "30");
    judging_free(&run);
}

#define FILE_ROW(path, size, hash) "{\"path\":\"" path "\",\"size\":" size ",\"sha256\":\"" hash "\"}"
#define BASELINE(version, files)                                                                             \
    "{\"schema\":\"marshealth/baseline/1\",\"agent_version\":\"" version "\",\"files\":[" files "]}"
#define MANIFEST FILE_ROW("msonlinebackup.PSD1", "10", HASH)
#define ENGINE   FILE_ROW("Engine.dll", "10", HASH)
#define HELP     FILE_ROW("en-us/Help.ps1", "10", HASH)

static void expect_against(const scene *s, const char *json, const char *verdicts, const char *files) {
    arena memory = {0};
    const baseline *known = NULL;
    assert_int_equal(baseline_read(&known, &memory, json, strlen(json)), MARS_OK);
    check_settings settings = {.baseline = known};
    judging run;
    judging_run(&run, CHECK, &s->e, &settings);
    assert_string_equal(judging_verdicts(&run), verdicts);
    if (files != NULL) {
        assert_string_equal(judging_value(&run, 0, "files"), files);
    }
    judging_free(&run);
    arena_free(&memory);
}

static void test_equals_baseline(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    expect_against(&s, BASELINE("2.0.9506.0", MANIFEST "," ENGINE "," HELP), "equals-baseline", NULL);
}

static void test_differs_from_baseline(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    expect_against(&s, BASELINE("2.0.9506.0", MANIFEST "," FILE_ROW("Engine.dll", "11", HASH) "," HELP),
                   "differs-from-baseline", "Engine.dll");
    expect_against(&s, BASELINE("2.0.9506.0", MANIFEST "," FILE_ROW("Engine.dll", "10", OTHER) "," HELP),
                   "differs-from-baseline", "Engine.dll");
    s.files[1].sha256 = unreadable;
    expect_against(&s, BASELINE("2.0.9506.0", MANIFEST "," ENGINE "," HELP), "unknown", NULL);
}

static void test_more_and_less_than_baseline(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    expect_against(&s, BASELINE("2.0.9506.0", MANIFEST "," ENGINE), "extra-files", "en-US\\Help.ps1");
    expect_against(&s, BASELINE("2.0.9506", MANIFEST "," ENGINE "," HELP "," FILE_ROW("b/c.dll", "1", HASH)),
                   "missing-from-module", "b\\c.dll");
}

static void test_baseline_of_other_version(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    expect_against(&s, BASELINE("2.0.9083.0", FILE_ROW("x", "1", HASH)), "baseline-of-other-version; intact",
                   NULL);
    s.e.agent.engine_version = text(NULL);
    expect_against(&s, BASELINE("2.0.9083.0", FILE_ROW("x", "1", HASH)), "unknown; intact", NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_intact),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_manifest),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_unread_reference),
        cmocka_unit_test(test_empty_file),
        cmocka_unit_test(test_damaged_program),
        cmocka_unit_test(test_signatures),
        cmocka_unit_test(test_unknown_files),
        cmocka_unit_test(test_nothing_collected),
        cmocka_unit_test(test_many_names),
        cmocka_unit_test(test_equals_baseline),
        cmocka_unit_test(test_differs_from_baseline),
        cmocka_unit_test(test_more_and_less_than_baseline),
        cmocka_unit_test(test_baseline_of_other_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
