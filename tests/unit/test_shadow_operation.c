/* shadow.resize: when it goes through, how its success is judged, and what each guard refuses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "memory_services.h"
#include "recorded_storage.h"
#include "repair/change.h"
#include "temp_image.h"

#include <stdio.h>
#include <string.h>

#define GB          (UINT64_C(1) << 30)
#define VOLUME(end) "\\\\?\\Volume{11111111-2222-3333-4444-5555aaaa000" end "}\\"

typedef struct fixture {
    memory_machine machine;
    journal_storage *storage;
    operation_run run;
} fixture;

static mars_status open_journal(void *user, journal **out) {
    static const journal_head head = {.id = "run", .tool_version = "0.1.0"};
    return journal_begin(out, ((fixture *)user)->storage, &head);
}

static const char *read_text(arena *memory, const char *name) {
    FILE *file = fopen(arena_printf(memory, FIXTURES "/console/%s.txt", name), "rb");
    assert_non_null(file);
    char text[8192];
    size_t length = fread(text, 1, sizeof text, file);
    (void)fclose(file);
    assert_true(length < sizeof text);
    return arena_text_n(memory, text, length);
}

/* The listing with another maximum of its first association: what is behind the last colon, ASCII's or the
 * wide one, of its last line. */
static const char *with_maximum(arena *memory, const char *text, const char *maximum) {
    enum { MAXIMUM_LINE = 8 };
    const char *line = text;
    for (int i = 0; i < MAXIMUM_LINE; i++) {
        line = strchr(line, '\n');
        assert_non_null(line);
        line++;
    }
    const char *end = line + strcspn(line, "\r\n");
    const char *after = line;
    for (const char *at = line; at < end; at++) {
        after = *at == ':' ? at + 1 : strncmp(at, "\uFF1A", 3) == 0 ? at + 3 : after;
    }
    assert_true(after > line);
    return arena_printf(memory, "%s %s (45%%)%s", arena_text_n(memory, text, (size_t)(after - text)), maximum,
                        end);
}

static void make(fixture *f) {
    *f = (fixture){0};
    memory_machine_make(&f->machine);
    f->machine.storage = read_text(&f->machine.memory, "storage-en");
    f->machine.storage_resized = with_maximum(&f->machine.memory, f->machine.storage, "45 GB");
    f->storage = recorded_storage_new();
    f->run = (operation_run){
        .machine = &f->machine.base,
        .memory = &f->machine.memory,
        .open_journal = open_journal,
        .user = f,
        .changes = ARENA_VECTOR(&f->machine.memory, change_record),
    };
}

static void done(fixture *f) {
    journal_close(f->run.journal);
    f->storage->close(f->storage);
    memory_machine_free(&f->machine);
}

static mars_status call(fixture *f, const char *source, const char *storage, uint64_t max_bytes) {
    const operation *row = operation_find("shadow.resize");
    json_t *json = json_pack("{s:s, s:s, s:I}", "for_volume", source, "on_volume", storage, "max_bytes",
                             (json_int_t)max_bytes);
    operation_value values[OPERATION_PARAMETERS_MAX];
    mars_status status = operation_bind(row, json, f->run.memory, values);
    json_decref(json);
    assert_int_equal(status, MARS_OK);
    return operation_call(row, &f->run, values);
}

static void assert_says(const char *part) {
    if (strstr(error_message(), part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error_message(), part);
    }
}

static void assert_refused(fixture *f, const char *source, const char *storage, uint64_t max_bytes,
                           const char *reason) {
    assert_int_equal(call(f, source, storage, max_bytes), MARS_E_REFUSED);
    assert_says(reason);
    assert_string_equal(text_builder_text(&f->machine.acts), "");
    assert_int_equal(f->run.changes.count, 0);
    assert_null(f->run.journal);
}

/* ---- Let through ---- */

static void test_in_every_language(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const char *maximum;
        mars_status expected;
    } cases[] = {
        {"en", "45 GB", MARS_OK},
        {"de", "45,0 GB", MARS_OK},
        {"el", "45 GB", MARS_OK},
        {"fr", "45,00 Go", MARS_OK},
        {"ja", "45 GB", MARS_OK},
        {"pl", "45 GB", MARS_OK},
        {"ru", "45 ГБ", MARS_OK},
        {"tr", "45,0 GB", MARS_OK},
        {"zh-CN", "45 GB", MARS_OK},
        /* Something else came of it. */
        {"fr", "45,01 Go", MARS_E_UNWRITABLE},
        {"zh-CN", "44.98 GB", MARS_E_UNWRITABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        fixture f;
        make(&f);
        arena *memory = &f.machine.memory;
        f.machine.storage = read_text(memory, arena_printf(memory, "storage-%s", cases[i].name));
        f.machine.storage_resized = with_maximum(memory, f.machine.storage, cases[i].maximum);
        assert_int_equal(call(&f, "C:", "C:", 45 * GB), cases[i].expected);
        assert_string_equal(text_builder_text(&f.machine.acts), "resize C: C: 48318382080, ");
        assert_int_equal(f.run.changes.count, 1);
        done(&f);
    }
}

static void test_volumes_by_letter_or_path(void **state) {
    (void)state;
    static const char *const names[] = {"C:", "c:", VOLUME("1")};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        fixture f;
        make(&f);
        assert_int_equal(call(&f, names[i], names[2 - i], 45 * GB), MARS_OK);
        assert_string_equal(text_builder_text(&f.machine.acts), "resize C: C: 48318382080, ");
        done(&f);
    }
}

/* A letter moves to another volume; the listing's GUIDs stay. */
static void test_a_letter_that_moved(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.machine.volumes[0].letter = memory_text("E");
    f.machine.volumes[1].letter = memory_text("C");
    assert_int_equal(call(&f, "E:", "E:", 45 * GB), MARS_OK);
    done(&f);
    make(&f);
    f.machine.volumes[0].letter = memory_text("E");
    f.machine.volumes[1].letter = memory_text("C");
    assert_refused(&f, "C:", "C:", 45 * GB, "are kept on D:, not on C:");
    done(&f);
}

static void test_already_so(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.machine.storage = f.machine.storage_resized;
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_OK);
    assert_int_equal(call(&f, "C:", "C:", 45 * GB + GB / 10), MARS_OK);
    assert_string_equal(text_builder_text(&f.machine.acts), "");
    assert_int_equal(f.run.changes.count, 0);
    done(&f);
}

static void test_what_if_changes_nothing(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.run.what_if = true;
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_OK);
    assert_string_equal(text_builder_text(&f.machine.acts), "");
    assert_null(f.run.journal);
    assert_int_equal(f.run.changes.count, 1);
    const change_record *change = f.run.changes.items;
    assert_string_equal(change->target, "shadow storage of C: on C:");
    assert_memory_equal(change->before.data.data, "at most 2.81 GB", change->before.data.size);
    assert_memory_equal(change->after.data.data, "at most 48318382080 bytes", change->after.data.size);
    done(&f);
}

/* ---- Success ---- */

static void test_success_is_what_the_listing_says(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.machine.resize = RESIZE_LIES;
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_E_UNWRITABLE);
    assert_says("was to be 48318382080 bytes, but the listing says 2.81 GB");
    f.machine.resize = RESIZE_FAILS;
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_E_UNWRITABLE);
    assert_says("2.81 GB: vssadmin ended with 2");
    f.machine.resize = RESIZE_FAILS_AND_WORKS;
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_OK);
    done(&f);
}

static void test_success_that_cannot_be_told(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.machine.storage_resized = NULL;
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_E_UNREADABLE);
    assert_says("what came of it cannot be told");
    done(&f);
    make(&f);
    f.machine.storage_resized = read_text(&f.machine.memory, "storage-none-en");
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_E_UNWRITABLE);
    assert_says("that there is none");
    done(&f);
    make(&f);
    f.machine.storage_resized = with_maximum(&f.machine.memory, f.machine.storage, "UNBOUNDED");
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_E_UNWRITABLE);
    assert_says("UNBOUNDED");
    done(&f);
}

/* ---- Refused ---- */

static void test_only_up(void **state) {
    (void)state;
    fixture f;
    make(&f);
    assert_refused(&f, "C:", "C:", 2 * GB, "may take 2.81 GB now: less could delete shadow copies");
    assert_refused(&f, VOLUME("2"), "D:", 45 * GB, "has no limit now");
    f.machine.storage = f.machine.storage_resized;
    assert_refused(&f, "C:", "C:", 44 * GB, "may take 45 GB now");
    assert_refused(&f, "C:", "C:", 45 * GB + GB / 3, "only from 48855252994 bytes on");
    assert_refused(&f, "C:", "C:", UINT64_C(1) << 62, "cannot be that large");
    f.machine.storage = with_maximum(&f.machine.memory, f.machine.storage, "45 Qx");
    assert_refused(&f, "C:", "C:", 50 * GB, "how much it may take now cannot be told");
    f.machine.storage = with_maximum(&f.machine.memory, f.machine.storage, "7 EB");
    assert_refused(&f, "C:", "C:", 50 * GB, "how much it may take now cannot be told");
    done(&f);
}

/* 100 GB with 60 GB free: 10 GB stay, so 50 GB; nothing of it is taken yet. 500 GB: 50 GB stay. */
static void test_leaves_room(void **state) {
    (void)state;
    fixture f;
    make(&f);
    assert_refused(&f, "C:", "C:", 50 * GB + 1, "less than 10737418240 bytes");
    assert_says("53687091200 is the most");
    f.machine.storage_resized = with_maximum(&f.machine.memory, f.machine.storage, "50 GB");
    assert_int_equal(call(&f, "C:", "C:", 50 * GB), MARS_OK);
    done(&f);
    /* On a small volume 5 GB stay. */
    make(&f);
    f.machine.volumes[0].size = memory_number((int64_t)(20 * GB));
    f.machine.volumes[0].free = memory_number((int64_t)(10 * GB));
    f.machine.storage_resized = with_maximum(&f.machine.memory, f.machine.storage, "5 GB");
    assert_refused(&f, "C:", "C:", 5 * GB + 1, "less than 5368709120 bytes");
    assert_int_equal(call(&f, "C:", "C:", 5 * GB), MARS_OK);
    done(&f);
    /* What shadow copies hold already is not taken once more: 7.91 GB, rounded, less the rounding. */
    make(&f);
    f.machine.storage = read_text(&f.machine.memory, "storage-de");
    assert_refused(&f, "C:", "C:", (uint64_t)(57.91 * (double)GB), "is the most");
    f.machine.storage_resized = with_maximum(&f.machine.memory, f.machine.storage, "57,9 GB");
    assert_int_equal(call(&f, "C:", "C:", (uint64_t)(57.9 * (double)GB)), MARS_OK);
    done(&f);
}

static void test_room_that_cannot_be_told(void **state) {
    (void)state;
    fixture f;
    make(&f);
    fact_number free_space = f.machine.volumes[0].free;
    f.machine.volumes[0].free = (fact_number){0};
    assert_refused(&f, "C:", "C:", 45 * GB, "how much of C: is free");
    f.machine.volumes[0].free = memory_number((int64_t)(101 * GB));
    assert_refused(&f, "C:", "C:", 45 * GB, "do not follow each other");
    f.machine.volumes[0].free = free_space;
    f.machine.volumes[0].size = (fact_number){0};
    assert_refused(&f, "C:", "C:", 45 * GB, "how much of C: is free");
    f.machine.unreadable = "volumes";
    assert_refused(&f, "C:", "C:", 45 * GB, "which volumes there are cannot be told");
    done(&f);
}

static void test_no_cluster_shared_volume(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.machine.volumes[0].file_system = memory_text("CSVFS_NTFS");
    assert_refused(&f, "C:", "C:", 45 * GB, "C: is a cluster shared volume");
    assert_refused(&f, VOLUME("2"), "C:", 45 * GB, "C: is a cluster shared volume");
    f.machine.volumes[0].file_system = (fact_text){0};
    assert_refused(&f, "C:", "C:", 45 * GB, "which file system C: has");
    f.machine.volumes[0].file_system = memory_text("ReFS");
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_OK);
    done(&f);
}

static void test_no_association(void **state) {
    (void)state;
    fixture f;
    make(&f);
    assert_refused(&f, "C:", "D:", 45 * GB, "shadow copies of C: are kept on C:, not on D:");
    assert_refused(&f, "D:", "D:", 45 * GB, "vssadmin add shadowstorage /for=D: /on=D:");
    assert_refused(&f, "X:", "D:", 45 * GB, "there is no volume X:");
    f.machine.storage = read_text(&f.machine.memory, "storage-none-ru");
    assert_refused(&f, "C:", "C:", 45 * GB, "has no shadow storage that could be resized");
    f.machine.storage = read_text(&f.machine.memory, "storage-error-de");
    assert_refused(&f, "C:", "C:", 45 * GB, "how much there is cannot be told: vssadmin.exe");
    f.machine.storage = NULL;
    assert_refused(&f, "C:", "C:", 45 * GB, "access was denied");
    done(&f);
}

static void test_an_image_cannot(void **state) {
    (void)state;
    fixture f;
    temp_image image;
    make(&f);
    temp_image_make(&image);
    temp_image_open(&image);
    f.run.machine = image.machine;
    assert_int_equal(call(&f, "C:", "C:", 45 * GB), MARS_E_UNSUPPORTED);
    assert_says(operation_needs_reason(NEEDS_SHADOW_COPIES));
    temp_image_remove(&image);
    done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_every_language),
        cmocka_unit_test(test_volumes_by_letter_or_path),
        cmocka_unit_test(test_a_letter_that_moved),
        cmocka_unit_test(test_already_so),
        cmocka_unit_test(test_what_if_changes_nothing),
        cmocka_unit_test(test_success_is_what_the_listing_says),
        cmocka_unit_test(test_success_that_cannot_be_told),
        cmocka_unit_test(test_only_up),
        cmocka_unit_test(test_leaves_room),
        cmocka_unit_test(test_room_that_cannot_be_told),
        cmocka_unit_test(test_no_cluster_shared_volume),
        cmocka_unit_test(test_no_association),
        cmocka_unit_test(test_an_image_cannot),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
