#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "temp_image.h"

#include <stdio.h>
#include <string.h>

#define TASKS "Windows/System32/Tasks/"
#define CACHE "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\"
#define ID_1  "{11111111-1111-1111-1111-111111111111}"
#define ID_2  "{22222222-2222-2222-2222-222222222222}"

static fact_state list(temp_image *image, const char *folder, task_entry_list *out) {
    return image->machine->read->task_list(image->machine, folder, &image->memory, out, &image->why);
}

static const task_entry *entry_of(const task_entry_list *tasks, const char *path) {
    for (size_t i = 0; i < tasks->count; i++) {
        if (strcmp(tasks->items[i].path, path) == 0) {
            return &tasks->items[i];
        }
    }
    fail_msg("no task %s", path);
    return NULL;
}

/* Three tasks: in both places, only a file, only registered. */
static void make_tasks(temp_image *image) {
    temp_image_text(image, TASKS "Microsoft/OnlineBackup/both", "<Task>1</Task>");
    temp_image_text(image, TASKS "Microsoft/OnlineBackup/Deep/only file", "<Task>2</Task>");
    temp_image_text(image, TASKS "Elsewhere", "<Task>3</Task>");
    temp_image_hive(image, HIVE_SOFTWARE,
                    CACHE "Tree\\Microsoft\\OnlineBackup\\Both]\n\"Id\"=\"" ID_1 "\"\n" CACHE
                          "Tree\\Microsoft\\OnlineBackup\\Deep\\Registered]\n\"Id\"=\"" ID_2 "\"\n" CACHE
                          "Tree\\Microsoft\\OnlineBackup\\Empty folder]\n" CACHE "Tasks\\" ID_1 "]\n"
                          /* 2026-03-01T00:00:00Z registered and run, result 0x80070005, no success */
                          "\"DynamicInfo\"=hex:03,00,00,00,00,40,e0,58,0e,a9,dc,01,00,40,e0,58,0e,a9,dc,01,"
                          "00,00,00,00,05,00,07,80,00,00,00,00,00,00,00,00\n");
}

static void test_files_and_registrations_together(void **state) {
    temp_image *image = *state;
    make_tasks(image);
    temp_image_open(image);
    task_entry_list tasks;
    assert_int_equal(list(image, "\\MICROSOFT\\onlinebackup", &tasks), FACT_KNOWN);
    assert_int_equal(tasks.count, 3);
    const task_entry *both = entry_of(&tasks, "\\MICROSOFT\\onlinebackup\\both");
    assert_true(fact_is_true(&both->defined) && fact_is_true(&both->registered));
    const task_entry *file = entry_of(&tasks, "\\MICROSOFT\\onlinebackup\\Deep\\only file");
    assert_true(fact_is_true(&file->defined) && fact_is_false(&file->registered));
    const task_entry *key = entry_of(&tasks, "\\MICROSOFT\\onlinebackup\\Deep\\Registered");
    assert_true(fact_is_false(&key->defined) && fact_is_true(&key->registered));
    assert_string_equal(key->defined.fact.where,
                        "C:\\Windows\\System32\\Tasks\\MICROSOFT\\onlinebackup\\Deep\\Registered");
    assert_int_equal(list(image, "\\", &tasks), FACT_KNOWN);
    assert_int_equal(tasks.count, 4);
    (void)entry_of(&tasks, "\\Elsewhere");
    assert_int_equal(list(image, "\\None", &tasks), FACT_ABSENT);
}

static void test_unreadable_places_are_unknown(void **state) {
    temp_image *image = *state;
    make_tasks(image);
    temp_image_text(image, TEMP_IMAGE_CONFIG "SOFTWARE", "broken");
    temp_image_open(image);
    task_entry_list tasks;
    assert_int_equal(list(image, "\\Microsoft\\OnlineBackup", &tasks), FACT_KNOWN);
    assert_int_equal(tasks.count, 2);
    assert_int_equal(tasks.items[0].registered.fact.state, FACT_UNKNOWN);
    assert_int_equal(list(image, "\\None", &tasks), FACT_UNKNOWN);
}

static void test_links_among_tasks(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SOFTWARE, CACHE "Tree\\F\\known]\n\"Id\"=\"" ID_1 "\"\n");
    temp_image_text(image, TASKS "F/known", "x");
    temp_image_link(image, TASKS "F/linked", "known");
    temp_image_text(image, TASKS "F/twice", "x");
    temp_image_text(image, TASKS "F/TWICE", "x");
    temp_image_open(image);
    task_entry_list tasks;
    assert_int_equal(list(image, "\\F", &tasks), FACT_KNOWN);
    assert_int_equal(tasks.count, 3);
    assert_int_equal(entry_of(&tasks, "\\F\\linked")->defined.fact.reason, REASON_OUTSIDE);
    assert_int_equal(entry_of(&tasks, "\\F\\linked")->defined.fact.state, FACT_UNKNOWN);
    bytes xml;
    assert_int_equal(
        image->machine->read->task_xml(image->machine, "\\F\\linked", &image->memory, &xml, &image->why),
        FACT_UNKNOWN);
    assert_int_equal(
        image->machine->read->task_xml(image->machine, "\\F\\twice", &image->memory, &xml, &image->why),
        FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_AMBIGUOUS);
    for (size_t i = 0; i < tasks.count; i++) {
        if (tasks.items[i].path[3] == 't' || tasks.items[i].path[3] == 'T') {
            assert_int_equal(tasks.items[i].defined.fact.reason, REASON_AMBIGUOUS);
        }
    }
}

static void test_folders_that_are_too_deep(void **state) {
    temp_image *image = *state;
    const char *path = TASKS "F";
    for (int i = 0; i < 20; i++) {
        path = arena_printf(&image->memory, "%s/sub", path);
    }
    temp_image_folder(image, path);
    temp_image_open(image);
    task_entry_list tasks;
    assert_int_equal(list(image, "\\F", &tasks), FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_TOO_LARGE);
}

static void test_definitions(void **state) {
    temp_image *image = *state;
    make_tasks(image);
    temp_image_open(image);
    bytes xml;
    const host_reader *read = image->machine->read;
    assert_int_equal(
        read->task_xml(image->machine, "\\Microsoft\\OnlineBackup\\BOTH", &image->memory, &xml, &image->why),
        FACT_KNOWN);
    assert_int_equal(xml.size, 14);
    assert_memory_equal(xml.data, "<Task>1</Task>", 14);
    assert_int_equal(read->task_xml(image->machine, "\\Microsoft\\None", &image->memory, &xml, &image->why),
                     FACT_ABSENT);
}

static void test_last_runs(void **state) {
    temp_image *image = *state;
    make_tasks(image);
    temp_image_open(image);
    task_status status;
    const host_reader *read = image->machine->read;
    assert_int_equal(read->task_status(image->machine, "\\Microsoft\\OnlineBackup\\both", &image->memory,
                                       &status, &image->why),
                     FACT_KNOWN);
    assert_int_equal(status.last_run.fact.state, FACT_KNOWN);
    assert_int_equal(status.last_run.value, 1772323200);
    assert_int_equal(status.last_result.value, 0x80070005);
    assert_int_equal(status.last_success.fact.state, FACT_ABSENT);
    assert_int_equal(read->task_status(image->machine, "\\Microsoft\\OnlineBackup\\Deep\\only file",
                                       &image->memory, &status, &image->why),
                     FACT_ABSENT);
    assert_int_equal(read->task_status(image->machine, "\\Microsoft\\OnlineBackup\\Deep\\Registered",
                                       &image->memory, &status, &image->why),
                     FACT_UNKNOWN);
}

#define IMAGE_TEST(test) cmocka_unit_test_setup_teardown(test, temp_image_set_up, temp_image_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IMAGE_TEST(test_files_and_registrations_together),
        IMAGE_TEST(test_unreadable_places_are_unknown),
        IMAGE_TEST(test_links_among_tasks),
        IMAGE_TEST(test_folders_that_are_too_deep),
        IMAGE_TEST(test_definitions),
        IMAGE_TEST(test_last_runs),
    };
    return cmocka_run_group_tests_name("image tasks", tests, NULL, NULL);
}
