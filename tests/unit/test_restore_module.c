/* Restoring the agent's module: what is wanted, from where it may come, and that one file which may not stops
 * all of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "module_pair.h"
#include "repair/undo.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- What is wanted ---- */

static void test_a_whole_module_is_left_alone(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    assert_int_equal(pair_restore(&p, NULL, 0), MARS_OK);
    assert_pair_untouched(&p);
    pair_done(&p);
}

static void test_what_is_missing(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, ENGINE);
    pair_take(&p.machine, HELP);
    temp_image_text(&p.machine, MODULE "/extra.txt", "mine");
    temp_image_text(&p.good, MODULE "/more.txt", "not referred to");
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED | WHAT_IF), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2);
    assert_string_equal(temp_image_digest(&p.machine), p.before);
    assert_int_equal(run_end(&p.run, "done"), MARS_OK);
    p.begun = false;

    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2);
    assert_true(pair_same(&p, ENGINE));
    assert_true(pair_same(&p, HELP));
    assert_int_equal(temp_image_bytes(&p.machine, MODULE "/extra.txt").size, 4);
    assert_null(temp_image_bytes(&p.machine, MODULE "/more.txt").data);
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2); /* a second time there is nothing to do */
    pair_done(&p);
}

static void test_what_is_damaged(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_damage(&p.machine, ENGINE); /* its signature no longer fits */
    temp_image_text(&p.machine, TOOLS, "no program");
    temp_image_text(&p.machine, HELP, "");
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 3);
    for (size_t i = 0; i < MODULE_FILES; i++) {
        assert_true(pair_same(&p, module_files[i]));
    }
    pair_done(&p);
}

static void test_the_whole_folder_is_missing(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_remove_module(&p);
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    for (size_t i = 0; i < MODULE_FILES; i++) {
        assert_true(pair_same(&p, module_files[i]));
    }
    assert_string_equal(pair_change_at(&p, MODULE_FILES - 1),
                        "C:\\Program Files\\Microsoft Azure Recovery Services "
                        "Agent\\bin\\Modules\\MSOnlineBackup\\MSOnlineBackup.psd1");
    pair_done(&p);
}

/* Without its own manifest the machine cannot tell what is missing; the source can. */
static void test_the_manifest_is_missing_or_empty(void **state) {
    (void)state;
    for (int empty = 0; empty < 2; empty++) {
        server_pair p;
        pair_make(&p);
        pair_take(&p.machine, MANIFEST);
        pair_take(&p.machine, TOOLS);
        if (empty == 1) {
            temp_image_text(&p.machine, MANIFEST, "");
        }
        assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
        assert_int_equal(p.run.changing.changes.count, 2);
        assert_true(pair_same(&p, MANIFEST));
        assert_true(pair_same(&p, TOOLS));
        pair_done(&p);
    }
}

/* Damaged, missing and in a folder that is made: all comes back as it was. */
static void test_taken_back(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_damage(&p.machine, ENGINE);
    temp_image_text(&p.machine, TOOLS, "no program");
    pair_take(&p.machine, HELP);
    assert_int_equal(rmdir(temp_image_path(&p.machine, MODULE "/en-US")), 0);
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 3);
    assert_int_equal(run_end(&p.run, "done"), MARS_OK);
    p.begun = false;
    outcome *result = NULL;
    const undo_settings settings = {0};
    assert_int_equal(undo_run(&result, p.machine.machine, NULL, &settings), MARS_OK);
    outcome_free(result);
    assert_string_equal(temp_image_digest(&p.machine), p.before);
    pair_done(&p);
}

static void test_every_file(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    temp_image_text(&p.machine, HELP, "older");
    temp_image_text(&p.good, MODULE "/more.txt", "more");
    temp_image_text(&p.machine, MODULE "/extra.txt", "mine");
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED | EVERY_FILE), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2); /* the others are as in the source */
    assert_true(pair_same(&p, HELP));
    assert_true(pair_same(&p, MODULE "/more.txt"));
    assert_int_equal(temp_image_bytes(&p.machine, MODULE "/extra.txt").size, 4);
    pair_done(&p);
}

static void test_references_elsewhere(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    static const char manifest[] = "@{ FileList = @('%s') }";
    temp_image_text(&p.machine, MANIFEST, arena_printf(&p.machine.memory, manifest, "..\\Away.dll"));
    assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED), "..\\Away.dll");
    temp_image_text(&p.machine, MANIFEST, arena_printf(&p.machine.memory, manifest, "sub\\..\\Away.dll"));
    p.before = temp_image_digest(&p.machine);
    assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED), "Away.dll: the source does not have it");
    pair_done(&p);
}

/* ---- Where from ---- */

static void test_places(void **state) {
    (void)state;
    static const char *const places[] = {MODULE, BIN "/Modules", BIN, AGENT, ""};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        server_pair p;
        pair_make(&p);
        pair_take(&p.machine, TOOLS);
        assert_int_equal(pair_restore_from(&p, temp_image_path(&p.good, places[i]), NULL, ALLOW_UNSIGNED),
                         MARS_OK);
        assert_true(pair_same(&p, TOOLS));
        pair_done(&p);
    }
}

static void test_no_place(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, TOOLS);
    pair_begin(&p, false);
    assert_int_equal(pair_restore_from(&p, temp_image_path(&p.good, "Windows"), NULL, ALLOW_UNSIGNED),
                     MARS_E_NOT_FOUND);
    assert_error_says("MSOnlineBackup.psd1");
    assert_int_equal(pair_restore_from(&p, temp_image_path(&p.good, "none"), NULL, ALLOW_UNSIGNED),
                     MARS_E_NOT_FOUND);
    assert_int_equal(pair_restore_from(&p, temp_image_path(&p.good, HELP), NULL, ALLOW_UNSIGNED),
                     MARS_E_NOT_FOUND);
    temp_image_text(&p.good, "bin/Modules/MSOnlineBackup/MSOnlineBackup.psd1", "@{}");
    assert_pair_refused(
        &p, pair_restore_from(&p, p.good.path, NULL, ALLOW_UNSIGNED),
        "in bin\\Modules\\MSOnlineBackup and in Program Files\\Microsoft Azure Recovery Services "
        "Agent\\bin\\Modules\\MSOnlineBackup");
    pair_done(&p);
}

static void test_no_agent_on_the_machine(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    temp_image_hive(&p.machine, HIVE_SOFTWARE, "");
    pair_take(&p.machine, BIN "/cbengine.exe");
    assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED), "where the agent's module belongs");
    pair_done(&p);
}

/* ---- Hostile sources ---- */

static void test_links_are_not_followed(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, TOOLS);
    pair_take(&p.machine, HELP);
    pair_take(&p.good, TOOLS);
    temp_image_link(&p.good, TOOLS, "Engine.dll");
    pair_take(&p.good, HELP);
    assert_int_equal(rmdir(temp_image_path(&p.good, MODULE "/en-US")), 0);
    temp_image_text(&p.good, "elsewhere/help.xml", "<help/>");
    temp_image_link(&p.good, MODULE "/en-US", temp_image_path(&p.good, "elsewhere"));
    assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED),
                        "en-US\\help.xml: the source does not have it; Tools.dll: \"Tools.dll\" is a link");
    pair_done(&p);
}

static void test_odd_files(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, ENGINE);
    pair_take(&p.machine, TOOLS);
    pair_take(&p.machine, HELP);
    pair_take(&p.good, ENGINE);
    assert_int_equal(mkfifo(temp_image_path(&p.good, ENGINE), 0600), 0);
    assert_int_equal(truncate(temp_image_path(&p.good, TOOLS), (off_t)300 * 1024 * 1024), 0);
    temp_image_text(&p.good, MODULE "/EN-us/help.xml", "<other/>");
    mars_status status = pair_restore(&p, NULL, ALLOW_UNSIGNED);
    assert_int_equal(status, MARS_E_UNREADABLE); /* a folder whose name is there twice */
    assert_error_says("only by case");
    pair_take(&p.good, MODULE "/EN-us/help.xml");
    assert_int_equal(rmdir(temp_image_path(&p.good, MODULE "/EN-us")), 0);
    temp_image_text(&p.good, MODULE "/en-US/HELP.XML", "<other/>");
    status = pair_restore(&p, NULL, ALLOW_UNSIGNED);
    assert_pair_refused(&p, status, "3 files");
    assert_error_says("only by case");
    assert_error_says("Engine.dll: it is not a regular file");
    assert_error_says("Tools.dll: 3"); /* so many bytes */
    pair_done(&p);
}

/* Linux allows a backslash in a name; Windows would take it for a path. */
static void test_names_that_lead_away(void **state) {
    (void)state;
    static const char *const names[] = {
        "..\\..\\evil.dll", "C:evil.dll", "evil.dll:stream", "NUL", "com1.txt", "evil.dll.", "..."};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        server_pair p;
        pair_make(&p);
        temp_image_text(&p.good, BIN "/evil.dll", "evil");
        temp_image_text(&p.good, arena_printf(&p.good.memory, MODULE "/%s", names[i]), "evil");
        assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED | EVERY_FILE), names[i]);
        assert_error_says("its name is none that Windows allows");
        pair_done(&p);
    }
}

/* What no repair may write is found out before the first file is written. */
static void test_a_path_that_is_too_long(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    const char *path = MODULE;
    for (int i = 0; i < 5; i++) {
        path = arena_printf(&p.good.memory, "%s/%0200d", path, i);
    }
    temp_image_text(&p.good, path, "deep");
    pair_take(&p.machine, ENGINE);
    assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED | EVERY_FILE), "no repair writes");
    pair_done(&p);
}

static void test_too_much(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, TOOLS);
    for (int i = 0; i < 10000; i++) {
        const char *path = temp_image_path(&p.good, arena_printf(&p.good.memory, MODULE "/%d.txt", i));
        int file = open(path, O_WRONLY | O_CREAT, 0600);
        assert_true(file >= 0);
        (void)close(file);
    }
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_E_TOO_LARGE);
    assert_error_says("5,000");
    assert_pair_untouched(&p);
    pair_done(&p);

    pair_make(&p);
    pair_take(&p.machine, TOOLS);
    temp_image_text(&p.good, MODULE "/1/2/3/4/5/6/7/8/9/deep.txt", "deep");
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_E_TOO_LARGE);
    assert_error_says("deep");
    assert_pair_untouched(&p);
    pair_done(&p);
}

/* Wherever memory runs out, nothing is restored, and it is said. */
static void memory_runs_out(const char *place) {
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, TOOLS);
    temp_image_open(&p.machine);
    const char *source = temp_image_path(&p.good, place);
    mars_status status = MARS_E_NO_MEMORY;
    for (uint64_t n = 1; status != MARS_OK; n++) {
        arena memory = {0};
        operation_run run = {.machine = p.machine.machine,
                             .memory = &memory,
                             .what_if = true,
                             .changes = ARENA_VECTOR(&memory, change_record)};
        mem_test_fail_at(n);
        status = operation_restore_module(&run, source, NULL, 1, 0);
        bool reached = mem_test_count() >= n;
        mem_test_fail_at(0);
        assert_int_equal(run.changes.count, status == MARS_OK ? 1 : 0);
        assert_true(reached || status == MARS_OK);
        arena_free(&memory);
    }
    pair_done(&p);
}

static void test_memory_runs_out(void **state) {
    (void)state;
    memory_runs_out(MODULE);
    memory_runs_out(AGENT);
}
int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_module_is_left_alone),
        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_what_is_damaged),
        cmocka_unit_test(test_the_whole_folder_is_missing),
        cmocka_unit_test(test_the_manifest_is_missing_or_empty),
        cmocka_unit_test(test_taken_back),
        cmocka_unit_test(test_every_file),
        cmocka_unit_test(test_references_elsewhere),
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_no_agent_on_the_machine),
        cmocka_unit_test(test_links_are_not_followed),
        cmocka_unit_test(test_odd_files),
        cmocka_unit_test(test_names_that_lead_away),
        cmocka_unit_test(test_a_path_that_is_too_long),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
