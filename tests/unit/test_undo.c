/* Runs taken back, on a real image: byte for byte where nothing else changed, value for value where something
 * did, and not at all where that would overwrite what others did. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "repair_scene.h"

#include <string.h>

static bool has_note(const outcome *document, const char *part) {
    for (size_t i = 0; i < document->notes.count; i++) {
        if (strstr(document->notes.items[i], part) != NULL) {
            return true;
        }
    }
    return false;
}

static void expect_message(const char *part) {
    if (strstr(error_message(), part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error_message(), part);
    }
}

static const char *run_all(repair_scene *s) {
    const char *id = NULL;
    if (scene_run_all(s, &id) != MARS_OK) {
        fail_msg("run: %s", error_message());
    }
    assert_non_null(id);
    return id;
}

static const char *run_one(repair_scene *s, scene_change change) {
    const char *id = NULL;
    if (scene_run(s, &change, 1, &id) != MARS_OK) {
        fail_msg("run: %s", error_message());
    }
    assert_non_null(id);
    return id;
}

static mars_status set_one(operation_run *run) {
    return scene_set(run, &scene_environment, "PSModulePath", "one");
}

static mars_status set_two(operation_run *run) {
    return scene_set(run, &scene_environment, "PSModulePath", "two");
}

static void test_every_kind_comes_back(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    for (size_t i = 0; i < scene_change_count; i++) {
        const char *id = run_one(&s, scene_changes[i]);
        const char *changed = scene_digest(&s);
        outcome *document = NULL;
        assert_int_equal(scene_undo(&s, id, NULL, &document), MARS_OK);
        bool event = strcmp(changed, s.before) == 0;
        assert_int_equal(document->state, event ? OUTCOME_NOTHING_TO_DO : OUTCOME_APPLIED);
        assert_int_equal(has_note(document, "cannot be taken back"), event);
        outcome_free(document);
        scene_expect_before(&s);
    }
    scene_remove(&s);
}

static void test_a_whole_run_comes_back(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_all(&s);
    assert_string_equal(scene_text(&s, &scene_crypto, "SchUseStrongCrypto"), "1");
    assert_string_equal(scene_text(&s, &scene_environment, "PSModulePath"), "new");
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, NULL, NULL, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_APPLIED);
    assert_string_equal(document->undoes, id);
    assert_int_equal(document->step_count, 1);
    assert_int_equal(document->steps[0].change_count, 4); /* two hives, two files */
    assert_true(has_note(document, "cannot be taken back"));
    scene_expect_before(&s);
    assert_string_equal(scene_text(&s, &scene_environment, "PSModulePath"),
                        "old"); /* and the reader sees it */

    outcome *second = NULL;
    assert_int_equal(scene_undo(&s, NULL, NULL, &second), MARS_E_NOT_FOUND);
    assert_null(second);
    assert_int_equal(scene_undo(&s, id, NULL, &second), MARS_E_REFUSED);
    expect_message("already taken back by");
    expect_message(document->run_id);
    outcome_free(document);
    scene_remove(&s);
}

static void test_undo_of_undo_of_undo(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_all(&s);
    const char *after = scene_digest(&s);
    for (int round = 0; round < 3; round++) {
        const char *undo = scene_undo_well(&s, id);
        scene_expect_before(&s);
        const char *again = scene_undo_well(&s, undo);
        assert_string_equal(scene_digest(&s), after);
        outcome *none = NULL;
        assert_int_equal(scene_undo(&s, id, NULL, &none), MARS_E_REFUSED);
        expect_message("instead");
        expect_message(again);
        id = again;
    }
    scene_undo_well(&s, NULL); /* leads to the last of the chain */
    scene_expect_before(&s);
    scene_remove(&s);
}

static void test_what_if_changes_nothing(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_all(&s);
    const char *after = scene_digest(&s);
    const undo_settings what_if = {.what_if = true};
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, id, &what_if, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_WOULD_CHANGE);
    assert_null(document->run_id);
    assert_int_equal(document->steps[0].change_count, 4);
    outcome_free(document);
    assert_string_equal(scene_digest(&s), after);
    scene_undo_well(&s, id);
    scene_expect_before(&s);
    scene_remove(&s);
}

/* An unrelated later change of the same hives: value for value, as another program sees it. */
static void test_value_by_value(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const registry_path other = {REGISTRY_MACHINE, REGISTRY_64, "SOFTWARE\\Other"};
    const registry_path select = {REGISTRY_MACHINE, REGISTRY_64, "SYSTEM\\Setup"};
    scene_set_outside(&s, &other, "x", "z");
    scene_set_outside(&s, &select, "unrelated", "1");
    const char *software = temp_image_export(&s.image, HIVE_SOFTWARE);
    const char *system = temp_image_export(&s.image, HIVE_SYSTEM);
    scene_set_outside(&s, &other, "x", "y");
    const char *id = run_all(&s);
    scene_set_outside(&s, &other, "x", "z");
    scene_set_outside(&s, &select, "unrelated", "2");
    scene_set_outside(&s, &select, "unrelated", "1");

    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, id, NULL, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_APPLIED);
    assert_true(has_note(document, "SOFTWARE was changed since: its values are put back one by one"));
    const char *undo = arena_text(&s.image.memory, document->run_id);
    outcome_free(document);
    assert_int_equal(temp_image_export(&s.image, HIVE_SOFTWARE) == NULL, software == NULL);
    if (software != NULL) {
        assert_string_equal(temp_image_export(&s.image, HIVE_SOFTWARE), software);
        assert_string_equal(temp_image_export(&s.image, HIVE_SYSTEM), system);
    }
    /* Taken back again, and once more behind another change: through the values of the first run. */
    scene_set_outside(&s, &other, "x", "w");
    const char *redo = scene_undo_well(&s, undo);
    assert_string_equal(scene_text(&s, &scene_crypto, "SchUseStrongCrypto"), "1");
    assert_string_equal(scene_text(&s, &scene_shell, "ExecutionPolicy"), "RemoteSigned");
    scene_set_outside(&s, &other, "x", "z");
    scene_undo_well(&s, redo);
    if (software != NULL) {
        assert_string_equal(temp_image_export(&s.image, HIVE_SOFTWARE), software);
    }
    scene_remove(&s);
}

/* The undo put whole files back; the hive then changed: its inverse is found in the run that it took back. */
static void test_undo_of_undo_by_value(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const registry_path other = {REGISTRY_MACHINE, REGISTRY_64, "SOFTWARE\\Other"};
    const char *id = run_all(&s);
    const char *undo = scene_undo_well(&s, id);
    scene_expect_before(&s);
    scene_set_outside(&s, &other, "x", "z");
    const char *redo = scene_undo_well(&s, undo);
    assert_string_equal(scene_text(&s, &scene_crypto, "SchUseStrongCrypto"), "1");
    assert_string_equal(scene_text(&s, &scene_shell, "ExecutionPolicy"), "RemoteSigned");
    assert_string_equal(scene_text(&s, &scene_environment, "PSModulePath"), "new");
    assert_string_equal(scene_text(&s, &other, "x"), "z");
    scene_set_outside(&s, &other, "x", "y");
    scene_undo_well(&s, redo);
    assert_null(scene_text(&s, &scene_crypto, "SchUseStrongCrypto"));
    assert_string_equal(scene_text(&s, &scene_shell, "ExecutionPolicy"), "Restricted");
    scene_remove(&s);
}

static void test_keys_and_folders_go_only_if_empty(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_all(&s);
    const registry_path key = {REGISTRY_MACHINE, REGISTRY_32, "SOFTWARE\\Microsoft\\.NETFramework"};
    int64_t written = 0;
    scene_set_outside(&s, &key, "theirs", "1");
    temp_image_text(&s.image, SCENE_MODULE "en-US/theirs.txt", "theirs");
    scene_undo_well(&s, id);
    host *machine = s.image.machine;
    assert_int_equal(
        machine->read->registry_time(machine, &scene_crypto, &s.image.memory, &written, &s.image.why),
        FACT_ABSENT);
    assert_string_equal(scene_text(&s, &key, "theirs"), "1");
    assert_non_null(temp_image_bytes(&s.image, SCENE_MODULE "en-US/theirs.txt").data);
    assert_null(temp_image_bytes(&s.image, SCENE_MODULE "en-US/help/new.dll").data);
    file_info info = {0};
    assert_int_equal(
        machine->read->file_info(machine, SCENE_MODULE_W "en-US\\help", &s.image.memory, &info, &s.image.why),
        FACT_ABSENT);
    scene_remove(&s);
}

static void test_two_runs_over_one_value(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *first = run_one(&s, set_one);
    const char *between = scene_digest(&s);
    const char *second = run_one(&s, set_two);
    const char *changed = scene_digest(&s);
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, first, NULL, &document), MARS_E_CONFLICT);
    assert_null(document);
    expect_message("PSModulePath");
    expect_message("undo");
    expect_message(second);
    assert_string_equal(scene_digest(&s), changed); /* nothing was done */
    scene_undo_well(&s, second);
    assert_string_equal(scene_digest(&s), between);
    scene_undo_well(&s, first);
    scene_expect_before(&s);
    scene_remove(&s);
}

static void test_changed_by_someone_outside(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_all(&s);
    scene_set_outside(&s, &scene_shell, "ExecutionPolicy", "AllSigned");
    temp_image_text(&s.image, SCENE_MODULE "old.dll", "theirs");
    const char *changed = scene_digest(&s);
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, id, NULL, &document), MARS_E_CONFLICT);
    expect_message("ExecutionPolicy");
    expect_message("AllSigned");
    expect_message("old.dll");
    expect_message("someone outside");
    assert_string_equal(scene_digest(&s), changed);

    const undo_settings partial = {.partial = true};
    assert_int_equal(scene_undo(&s, id, &partial, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_APPLIED);
    assert_true(has_note(document, "Left as it is"));
    const char *undo = arena_text(&s.image.memory, document->run_id);
    outcome_free(document);
    assert_string_equal(scene_text(&s, &scene_shell, "ExecutionPolicy"), "AllSigned");
    assert_null(scene_text(&s, &scene_crypto, "SchUseStrongCrypto"));
    assert_string_equal(scene_text(&s, &scene_environment, "PSModulePath"), "old");
    assert_int_equal(temp_image_bytes(&s.image, SCENE_MODULE "old.dll").size, 6);
    scene_undo_well(&s, undo);
    assert_string_equal(scene_text(&s, &scene_crypto, "SchUseStrongCrypto"), "1");
    scene_remove(&s);
}

static void test_force(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_all(&s);
    scene_set_outside(&s, &scene_shell, "ExecutionPolicy", "AllSigned");
    temp_image_text(&s.image, SCENE_MODULE "old.dll", "theirs");
    const char *changed = scene_digest(&s);
    const undo_settings force = {.force = true};
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, id, &force, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_APPLIED);
    const char *undo = arena_text(&s.image.memory, document->run_id);
    outcome_free(document);
    assert_string_equal(scene_text(&s, &scene_shell, "ExecutionPolicy"), "Restricted");
    assert_int_equal(temp_image_bytes(&s.image, SCENE_MODULE "old.dll").size, 11);
    scene_undo_well(&s, undo); /* what was overwritten was kept */
    assert_string_equal(scene_digest(&s), changed);
    scene_remove(&s);
}

static bool say_no(void *user, const char *text) {
    *(char const **)user =
        strstr(text, "PSModulePath") != NULL || strstr(text, "SYSTEM") != NULL ? "told" : "";
    return false;
}

static bool stop(void *user) {
    return --*(int *)user < 0;
}

static void test_not_confirmed_and_cancelled(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_all(&s);
    const char *after = scene_digest(&s);
    const char *told = "";
    const undo_settings asked = {.confirm = say_no, .user = (void *)&told};
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, id, &asked, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_CANCELLED);
    assert_null(document->run_id);
    assert_string_equal(told, "told");
    outcome_free(document);
    assert_string_equal(scene_digest(&s), after);

    int changes = 2;
    const undo_settings cancelled = {.cancelled = stop, .user = &changes};
    assert_int_equal(scene_undo(&s, id, &cancelled, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_CANCELLED);
    assert_int_equal(document->steps[0].change_count, 2);
    outcome_free(document);
    scene_undo_well(&s, id); /* goes on */
    scene_expect_before(&s);
    scene_remove(&s);
}

static void test_which_run(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, NULL, NULL, &document), MARS_E_NOT_FOUND);
    const char *id = run_one(&s, set_one);
    assert_int_equal(scene_undo(&s, "1999", NULL, &document), MARS_E_NOT_FOUND);
    assert_int_equal(scene_undo(&s, "../../x", NULL, &document), MARS_E_NOT_FOUND);
    assert_int_equal(scene_undo(&s, "", NULL, &document), MARS_E_NOT_FOUND);
    const char *begin = arena_text_n(&s.image.memory, id, 10);
    scene_undo_well(&s, begin);
    assert_int_equal(scene_undo(&s, begin, NULL, &document), MARS_E_NOT_FOUND); /* two begin so */
    scene_expect_before(&s);
    scene_remove(&s);
}

static void test_another_machine(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_one(&s, set_one);
    const registry_path name = {REGISTRY_MACHINE, REGISTRY_64,
                                "SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName"};
    scene_set_outside(&s, &name, "ComputerName", "SRV-02");
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, id, NULL, &document), MARS_E_OTHER_MACHINE);
    expect_message("SRV-01");
    const undo_settings any = {.any_machine = true};
    assert_int_equal(scene_undo(&s, id, &any, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_APPLIED);
    assert_string_equal(document->machine.computer_name, "SRV-02"); /* where it was done */
    outcome_free(document);
    assert_string_equal(scene_text(&s, &scene_environment, "PSModulePath"), "old");
    scene_remove(&s);
}

/* What was kept is not believed if it is not what was there; the values are. */
static void test_kept_files_that_were_changed(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    const char *id = run_all(&s);
    for (int n = 1; n <= 3; n++) { /* both hives, and a file */
        const char *kept = arena_printf(&s.image.memory, "ProgramData/MarsHealth/%s/kept/%d", id, n);
        assert_non_null(temp_image_bytes(&s.image, kept).data);
        temp_image_text(&s.image, kept, "forged");
    }
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, id, NULL, &document), MARS_E_CONFLICT);
    expect_message("kept");
    const undo_settings force = {.force = true};
    assert_int_equal(scene_undo(&s, id, &force, &document), MARS_E_CONFLICT);
    const undo_settings partial = {.partial = true};
    assert_int_equal(scene_undo(&s, id, &partial, &document), MARS_OK);
    assert_int_equal(document->state, OUTCOME_APPLIED);
    outcome_free(document);
    assert_string_equal(scene_text(&s, &scene_shell, "ExecutionPolicy"), "Restricted");
    assert_int_equal(temp_image_bytes(&s.image, SCENE_MODULE "old.dll").data[0], 'n');
    scene_remove(&s);
}

/* A journal in the right place that names what no repair changes: neither recovery nor undo touches it. */
static void test_a_forged_journal(void **state) {
    (void)state;
    static const struct {
        change_kind kind;
        const char *target;
    } cases[] = {
        {CHANGE_REGISTRY_VALUE, "HKLM\\SOFTWARE\\Other\\\\x"},
        {CHANGE_REGISTRY_VALUE, "HKLM\\SYSTEM\\CurrentControlSet\\Control\\Lsa\\\\x"},
        {CHANGE_FILE, "C:\\Windows\\System32\\x.dll"},
        {CHANGE_FILE, SCENE_MODULE_W "..\\..\\..\\x.dll"},
        {CHANGE_TASK, "\\Microsoft\\Windows\\x"},
        {CHANGE_SERVICE_CONFIG, "..\\VSS"},
    };
    static const uint8_t data[32] = {1};
    for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
        repair_scene s;
        const char *id = NULL;
        journal_storage *storage = NULL;
        const char *path = NULL;
        journal *run = NULL;
        scene_make(&s);
        assert_int_equal(scene_run(&s, NULL, 0, &id), MARS_OK); /* makes the folder */
        assert_int_equal(run_journals(s.image.machine, &s.image.memory, false, &storage, &path), MARS_OK);
        const journal_head head = {.id = "20260302T080000Z-4711", .tool_version = "0.1.0"};
        const change_record change = {.kind = cases[i / 2].kind,
                                      .target = cases[i / 2].target,
                                      .after = {true, REGISTRY_SZ, {data, sizeof data}}};
        const digest_value none = {0};
        assert_int_equal(journal_begin(&run, storage, &head), MARS_OK);
        assert_int_equal(journal_intend(run, &change), MARS_OK);
        if (i % 2 == 0) {
            assert_int_equal(journal_done(run, &change.after, &none), MARS_OK);
            assert_int_equal(journal_end(run, "applied"), MARS_OK);
        }
        journal_close(run);
        storage->close(storage);
        const undo_settings force = {.force = true};
        outcome *document = NULL;
        assert_int_equal(scene_undo(&s, head.id, &force, &document), MARS_E_REFUSED);
        expect_message("nothing that a repair changes");
        scene_expect_before(&s);
        scene_remove(&s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_kind_comes_back),
        cmocka_unit_test(test_a_whole_run_comes_back),
        cmocka_unit_test(test_undo_of_undo_of_undo),
        cmocka_unit_test(test_what_if_changes_nothing),
        cmocka_unit_test(test_value_by_value),
        cmocka_unit_test(test_undo_of_undo_by_value),
        cmocka_unit_test(test_keys_and_folders_go_only_if_empty),
        cmocka_unit_test(test_two_runs_over_one_value),
        cmocka_unit_test(test_changed_by_someone_outside),
        cmocka_unit_test(test_force),
        cmocka_unit_test(test_not_confirmed_and_cancelled),
        cmocka_unit_test(test_which_run),
        cmocka_unit_test(test_another_machine),
        cmocka_unit_test(test_kept_files_that_were_changed),
        cmocka_unit_test(test_a_forged_journal),
    };
    return cmocka_run_group_tests_name("undo", tests, NULL, NULL);
}
