/* The registry of the machine we run on, read and changed by us and looked at by Wine's reg. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "live_machine.h"

#include <string.h>
#include <windows.h>
/* needs what windows.h declares */
#include <sddl.h>

#define KEY "SOFTWARE\\MarsHealthTest"

static const LSTATUS done = ERROR_SUCCESS;

static const registry_path test_key = {REGISTRY_MACHINE, REGISTRY_64, KEY};
static const registry_path test_key_32 = {REGISTRY_MACHINE, REGISTRY_32, KEY};

static void put(live_machine *on, const registry_path *path, const char *name, uint32_t type,
                const void *data, size_t size) {
    const registry_value value = {.type = type, .data = {.data = data, .size = size}};
    uint32_t created = 0;
    assert_int_equal(on->write->registry_set(on->machine, path, name, &value, &created), MARS_OK);
}

static fact_state get(live_machine *on, const registry_path *path, const char *name, registry_value *out) {
    return on->read->registry_read(on->machine, path, name, &on->memory, out, &on->why);
}

static void assert_value(live_machine *on, const registry_path *path, const char *name, uint32_t type,
                         const void *data, size_t size) {
    registry_value value;
    assert_int_equal(get(on, path, name, &value), FACT_KNOWN);
    assert_int_equal(value.type, type);
    assert_int_equal(value.data.size, size);
    assert_memory_equal(value.data.data, data, size);
}

static bool lists(const text_list *names, const char *name) {
    for (size_t i = 0; i < names->count; i++) {
        if (strcmp(names->items[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void absent_is_absent(void **state) {
    live_machine *on = *state;
    registry_value value;
    text_list names;
    int64_t time = 0;
    const registry_path none = {REGISTRY_MACHINE, REGISTRY_64, KEY "\\no\\such"};
    assert_int_equal(get(on, &none, "x", &value), FACT_ABSENT);
    assert_string_equal(on->why.where, "HKLM\\" KEY "\\no\\such [x]");
    assert_int_equal(on->read->registry_keys(on->machine, &none, &on->memory, &names, &on->why), FACT_ABSENT);
    assert_int_equal(on->read->registry_values(on->machine, &none, &on->memory, &names, &on->why),
                     FACT_ABSENT);
    assert_int_equal(on->read->registry_time(on->machine, &none, &on->memory, &time, &on->why), FACT_ABSENT);
    put(on, &test_key, "there", REGISTRY_DWORD, "\1\0\0", 4);
    assert_int_equal(get(on, &test_key, "not there", &value), FACT_ABSENT);
    assert_int_equal(get(on, &test_key, NULL, &value), FACT_ABSENT);
}

static void values_are_kept_to_the_byte(void **state) {
    live_machine *on = *state;
    static const struct {
        const char *name;
        uint32_t type;
        const char *data;
        size_t size;
    } values[] = {
        {"text", REGISTRY_SZ, "a\0b\0\0", 6},          {"odd", REGISTRY_SZ, "a\0b", 3},
        {"open", REGISTRY_EXPAND_SZ, "%\0x\0", 4},     {"garbage", REGISTRY_SZ, "a\0\0\0z\0", 6},
        {"many", REGISTRY_MULTI_SZ, "a\0\0\0\0", 6},   {"number", REGISTRY_DWORD, "\1\2\3\4", 4},
        {"long", REGISTRY_QWORD, "\1\2\3\4\5\6\7", 8}, {"nothing", REGISTRY_NONE, "", 0},
        {"strange", 0x12345, "\xFF\0\1", 3},           {"", REGISTRY_SZ, "d\0\0", 4},
    };
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        put(on, &test_key, values[i].name, values[i].type, values[i].data, values[i].size);
        assert_value(on, &test_key, values[i].name, values[i].type, values[i].data, values[i].size);
    }
    assert_value(on, &test_key, NULL, REGISTRY_SZ, "d\0\0", 4);
    assert_non_null(strstr(tool(on, "reg query HKLM\\" KEY " /v number"), "0x4030201"));
    assert_non_null(strstr(tool(on, "reg query HKLM\\" KEY " /v open"), "REG_EXPAND_SZ"));
    text_list names;
    assert_int_equal(on->read->registry_values(on->machine, &test_key, &on->memory, &names, &on->why),
                     FACT_KNOWN);
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        assert_true(lists(&names, values[i].name));
    }
}

static void names_round_trip(void **state) {
    live_machine *on = *state;
    static const char name[] = "half\x1A"
                               "D800 \xC3\xA4\xF0\x9F\x98\x80 \x1A"
                               "001A";
    registry_path key = {REGISTRY_MACHINE, REGISTRY_64,
                         KEY "\\lone\x1A"
                             "DC00"};
    put(on, &key, name, REGISTRY_DWORD, "\1\0\0", 4);
    assert_value(on, &key, name, REGISTRY_DWORD, "\1\0\0", 4);
    text_list names;
    assert_int_equal(on->read->registry_values(on->machine, &key, &on->memory, &names, &on->why), FACT_KNOWN);
    assert_true(lists(&names, name));
    assert_int_equal(on->read->registry_keys(on->machine, &test_key, &on->memory, &names, &on->why),
                     FACT_KNOWN);
    assert_true(lists(&names, "lone\x1A"
                              "DC00"));
}

static void views_are_two(void **state) {
    live_machine *on = *state;
    registry_value value;
    put(on, &test_key_32, "only 32", REGISTRY_SZ, "x\0\0", 4);
    assert_int_equal(get(on, &test_key, "only 32", &value), FACT_ABSENT);
    assert_value(on, &test_key_32, "only 32", REGISTRY_SZ, "x\0\0", 4);
    (void)tool(on, "reg query HKLM\\SOFTWARE\\Wow6432Node\\MarsHealthTest /v \"only 32\"");
    const registry_path by_name = {REGISTRY_MACHINE, REGISTRY_64, "SOFTWARE\\Wow6432Node\\MarsHealthTest"};
    assert_value(on, &by_name, "only 32", REGISTRY_SZ, "x\0\0", 4);
    assert_int_equal(on->write->registry_set(on->machine, &test_key_32, "only 32", NULL, &(uint32_t){0}),
                     MARS_OK);
    assert_int_equal(on->write->registry_prune(on->machine, &test_key_32, 1), MARS_OK);
    int code = 0;
    (void)tool_output(on, "reg query HKLM\\SOFTWARE\\Wow6432Node\\MarsHealthTest 2>NUL", &code);
    assert_int_not_equal(code, 0);
}

static void wines_values_are_read(void **state) {
    live_machine *on = *state;
    registry_value value;
    const char *text = NULL;
    int64_t number = 0;
    (void)tool(on, "reg add HKLM\\" KEY " /v byreg /t REG_EXPAND_SZ /d \"^%SystemRoot^%\\x\" /f");
    assert_int_equal(get(on, &test_key, "byreg", &value), FACT_KNOWN);
    assert_int_equal(value.type, REGISTRY_EXPAND_SZ);
    (void)tool(on, "reg add HKLM\\" KEY " /v number2 /t REG_DWORD /d 77 /f");
    assert_int_equal(get(on, &test_key, "number2", &value), FACT_KNOWN);
    assert_true(registry_value_number(&value, &number));
    assert_int_equal(number, 77);
    const registry_path control = {REGISTRY_MACHINE, REGISTRY_64,
                                   "SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName"};
    assert_int_equal(get(on, &control, "ComputerName", &value), FACT_KNOWN);
    assert_true(registry_value_text(&value, &on->memory, &text));
    assert_true(text[0] != '\0');
}

static void keys_are_counted_and_pruned(void **state) {
    live_machine *on = *state;
    const registry_path deep = {REGISTRY_MACHINE, REGISTRY_64, KEY "\\a\\b\\c"};
    const registry_value value = {.type = REGISTRY_SZ, .data = {.data = (const uint8_t *)"x\0\0", .size = 4}};
    uint32_t created = 99;
    int64_t time = 0;
    int code = 0;
    assert_int_equal(on->write->registry_set(on->machine, &deep, "v", &value, &created), MARS_OK);
    assert_int_equal(created, 3);
    assert_int_equal(on->write->registry_set(on->machine, &deep, "w", &value, &created), MARS_OK);
    assert_int_equal(created, 0);
    assert_int_equal(on->write->registry_prune(on->machine, &deep, 3), MARS_OK); /* not empty: stays */
    assert_value(on, &deep, "v", REGISTRY_SZ, "x\0\0", 4);
    assert_int_equal(on->write->registry_set(on->machine, &deep, "v", NULL, &created), MARS_OK);
    assert_int_equal(on->write->registry_set(on->machine, &deep, "v", NULL, &created),
                     MARS_OK); /* none: fine */
    assert_int_equal(on->write->registry_set(on->machine, &deep, "w", NULL, &created), MARS_OK);
    const registry_path beside = {REGISTRY_MACHINE, REGISTRY_64, KEY "\\a\\other"};
    put(on, &beside, "v", REGISTRY_SZ, "x\0\0", 4);
    assert_int_equal(on->write->registry_prune(on->machine, &deep, 3),
                     MARS_OK); /* up to a, which is not empty */
    assert_int_equal(on->read->registry_time(on->machine, &deep, &on->memory, &time, &on->why), FACT_ABSENT);
    (void)tool_output(on, "reg query HKLM\\" KEY "\\a\\b 2>NUL", &code);
    assert_int_not_equal(code, 0);
    (void)tool(on, "reg query HKLM\\" KEY "\\a\\other");
    assert_int_equal(on->write->registry_prune(on->machine, &deep, 1), MARS_OK); /* gone already: fine */
}

static void a_deleted_value_makes_no_keys(void **state) {
    live_machine *on = *state;
    const registry_path none = {REGISTRY_MACHINE, REGISTRY_64, KEY "\\never\\made"};
    uint32_t created = 99;
    int64_t time = 0;
    assert_int_equal(on->write->registry_set(on->machine, &none, "v", NULL, &created), MARS_OK);
    assert_int_equal(created, 0);
    assert_int_equal(on->read->registry_time(on->machine, &none, &on->memory, &time, &on->why), FACT_ABSENT);
}

static void too_large_is_refused(void **state) {
    live_machine *on = *state;
    static uint8_t data[REGISTRY_DATA_LIMIT + 1];
    registry_value value = {.type = REGISTRY_BINARY, .data = {.data = data, .size = sizeof data}};
    uint32_t created = 0;
    assert_int_equal(on->write->registry_set(on->machine, &test_key, "big", &value, &created),
                     MARS_E_TOO_LARGE);
    assert_int_equal(get(on, &test_key, "big", &value), FACT_ABSENT);
    value = (registry_value){.type = REGISTRY_BINARY, .data = {.data = data, .size = REGISTRY_DATA_LIMIT}};
    assert_int_equal(on->write->registry_set(on->machine, &test_key, "big", &value, &created), MARS_OK);
    assert_value(on, &test_key, "big", REGISTRY_BINARY, data, REGISTRY_DATA_LIMIT);
}

static void the_time_is_that_of_the_last_change(void **state) {
    live_machine *on = *state;
    int64_t written = 0;
    int64_t now = 0;
    put(on, &test_key, "stamp", REGISTRY_SZ, "x\0\0", 4);
    assert_int_equal(on->read->registry_time(on->machine, &test_key, &on->memory, &written, &on->why),
                     FACT_KNOWN);
    assert_int_equal(on->read->now(on->machine, &on->memory, &now, &on->why), FACT_KNOWN);
    assert_in_range(now - written, 0, 30);
}

static void the_system_account_has_its_own(void **state) {
    live_machine *on = *state;
    const registry_path environment = {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, "Environment"};
    put(on, &environment, "PSModulePath", REGISTRY_EXPAND_SZ, "x\0\0", 4);
    assert_value(on, &environment, "PSModulePath", REGISTRY_EXPAND_SZ, "x\0\0", 4);
    (void)tool(on, "reg query HKU\\S-1-5-18\\Environment /v PSModulePath");
    assert_int_equal(on->write->flush(on->machine, false),
                     MARS_OK); /* tells programs, too: there are none that hang */
}

/* Not even reading is allowed there: that is unknown, and says what to do, or that it is no matter of rights.
 */
static void denied_is_unknown(void **state) {
    live_machine *on = *state;
    registry_value value;
    PSECURITY_DESCRIPTOR closed = NULL;
    HKEY key = NULL;
    assert_true(ConvertStringSecurityDescriptorToSecurityDescriptorW(L"D:P(A;;KA;;;S-1-5-21-1-2-3-4)",
                                                                     SDDL_REVISION_1, &closed, NULL));
    LSTATUS made =
        RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"" KEY "\\closed", 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL);
    LSTATUS set = RegSetKeySecurity(key, DACL_SECURITY_INFORMATION, closed);
    assert_true(made == done && set == done);
    (void)LocalFree(closed);
    (void)RegCloseKey(key);
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64, KEY "\\closed"};
    assert_int_equal(get(on, &path, "x", &value), FACT_UNKNOWN);
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
    assert_non_null(strstr(on->why.detail, "elevated"));
    uint32_t created = 0;
    const registry_value one = {.type = REGISTRY_DWORD,
                                .data = {.data = (const uint8_t *)"\1\0\0", .size = 4}};
    assert_int_equal(on->write->registry_set(on->machine, &path, "x", &one, &created), MARS_E_UNREADABLE);
    assert_non_null(strstr(error_message(), "denied"));
}

static void flushing_works(void **state) {
    live_machine *on = *state;
    put(on, &test_key, "flushed", REGISTRY_SZ, "x\0\0", 4);
    put(on, &test_key_32, "flushed", REGISTRY_SZ, "x\0\0", 4);
    assert_int_equal(on->write->flush(on->machine, false), MARS_OK);
    assert_null(on->write->registry_file);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(absent_is_absent, live_open, live_close),
        cmocka_unit_test_setup_teardown(values_are_kept_to_the_byte, live_open, live_close),
        cmocka_unit_test_setup_teardown(names_round_trip, live_open, live_close),
        cmocka_unit_test_setup_teardown(views_are_two, live_open, live_close),
        cmocka_unit_test_setup_teardown(wines_values_are_read, live_open, live_close),
        cmocka_unit_test_setup_teardown(keys_are_counted_and_pruned, live_open, live_close),
        cmocka_unit_test_setup_teardown(a_deleted_value_makes_no_keys, live_open, live_close),
        cmocka_unit_test_setup_teardown(too_large_is_refused, live_open, live_close),
        cmocka_unit_test_setup_teardown(the_time_is_that_of_the_last_change, live_open, live_close),
        cmocka_unit_test_setup_teardown(the_system_account_has_its_own, live_open, live_close),
        cmocka_unit_test_setup_teardown(denied_is_unknown, live_open, live_close),
        cmocka_unit_test_setup_teardown(flushing_works, live_open, live_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
