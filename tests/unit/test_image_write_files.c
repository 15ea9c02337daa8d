#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "host/host_writer.h"
#include "temp_image.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static const bytes content = {.data = (const uint8_t *)"new", .size = 3};

static int set_up(void **state) {
    (void)temp_image_set_up(state);
    temp_image *image = *state;
    temp_image_text(image, "Folder/Old.txt", "old");
    temp_image_text(image, "outside/kept.txt", "outside");
    temp_image_folder(image, "drives/D/Data");
    temp_image_link(image, "Folder/link", "../outside/kept.txt");
    temp_image_link(image, "Folder/linked", "../outside");
    temp_image_open(image);
    return 0;
}

static const host_writer *writer_of(const temp_image *image) {
    return host_writer_of(image->machine);
}

static void expect_status(mars_status status, mars_status wanted) {
    if (status != wanted) {
        fail_msg("%d: %s", (int)status, error_message());
    }
}

static void expect_text(temp_image *image, const char *path, const char *text) {
    bytes found = temp_image_bytes(image, path);
    if (text == NULL) {
        assert_null(found.data);
        return;
    }
    assert_non_null(found.data);
    assert_int_equal(found.size, strlen(text));
    assert_memory_equal(found.data, text, found.size);
}

static struct stat status_of(temp_image *image, const char *path) {
    struct stat status;
    assert_int_equal(lstat(temp_image_path(image, path), &status), 0);
    return status;
}

static void test_a_new_file_looks_like_its_siblings(void **state) {
    temp_image *image = *state;
    assert_int_equal(chmod(temp_image_path(image, "Folder/Old.txt"), 0640), 0);
    expect_status(writer_of(image)->file_write(image->machine, "c:/folder/Fresh.txt", content, NULL),
                  MARS_OK);
    expect_text(image, "Folder/Fresh.txt", "new");
    assert_int_equal(status_of(image, "Folder/Fresh.txt").st_mode & 07777, 0640);
    expect_status(writer_of(image)->file_write(image->machine, "D:\\Data\\x", content, NULL), MARS_OK);
    expect_text(image, "drives/D/Data/x", "new");
    file_info info;
    assert_int_equal(image->machine->read->file_info(image->machine, "C:\\FOLDER\\fresh.TXT", &image->memory,
                                                     &info, &image->why),
                     FACT_KNOWN);
    expect_status(writer_of(image)->file_write(image->machine, "C:\\Folder\\empty", (bytes){0}, "aside"),
                  MARS_OK);
    expect_text(image, "Folder/empty", "");
    expect_text(image, "Folder/aside", NULL);
}

/* The old file itself is kept, not a copy of it, and the new one has its looks. */
static void test_a_replaced_file_is_kept(void **state) {
    temp_image *image = *state;
    const char *path = temp_image_path(image, "Folder/Old.txt");
    assert_int_equal(chmod(path, 0604), 0);
    bool marked = setxattr(path, "user.test", "mark", 4, 0) == 0;
    struct stat old = status_of(image, "Folder/Old.txt");
    expect_status(
        writer_of(image)->file_write(image->machine, "C:\\Folder\\OLD.TXT", content, "Old.txt.aside"),
        MARS_OK);
    expect_text(image, "Folder/Old.txt", "new");
    expect_text(image, "Folder/OLD.TXT", NULL);
    expect_text(image, "Folder/Old.txt.aside", "old");
    struct stat kept = status_of(image, "Folder/Old.txt.aside");
    struct stat new = status_of(image, "Folder/Old.txt");
    assert_int_equal(kept.st_ino, old.st_ino);
    assert_int_equal(kept.st_nlink, 1);
    assert_int_equal(kept.st_mtim.tv_nsec, old.st_mtim.tv_nsec);
    assert_int_equal(new.st_mode, old.st_mode);
    assert_int_equal(new.st_uid, old.st_uid);
    char mark[8] = "";
    assert_true(!marked || getxattr(path, "user.test", mark, sizeof mark) == 4);
    expect_status(
        writer_of(image)->file_write(image->machine, "C:\\Folder\\Old.txt", content, "OLD.TXT.ASIDE"),
        MARS_E_REFUSED);
    expect_status(
        writer_of(image)->file_put_back(image->machine, "C:\\Folder\\Old.txt.aside", "C:\\Folder\\Old.txt"),
        MARS_OK);
    assert_int_equal(status_of(image, "Folder/Old.txt").st_ino, old.st_ino);
    expect_text(image, "Folder/Old.txt.aside", NULL);
}

static void test_renaming_and_removing(void **state) {
    temp_image *image = *state;
    const host_writer *writer = writer_of(image);
    temp_image_text(image, "Folder/other", "other");
    expect_status(writer->file_rename(image->machine, "C:\\Folder\\old.txt", "OTHER"), MARS_E_REFUSED);
    expect_status(writer->file_rename(image->machine, "C:\\Folder\\old.txt", "a\\b"),
                  MARS_E_INVALID_ARGUMENT);
    expect_status(writer->file_rename(image->machine, "C:\\Folder\\old.txt", ".."), MARS_E_INVALID_ARGUMENT);
    expect_status(writer->file_rename(image->machine, "C:\\Folder\\none", "x"), MARS_E_NOT_FOUND);
    expect_status(writer->file_rename(image->machine, "C:\\Folder\\old.txt", "Renamed"), MARS_OK);
    expect_text(image, "Folder/Renamed", "old");
    expect_text(image, "Folder/Old.txt", NULL);
    expect_status(writer->file_remove(image->machine, "C:\\Folder\\renamed"), MARS_OK);
    expect_text(image, "Folder/Renamed", NULL);
    expect_status(writer->file_remove(image->machine, "C:\\Folder\\renamed"), MARS_OK);
    expect_status(writer->folder_make(image->machine, "C:\\Folder\\Made"), MARS_OK);
    expect_status(writer->folder_make(image->machine, "C:\\Folder\\MADE"), MARS_OK);
    expect_status(writer->folder_make(image->machine, "C:\\Folder\\other"), MARS_E_REFUSED);
    expect_status(writer->file_remove(image->machine, "C:\\Folder\\Made"), MARS_OK);
    assert_int_not_equal(access(temp_image_path(image, "Folder/Made"), F_OK), 0);
    expect_status(writer->file_remove(image->machine, "C:\\Folder"), MARS_E_REFUSED);
    expect_status(writer->file_write(image->machine, "C:\\None\\x", content, NULL), MARS_E_NOT_FOUND);
    expect_status(writer->file_write(image->machine, "C:\\Folder", content, NULL), MARS_E_REFUSED);
    expect_status(writer->file_write(image->machine, "C:\\", content, NULL), MARS_E_INVALID_ARGUMENT);
}

/* No link is followed, none is replaced, and nothing outside is touched. */
static void test_nothing_leaves_the_image(void **state) {
    temp_image *image = *state;
    const host_writer *writer = writer_of(image);
    const char *before = temp_image_digest(image);
    static const char *const paths[] = {"C:\\Folder\\link", "C:\\Folder\\linked\\kept.txt",
                                        "C:\\Folder\\linked\\new", "E:\\x", "\\\\server\\share\\x"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        digest_value value;
        assert_int_not_equal(writer->file_write(image->machine, paths[i], content, NULL), MARS_OK);
        assert_int_not_equal(writer->file_rename(image->machine, paths[i], "x"), MARS_OK);
        assert_int_not_equal(writer->file_remove(image->machine, paths[i]), MARS_OK);
        assert_int_not_equal(writer->folder_make(image->machine, paths[i]), MARS_OK);
        assert_int_not_equal(writer->file_keep(image->machine, paths[i], "C:\\Folder\\k"), MARS_OK);
        assert_int_not_equal(writer->file_keep(image->machine, "C:\\Folder\\Old.txt", paths[i]), MARS_OK);
        assert_int_not_equal(writer->file_put_back(image->machine, "C:\\Folder\\Old.txt", paths[i]), MARS_OK);
        assert_int_not_equal(writer->file_digest(image->machine, paths[i], &value), MARS_OK);
    }
    expect_status(writer->file_write(image->machine, "C:\\Folder\\..\\..\\..\\up.txt", content, NULL),
                  MARS_OK);
    expect_text(image, "up.txt", "new"); /* "..": never above the drive */
    expect_status(writer->file_remove(image->machine, "C:\\up.txt"), MARS_OK);
    assert_string_equal(before, temp_image_digest(image));
}

/* What stands under the new file's name, left by a lost process or put there, is taken away and not written
 * through. */
static void test_a_link_under_the_new_name(void **state) {
    temp_image *image = *state;
    temp_image_link(image, "Folder/~marshealth.new", "../outside/kept.txt");
    expect_status(writer_of(image)->file_write(image->machine, "C:\\Folder\\Old.txt", content, NULL),
                  MARS_OK);
    expect_text(image, "outside/kept.txt", "outside");
    assert_true(S_ISREG(status_of(image, "Folder/Old.txt").st_mode));
}

static void test_digests(void **state) {
    temp_image *image = *state;
    digest_value found;
    digest_value wanted;
    enum { SIZE = 600000 };
    uint8_t *data = malloc(SIZE);
    for (size_t i = 0; i < SIZE; i++) {
        data[i] = (uint8_t)(i * 7);
    }
    temp_image_file(image, "Folder/large", data, SIZE);
    assert_true(digest_of(DIGEST_SHA256, data, SIZE, &wanted));
    free(data);
    expect_status(writer_of(image)->file_digest(image->machine, "C:\\Folder\\LARGE", &found), MARS_OK);
    assert_true(digest_equal(&found, &wanted));
    expect_status(writer_of(image)->file_digest(image->machine, "C:\\Folder\\none", &found),
                  MARS_E_NOT_FOUND);
}

/* ---- The lock ---- */

static void test_one_run_at_a_time(void **state) {
    temp_image *image = *state;
    host *second = NULL;
    assert_int_equal(host_open_image(&second, image->path), MARS_OK);
    const host_writer *writer = writer_of(image);
    journal_place journal;
    expect_status(writer->journal_folder(image->machine, false, &image->memory, &journal), MARS_E_NOT_FOUND);
    assert_int_equal(journal.descriptor, -1);
    expect_status(writer->lock(image->machine), MARS_OK);
    expect_status(writer->lock(image->machine), MARS_E_BUSY);
    expect_status(writer->lock(second), MARS_E_BUSY);
    assert_non_null(strstr(error_message(), image->path));
    writer->unlock(image->machine);
    writer->unlock(image->machine);
    expect_status(writer->lock(second), MARS_OK);
    expect_status(writer->lock(image->machine), MARS_E_BUSY);
    host_close(second);
    expect_status(writer->lock(image->machine), MARS_OK);
    assert_int_equal(status_of(image, "ProgramData/MarsHealth").st_mode & 07777, 0700);
    assert_int_equal(status_of(image, "ProgramData/MarsHealth/lock").st_mode & 07777, 0600);
}

static void test_the_system_releases_the_lock(void **state) {
    temp_image *image = *state;
    pid_t child = fork();
    if (child == 0) {
        _exit(writer_of(image)->lock(image->machine) == MARS_OK ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    expect_status(writer_of(image)->lock(image->machine), MARS_OK);
}

static void test_a_lock_that_leads_elsewhere(void **state) {
    temp_image *image = *state;
    journal_place journal;
    temp_image_folder(image, "programdata");
    temp_image_link(image, "programdata/MarsHealth", "../outside");
    expect_status(writer_of(image)->lock(image->machine), MARS_E_REFUSED);
    expect_status(writer_of(image)->journal_folder(image->machine, true, &image->memory, &journal),
                  MARS_E_REFUSED);
    expect_text(image, "outside/lock", NULL);
    assert_int_equal(unlink(temp_image_path(image, "programdata/MarsHealth")), 0);
    temp_image_folder(image, "programdata/marshealth");
    temp_image_link(image, "programdata/marshealth/lock", "../../outside/kept.txt");
    assert_int_not_equal(writer_of(image)->lock(image->machine), MARS_OK);
}

/* Only without the rights of root, which nothing stops. */
static void test_without_the_right_to_write(void **state) {
    temp_image *image = *state;
    const char *before = temp_image_digest(image);
    assert_int_equal(chmod(image->path, 0755), 0);
    pid_t child = fork();
    if (child == 0) {
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
            _exit(2);
        }
        mars_status written =
            writer_of(image)->file_write(image->machine, "C:\\Folder\\Old.txt", content, "aside");
        bool clear = strstr(error_message(), "access was denied") != NULL;
        mars_status locked = writer_of(image)->lock(image->machine);
        _exit(written == MARS_E_UNWRITABLE && clear && locked == MARS_E_UNWRITABLE ? 0 : 1);
    }
    int status = 1;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (getuid() != 0) {
        skip(); /* the files are one's own */
    }
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    assert_int_equal(chmod(image->path, 0700), 0);
    assert_string_equal(before, temp_image_digest(image));
}

#define IMAGE_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, temp_image_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IMAGE_TEST(test_a_new_file_looks_like_its_siblings),
        IMAGE_TEST(test_a_replaced_file_is_kept),
        IMAGE_TEST(test_renaming_and_removing),
        IMAGE_TEST(test_nothing_leaves_the_image),
        IMAGE_TEST(test_a_link_under_the_new_name),
        IMAGE_TEST(test_digests),
        IMAGE_TEST(test_one_run_at_a_time),
        IMAGE_TEST(test_the_system_releases_the_lock),
        IMAGE_TEST(test_a_lock_that_leads_elsewhere),
        IMAGE_TEST(test_without_the_right_to_write),
    };
    return cmocka_run_group_tests_name("image write files", tests, NULL, NULL);
}
