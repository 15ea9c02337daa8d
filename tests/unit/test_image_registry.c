#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "temp_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static fact_state read_value(temp_image *image, registry_view view, const char *key, const char *name,
                             registry_value *out) {
    registry_path path = {.root = REGISTRY_MACHINE, .view = view, .key = key};
    fact_state state =
        image->machine->read->registry_read(image->machine, &path, name, &image->memory, out, &image->why);
    assert_int_equal(state, image->why.state);
    assert_non_null(image->why.where);
    return state;
}

static void expect_text(temp_image *image, registry_view view, const char *key, const char *name,
                        const char *text) {
    registry_value value;
    const char *actual = NULL;
    if (read_value(image, view, key, name, &value) != FACT_KNOWN) {
        fail_msg("%s [%s]: %s", key, name, temp_image_detail(image));
    }
    assert_true(registry_value_text(&value, &image->memory, &actual));
    assert_string_equal(actual, text);
}

static void expect_state(temp_image *image, const char *key, const char *name, fact_state expected) {
    registry_value value;
    if (read_value(image, REGISTRY_64, key, name, &value) != expected) {
        fail_msg("%s [%s]: %d %s", key, name, (int)image->why.state, temp_image_detail(image));
    }
}

static void test_values_are_as_stored(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SOFTWARE,
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\B]\n"
                    "@=\"default\"\n"
                    "\"Odd\"=hex(1):41,00,42,00,43\n"
                    "\"Open\"=hex(1):41,00,42,00\n"
                    "\"Garbage\"=hex(2):41,00,00,00,ff,fe,00\n"
                    "\"Empty\"=hex(1):\n"
                    "\"Number\"=dword:80000001\n"
                    "\"Short\"=hex(4):01,02\n"
                    "\"Strange\"=hex(1234):aa\n"
                    "\"\xC3\x84\xD0\x96\"=\"wide name\"\n");
    temp_image_open(image);
    const char *key = "software\\a\\B";
    registry_value value;
    int64_t number = 0;
    expect_text(image, REGISTRY_64, key, NULL, "default");
    expect_text(image, REGISTRY_64, key, "", "default");
    expect_text(image, REGISTRY_64, key, "odd", "AB");
    assert_int_equal(read_value(image, REGISTRY_64, key, "odd", &value), FACT_KNOWN);
    assert_int_equal(value.data.size, 5);
    expect_text(image, REGISTRY_64, key, "OPEN", "AB");
    expect_text(image, REGISTRY_64, key, "garbage", "A");
    assert_int_equal(read_value(image, REGISTRY_64, key, "garbage", &value), FACT_KNOWN);
    assert_int_equal(value.data.size, 7);
    expect_text(image, REGISTRY_64, key, "empty", "");
    expect_text(image, REGISTRY_64, key, "\xC3\xA4\xD0\xB6", "wide name");
    assert_int_equal(read_value(image, REGISTRY_64, key, "Number", &value), FACT_KNOWN);
    assert_true(registry_value_number(&value, &number));
    assert_int_equal(number, 0x80000001);
    assert_int_equal(read_value(image, REGISTRY_64, key, "Short", &value), FACT_KNOWN);
    assert_false(registry_value_number(&value, &number));
    assert_int_equal(read_value(image, REGISTRY_64, key, "Strange", &value), FACT_KNOWN);
    assert_int_equal(value.type, 0x1234);
    assert_string_equal(image->why.where, "HKLM\\software\\a\\B [Strange]");
    expect_state(image, key, "none", FACT_ABSENT);
    expect_state(image, "SOFTWARE\\A\\C", "x", FACT_ABSENT);
    expect_state(image, "SOFTWARE\\A", NULL, FACT_ABSENT);
    expect_state(image, "SOFTWAREX\\A", "x", FACT_UNKNOWN);
    expect_state(image, "SECURITY\\Policy", "x", FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_NOT_ON_HOST);
}

static void test_large_values(void **state) {
    temp_image *image = *state;
    enum { SIZE = 16000 };
    char *text = malloc(SIZE * 4 + 200);
    int used = sprintf(text, "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"Large\"=hex:");
    for (int i = 0; i < SIZE; i++) {
        used += sprintf(text + used, "%02x%s", i % 251, i + 1 < SIZE ? "," : "\n");
    }
    temp_image_hive(image, HIVE_SOFTWARE, text);
    free(text);
    temp_image_open(image);
    registry_value value;
    assert_int_equal(read_value(image, REGISTRY_64, "SOFTWARE\\A", "Large", &value), FACT_KNOWN);
    assert_int_equal(value.data.size, SIZE);
    for (size_t i = 0; i < SIZE; i++) {
        assert_int_equal(value.data.data[i], i % 251);
    }
}

static void test_the_current_control_set(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SYSTEM,
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n\"Current\"=dword:00000002\n"
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control]\n\"x\"=\"one\"\n"
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet002\\Control]\n\"x\"=\"two\"\n");
    temp_image_open(image);
    expect_text(image, REGISTRY_64, "SYSTEM\\currentcontrolset\\Control", "x", "two");
    expect_text(image, REGISTRY_32, "SYSTEM\\CurrentControlSet\\Control", "x", "two");
    expect_text(image, REGISTRY_64, "SYSTEM\\ControlSet001\\Control", "x", "one");
    temp_image_hive(image, HIVE_SYSTEM,
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\Select]\n\"Current\"=\"no number\"\n"
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control]\n\"x\"=\"one\"\n");
    temp_image_open(image);
    expect_state(image, "SYSTEM\\CurrentControlSet\\Control", "x", FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_DEPENDS);
}

static void test_the_32_bit_view(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SOFTWARE,
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"x\"=\"64\"\n"
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\A]\n\"x\"=\"32\"\n"
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\A]\n\"x\"=\"shared\"\n"
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\Policies\\A]\n\"x\"=\"never seen\"\n");
    temp_image_open(image);
    expect_text(image, REGISTRY_64, "SOFTWARE\\A", "x", "64");
    expect_text(image, REGISTRY_32, "SOFTWARE\\A", "x", "32");
    expect_text(image, REGISTRY_32, "SOFTWARE\\WOW6432Node\\A", "x", "32");
    expect_text(image, REGISTRY_32, "SOFTWARE\\policies\\A", "x", "shared");
}

static void test_names_and_times(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SOFTWARE,
                    "; time: 2025-01-02T03:04:05Z\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"v1\"=\"1\"\n@=\"\"\n"
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\Two]\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\One]\n");
    temp_image_hive(image, HIVE_DEFAULT, "[HKEY_USERS\\.DEFAULT\\Environment]\n\"PSModulePath\"=\"x\"\n");
    temp_image_open(image);
    const host_reader *read = image->machine->read;
    registry_path path = {.root = REGISTRY_MACHINE, .key = "SOFTWARE\\A"};
    text_list names;
    assert_int_equal(read->registry_keys(image->machine, &path, &image->memory, &names, &image->why),
                     FACT_KNOWN);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.items[0], "One");
    assert_string_equal(names.items[1], "Two");
    assert_int_equal(read->registry_values(image->machine, &path, &image->memory, &names, &image->why),
                     FACT_KNOWN);
    assert_int_equal(names.count, 2);
    assert_true(strcmp(names.items[0], "") == 0 || strcmp(names.items[1], "") == 0);
    int64_t time = 0;
    assert_int_equal(read->registry_time(image->machine, &path, &image->memory, &time, &image->why),
                     FACT_KNOWN);
    assert_int_equal(time, 1735787045);
    path.key = "SOFTWARE\\None";
    assert_int_equal(read->registry_keys(image->machine, &path, &image->memory, &names, &image->why),
                     FACT_ABSENT);
    assert_int_equal(read->registry_time(image->machine, &path, &image->memory, &time, &image->why),
                     FACT_ABSENT);
    path = (registry_path){.root = REGISTRY_SYSTEM_ACCOUNT, .key = "Environment"};
    registry_value value;
    assert_int_equal(
        read->registry_read(image->machine, &path, "PSModulePath", &image->memory, &value, &image->why),
        FACT_KNOWN);
    assert_string_equal(image->why.where, "HKU\\S-1-5-18\\Environment [PSModulePath]");
}

static void test_missing_hives_are_unknown(void **state) {
    temp_image *image = *state;
    temp_image_open(image);
    expect_state(image, "SOFTWARE\\Microsoft", "x", FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_NOT_ON_HOST);
    assert_string_equal(image->machine->system_drive, "C:");
    assert_int_equal(image->machine->warnings.count, 2);
    temp_image_text(image, TEMP_IMAGE_CONFIG "SOFTWARE", "not a hive");
    temp_image_open(image);
    expect_state(image, "SOFTWARE\\Microsoft", "x", FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_MALFORMED);
}

static void test_dirty_hives_are_told(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_DEFAULT, "");
    temp_image_hive(image, HIVE_SYSTEM, "");
    temp_image_dirty_hive(image, HIVE_SOFTWARE, "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"x\"=\"1\"\n");
    temp_image_open(image);
    assert_int_equal(image->machine->warnings.count, 1);
    assert_non_null(
        strstr(image->machine->warnings.items[0], "Windows/System32/config/SOFTWARE was copied from"));
    expect_text(image, REGISTRY_64, "SOFTWARE\\A", "x", "1");
}

/* A hive that looks clean, as Windows 8.1 and later leave it, may still await what its log holds. */
static void test_logs_with_newer_changes_are_told(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_DEFAULT, "");
    temp_image_hive(image, HIVE_SOFTWARE, "");
    uint8_t log[2048] = {0};
    FILE *file = fopen(temp_image_path(image, TEMP_IMAGE_CONFIG "SYSTEM"), "rb");
    assert_int_equal(fread(log, 1, 512, file), 512);
    (void)fclose(file);
    static const uint8_t entry[8] = {'H', 'v', 'L', 'E', 0, 2, 0, 0}; /* of 512 bytes */
    memcpy(log + 512, entry, sizeof entry);
    memcpy(log + 1024, entry, sizeof entry);
    memcpy(log + 512 + 12, log + 4, 4);
    log[512 + 12]--;
    memcpy(log + 1024 + 12, log + 512 + 12, 4);
    temp_image_file(image, TEMP_IMAGE_CONFIG "SYSTEM.LOG2", log, sizeof log);
    temp_image_open(image);
    assert_int_equal(image->machine->warnings.count, 0);
    log[1024 + 12]++;
    temp_image_file(image, TEMP_IMAGE_CONFIG "SYSTEM.LOG2", log, sizeof log);
    temp_image_open(image);
    assert_int_equal(image->machine->warnings.count, 1);
    assert_non_null(strstr(image->machine->warnings.items[0], "SYSTEM has logs"));
}

static void expect_refusal(temp_image *image, mars_status status, const char *words) {
    host *machine = NULL;
    assert_int_equal(host_open_image(&machine, image->path), status);
    assert_null(machine);
    if (strstr(error_message(), words) == NULL) {
        fail_msg("%s", error_message());
    }
}

static void test_what_is_no_image(void **state) {
    temp_image *image = *state;
    temp_image_text(image, TEMP_IMAGE_CONFIG "SYSTEM", "regf");
    expect_refusal(image, MARS_E_MALFORMED, "Windows/System32/config/SYSTEM: the file is too short");
    temp_image_text(image, TEMP_IMAGE_CONFIG "SYSTEM", "");
    expect_refusal(image, MARS_E_MALFORMED, "empty");
    assert_int_equal(truncate(temp_image_path(image, TEMP_IMAGE_CONFIG "SYSTEM"), 513LL * 1024 * 1024), 0);
    expect_refusal(image, MARS_E_TOO_LARGE, "512 MiB");
    assert_int_equal(unlink(temp_image_path(image, TEMP_IMAGE_CONFIG "SYSTEM")), 0);
    expect_refusal(image, MARS_E_NOT_AN_IMAGE, "Windows/System32/config/SYSTEM");
    temp_image_link(image, TEMP_IMAGE_CONFIG "SYSTEM", "/etc/passwd");
    expect_refusal(image, MARS_E_UNREADABLE, "not followed");
    host *machine = NULL;
    assert_int_equal(host_open_image(&machine, "/no/such/folder"), MARS_E_NOT_AN_IMAGE);
    assert_int_equal(host_open_image(&machine, "/dev/null"), MARS_E_NOT_AN_IMAGE);
}

static void test_now_is_the_newest_time_of_the_hives(void **state) {
    temp_image *image = *state;
    temp_image_open(image);
    int64_t now = 0;
    assert_int_equal(image->machine->read->now(image->machine, &image->memory, &now, &image->why),
                     FACT_KNOWN);
    assert_int_equal(now, TEMP_IMAGE_AS_OF);
    assert_string_equal(image->why.where, "Windows/System32/config/SYSTEM");
    temp_image_hive(image, HIVE_SOFTWARE,
                    "; time: 2026-03-03T00:00:00Z\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\B]\n"
                    "; time: 2200-01-01T00:00:00Z\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\Garbage]\n");
    temp_image_open(image);
    assert_int_equal(image->machine->read->now(image->machine, &image->memory, &now, &image->why),
                     FACT_KNOWN);
    assert_int_equal(now, 1772496000);
    assert_string_equal(image->why.where, "Windows/System32/config/SOFTWARE");
}

/* A hive cut off at any length is refused, or what was in the lost part is unknown: never absent, never
 * different. */
static void test_cut_off_hives(void **state) {
    temp_image *image = *state;
    char *text = malloc(200000);
    int used = 0;
    for (int i = 0; i < 300; i++) {
        used += sprintf(text + used,
                        "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\Service "
                        "%d]\n\"Start\"=dword:%d\n\"T\"=\"text %d\"\n",
                        i, i % 5, i);
    }
    temp_image_hive(image, HIVE_SYSTEM, text);
    free(text);
    const char *path = temp_image_path(image, TEMP_IMAGE_CONFIG "SYSTEM");
    FILE *file = fopen(path, "rb");
    static uint8_t data[1024 * 1024];
    size_t size = fread(data, 1, sizeof data, file);
    (void)fclose(file);
    assert_in_range(size, 20000, sizeof data - 1);
    size_t opened = 0;
    for (size_t length = 0; length < size; length += length % 4096 == 4095 ? 1
                                                     : length % 4096 == 0  ? 1111
                                                                           : 4095 - length % 4096) {
        temp_image_file(image, TEMP_IMAGE_CONFIG "SYSTEM", data, length);
        host *machine = NULL;
        if (host_open_image(&machine, image->path) != MARS_OK) {
            continue;
        }
        opened++;
        assert_non_null(strstr(machine->warnings.items[0], "cut off"));
        image->machine = machine;
        for (int i = 0; i < 300; i += 7) {
            char key[80];
            (void)snprintf(key, sizeof key, "SYSTEM\\CurrentControlSet\\Services\\Service %d", i);
            registry_value value;
            int64_t number = -1;
            fact_state found = read_value(image, REGISTRY_64, key, "Start", &value);
            assert_int_not_equal(found, FACT_ABSENT);
            if (found == FACT_KNOWN) {
                assert_true(registry_value_number(&value, &number));
                assert_int_equal(number, i % 5);
            }
        }
        host_close(machine);
        image->machine = NULL;
    }
    assert_true(opened > 0);
}

#define IMAGE_TEST(test) cmocka_unit_test_setup_teardown(test, temp_image_set_up, temp_image_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IMAGE_TEST(test_values_are_as_stored),    IMAGE_TEST(test_large_values),
        IMAGE_TEST(test_the_current_control_set), IMAGE_TEST(test_the_32_bit_view),
        IMAGE_TEST(test_names_and_times),         IMAGE_TEST(test_missing_hives_are_unknown),
        IMAGE_TEST(test_dirty_hives_are_told),    IMAGE_TEST(test_logs_with_newer_changes_are_told),
        IMAGE_TEST(test_what_is_no_image),        IMAGE_TEST(test_now_is_the_newest_time_of_the_hives),
        IMAGE_TEST(test_cut_off_hives),
    };
    return cmocka_run_group_tests_name("image registry", tests, NULL, NULL);
}
