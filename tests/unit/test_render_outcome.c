/* An outcome as people and programs read it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "repair/outcome.h"

#include <jansson.h>
#include <string.h>

static const change_outcome changes[] = {
    {"registry-value", "HKLM\\SOFTWARE\\A\\\\x", "\"old\x1b[31m\"", "\"new\"", true, false},
    {"registry-value", "HKLM\\SOFTWARE\\A\\\\y", "a value that is long enough to fill half of a line",
     "and another one", true, false},
    {"event", "VSS", "running", "stopped", false, false},
};

static const step_outcome steps[] = {
    {.number = 1,
     .operation = "service.stop",
     .arguments = "{\"service\":\"VSS\"}",
     .title = "Stop the service VSS",
     .state = STEP_DONE,
     .changes = changes,
     .change_count = 3},
    {.number = 2,
     .operation = "task.enable",
     .arguments = "{\"task\":\"\\\\A\"}",
     .title = "Enable the task \\A",
     .state = STEP_HELD,
     .message = "only the Task Scheduler of the running server can change a task"},
};

static outcome sample(const char **notes) {
    return (outcome){
        .machine = {.computer_name = "B\xC3\x84RLIN-1"},
        .state = OUTCOME_APPLIED,
        .run_id = "20261121T132859Z-3f9a",
        .undo_command = "marshealth undo 20261121T132859Z-3f9a --image 'a server'",
        .restart_advised = true,
        .steps = steps,
        .step_count = 2,
        .notes = {.items = notes, .count = 1},
    };
}

static const char *const expected =
    "  1 DONE          Stop the service VSS\n"
    "                  HKLM\\SOFTWARE\\A\\\\x\n"
    "                    \"old\xEF\xBF\xBD[31m\" -> \"new\"\n"
    "                  HKLM\\SOFTWARE\\A\\\\y\n"
    "                    a value that is long enough to fill half of a line\n"
    "                    -> and another one\n"
    "                  VSS\n"
    "                    running -> stopped (cannot be taken back)\n"
    "  2 HELD          Enable the task \\A\n"
    "                  only the Task Scheduler of the running server can change a\n"
    "                  task\n"
    "\n"
    "Result    Done, 3 changes made, 1 step held\n"
    "Note      An earlier run was looked after.\n"
    "Restart   programs that run, the agent's service among them, see this only after\n"
    "          they restart\n"
    "Undo      marshealth undo 20261121T132859Z-3f9a --image 'a server'\n";

static void test_no_way_back_where_nothing_can_be_taken_back(void **state) {
    (void)state;
    step_outcome restart = steps[0];
    outcome document = sample(NULL);
    restart.changes = &changes[2];
    restart.change_count = 1;
    document.steps = &restart;
    document.step_count = 1;
    document.notes.count = 0;
    const struct {
        outcome_state state;
        bool told;
    } cases[] = {{OUTCOME_APPLIED, false}, {OUTCOME_STOPPED, false}, {OUTCOME_NEEDS_RECOVERY, true}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        text_builder text = {0};
        document.state = cases[i].state;
        render_outcome_text(&text, &document, false);
        assert_int_equal(strstr(text_builder_text(&text), "marshealth undo") != NULL, cases[i].told);
        text_builder_free(&text);
    }
}

static void test_text(void **state) {
    (void)state;
    const char *notes[] = {"An earlier run was looked after."};
    outcome document = sample(notes);
    text_builder text = {0};
    render_outcome_text(&text, &document, false);
    assert_string_equal(text_builder_text(&text), expected);
    text_builder_free(&text);
    render_outcome_text(&text, &document, true);
    assert_non_null(strstr(text_builder_text(&text), "\x1b[32mDONE\x1b[0m          Stop"));
    text_builder_free(&text);
}

static void test_text_of_other_ends(void **state) {
    (void)state;
    step_outcome one = {.number = 1, .title = "x", .state = STEP_WOULD_CHANGE};
    one.changes = changes;
    one.change_count = 1;
    outcome document = {.state = OUTCOME_WOULD_CHANGE, .what_if = true, .steps = &one, .step_count = 1};
    text_builder text = {0};
    render_outcome_text(&text, &document, false);
    assert_non_null(
        strstr(text_builder_text(&text), "\nResult    Nothing was changed, 1 change would be made\n"));
    text_builder_free(&text);
    document = (outcome){.state = OUTCOME_STOPPED, .message = "step 1 (x): no; nothing was changed"};
    render_outcome_text(&text, &document, false);
    assert_string_equal(text_builder_text(&text), "Result    Stopped\n"
                                                  "          step 1 (x): no; nothing was changed\n");
    text_builder_free(&text);
}

/* What was read back is told, not what was wanted; of an event that failed, nothing is known. */
static void test_what_is_there_now(void **state) {
    (void)state;
    static const uint8_t wanted[] = {1, 0, 0, 0};
    static const uint8_t found[] = {2, 0, 0, 0};
    const change_state before = {.present = true, .data = {(const uint8_t *)"running", 7}};
    const change_state after = {.present = true, .data = {(const uint8_t *)"stopped", 7}};
    change_record records[] = {
        {.kind = CHANGE_REGISTRY_VALUE,
         .target = "x",
         .after = {.present = true, .type = REGISTRY_DWORD, .data = {wanted, sizeof wanted}},
         .read_back = {.present = true, .type = REGISTRY_DWORD, .data = {found, sizeof found}},
         .done = true},
        {.kind = CHANGE_EVENT, .target = "VSS", .before = before, .after = after},
    };
    arena memory = {0};
    step_outcome step = {0};
    outcome_changes(&memory, records, 2, false, &step);
    assert_string_equal(step.changes[0].after, "2");
    assert_string_equal(step.changes[1].after, "not known, as it failed");
    records[0].done = false;
    outcome_changes(&memory, records, 2, true, &step);
    assert_string_equal(step.changes[0].after, "1");
    assert_string_equal(step.changes[1].after, "stopped");
    arena_free(&memory);
}

/* ---- JSON, held to its own schema ---- */

static bool is_of_type(const json_t *value, const char *type) {
    static const struct {
        const char *name;
        json_type type;
    } types[] = {{"string", JSON_STRING},
                 {"object", JSON_OBJECT},
                 {"array", JSON_ARRAY},
                 {"integer", JSON_INTEGER},
                 {"null", JSON_NULL}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].name, type) == 0) {
            return json_typeof(value) == types[i].type;
        }
    }
    return strcmp(type, "boolean") == 0 && json_is_boolean(value);
}

static void assert_type(const json_t *value, const json_t *type) {
    bool good = json_is_string(type) && is_of_type(value, json_string_value(type));
    for (size_t i = 0; i < json_array_size(type); i++) {
        good = good || is_of_type(value, json_string_value(json_array_get(type, i)));
    }
    assert_true(good);
}

/* The part of JSON Schema that ours uses. Schemas nest three deep. */
static void assert_valid(const json_t *value, const json_t *schema) { // NOLINT(misc-no-recursion)
    assert_type(value, json_object_get(schema, "type"));
    const json_t *choices = json_object_get(schema, "enum");
    bool chosen = choices == NULL;
    for (size_t i = 0; i < json_array_size(choices); i++) {
        chosen = chosen || json_equal(value, json_array_get(choices, i));
    }
    assert_true(chosen);
    const json_t *items = json_object_get(schema, "items");
    for (size_t i = 0; items != NULL && i < json_array_size(value); i++) {
        assert_valid(json_array_get(value, i), items);
    }
    const json_t *required = json_object_get(schema, "required");
    for (size_t i = 0; i < json_array_size(required); i++) {
        const char *name = json_string_value(json_array_get(required, i));
        const json_t *member = json_object_get(value, name);
        assert_non_null(member);
        assert_valid(member, json_object_get(json_object_get(schema, "properties"), name));
    }
    assert_true(required == NULL || json_object_size(value) == json_array_size(required));
}

static void test_json_keeps_to_its_schema(void **state) {
    (void)state;
    const char *notes[] = {"note"};
    text_builder text = {0};
    render_outcome_schema(&text);
    json_t *schema = json_loads(text_builder_text(&text), 0, NULL);
    text_builder_free(&text);
    assert_non_null(schema);
    for (int end = OUTCOME_APPLIED; end <= OUTCOME_NEEDS_RECOVERY; end++) {
        outcome document = sample(notes);
        document.state = (outcome_state)end;
        step_outcome step = steps[0];
        document.steps = &step;
        document.step_count = 1;
        for (int one = STEP_DONE; one <= STEP_NOT_REACHED; one++) {
            step.state = (step_state)one;
            render_outcome_json(&text, &document, true);
            json_t *json = json_loads(text_builder_text(&text), 0, NULL);
            assert_non_null(json);
            assert_valid(json, schema);
            const json_t *name = json_object_get(json_object_get(json, "machine"), "computer_name");
            assert_string_equal(json_string_value(name), "B\xC3\x84RLIN-1");
            json_decref(json);
            text_builder_free(&text);
        }
    }
    json_decref(schema);
}

static void test_json(void **state) {
    (void)state;
    const char *notes[] = {"note"};
    outcome document = sample(notes);
    text_builder text = {0};
    render_outcome_json(&text, &document, false);
    assert_int_equal(strchr(text_builder_text(&text), '\n') - text_builder_text(&text), text.length - 1);
    json_t *json = json_loads(text_builder_text(&text), 0, NULL);
    text_builder_free(&text);
    const json_t *first = json_array_get(json_object_get(json, "steps"), 0);
    const json_t *change = json_array_get(json_object_get(first, "changes"), 0);
    assert_string_equal(json_string_value(json_object_get(change, "before")), "\"old\x1b[31m\"");
    assert_string_equal(json_string_value(json_object_get(json_object_get(first, "arguments"), "service")),
                        "VSS");
    assert_string_equal(json_string_value(json_object_get(json, "run_id")), "20261121T132859Z-3f9a");
    assert_true(json_is_null(json_object_get(json, "undoes")));
    json_decref(json);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_no_way_back_where_nothing_can_be_taken_back),
        cmocka_unit_test(test_text_of_other_ends),
        cmocka_unit_test(test_what_is_there_now),
        cmocka_unit_test(test_json_keeps_to_its_schema),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
