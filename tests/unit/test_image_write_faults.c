/* Every act of the writer, while each of its calls to the system in turn fails, or is the last that the
 * process made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "host/image/image_write.h"
#include "temp_image.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- Calls that fail ---- */

typedef enum fault_kind { FAULT_NONE, FAULT_FAIL, FAULT_DIE } fault_kind;

static struct {
    fault_kind kind;
    int error;
    unsigned at;    /* the call that fails, from 1 on */
    unsigned count; /* calls so far */
    char log[64];   /* a letter for each of them */
    bool no_links;  /* as on a volume without second names */
} fault;

enum { DIED = 77 };

/* True if this call is to fail, which it may do half. */
static bool fails(char letter) {
    if (fault.count + 1 < sizeof fault.log) {
        fault.log[fault.count] = letter;
        fault.log[fault.count + 1] = '\0';
    }
    return ++fault.count == fault.at && fault.kind != FAULT_NONE;
}

static bool give_up(void) {
    if (fault.kind == FAULT_DIE) {
        _exit(DIED);
    }
    errno = fault.error;
    return false;
}

static int faulty_create(int folder, const char *name) {
    return fails('c') ? (int)give_up() - 1 : image_calls_system.create(folder, name);
}

static bool faulty_write(int descriptor, bytes content) {
    if (fails('w')) {
        (void)image_calls_system.write(descriptor, (bytes){.data = content.data, .size = content.size / 2});
        return give_up();
    }
    return image_calls_system.write(descriptor, content);
}

static bool faulty_commit(hive_h *hive, int descriptor) {
    bool failing = fails('w');
    bool good = image_calls_system.commit(hive, descriptor);
    struct stat status;
    if (failing && fstat(descriptor, &status) == 0 && ftruncate(descriptor, status.st_size / 2) == 0) {
        return give_up();
    }
    return good;
}

static bool faulty_dress(int descriptor, int model) {
    return fails('d') ? give_up() : image_calls_system.dress(descriptor, model);
}

static bool faulty_set_mode(int descriptor, mode_t mode) {
    return fails('d') ? give_up() : image_calls_system.set_mode(descriptor, mode);
}

static bool faulty_sync(int descriptor) {
    (void)descriptor;
    return fails('f') ? give_up() : true;
}

static bool faulty_link(int folder, const char *name, int to_folder, const char *to) {
    if (fails('l')) {
        return give_up();
    }
    errno = EPERM;
    return !fault.no_links && image_calls_system.link(folder, name, to_folder, to);
}

static bool faulty_rename(int folder, const char *name, int to_folder, const char *to) {
    return fails('r') ? give_up() : image_calls_system.rename(folder, name, to_folder, to);
}

static bool faulty_remove(int folder, const char *name, bool is_folder) {
    return fails('x') ? give_up() : image_calls_system.remove(folder, name, is_folder);
}

static bool faulty_make_folder(int folder, const char *name, mode_t mode) {
    return fails('m') ? give_up() : image_calls_system.make_folder(folder, name, mode);
}

static const image_calls faulty = {
    .create = faulty_create,
    .write = faulty_write,
    .commit = faulty_commit,
    .dress = faulty_dress,
    .set_mode = faulty_set_mode,
    .sync = faulty_sync,
    .link = faulty_link,
    .rename = faulty_rename,
    .remove = faulty_remove,
    .make_folder = faulty_make_folder,
};

/* ---- Acts ---- */

#define HIVE "C:\\Windows\\System32\\config\\SOFTWARE"
#define KEPT "C:\\Windows\\System32\\config\\kept"

static mars_status set_value(host *machine) {
    registry_path path = {.root = REGISTRY_MACHINE, .key = "SOFTWARE\\A"};
    registry_value value = {.type = REGISTRY_SZ, .data = {.data = (const uint8_t *)"n\0e\0w\0\0", .size = 8}};
    uint32_t made = 0;
    return host_writer_of(machine)->registry_set(machine, &path, "x", &value, &made);
}

static mars_status make_keys(host *machine) {
    registry_path path = {.root = REGISTRY_MACHINE, .key = "SOFTWARE\\A\\B\\C"};
    registry_value value = {.type = REGISTRY_SZ, .data = {.data = (const uint8_t *)"n\0e\0w\0\0", .size = 8}};
    uint32_t made = 0;
    return host_writer_of(machine)->registry_set(machine, &path, "x", &value, &made);
}

static mars_status prune_keys(host *machine) {
    registry_path path = {.root = REGISTRY_MACHINE, .key = "SOFTWARE\\A\\Empty\\Too"};
    return host_writer_of(machine)->registry_prune(machine, &path, 2);
}

static mars_status configure_service(host *machine) {
    service_config config = {.start = SERVICE_START_AUTOMATIC, .delay = SERVICE_DELAY_ON};
    return host_writer_of(machine)->service_configure(machine, "s", &config);
}

static const bytes content = {.data = (const uint8_t *)"new content", .size = 11};

static mars_status write_new(host *machine) {
    return host_writer_of(machine)->file_write(machine, "C:\\Folder\\new.txt", content, NULL);
}

static mars_status write_over(host *machine) {
    return host_writer_of(machine)->file_write(machine, "C:\\Folder\\old.txt", content, "old.aside");
}

static mars_status keep_file(host *machine) {
    return host_writer_of(machine)->file_keep(machine, HIVE, "C:\\Folder\\hive");
}

static mars_status put_back(host *machine) {
    return host_writer_of(machine)->file_put_back(machine, KEPT, HIVE);
}

static mars_status rename_file(host *machine) {
    return host_writer_of(machine)->file_rename(machine, "C:\\Folder\\old.txt", "renamed.txt");
}

static mars_status remove_file(host *machine) {
    return host_writer_of(machine)->file_remove(machine, "C:\\Folder\\old.txt");
}

static mars_status make_folder(host *machine) {
    return host_writer_of(machine)->folder_make(machine, "C:\\Folder\\new");
}

typedef struct act {
    const char *name;
    mars_status (*call)(host *);
    const char *path; /* of what it writes, to sweep */
    bool no_links;
    const char *aside; /* what else may be there when it was cut short: the old file under this name */
} act;

static const act acts[] = {
    {"set a value", set_value, HIVE, false, NULL},
    {"make keys", make_keys, HIVE, false, NULL},
    {"prune keys", prune_keys, HIVE, false, NULL},
    {"configure a service", configure_service, "C:\\Windows\\System32\\config\\SYSTEM", false, NULL},
    {"write a file", write_new, "C:\\Folder\\new.txt", false, NULL},
    {"replace a file", write_over, "C:\\Folder\\old.txt", false, "Folder/old.aside"},
    {"replace a file without links", write_over, "C:\\Folder\\old.txt", true, "Folder/old.aside"},
    {"keep a file", keep_file, "C:\\Folder\\hive", false, NULL},
    {"keep a file without links", keep_file, "C:\\Folder\\hive", true, NULL},
    {"put back", put_back, HIVE, false, NULL},
    {"rename", rename_file, "C:\\Folder\\old.txt", false, NULL},
    {"remove", remove_file, "C:\\Folder\\old.txt", false, NULL},
    {"make a folder", make_folder, "C:\\Folder\\new", false, NULL},
};

/* ---- Rounds ---- */

static void make(temp_image *temp) {
    temp_image_make(temp);
    temp_image_hive(
        temp, HIVE_SYSTEM,
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\s]\n\"Start\"=dword:00000004\n");
    temp_image_hive(temp, HIVE_SOFTWARE,
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A]\n\"x\"=\"old\"\n"
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\A\\Empty\\Too]\n");
    bytes hive = temp_image_bytes(temp, TEMP_IMAGE_CONFIG "SYSTEM");
    temp_image_file(temp, TEMP_IMAGE_CONFIG "kept", hive.data, hive.size);
    temp_image_folder(temp, "Folder");
    temp_image_text(temp, "Folder/old.txt", "old content");
    assert_int_equal(chmod(temp_image_path(temp, "Folder/old.txt"), 0604), 0);
    temp_image_open(temp);
    image_of(temp->machine)->calls = &faulty;
}

/* What an act leads to. */
typedef struct outcome {
    arena memory;
    const char *before;
    const char *after;
    const char *aside[2]; /* the old file has two names; it has only the other one */
    unsigned calls;
} outcome;

static const char *digest_of_image(temp_image *temp, arena *memory) {
    const char *text = temp_image_digest(temp);
    assert_non_null(text);
    return arena_text(memory, text);
}

static void learn(const act *tested, outcome *out) {
    temp_image temp;
    make(&temp);
    fault.kind = FAULT_NONE;
    fault.count = 0;
    fault.no_links = tested->no_links;
    out->before = digest_of_image(&temp, &out->memory);
    out->aside[0] = out->aside[1] = "";
    if (tested->call(temp.machine) != MARS_OK) {
        fail_msg("%s: %s", tested->name, error_message());
    }
    out->calls = fault.count;
    out->after = digest_of_image(&temp, &out->memory);
    assert_string_not_equal(out->before, out->after);
    temp_image_remove(&temp);
    if (tested->aside != NULL) {
        make(&temp);
        const char *old = temp_image_path(&temp, "Folder/old.txt");
        assert_int_equal(link(old, temp_image_path(&temp, tested->aside)), 0);
        out->aside[0] = digest_of_image(&temp, &out->memory);
        assert_int_equal(unlink(old), 0);
        out->aside[1] = digest_of_image(&temp, &out->memory);
        temp_image_remove(&temp);
    }
}

static void expect_whole_hives(temp_image *temp) {
    temp_image_open(temp);
    for (int id = 0; id < IMAGE_DEFAULT; id++) {
        const image_hive *hive = &image_of(temp->machine)->hives[id];
        assert_int_equal(hive->state.state, FACT_KNOWN);
        const char *defect = hive_compare(hive->data, hive->data, NULL, &temp->memory);
        if (defect != NULL) {
            fail_msg("%s", defect);
        }
    }
}

static void die_at(const act *tested, const outcome *known, unsigned at) {
    temp_image temp;
    make(&temp);
    fault.kind = FAULT_DIE;
    fault.at = at;
    fault.count = 0;
    pid_t child = fork();
    if (child == 0) {
        (void)tested->call(temp.machine);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), DIED);
    fault.kind = FAULT_NONE;
    expect_whole_hives(&temp);
    assert_int_equal(host_writer_of(temp.machine)->file_sweep(temp.machine, tested->path), MARS_OK);
    const char *now = digest_of_image(&temp, &temp.memory);
    bool after = strcmp(now, known->after) == 0;
    if (strcmp(now, known->aside[1]) == 0) { /* as recovery does */
        assert_int_equal(
            host_writer_of(temp.machine)->file_put_back(temp.machine, "C:\\Folder\\old.aside", tested->path),
            MARS_OK);
        now = digest_of_image(&temp, &temp.memory);
        assert_string_equal(now, known->before);
    }
    if (!after && strcmp(now, known->before) != 0 && strcmp(now, known->aside[0]) != 0) {
        fail_msg("%s, died at call %u: neither before nor after", tested->name, at);
    }
    if (!after) {
        assert_int_equal(tested->call(temp.machine), MARS_OK);
        assert_string_equal(digest_of_image(&temp, &temp.memory), known->after);
    }
    temp_image_remove(&temp);
}

static void fail_at(const act *tested, const outcome *known, unsigned at, int error) {
    temp_image temp;
    make(&temp);
    fault.kind = FAULT_FAIL;
    fault.error = error;
    fault.at = at;
    fault.count = 0;
    mars_status status = tested->call(temp.machine);
    fault.kind = FAULT_NONE;
    const char *now = digest_of_image(&temp, &temp.memory);
    bool before = strcmp(now, known->before) == 0;
    bool after = strcmp(now, known->after) == 0;
    if (!before && !after) {
        fail_msg("%s, call %u failed: neither before nor after", tested->name, at);
    }
    assert_true(status != MARS_OK || after);
    if (status != MARS_OK) {
        assert_int_equal(status, MARS_E_UNWRITABLE);
        const char *words = error == ENOSPC  ? "no space"
                            : error == EROFS ? "read-only"
                                             : "disk reported an error";
        assert_non_null(strstr(error_message(), words));
    }
    /* The reader has what the file has, and the act can be done again. */
    if (before) {
        assert_int_equal(tested->call(temp.machine), MARS_OK);
        assert_string_equal(digest_of_image(&temp, &temp.memory), known->after);
    }
    expect_whole_hives(&temp);
    temp_image_remove(&temp);
}

static void each_act(bool dying) {
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        outcome known = {0};
        learn(&acts[i], &known);
        assert_true(known.calls > 0);
        for (unsigned at = 1; at <= known.calls; at++) {
            if (dying) {
                die_at(&acts[i], &known, at);
            } else {
                fail_at(&acts[i], &known, at, ENOSPC);
                fail_at(&acts[i], &known, at, EIO);
                fail_at(&acts[i], &known, at, EROFS);
            }
        }
        arena_free(&known.memory);
    }
}

static void test_the_process_dies_at_every_call(void **state) {
    (void)state;
    each_act(true);
}

static void test_every_call_fails(void **state) {
    (void)state;
    each_act(false);
}

/* Memory that runs out leaves all as it was, or (behind the change itself) as it was asked to be. */
static void test_every_allocation_fails(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        outcome known = {0};
        learn(&acts[i], &known);
        /* One that fails ends the act early: only a number that was not reached says that all were tried. */
        bool reached = true;
        for (uint64_t n = 1; reached; n++) {
            temp_image temp;
            make(&temp);
            mem_test_fail_at(n);
            mars_status status = acts[i].call(temp.machine);
            reached = mem_test_count() >= n;
            mem_test_fail_at(0);
            const char *now = digest_of_image(&temp, &temp.memory);
            if (status != MARS_OK && status != MARS_E_NO_MEMORY) {
                fail_msg("%s, allocation %u: %s", acts[i].name, (unsigned)n, error_message());
            }
            assert_string_equal(now, status == MARS_OK ? known.after : known.before);
            expect_whole_hives(&temp);
            temp_image_remove(&temp);
        }
        arena_free(&known.memory);
    }
}

/* A name may lead to a file only once its content is durable, and is durable itself only once its folder is:
 * SIGKILL cannot find a flush that is missing. c creates, w writes, d dresses, f flushes, r renames, l links,
 * x removes. */
static void test_content_is_flushed_before_its_name(void **state) {
    (void)state;
    static const char *const expected[] = {"xcwdfrf",  "xcwdfrf",   "xcwdfrf", "xcwdfrf",  "xcwdfrf",
                                           "xcwdflrf", "xcwdflrrf", "xlf",     "xlcwdfrf", "xrff",
                                           "rf",       "xf",        "mf"};
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        temp_image temp;
        make(&temp);
        fault.kind = FAULT_NONE;
        fault.count = 0;
        fault.no_links = acts[i].no_links;
        assert_int_equal(acts[i].call(temp.machine), MARS_OK);
        assert_string_equal(fault.log, expected[i]);
        temp_image_remove(&temp);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_process_dies_at_every_call),
        cmocka_unit_test(test_every_call_fails),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_content_is_flushed_before_its_name),
    };
    return cmocka_run_group_tests_name("image write faults", tests, NULL, NULL);
}
