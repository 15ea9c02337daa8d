/* Journals in a folder of the machine we run on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "repair/journal.h"
#include "temp_folder.h"

#include <stdio.h>
#include <string.h>

typedef struct opened {
    temp_folder folder;
    journal_storage *storage;
    arena memory;
} opened;

static int open_storage(void **state) {
    static opened made;
    made = (opened){0};
    temp_folder_make(&made.folder);
    assert_int_equal(journal_storage_open(&made.storage, &made.folder.place), MARS_OK);
    *state = &made;
    return 0;
}

static int remove_storage(void **state) {
    opened *o = *state;
    o->storage->close(o->storage);
    temp_folder_remove(&o->folder);
    arena_free(&o->memory);
    return 0;
}

static bytes text(const char *of) {
    return (bytes){.data = (const uint8_t *)of, .size = strlen(of)};
}

static void assert_holds(opened *o, const char *path, const char *expected) {
    bytes content = {0};
    assert_int_equal(o->storage->read(o->storage, path, 1000, &o->memory, &content), MARS_OK);
    assert_int_equal(content.size, strlen(expected));
    assert_memory_equal(content.data, expected, content.size);
}

static void test_a_run(void **state) {
    opened *o = *state;
    static const journal_head head = {.id = "20260302T080000Z-4711",
                                      .tool_version = "0.1.0",
                                      .computer_name = "SRV-01",
                                      .started = 1772438400};
    static uint8_t large[5000] = {1, 2, 3}; /* large enough for a blob */
    change_record change = {.step = 1,
                            .kind = CHANGE_TASK,
                            .target = "\\M\xC3\xBCller\\Backup",
                            .before = {.present = true, .data = {.data = large, .size = sizeof large}}};
    journal *run = NULL;
    assert_int_equal(journal_begin(&run, o->storage, &head), MARS_OK);
    assert_int_equal(journal_intend(run, &change), MARS_OK);
    journal_close(run);
    assert_int_not_equal(journal_begin(&run, o->storage, &head), MARS_OK); /* the same run again */
    assert_null(run);
    text_list runs = {0};
    journal_run read = {0};
    assert_int_equal(o->storage->list(o->storage, &o->memory, &runs), MARS_OK);
    assert_int_equal(runs.count, 1);
    assert_string_equal(runs.items[0], head.id);
    assert_int_equal(journal_read(o->storage, runs.items[0], &o->memory, &read), MARS_OK);
    assert_int_equal(read.change_count, 1);
    assert_string_equal(read.changes[0].target, change.target);
    assert_true(change_state_equal(&read.changes[0].before, &change.before));
    assert_int_equal(journal_read(o->storage, "no-such-run", &o->memory, &read), MARS_E_NOT_FOUND);
}

static void test_appending(void **state) {
    opened *o = *state;
    journal_storage *storage = o->storage;
    assert_int_equal(storage->make_folder(storage, "run"), MARS_OK);
    assert_int_equal(storage->create(storage, "run/lines", 65536), MARS_OK);
    assert_holds(o, "run/lines", ""); /* room that is reserved is not seen */
    assert_int_equal(storage->append(storage, "run/lines", text("one\n")), MARS_OK);
    assert_int_equal(storage->append(storage, "run/lines", text("")), MARS_OK);
    assert_int_equal(storage->append(storage, "run/lines", text("two\r\n\x1A")), MARS_OK);
    assert_int_equal(storage->flush(storage, "run/lines"), MARS_OK);
    assert_int_equal(storage->flush_folder(storage, "run"), MARS_OK);
    assert_int_equal(storage->flush_folder(storage, ""), MARS_OK);
    assert_holds(o, "run/lines", "one\ntwo\r\n\x1A");
}

static void assert_fails(mars_status status, mars_status expected, const char *part) {
    assert_int_equal(status, expected);
    if (strstr(error_message(), part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error_message(), part);
    }
}

static void test_errors_say_what_and_why(void **state) {
    opened *o = *state;
    journal_storage *storage = o->storage;
    bytes content = {0};
    assert_int_equal(storage->make_folder(storage, "run"), MARS_OK);
    assert_int_equal(storage->create(storage, "file", 0), MARS_OK);
    assert_int_equal(storage->append(storage, "file", text("12345")), MARS_OK);
    assert_fails(storage->make_folder(storage, "run"), MARS_E_UNREADABLE,
                 "run could not be made: it is there already");
    assert_fails(storage->create(storage, "file", 0), MARS_E_UNREADABLE,
                 "file could not be made: it is there already");
    assert_fails(storage->make_folder(storage, "no/run"), MARS_E_NOT_FOUND, "it is not there");
    assert_fails(storage->append(storage, "none", text("x")), MARS_E_NOT_FOUND, "none could not be written");
    assert_fails(storage->flush(storage, "none"), MARS_E_NOT_FOUND, "none could not be flushed");
    assert_fails(storage->flush_folder(storage, "none"), MARS_E_NOT_FOUND, "none could not be flushed");
    assert_fails(storage->read(storage, "none", 10, &o->memory, &content), MARS_E_NOT_FOUND,
                 "none could not be read");
    assert_fails(storage->read(storage, "file", 4, &o->memory, &content), MARS_E_TOO_LARGE,
                 "larger than 4 bytes");
    assert_fails(storage->read(storage, "run", 10, &o->memory, &content), MARS_E_MALFORMED,
                 "not a regular file");
    assert_holds(o, "file", "12345");
}

static void test_what_is_no_folder_is_refused(void **state) {
    opened *o = *state;
    char path[600];
    journal_storage *storage = o->storage;
    (void)snprintf(path, sizeof path, "%s/none", o->folder.path);
    const journal_place none = {.path = path, .descriptor = -1};
    assert_int_not_equal(journal_storage_open(&storage, &none), MARS_OK);
    assert_null(storage);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_a_run, open_storage, remove_storage),
        cmocka_unit_test_setup_teardown(test_appending, open_storage, remove_storage),
        cmocka_unit_test_setup_teardown(test_errors_say_what_and_why, open_storage, remove_storage),
        cmocka_unit_test_setup_teardown(test_what_is_no_folder_is_refused, open_storage, remove_storage),
    };
    return cmocka_run_group_tests_name("journal storage", tests, NULL, NULL);
}
