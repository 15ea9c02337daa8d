/* Reading tasks from a host made up by the test. */
#include "collect/read.h"
#include "collect/task_facts.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const char definition[] = "<Task xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\"/>";

static fact_state give_definition(host *machine, const char *path, arena *memory, bytes *out, fact *why) {
    (void)machine;
    (void)memory;
    *out = (bytes){.data = (const uint8_t *)definition, .size = strlen(definition)};
    *why = fact_known(path);
    return FACT_KNOWN;
}

static fact_state give_no_status(host *machine, const char *path, arena *memory, task_status *out,
                                 fact *why) {
    (void)machine;
    (void)memory;
    *out = (task_status){0};
    *why = fact_absent(path);
    return FACT_ABSENT;
}

static fact_state give_no_time(host *machine, const registry_path *path, arena *memory, int64_t *out,
                               fact *why) {
    (void)machine;
    (void)memory;
    *out = 0;
    *why = fact_absent(path->key);
    return FACT_ABSENT;
}

static const host_reader reader = {
    .task_xml = give_definition, .task_status = give_no_status, .registry_time = give_no_time};

static void test_definitions_are_bounded_together(void **state) {
    (void)state;
    arena memory = {0};
    host machine = {.read = &reader};
    collector c = {.machine = &machine, .memory = &memory};
    const task_entry entry = {.path = "\\A", .defined = {.fact = {.state = FACT_KNOWN, .where = "file"}}};
    uint64_t room = strlen(definition) + 1;
    for (int i = 0; i < 2; i++) { /* the second begins within the bound */
        scheduled_task task = {0};
        read_task(&c, &entry, &room, &task);
        assert_true(fact_is_true(&task.readable));
        assert_int_equal(room, i == 0);
    }
    scheduled_task third = {0};
    read_task(&c, &entry, &room, &third);
    assert_int_equal(third.readable.fact.state, FACT_UNKNOWN);
    assert_int_equal(third.readable.fact.reason, REASON_TOO_LARGE);
    assert_string_equal(third.readable.fact.where, "file");
    assert_int_equal(third.enabled.fact.state, FACT_UNKNOWN);
    arena_free(&memory);
}

static void expect_policy(const char *arguments, const char *policy, const char *import) {
    arena memory = {0};
    collector c = {.memory = &memory, .patterns = pattern_set_new()};
    action_facts action = {0};
    read_powershell_arguments(&c, arguments, "task", &action);
    assert_string_equal(fact_text_or(&action.execution_policy, "none"), policy);
    assert_int_equal(action.imports.fact.state, FACT_KNOWN);
    assert_int_equal(action.imports.value.count, import != NULL);
    if (import != NULL) {
        assert_string_equal(action.imports.value.items[0], import);
    }
    pattern_set_free(c.patterns);
    arena_free(&memory);
}

static void test_arguments(void **state) {
    (void)state;
    expect_policy("", "none", NULL);
    expect_policy("-NoProfile\t-ex  RemoteSigned -Command \"Import-Module A\"", "RemoteSigned", "A");
    expect_policy("\"-ep\" \"By\"pass", "Bypass", NULL);
    expect_policy("-ep", "", NULL);
    expect_policy("-c \"ipmo B; x -ep Restricted\"", "none", "B");
}

static void test_arguments_longer_than_a_command_line(void **state) {
    (void)state;
    arena memory = {0};
    collector c = {.memory = &memory};
    action_facts action = {0};
    enum { LENGTH = 100 * 1000 };
    char *arguments = arena_alloc(&memory, LENGTH + 1);
    assert_non_null(arguments);
    memset(arguments, 'a', LENGTH);
    read_powershell_arguments(&c, arguments, "task", &action);
    assert_int_equal(action.execution_policy.fact.reason, REASON_TOO_LARGE);
    assert_int_equal(action.imports.fact.reason, REASON_TOO_LARGE);
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_definitions_are_bounded_together),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_arguments_longer_than_a_command_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
