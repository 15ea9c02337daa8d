#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "temp_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

static fact_state info(temp_image *image, const char *path, file_info *out) {
    fact_state state =
        image->machine->read->file_info(image->machine, path, &image->memory, out, &image->why);
    assert_int_equal(image->why.state, state);
    return state;
}

static void expect_state(temp_image *image, const char *path, fact_state expected) {
    file_info out;
    if (info(image, path, &out) != expected) {
        fail_msg("%s: state %d (%s)", path, (int)image->why.state, temp_image_detail(image));
    }
}

static void expect_unknown(temp_image *image, const char *path, unknown_reason reason) {
    expect_state(image, path, FACT_UNKNOWN);
    assert_string_equal(unknown_reason_slug(image->why.reason), unknown_reason_slug(reason));
    assert_true(image->why.where != NULL || reason == REASON_TOO_LARGE);
}

static void expect_content(temp_image *image, const char *path, const char *content) {
    bytes data;
    fact_state state =
        image->machine->read->file_read(image->machine, path, 0, 1000, &image->memory, &data, &image->why);
    assert_int_equal(state, FACT_KNOWN);
    assert_int_equal(data.size, strlen(content));
    assert_memory_equal(data.data, content, data.size);
}

static void test_case_does_not_matter(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "Program Files/\xC3\x84gent/Bin/x.TXT", "hello");
    temp_image_open(image);
    file_info found;
    assert_int_equal(info(image, "c:\\PROGRAM files\\\xC3\xA4GENT\\bin\\X.txt", &found), FACT_KNOWN);
    assert_int_equal(found.kind, FILE_REGULAR);
    assert_int_equal(found.size, 5);
    assert_string_equal(image->why.where, "C:\\PROGRAM files\\\xC3\xA4GENT\\bin\\X.txt");
    assert_int_equal(info(image, "C:/Program Files", &found), FACT_KNOWN);
    assert_int_equal(found.kind, FILE_FOLDER);
    assert_int_equal(info(image, "C:\\", &found), FACT_KNOWN);
    assert_int_equal(found.kind, FILE_FOLDER);
    expect_state(image, "C:\\Program Files\\Agent", FACT_ABSENT);
    expect_state(image, "C:\\Program Files\\\xC3\xA4gent\\bin\\x.txt\\below a file", FACT_ABSENT);
}

static void test_windows_folder_in_any_case(void **state) {
    temp_image *image = *state;
    assert_int_equal(rename(temp_image_path(image, "Windows"), temp_image_path(image, "WINDOWS")), 0);
    assert_int_equal(rename(temp_image_path(image, "WINDOWS/System32/config"),
                            temp_image_path(image, "WINDOWS/System32/Config")),
                     0);
    assert_int_equal(rename(temp_image_path(image, "WINDOWS/System32/Config/SYSTEM"),
                            temp_image_path(image, "WINDOWS/System32/Config/system")),
                     0);
    temp_image_open(image);
    expect_state(image, "C:\\Windows\\System32\\config\\SYSTEM", FACT_KNOWN);
}

static void test_two_names_that_differ_by_case(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "twice/a.txt", "1");
    temp_image_text(image, "twice/A.TXT", "2");
    temp_image_text(image, "twice/b.txt", "3");
    temp_image_open(image);
    expect_unknown(image, "C:\\twice\\a.txt", REASON_AMBIGUOUS);
    expect_unknown(image, "C:\\twice\\A.txt", REASON_AMBIGUOUS);
    expect_unknown(image, "C:\\twice\\A.txt\\below", REASON_AMBIGUOUS);
    expect_content(image, "C:\\twice\\B.txt", "3");
}

static void test_a_folder_that_changes_is_read_anew(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "f/a", "1");
    temp_image_open(image);
    expect_state(image, "C:\\f\\b", FACT_ABSENT);
    temp_image_text(image, "f/b", "2");
    expect_state(image, "C:\\f\\b", FACT_KNOWN);
    temp_image_text(image, "f/B", "2");
    expect_unknown(image, "C:\\f\\b", REASON_AMBIGUOUS);
}

static void test_many_folders_and_many_names(void **state) {
    temp_image *image = *state;
    char path[64];
    for (int i = 0; i < 300; i++) {
        (void)snprintf(path, sizeof path, "many/folder %d/file %d", i % 30, i);
        temp_image_text(image, path, path);
    }
    temp_image_open(image);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 300; i++) {
            (void)snprintf(path, sizeof path, "c:/MANY/FOLDER %d/FILE %d", i % 30, i);
            expect_state(image, path, FACT_KNOWN);
        }
    }
    expect_state(image, "C:\\many\\folder 3\\file 4", FACT_ABSENT);
}

static void test_links_are_not_followed(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "real/secret.txt", "inside");
    temp_image_link(image, "absolute", "/etc");
    temp_image_link(image, "relative", "real");
    temp_image_link(image, "upward", "../../../../etc/passwd");
    temp_image_link(image, "loop", "loop");
    temp_image_link(image, "nowhere", "no such target");
    temp_image_folder(image, "drives");
    temp_image_link(image, "drives/E", "/");
    temp_image_open(image);
    static const char *const paths[] = {
        "C:\\absolute", "C:\\absolute\\passwd", "C:\\relative\\secret.txt", "C:\\upward", "C:\\loop",
        "C:\\loop\\x",  "C:\\nowhere",          "E:\\etc\\passwd"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        expect_unknown(image, paths[i], REASON_OUTSIDE);
        bytes data;
        assert_int_equal(image->machine->read->file_read(image->machine, paths[i], 0, 100000, &image->memory,
                                                         &data, &image->why),
                         FACT_UNKNOWN);
        assert_int_equal(data.size, 0);
    }
}

static void test_dots_never_leave_the_drive(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "a/b/c.txt", "here");
    temp_image_open(image);
    expect_content(image, "C:\\a\\.\\b\\..\\b\\c.txt", "here");
    expect_content(image, "C:\\..\\..\\..\\a\\b\\c.txt", "here");
    expect_content(image, "C:\\nowhere\\..\\a\\b\\c.txt", "here");
    expect_content(image, "C:\\\\a\\\\b\\c.txt", "here");
    expect_content(image, "C:\\a \\b. .\\c.txt. ", "here");
    expect_content(image, "\\\\?\\C:\\a\\b\\c.txt", "here");
    expect_content(image, "\\??\\C:\\a\\b\\c.txt", "here");
    expect_state(image, "\\\\?\\C:\\a\\b\\c.txt.", FACT_ABSENT);
    expect_unknown(image, "\\\\?\\C:\\a\\..\\a\\b\\c.txt", REASON_MALFORMED);
    expect_state(image, "C:\\..\\etc\\passwd", FACT_ABSENT);
}

static void test_paths_that_are_none(void **state) {
    temp_image *image = *state;
    temp_image_open(image);
    static const char *const malformed[] = {
        "",        "x",       "C:x",       "1:\\x",        "C:\\a:b",   "C:\\a*",    "C:\\a?b\\c",
        "C:\\a\"", "C:\\a|b", "C:\\a\x01", "C:\\\xFF\xFE", "%TEMP%\\x", "\\Windows", ".\\x"};
    for (size_t i = 0; i < sizeof malformed / sizeof malformed[0]; i++) {
        expect_unknown(image, malformed[i], REASON_MALFORMED);
    }
    static const char *const elsewhere[] = {"\\\\server\\share\\x",
                                            "\\\\.\\PhysicalDrive0",
                                            "\\\\?\\UNC\\server\\x",
                                            "\\\\?\\Volume{0}\\x",
                                            "X:\\x",
                                            "D:\\"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        expect_unknown(image, elsewhere[i], REASON_NOT_ON_HOST);
    }
    char *longest = malloc(40000);
    (void)snprintf(longest, 40000, "C:\\%039000d", 0);
    expect_unknown(image, longest, REASON_TOO_LARGE);
    free(longest);
}

static void test_other_drives(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "Drives/d/Scratch/x", "on D");
    temp_image_hive(image, HIVE_SOFTWARE,
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\n"
                    "\"SystemRoot\"=\"e:\\\\Windows\"\n");
    temp_image_text(image, "here.txt", "on E");
    temp_image_open(image);
    assert_string_equal(image->machine->system_drive, "E:");
    expect_content(image, "D:\\scratch\\x", "on D");
    expect_state(image, "D:\\scratch\\y", FACT_ABSENT);
    expect_content(image, "E:\\here.txt", "on E");
    expect_unknown(image, "C:\\here.txt", REASON_NOT_ON_HOST);
}

static void test_reading_a_part(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "f", "0123456789");
    temp_image_text(image, "empty", "");
    temp_image_open(image);
    const host_reader *read = image->machine->read;
    bytes data;
    assert_int_equal(read->file_read(image->machine, "C:\\f", 4, 6, &image->memory, &data, &image->why),
                     FACT_KNOWN);
    assert_int_equal(data.size, 6);
    assert_memory_equal(data.data, "456789", 6);
    assert_int_equal(read->file_read(image->machine, "C:\\f", 4, 5, &image->memory, &data, &image->why),
                     FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_TOO_LARGE);
    assert_int_equal(read->file_read(image->machine, "C:\\f", 11, 5, &image->memory, &data, &image->why),
                     FACT_KNOWN);
    assert_int_equal(data.size, 0);
    assert_int_equal(read->file_read(image->machine, "C:\\empty", 0, 0, &image->memory, &data, &image->why),
                     FACT_KNOWN);
    assert_int_equal(read->file_read(image->machine, "C:\\g", 0, 5, &image->memory, &data, &image->why),
                     FACT_ABSENT);
    assert_int_equal(read->file_read(image->machine, "C:\\Windows", 0, 5, &image->memory, &data, &image->why),
                     FACT_UNKNOWN);
}

static void test_fifos_are_not_opened(void **state) {
    temp_image *image = *state;
    assert_int_equal(mkfifo(temp_image_path(image, "pipe"), 0600), 0);
    temp_image_open(image);
    file_info found;
    assert_int_equal(info(image, "C:\\pipe", &found), FACT_KNOWN);
    assert_int_equal(found.kind, FILE_OTHER);
    bytes data; /* would wait for ever */
    assert_int_equal(
        image->machine->read->file_read(image->machine, "C:\\pipe", 0, 5, &image->memory, &data, &image->why),
        FACT_UNKNOWN);
    file_marks marks;
    assert_int_equal(
        image->machine->read->file_marks(image->machine, "C:\\pipe", &image->memory, &marks, &image->why),
        FACT_KNOWN);
    assert_int_equal(marks.attributes.fact.state, FACT_UNKNOWN);
}

typedef struct listing {
    size_t files;
    size_t folders;
    size_t others;
    size_t stop_after;
    bool escaped_seen;
} listing;

static bool list(void *user, const folder_entry *entry) {
    listing *seen = user;
    seen->files += entry->kind == FILE_REGULAR;
    seen->folders += entry->kind == FILE_FOLDER;
    seen->others += entry->kind == FILE_OTHER;
    seen->escaped_seen |= strcmp(entry->name, "a\x1A"
                                              "D800b") == 0;
    return seen->files + seen->folders + seen->others != seen->stop_after;
}

static void test_listing_a_folder(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "f/1", "");
    temp_image_text(image,
                    "f/a\xED\xA0\x80"
                    "b",
                    "lone surrogate");
    temp_image_folder(image, "f/sub");
    temp_image_link(image, "f/link", "1");
    temp_image_open(image);
    const host_reader *read = image->machine->read;
    listing seen = {0};
    assert_int_equal(read->folder_each(image->machine, "C:\\F", list, &seen, &image->memory, &image->why),
                     FACT_KNOWN);
    assert_int_equal(seen.files, 2);
    assert_int_equal(seen.folders, 1);
    assert_int_equal(seen.others, 1);
    assert_true(seen.escaped_seen);
    expect_content(image,
                   "C:\\f\\A\x1A"
                   "D800B",
                   "lone surrogate");
    seen = (listing){.stop_after = 2};
    assert_int_equal(read->folder_each(image->machine, "C:\\F", list, &seen, &image->memory, &image->why),
                     FACT_KNOWN);
    assert_int_equal(seen.files + seen.folders + seen.others, 2);
    assert_int_equal(read->folder_each(image->machine, "C:\\none", list, &seen, &image->memory, &image->why),
                     FACT_ABSENT);
    assert_int_equal(read->folder_each(image->machine, "C:\\f\\1", list, &seen, &image->memory, &image->why),
                     FACT_ABSENT);
}

static void test_access_denied(void **state) {
    temp_image *image = *state;
    if (geteuid() == 0) {
        print_message("root may read everything: not tested\n");
        skip();
    }
    temp_image_text(image, "closed/x", "");
    temp_image_text(image, "secret", "s");
    temp_image_open(image);
    assert_int_equal(chmod(temp_image_path(image, "closed"), 0), 0);
    assert_int_equal(chmod(temp_image_path(image, "secret"), 0), 0);
    expect_unknown(image, "C:\\closed\\x", REASON_ACCESS_DENIED);
    bytes data;
    assert_int_equal(image->machine->read->file_read(image->machine, "C:\\secret", 0, 5, &image->memory,
                                                     &data, &image->why),
                     FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_ACCESS_DENIED);
    assert_int_equal(chmod(temp_image_path(image, "closed"), 0700), 0);
}

static void test_zone_of_a_mounted_file(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "x.ps1", "");
    static const char zone[] = "[ZoneTransfer]\r\nZoneId=3\r\n";
    if (setxattr(temp_image_path(image, "x.ps1"), "user.Zone.Identifier", zone, strlen(zone), 0) != 0) {
        print_message("no extended attributes in /tmp: not tested\n");
        skip();
    }
    temp_image_open(image);
    file_marks marks;
    assert_int_equal(
        image->machine->read->file_marks(image->machine, "C:\\X.ps1", &image->memory, &marks, &image->why),
        FACT_KNOWN);
    assert_int_equal(marks.zone.fact.state, FACT_KNOWN);
    assert_int_equal(marks.zone.value, 3);
    assert_int_equal(marks.security.fact.state, FACT_UNKNOWN);
    assert_int_equal(marks.security.fact.reason, REASON_NO_CAPTURE);
}

#define IMAGE_TEST(test) cmocka_unit_test_setup_teardown(test, temp_image_set_up, temp_image_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IMAGE_TEST(test_case_does_not_matter),
        IMAGE_TEST(test_windows_folder_in_any_case),
        IMAGE_TEST(test_two_names_that_differ_by_case),
        IMAGE_TEST(test_a_folder_that_changes_is_read_anew),
        IMAGE_TEST(test_many_folders_and_many_names),
        IMAGE_TEST(test_links_are_not_followed),
        IMAGE_TEST(test_dots_never_leave_the_drive),
        IMAGE_TEST(test_paths_that_are_none),
        IMAGE_TEST(test_other_drives),
        IMAGE_TEST(test_reading_a_part),
        IMAGE_TEST(test_fifos_are_not_opened),
        IMAGE_TEST(test_listing_a_folder),
        IMAGE_TEST(test_access_denied),
        IMAGE_TEST(test_zone_of_a_mounted_file),
    };
    return cmocka_run_group_tests_name("image files", tests, NULL, NULL);
}
