/* What the history says of runs, in text and in JSON, and the texts of states. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "repair_scene.h"

#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

static json_t *history_json(repair_scene *s) {
    history *document = NULL;
    text_builder out = {0};
    assert_int_equal(history_read(&document, s->image.machine), MARS_OK);
    render_history_json(&out, document, true);
    assert_false(text_builder_failed(&out));
    json_t *json = json_loads(text_builder_text(&out), 0, NULL);
    assert_non_null(json);
    assert_string_equal(json_string_value(json_object_get(json, "schema")), "marshealth/history/1");
    text_builder_free(&out);
    history_free(document);
    return json;
}

static const char *member(const json_t *run, const char *name) {
    return json_string_value(json_object_get(run, name));
}

static void test_nothing_yet(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    json_t *json = history_json(&s);
    assert_int_equal(json_array_size(json_object_get(json, "runs")), 0);
    json_decref(json);
    assert_null(temp_image_bytes(&s.image, "ProgramData/MarsHealth/lock").data); /* looking makes nothing */
    scene_remove(&s);
}

static void test_runs_and_undos(void **state) {
    (void)state;
    static const char *const expected[][3] = {
        {"registry-value", "\"Restricted\"", "\"RemoteSigned\""},
        {"registry-value", "absent", "\"1\""},
        {"service", "disabled", "delayed automatic start"},
        {"file", "SHA-256 34a7", "SHA-256 fe32"},
        {"file", "absent", "SHA-256 fe32"},
        {"event", "stopped", "running"},
        {"registry-value", "\"old\"", "\"new\""},
    };
    repair_scene s;
    const char *id = NULL;
    scene_make(&s);
    assert_int_equal(scene_run_all(&s, &id), MARS_OK);
    const char *undo = scene_undo_well(&s, id);
    json_t *json = history_json(&s);
    const json_t *runs = json_object_get(json, "runs");
    assert_int_equal(json_array_size(runs), 2);
    const json_t *newest = json_array_get(runs, 0);
    const json_t *first = json_array_get(runs, 1);
    assert_string_equal(member(newest, "id"), undo);
    assert_string_equal(member(newest, "undoes"), id);
    assert_string_equal(member(newest, "state"), "applied");
    assert_null(member(newest, "undone_by"));
    assert_string_equal(member(first, "id"), id);
    assert_string_equal(member(first, "undone_by"), undo);
    assert_null(member(first, "problem"));
    assert_non_null(member(first, "started"));
    const json_t *changes = json_object_get(first, "changes");
    assert_int_equal(json_array_size(changes), scene_change_count);
    for (size_t i = 0; i < scene_change_count; i++) {
        const json_t *change = json_array_get(changes, i);
        assert_int_equal(json_integer_value(json_object_get(change, "step")), i + 1);
        assert_string_equal(member(change, "kind"), expected[i][0]);
        assert_int_equal(strncmp(member(change, "before"), expected[i][1], strlen(expected[i][1])), 0);
        assert_int_equal(strncmp(member(change, "after"), expected[i][2], strlen(expected[i][2])), 0);
        assert_int_equal(json_is_true(json_object_get(change, "undoable")),
                         strcmp(expected[i][0], "event") != 0);
    }
    json_decref(json);

    history *document = NULL;
    text_builder out = {0};
    assert_int_equal(history_read(&document, s.image.machine), MARS_OK);
    render_history_text(&out, document);
    assert_non_null(strstr(text_builder_text(&out), id));
    assert_non_null(strstr(text_builder_text(&out), "taken back by"));
    assert_non_null(strstr(text_builder_text(&out), "\"Restricted\" -> \"RemoteSigned\""));
    text_builder_free(&out);
    history_free(document);
    scene_remove(&s);
}

/* A run that was cut short: what recovery finds is said at once and ever after, whatever changes then. */
static void test_an_interrupted_run(void **state) {
    (void)state;
    repair_scene s;
    arena memory = {0};
    repair_run run;
    const run_options options = {0};
    scene_make(&s);
    assert_int_equal(run_begin(&run, s.image.machine, &memory, &options), MARS_OK);
    assert_int_equal(scene_changes[0](&run.changing), MARS_OK);
    run.changing.unsettled = true; /* as if the process were lost here */
    assert_int_equal(run_end(&run, "applied"), MARS_OK);
    arena_free(&memory);
    for (int round = 0; round < 2; round++) {
        json_t *json = history_json(&s);
        const json_t *first = json_array_get(json_object_get(json, "runs"), 0);
        assert_string_equal(member(first, "state"), "interrupted");
        assert_string_equal(member(first, "problem"), "it was interrupted between two changes");
        assert_int_equal(json_array_size(json_object_get(json, "notes")), round == 0 ? 1 : 0);
        json_decref(json);
        scene_set_outside(&s, &scene_shell, "ExecutionPolicy", "AllSigned");
    }
    scene_remove(&s);
}

static void test_an_unreadable_run(void **state) {
    (void)state;
    repair_scene s;
    const char *id = NULL;
    scene_make(&s);
    assert_int_equal(scene_run_all(&s, &id), MARS_OK);
    const char *path = arena_printf(&s.image.memory, "ProgramData/MarsHealth/%s/run.jsonl", id);
    bytes lines = temp_image_bytes(&s.image, path);
    uint8_t *copy = arena_copy(&s.image.memory, lines.data, lines.size);
    copy[40] ^= 1;
    temp_image_file(&s.image, path, copy, lines.size);
    assert_int_equal(chmod(temp_image_path(&s.image, path), 0600), 0);
    json_t *json = history_json(&s);
    const json_t *first = json_array_get(json_object_get(json, "runs"), 0);
    assert_string_equal(member(first, "state"), "unreadable");
    assert_non_null(strstr(member(first, "problem"), "line 1"));
    json_decref(json);
    outcome *document = NULL;
    assert_int_equal(scene_undo(&s, id, NULL, &document), MARS_E_MALFORMED);
    assert_int_equal(scene_undo(&s, NULL, NULL, &document), MARS_E_MALFORMED);
    scene_remove(&s);
}

static void test_texts_of_states(void **state) {
    (void)state;
    static const uint8_t number[] = {0x2A, 0, 0, 0};
    static const uint8_t texts[] = {'a', 0, 0, 0, 'b', 0, 'c', 0, 0, 0, 0, 0};
    static const uint8_t many[20] = {1, 2, 0xFF};
    const struct {
        change_kind kind;
        change_state state;
        const char *expected;
    } cases[] = {
        {CHANGE_REGISTRY_VALUE, {.present = false}, "absent"},
        {CHANGE_REGISTRY_VALUE, {true, REGISTRY_DWORD, {number, 4}}, "42"},
        {CHANGE_REGISTRY_VALUE, {true, REGISTRY_DWORD, {number, 3}}, "type 4, 3 bytes: 2a 00 00"},
        {CHANGE_REGISTRY_VALUE, {true, REGISTRY_MULTI_SZ, {texts, sizeof texts}}, "\"a\", \"bc\""},
        {CHANGE_REGISTRY_VALUE, {true, REGISTRY_BINARY, {many, 1}}, "1 byte: 01"},
        {CHANGE_REGISTRY_VALUE,
         {true, REGISTRY_BINARY, {many, 20}},
         "20 bytes: 01 02 ff 00 00 00 00 00 00 00 00 00 00 00 00 00 ..."},
        {CHANGE_SERVICE_CONFIG, {true, 0, {(const uint8_t *)"start=3 delayed=-", 17}}, "manual start"},
        {CHANGE_SERVICE_CONFIG,
         {true, 0, {(const uint8_t *)"start=2 delayed=1", 17}},
         "delayed automatic start"},
        {CHANGE_EVENT, {true, 0, {(const uint8_t *)"running", 7}}, "running"},
    };
    arena memory = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_string_equal(change_state_text(&memory, cases[i].kind, &cases[i].state), cases[i].expected);
    }
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_yet),        cmocka_unit_test(test_runs_and_undos),
        cmocka_unit_test(test_an_interrupted_run), cmocka_unit_test(test_an_unreadable_run),
        cmocka_unit_test(test_texts_of_states),
    };
    return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
