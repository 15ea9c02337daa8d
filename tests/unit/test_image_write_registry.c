#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "host/host_writer.h"
#include "temp_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOFTWARE_FILE TEMP_IMAGE_CONFIG "SOFTWARE"
#define KEY           "SOFTWARE\\Vendor\\Product"

static const char software[] =
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\Product]\n"
    "@=\"default\"\n"
    "\"Name\"=\"text\"\n"
    "\"Number\"=dword:00000007\n"
    "\"Odd\"=hex(1):41,00,42,00,43\n"
    "\"Nothing\"=hex(3):\n"
    "\"Strange\"=hex(1234):aa,bb,cc,dd,ee\n"
    "\"\xC3\x84\xD0\x96\"=\"wide name\"\n"
    "\"\xC3\xA9t\xC3\xA9\"=\"latin name\"\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\Product\\Sub]\n\"x\"=\"y\"\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\FooBar]\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]\n\"Many\"=hex(7):41,00,00,00,42,00,00,00,00,00\n";

static int set_up(void **state) {
    (void)temp_image_set_up(state);
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SOFTWARE, software);
    temp_image_open(image);
    return 0;
}

static registry_path path_of(const char *key) {
    return (registry_path){.root = REGISTRY_MACHINE, .view = REGISTRY_64, .key = key};
}

static mars_status set(temp_image *image, const char *key, const char *name, const registry_value *value,
                       uint32_t *made) {
    registry_path path = path_of(key);
    return host_writer_of(image->machine)->registry_set(image->machine, &path, name, value, made);
}

static void expect_set(temp_image *image, const char *key, const char *name, const registry_value *value,
                       uint32_t expected) {
    uint32_t made = 99;
    if (set(image, key, name, value, &made) != MARS_OK) {
        fail_msg("%s [%s]: %s", key, name != NULL ? name : "", error_message());
    }
    assert_int_equal(made, expected);
}

static void expect_refusal(temp_image *image, const char *key, const char *name, const registry_value *value,
                           mars_status status, const char *words) {
    bytes before = temp_image_bytes(image, SOFTWARE_FILE);
    uint32_t made = 99;
    assert_int_equal(set(image, key, name, value, &made), status);
    assert_int_equal(made, 0);
    if (strstr(error_message(), words) == NULL) {
        fail_msg("%s", error_message());
    }
    bytes after = temp_image_bytes(image, SOFTWARE_FILE);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    assert_int_not_equal(access(temp_image_path(image, TEMP_IMAGE_CONFIG "~marshealth.new"), F_OK), 0);
}

static void expect_holds(temp_image *image, const char *key, const char *name, const registry_value *wanted) {
    registry_path path = path_of(key);
    registry_value value;
    fact_state state =
        image->machine->read->registry_read(image->machine, &path, name, &image->memory, &value, &image->why);
    assert_int_equal(state, wanted != NULL ? FACT_KNOWN : FACT_ABSENT);
    if (wanted != NULL) {
        assert_int_equal(value.type, wanted->type);
        assert_int_equal(value.data.size, wanted->data.size);
        if (wanted->data.size > 0) {
            assert_memory_equal(value.data.data, wanted->data.data, wanted->data.size);
        }
    }
}

static registry_value value_of(uint32_t type, const void *data, size_t size) {
    return (registry_value){.type = type, .data = {.data = data, .size = size}};
}

/* What is read does not come from memory. */
static void expect_stored(temp_image *image, const char *key, const char *name,
                          const registry_value *wanted) {
    expect_holds(image, key, name, wanted);
    temp_image_open(image);
    expect_holds(image, key, name, wanted);
}

static void test_every_type_and_length(void **state) {
    temp_image *image = *state;
    static const uint8_t data[REGISTRY_DATA_LIMIT] = {'a', 0, 'b', 0, 0, 0, 7, 8, 9, 0xFF};
    static const uint32_t types[] = {REGISTRY_NONE,   REGISTRY_SZ,       REGISTRY_EXPAND_SZ,
                                     REGISTRY_BINARY, REGISTRY_DWORD,    REGISTRY_DWORD_BIG_ENDIAN,
                                     REGISTRY_LINK,   REGISTRY_MULTI_SZ, REGISTRY_QWORD,
                                     0x1234,          0xFFFF0010};
    static const size_t sizes[] = {0, 1, 3, 4, 5, 8, 1000, REGISTRY_DATA_LIMIT};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
            registry_value value = value_of(types[i], data, sizes[k]);
            expect_set(image, KEY, "New", &value, 0);
            expect_stored(image, KEY, "New", &value);
            expect_set(image, KEY, "Number", &value, 0);
            expect_holds(image, KEY, "number", &value);
        }
    }
    registry_value wide = value_of(REGISTRY_SZ, "t\0e\0x\0t\0\0", 10);
    expect_holds(image, KEY, "Name", &wide);
}

/* What nobody asked to be changed is what it was, as another program reads it. */
static void test_setting_back_leaves_the_same_values(void **state) {
    temp_image *image = *state;
    const char *before = temp_image_export(image, HIVE_SOFTWARE);
    bytes first = temp_image_bytes(image, SOFTWARE_FILE);
    registry_value old = value_of(REGISTRY_DWORD, "\7\0\0\0", 4);
    registry_value new = value_of(REGISTRY_SZ, "n\0e\0w\0\0", 8);
    expect_set(image, KEY, "NUMBER", &new, 0);
    expect_set(image, KEY, "Added", &new, 0);
    expect_set(image, KEY "\\One\\Two", NULL, &new, 2);
    const char *during = temp_image_export(image, HIVE_SOFTWARE);
    expect_set(image, KEY, "added", NULL, 0);
    expect_set(image, KEY, "nUmber", &old, 0);
    expect_set(image, KEY "\\One\\Two", "", NULL, 0);
    registry_path path = path_of(KEY "\\One\\Two");
    assert_int_equal(host_writer_of(image->machine)->registry_prune(image->machine, &path, 2), MARS_OK);
    bytes last = temp_image_bytes(image, SOFTWARE_FILE);
    assert_true(first.size != last.size || memcmp(first.data, last.data, first.size) != 0);
    if (before == NULL) {
        skip();
    }
    assert_string_not_equal(before, during);
    assert_non_null(strstr(during, "\"Number\""));
    assert_null(strstr(during, "NUMBER"));
    assert_string_equal(before, temp_image_export(image, HIVE_SOFTWARE));
}

/* The keys' times stay: what happened when on the server is still to be seen. */
static void test_times_stay(void **state) {
    temp_image *image = *state;
    registry_path path = path_of(KEY);
    registry_value value = value_of(REGISTRY_DWORD, "\1\0\0\0", 4);
    int64_t now = 0;
    int64_t time = 0;
    expect_set(image, KEY, "Number", &value, 0);
    expect_set(image, KEY "\\Made", "Number", &value, 1);
    assert_int_equal(
        image->machine->read->registry_time(image->machine, &path, &image->memory, &time, &image->why),
        FACT_KNOWN);
    assert_int_equal(time, TEMP_IMAGE_AS_OF);
    assert_int_equal(image->machine->read->now(image->machine, &image->memory, &now, &image->why),
                     FACT_KNOWN);
    assert_int_equal(now, TEMP_IMAGE_AS_OF);
}

static void test_deleting(void **state) {
    temp_image *image = *state;
    bytes before = temp_image_bytes(image, SOFTWARE_FILE);
    expect_set(image, KEY, "none", NULL, 0);
    expect_set(image, "SOFTWARE\\None\\Such", "none", NULL, 0);
    bytes after = temp_image_bytes(image, SOFTWARE_FILE);
    assert_int_equal(before.size, after.size);
    assert_memory_equal(before.data, after.data, before.size);
    static const char *const names[] = {
        "name", NULL, "ODD", "nothing", "strange", "\xC3\xA4\xD0\xB6", "\xC3\x89T\xC3\x89", "Number"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        expect_set(image, KEY, names[i], NULL, 0);
        expect_stored(image, KEY, names[i], NULL);
    }
    registry_value other = value_of(REGISTRY_SZ, "y\0\0", 4);
    expect_holds(image, KEY "\\Sub", "x", &other);
}

/* Names beyond ASCII are the same without regard to case, too: no second value of that name appears. */
static void test_a_name_keeps_its_case(void **state) {
    temp_image *image = *state;
    registry_value value = value_of(REGISTRY_BINARY, "abcdefgh", 8);
    expect_set(image, KEY, "\xC3\xA4\xD0\xB6", &value, 0);
    expect_set(image, KEY, "NAME", &value, 0);
    registry_path path = path_of(KEY);
    text_list names;
    assert_int_equal(
        image->machine->read->registry_values(image->machine, &path, &image->memory, &names, &image->why),
        FACT_KNOWN);
    assert_int_equal(names.count, 8);
    assert_string_equal(names.items[1], "Name");
    assert_string_equal(names.items[6], "\xC3\x84\xD0\x96");
    expect_stored(image, KEY, "\xC3\x84\xD0\x96", &value);
}

static void test_keys_are_made_and_removed_if_empty(void **state) {
    temp_image *image = *state;
    const host_writer *writer = host_writer_of(image->machine);
    registry_value value = value_of(REGISTRY_DWORD, "\1\0\0\0", 4);
    expect_set(image, KEY "\\A\\B\\C", "x", &value, 3);
    expect_set(image, KEY "\\A\\B\\D", "x", &value, 1);
    registry_path path = path_of(KEY "\\A\\B\\C");
    text_list names;
    assert_int_equal(writer->registry_prune(image->machine, &path, 3), MARS_OK);
    expect_holds(image, path.key, "x", &value); /* it holds a value */
    expect_set(image, KEY "\\A\\B\\C", "x", NULL, 0);
    assert_int_equal(writer->registry_prune(image->machine, &path, 3), MARS_OK);
    const host_reader *read = image->machine->read;
    assert_int_equal(read->registry_keys(image->machine, &path, &image->memory, &names, &image->why),
                     FACT_ABSENT);
    path = path_of(KEY "\\A\\B"); /* D is in it */
    assert_int_equal(read->registry_keys(image->machine, &path, &image->memory, &names, &image->why),
                     FACT_KNOWN);
    assert_int_equal(names.count, 1);
    expect_set(image, KEY "\\A\\B\\D", "x", NULL, 0);
    path = path_of(KEY "\\A\\B\\D");
    assert_int_equal(writer->registry_prune(image->machine, &path, 3), MARS_OK);
    path = path_of(KEY "\\A");
    assert_int_equal(read->registry_keys(image->machine, &path, &image->memory, &names, &image->why),
                     FACT_ABSENT);
    path = path_of(KEY);
    assert_int_equal(read->registry_keys(image->machine, &path, &image->memory, &names, &image->why),
                     FACT_KNOWN);
    assert_int_equal(names.count, 1);
}

/* Windows searches keys by halves, in the order of their upper-case names. */
static void test_keys_are_made_in_order(void **state) {
    temp_image *image = *state;
    registry_value value = value_of(REGISTRY_DWORD, "\1\0\0\0", 4);
    static const char *const expected[] = {"Foo1", "FooBar", "Foo_1", "Product", "zz"};
    expect_set(image, "SOFTWARE\\Vendor\\Foo_1", "x", &value, 1);
    expect_set(image, "SOFTWARE\\Vendor\\zz", "x", &value, 1);
    expect_set(image, "SOFTWARE\\Vendor\\Foo1", "x", &value, 1);
    registry_path path = path_of("SOFTWARE\\Vendor");
    text_list names;
    assert_int_equal(
        image->machine->read->registry_keys(image->machine, &path, &image->memory, &names, &image->why),
        FACT_KNOWN);
    assert_int_equal(names.count, 5);
    for (size_t i = 0; i < names.count; i++) {
        assert_string_equal(names.items[i], expected[i]);
    }
    expect_refusal(image, "SOFTWARE\\Vendor\\\xC3\x84", "x", &value, MARS_E_UNSUPPORTED, "cannot be made");
}

static void test_what_is_too_large(void **state) {
    temp_image *image = *state;
    static const uint8_t data[REGISTRY_DATA_LIMIT + 1];
    registry_value value = value_of(REGISTRY_BINARY, data, sizeof data);
    expect_refusal(image, KEY, "x", &value, MARS_E_TOO_LARGE, "16345");
    expect_refusal(image, "SOFTWARE\\\\x", "x", &value, MARS_E_TOO_LARGE, "16345");
    value.data.size = 1;
    expect_refusal(image, "SOFTWARE\\a\\\\x", "x", &value, MARS_E_INVALID_ARGUMENT, "is no key");
    expect_refusal(image, KEY, "\xFF", &value, MARS_E_INVALID_ARGUMENT, "name");
    expect_refusal(image, "SECURITY\\Policy", "x", &value, MARS_E_UNSUPPORTED, "only the SYSTEM");
}

static void test_dirty_hives_are_refused(void **state) {
    temp_image *image = *state;
    registry_value value = value_of(REGISTRY_DWORD, "\1\0\0\0", 4);
    temp_image_dirty_hive(image, HIVE_SOFTWARE, software);
    /* It became dirty behind the back of the reader. */
    expect_refusal(image, KEY, "x", &value, MARS_E_REFUSED, "running machine");
    temp_image_open(image);
    expect_refusal(image, KEY, "x", &value, MARS_E_REFUSED, "running machine");
}

/* How what is behind a log's header begins: an entry of 512 bytes; the pages that were written. */
static const uint8_t new_entry[8] = {'H', 'v', 'L', 'E', 0, 2, 0, 0};
static const uint8_t old_pages[8] = {'D', 'I', 'R', 'T', 0xFF, 0xFF, 0xFF, 0xFF};

static void test_awaited_logs_are_refused(void **state) {
    temp_image *image = *state;
    registry_value value = value_of(REGISTRY_DWORD, "\1\0\0\0", 4);
    static const char *const logs[] = {"SOFTWARE.LOG1", "software.log2", "SOFTWARE.LOG"};
    for (size_t i = 0; i < 3; i++) {
        const char *path = arena_printf(&image->memory, TEMP_IMAGE_CONFIG "%s", logs[i]);
        bytes hive = temp_image_bytes(image, SOFTWARE_FILE);
        uint8_t log[2048] = {0};
        memcpy(log, hive.data, 512);
        memcpy(log + 512, new_entry, sizeof new_entry);
        memcpy(log + 512 + 12, hive.data + 4, 4);
        temp_image_file(image, path, log, sizeof log);
        expect_refusal(image, KEY, "x", &value, MARS_E_REFUSED, "log");
        log[512 + 12]--; /* older: already in the hive */
        temp_image_file(image, path, log, sizeof log);
        expect_set(image, KEY, logs[i], &value, 0);
        assert_int_equal(unlink(temp_image_path(image, path)), 0);
        temp_image_link(image, path, "elsewhere");
        expect_refusal(image, KEY, "x", &value, MARS_E_REFUSED, "link");
        assert_int_equal(unlink(temp_image_path(image, path)), 0);
    }
}

/* A log as Windows up to 8 writes it: its number is the hive's own once the hive is complete. */
static void test_logs_of_old_windows(void **state) {
    temp_image *image = *state;
    registry_value value = value_of(REGISTRY_DWORD, "\1\0\0\0", 4);
    bytes hive = temp_image_bytes(image, SOFTWARE_FILE);
    uint8_t log[2048] = {0};
    memcpy(log, hive.data, 512);
    memcpy(log + 512, old_pages, sizeof old_pages);
    temp_image_file(image, TEMP_IMAGE_CONFIG "SOFTWARE.LOG1", log, sizeof log);
    expect_set(image, KEY, "Number", &value, 0);
    hive = temp_image_bytes(image, SOFTWARE_FILE);
    memcpy(log, hive.data, 512);
    log[4]++;
    log[0x1FC] = 0;
    uint32_t sum = 0;
    for (size_t at = 0; at < 0x1FC; at += 4) {
        uint32_t word = 0;
        memcpy(&word, log + at, 4);
        sum ^= word;
    }
    memcpy(log + 0x1FC, &sum, 4);
    temp_image_file(image, TEMP_IMAGE_CONFIG "SOFTWARE.LOG1", log, sizeof log);
    expect_refusal(image, KEY, "x", &value, MARS_E_REFUSED, "log");
}

static void test_damaged_hives_are_refused(void **state) {
    temp_image *image = *state;
    registry_value value = value_of(REGISTRY_DWORD, "\1\0\0\0", 4);
    bytes hive = temp_image_bytes(image, SOFTWARE_FILE);
    size_t refused = 0;
    size_t done = 0;
    uint8_t *copy = malloc(hive.size);
    for (size_t at = 4096 + 32; at < hive.size; at += 3) {
        memcpy(copy, hive.data, hive.size);
        copy[at] ^= 0x41;
        temp_image_file(image, SOFTWARE_FILE, copy, hive.size);
        uint32_t made = 0;
        mars_status status = set(image, KEY, "Number", &value, &made);
        refused += status != MARS_OK;
        done += status == MARS_OK;
        bytes after = temp_image_bytes(image, SOFTWARE_FILE);
        if (status != MARS_OK) {
            assert_int_equal(after.size, hive.size);
            assert_memory_equal(after.data, copy, hive.size);
        }
    }
    free(copy);
    assert_true(refused > 50);
    assert_true(done > 50); /* a byte of data, or of what is free */
}

/* The old hive is back as it was, with its mode and time, and the reader sees it. */
static void test_the_old_file_is_put_back(void **state) {
    temp_image *image = *state;
    const host_writer *writer = host_writer_of(image->machine);
    assert_int_equal(chmod(temp_image_path(image, SOFTWARE_FILE), 0640), 0);
    const char *whole = temp_image_digest(image);
    struct stat before;
    struct stat after;
    assert_int_equal(stat(temp_image_path(image, SOFTWARE_FILE), &before), 0);
    registry_path path = path_of(KEY);
    const char *file = NULL;
    assert_int_equal(writer->registry_file(image->machine, &path, &image->memory, &file), MARS_OK);
    assert_string_equal(file, "C:\\Windows\\System32\\config\\SOFTWARE");
    journal_place journal;
    assert_int_equal(writer->journal_folder(image->machine, true, &image->memory, &journal), MARS_OK);
    assert_int_equal(close(journal.descriptor), 0);
    const char *kept = arena_printf(&image->memory, "%s\\hive", journal.path);
    digest_value first;
    digest_value last;
    assert_int_equal(writer->file_digest(image->machine, file, &first), MARS_OK);
    assert_int_equal(writer->file_keep(image->machine, file, kept), MARS_OK);
    registry_value value = value_of(REGISTRY_DWORD, "\1\0\0\0", 4);
    registry_value old = value_of(REGISTRY_DWORD, "\7\0\0\0", 4);
    expect_set(image, KEY, "Number", &value, 0);
    expect_set(image, KEY, "More", &value, 0);
    assert_int_equal(stat(temp_image_path(image, SOFTWARE_FILE), &after), 0);
    assert_int_equal(after.st_mode & 07777, 0640);
    assert_int_equal(writer->file_digest(image->machine, kept, &last), MARS_OK);
    assert_true(digest_equal(&first, &last));
    assert_int_equal(writer->file_put_back(image->machine, kept, file), MARS_OK);
    expect_holds(image, KEY, "Number", &old);
    expect_holds(image, KEY, "More", NULL);
    assert_string_equal(whole, temp_image_digest(image));
    assert_int_equal(stat(temp_image_path(image, SOFTWARE_FILE), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    assert_int_equal(before.st_mtim.tv_nsec, after.st_mtim.tv_nsec);
    assert_int_equal(after.st_nlink, 1);
    expect_set(image, KEY, "Number", &value, 0); /* and can be changed again */
}

/* Also when nothing was changed after it was kept. */
static void test_an_unchanged_file_is_put_back(void **state) {
    temp_image *image = *state;
    const host_writer *writer = host_writer_of(image->machine);
    const char *file = "C:\\Windows\\System32\\config\\SOFTWARE";
    const char *kept = "C:\\Windows\\System32\\config\\kept";
    assert_int_equal(writer->file_keep(image->machine, file, kept), MARS_OK);
    assert_int_equal(writer->file_keep(image->machine, file, kept), MARS_OK);
    temp_image_text(image, TEMP_IMAGE_CONFIG "other", "other");
    assert_int_equal(writer->file_keep(image->machine, file, "C:\\Windows\\System32\\config\\OTHER"),
                     MARS_E_REFUSED);
    assert_int_equal(writer->file_put_back(image->machine, kept, file), MARS_OK);
    assert_int_not_equal(access(temp_image_path(image, TEMP_IMAGE_CONFIG "kept"), F_OK), 0);
    assert_int_equal(access(temp_image_path(image, SOFTWARE_FILE), F_OK), 0);
}

static void test_services(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SYSTEM,
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\obengine]\n"
                    "\"Start\"=dword:00000004\n\"ImagePath\"=\"x\"\n"
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\NoService]\n");
    temp_image_open(image);
    const char *before = temp_image_export(image, HIVE_SYSTEM);
    const host_writer *writer = host_writer_of(image->machine);
    service_config config;
    assert_int_equal(writer->service_config(image->machine, "OBENGINE", &config), MARS_OK);
    assert_int_equal(config.start, SERVICE_START_DISABLED);
    assert_int_equal(config.delay, SERVICE_DELAY_UNSET);
    service_config wanted = {.start = SERVICE_START_AUTOMATIC, .delay = SERVICE_DELAY_ON};
    assert_int_equal(writer->service_configure(image->machine, "obEngine", &wanted), MARS_OK);
    service_info info;
    assert_int_equal(
        image->machine->read->service_info(image->machine, "obengine", &image->memory, &info, &image->why),
        FACT_KNOWN);
    assert_int_equal(info.start.value, SERVICE_START_AUTOMATIC);
    assert_true(fact_is_true(&info.delayed));
    wanted.delay = SERVICE_DELAY_OFF;
    assert_int_equal(writer->service_configure(image->machine, "obengine", &wanted), MARS_OK);
    assert_int_equal(writer->service_config(image->machine, "obengine", &wanted), MARS_OK);
    assert_int_equal(wanted.delay, SERVICE_DELAY_OFF);
    assert_int_equal(writer->service_configure(image->machine, "obengine", &config), MARS_OK);
    assert_int_equal(writer->service_config(image->machine, "None", &config), MARS_E_NOT_FOUND);
    assert_int_equal(writer->service_configure(image->machine, "None", &wanted), MARS_E_NOT_FOUND);
    assert_int_equal(writer->service_configure(image->machine, "NoService", &wanted), MARS_E_NOT_FOUND);
    assert_int_equal(writer->service_configure(image->machine, "a\\b", &wanted), MARS_E_INVALID_ARGUMENT);
    wanted.start = 5;
    assert_int_equal(writer->service_configure(image->machine, "obengine", &wanted), MARS_E_INVALID_ARGUMENT);
    assert_null(writer->service_start);
    assert_null(writer->task_enable);
    assert_null(writer->shadow_resize);
    if (before == NULL) {
        skip();
    }
    assert_string_equal(before, temp_image_export(image, HIVE_SYSTEM));
}

#define IMAGE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, temp_image_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IMAGE_TEST(test_every_type_and_length),
        IMAGE_TEST(test_setting_back_leaves_the_same_values),
        IMAGE_TEST(test_times_stay),
        IMAGE_TEST(test_deleting),
        IMAGE_TEST(test_a_name_keeps_its_case),
        IMAGE_TEST(test_keys_are_made_and_removed_if_empty),
        IMAGE_TEST(test_keys_are_made_in_order),
        IMAGE_TEST(test_what_is_too_large),
        IMAGE_TEST(test_dirty_hives_are_refused),
        IMAGE_TEST(test_awaited_logs_are_refused),
        IMAGE_TEST(test_logs_of_old_windows),
        IMAGE_TEST(test_damaged_hives_are_refused),
        IMAGE_TEST(test_the_old_file_is_put_back),
        IMAGE_TEST(test_an_unchanged_file_is_put_back),
        IMAGE_TEST(test_services),
    };
    return cmocka_run_group_tests_name("image write registry", tests, NULL, NULL);
}
