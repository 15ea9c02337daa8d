#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/crc32c.h"
#include "core/error.h"
#include "recorded_storage.h"
#include "repair/journal.h"
#include "repair/run_id.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const journal_head head = {
    .id = "20260302T080000Z-4711",
    .tool_version = "0.1.0",
    .computer_name = "SRV-01",
    .started = 1772438400,
};

enum { CHANGES = 3 };
static uint8_t large[5000];

static change_record change_number(size_t n) {
    static const uint8_t small[] = {0, 1, 0xFF, '"', '\n'};
    static const char *const targets[CHANGES] = {"HKLM\\SOFTWARE\\X\\\\value \"a\"", "\\M\xC3\xBCller\\task",
                                                 "VSS"};
    static const change_kind kinds[CHANGES] = {CHANGE_REGISTRY_VALUE, CHANGE_TASK, CHANGE_SERVICE_CONFIG};
    return (change_record){
        .step = n + 1,
        .kind = kinds[n],
        .target = targets[n],
        .before = {.present = n != 0,
                   .type = 4,
                   .data = {.data = n == 1 ? large : small, .size = n == 1 ? sizeof large : 5}},
        .after = {.present = true, .type = 1, .data = {.data = small, .size = n}},
        .parents_created = (uint32_t)n,
        .parents_removed = (uint32_t)n * 2,
        .kept = n == 1 ? "kept/2" : NULL,
        .file = {.data = {(uint8_t)n, 0xCD}, .size = n == 0 ? 32 : 0},
    };
}

/* Writes a whole run; *intended counts the intents that were said to be durable. */
static mars_status write_run(journal_storage *storage, size_t acts_after_intent[CHANGES], size_t *intended) {
    journal *run = NULL;
    *intended = 0;
    mars_status status = journal_begin(&run, storage, &head);
    const journal_kept kept = {.file = "C:\\hive", .name = "kept/1", .digest = {.data = {0xAB}, .size = 32}};
    if (status == MARS_OK) {
        status = journal_kept_file(run, &kept);
    }
    for (size_t n = 0; n < CHANGES && status == MARS_OK; n++) {
        change_record change = change_number(n);
        status = journal_intend(run, &change);
        if (status == MARS_OK) {
            acts_after_intent[n] = recorded_acts(storage);
            (*intended)++;
            status = journal_done(run, &change.after, &change.file);
        }
    }
    if (status == MARS_OK) {
        status = journal_end(run, "applied");
    }
    journal_close(run);
    return status;
}

static void assert_change(const change_record *actual, size_t n) {
    change_record expected = change_number(n);
    assert_int_equal(actual->step, expected.step);
    assert_int_equal(actual->kind, expected.kind);
    assert_string_equal(actual->target, expected.target);
    assert_int_equal(actual->parents_created, expected.parents_created);
    assert_int_equal(actual->parents_removed, expected.parents_removed);
    assert_int_equal(actual->kept == NULL, expected.kept == NULL);
    assert_true(change_state_equal(&actual->before, &expected.before));
    assert_true(change_state_equal(&actual->after, &expected.after));
    if (actual->done) {
        assert_true(change_state_equal(&actual->read_back, &expected.after));
        assert_true(digest_equal(&actual->file, &expected.file));
    }
}

static void test_what_is_written_is_read(void **state) {
    (void)state;
    journal_storage *storage = recorded_storage_new();
    size_t acts[CHANGES] = {0};
    size_t intended = 0;
    arena memory = {0};
    journal_run run = {0};
    assert_int_equal(write_run(storage, acts, &intended), MARS_OK);
    assert_int_equal(journal_read(storage, head.id, &memory, &run), MARS_OK);
    assert_string_equal(run.head.computer_name, "SRV-01");
    assert_null(run.head.machine_guid);
    assert_int_equal(run.head.started, head.started);
    assert_string_equal(run.end, "applied");
    assert_false(run.torn);
    assert_int_equal(run.kept_count, 1);
    assert_string_equal(run.kept[0].file, "C:\\hive");
    assert_string_equal(run.kept[0].name, "kept/1");
    assert_int_equal(run.kept[0].digest.data[0], 0xAB);
    assert_int_equal(run.change_count, CHANGES);
    for (size_t n = 0; n < CHANGES; n++) {
        assert_true(run.changes[n].done);
        assert_change(&run.changes[n], n);
    }
    arena_free(&memory);
    storage->close(storage);
}

/* I1: whatever a power cut loses, every intent that was reported durable is there, whole. */
static void test_power_cuts(void **state) {
    (void)state;
    journal_storage *storage = recorded_storage_new();
    size_t acts[CHANGES] = {0};
    size_t intended = 0;
    assert_int_equal(write_run(storage, acts, &intended), MARS_OK);
    for (size_t cut = 0; cut <= recorded_acts(storage); cut++) {
        for (int loss = 0; loss < STORAGE_LOSSES; loss++) {
            journal_storage *left = recorded_storage_after(storage, cut, (storage_loss)loss);
            arena memory = {0};
            journal_run run = {0};
            size_t promised = 0;
            while (promised < CHANGES && acts[promised] <= cut) {
                promised++;
            }
            mars_status status = journal_read(left, head.id, &memory, &run);
            if (status != MARS_OK) {
                assert_int_equal(promised, 0);
                assert_int_equal(status, MARS_E_NOT_FOUND);
            }
            assert_true(run.change_count >= promised);
            /* what a change is made in was kept before it, and that is as durable */
            assert_true(run.change_count == 0 || run.kept_count == 1);
            for (size_t n = 0; n < run.change_count; n++) {
                assert_change(&run.changes[n], n);
            }
            arena_free(&memory);
            left->close(left);
        }
    }
    storage->close(storage);
}

static void test_every_act_may_fail(void **state) {
    (void)state;
    size_t n = 0;
    mars_status status = MARS_E_UNREADABLE;
    for (n = 1; status != MARS_OK; n++) {
        journal_storage *storage = recorded_storage_new();
        size_t acts[CHANGES] = {0};
        size_t intended = 0;
        recorded_storage_fail_at(storage, n);
        status = write_run(storage, acts, &intended);
        recorded_storage_fail_at(storage, 0);
        arena memory = {0};
        journal_run run = {0};
        if (journal_read(storage, head.id, &memory, &run) == MARS_OK) {
            assert_true(run.change_count >= intended);
        } else {
            assert_int_equal(intended, 0);
        }
        arena_free(&memory);
        storage->close(storage);
    }
    assert_true(n > 20);
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    mars_status status = MARS_E_NO_MEMORY;
    for (uint64_t n = 1; status != MARS_OK; n++) {
        journal_storage *storage = recorded_storage_new();
        arena memory = {0};
        journal_run run = {0};
        size_t intended = 0;
        size_t acts[CHANGES] = {0};
        assert_int_equal(write_run(storage, acts, &intended), MARS_OK);
        mem_test_fail_at(n);
        status = journal_read(storage, head.id, &memory, &run);
        mem_test_fail_at(0);
        assert_true(status == MARS_OK || status == MARS_E_NO_MEMORY);
        arena_free(&memory);
        storage->close(storage);
    }
}

/* One line changed by hand: each is refused, naming the line, but a torn last one. */
static mars_status read_edited(const char *lines, journal_run *run, arena *memory) {
    journal_storage *storage = recorded_storage_new();
    static const char folder[] = "20260302T080000Z-4711";
    char path[64];
    (void)snprintf(path, sizeof path, "%s/run.jsonl", folder);
    assert_int_equal(storage->make_folder(storage, folder), MARS_OK);
    assert_int_equal(storage->create(storage, path, 0), MARS_OK);
    assert_int_equal(storage->append(storage, path, (bytes){(const uint8_t *)lines, strlen(lines)}), MARS_OK);
    mars_status status = journal_read(storage, folder, memory, run);
    storage->close(storage);
    return status;
}

static char *line_with_crc(const char *object) {
    size_t length = strlen(object) - 1;
    char *line = malloc(length + 64);
    assert_non_null(line);
    (void)snprintf(line, length + 64, "%.*s,\"crc\":\"%08x\"}\n", (int)length, object,
                   crc32c(object, length));
    return line;
}

#define RUN_LINE                                                                                             \
    "{\"kind\":\"run\",\"id\":\"20260302T080000Z-4711\",\"tool\":\"0.1.0\",\"started\":\"2026-03-02T08:00:"  \
    "00Z\",\"planned\":0}"

#define INTENT(kind, before, after, created, removed, kept)                                                  \
    "{\"kind\":\"intent\",\"number\":1,\"step\":1,\"change\":\"" kind                                        \
    "\",\"target\":\"VSS\",\"before\":" before ",\"after\":" after ",\"parents_created\":" created           \
    ",\"parents_removed\":" removed ",\"kept\":" kept "}"

static void test_damaged_and_hostile_lines(void **state) {
    (void)state;
    static const struct {
        const char *line;
        mars_status expected;
    } cases[] = {
        {"{\"kind\":\"intent\",\"number\":1,\"step\":1,\"change\":\"service\",\"target\":\"VSS\",\"before\":"
         "null,\"after\":null,\"parents_created\":0,\"parents_removed\":0,\"kept\":null}",
         MARS_OK},
        {"{\"kind\":\"intent\",\"number\":2,\"step\":1,\"change\":\"service\",\"target\":\"VSS\",\"before\":"
         "null,\"after\":null,\"parents_created\":0,\"parents_removed\":0,\"kept\":null}",
         MARS_E_MALFORMED},
        {"{\"kind\":\"intent\",\"number\":1,\"step\":1,\"change\":\"everything\",\"target\":\"VSS\","
         "\"before\":null,\"after\":null,\"parents_created\":0,\"parents_removed\":0,\"kept\":null}",
         MARS_E_MALFORMED},
        {"{\"kind\":\"intent\",\"number\":1,\"step\":1,\"change\":\"service\",\"before\":null,\"after\":null,"
         "\"parents_created\":0,\"parents_removed\":0,\"kept\":null}",
         MARS_E_MALFORMED},
        {"{\"kind\":\"intent\",\"number\":1,\"step\":-1,\"change\":\"service\",\"target\":\"VSS\",\"before\":"
         "null,\"after\":null,\"parents_created\":0,\"parents_removed\":0,\"kept\":null}",
         MARS_E_MALFORMED},
        {"{\"kind\":\"intent\",\"number\":1,\"step\":1,\"change\":\"file\",\"target\":\"x\",\"before\":{"
         "\"type\":0,\"blob\":\"../../etc/"
         "passwd\",\"sha256\":\"00\"},\"after\":null,\"parents_created\":0,\"parents_removed\":0,\"kept\":"
         "null}",
         MARS_E_MALFORMED},
        {"{\"kind\":\"intent\",\"number\":1,\"step\":1,\"change\":\"file\",\"target\":\"x\",\"before\":{"
         "\"type\":0,\"blob\":\"blobs/"
         "7\",\"sha256\":\"00\"},\"after\":null,\"parents_created\":0,\"parents_removed\":0,\"kept\":null}",
         MARS_E_MALFORMED},
        {"{\"kind\":\"intent\",\"number\":1,\"step\":1,\"change\":\"file\",\"target\":\"x\",\"before\":{"
         "\"type\":0,\"data\":\"***\"},\"after\":null,\"parents_created\":0,\"parents_removed\":0,\"kept\":"
         "null}",
         MARS_E_MALFORMED},
        {"{\"kind\":\"done\",\"number\":1,\"read_back\":null}", MARS_E_MALFORMED},
        {INTENT("file", "null", "null", "0", "0", "\"kept/1\""), MARS_OK},
        {INTENT("file", "null", "null", "0", "0", "\"kept/../1\""), MARS_E_MALFORMED},
        {INTENT("file", "null", "null", "0", "0", "\"../kept/1\""), MARS_E_MALFORMED},
        {INTENT("file", "null", "null", "0", "0", "\"kept/1234567890\""), MARS_E_MALFORMED},
        {INTENT("file", "null", "null", "0", "0", "1"), MARS_E_MALFORMED},
        {INTENT("file", "null", "{\"type\":0,\"data\":\"AAAA\"}", "0", "0", "null"), MARS_E_MALFORMED},
        {INTENT("service", "null", "null", "99999", "0", "null"), MARS_E_MALFORMED},
        {INTENT("service", "null", "null", "0", "9223372036854775807", "null"), MARS_E_MALFORMED},
        {"{\"kind\":\"kept\",\"file\":\"C:\\\\x\",\"name\":\"kept/1\",\"sha256\":null}", MARS_OK},
        {"{\"kind\":\"kept\",\"file\":\"C:\\\\x\",\"name\":\"kept/..\",\"sha256\":null}", MARS_E_MALFORMED},
        {"{\"kind\":\"kept\",\"file\":\"C:\\\\x\",\"name\":\"kept/1\",\"sha256\":\"00\"}", MARS_E_MALFORMED},
        {"{\"kind\":\"kept\",\"name\":\"kept/1\",\"sha256\":null}", MARS_E_MALFORMED},
        {"{\"kind\":\"end\"}", MARS_E_MALFORMED},
        {"{\"kind\":\"run\"}", MARS_E_MALFORMED},
        {"{\"kind\":\"surprise\"}", MARS_E_MALFORMED},
        {"{\"kind\":7}", MARS_E_MALFORMED},
    };
    char *first = line_with_crc(RUN_LINE);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *second = line_with_crc(cases[i].line);
        char both[4096];
        arena memory = {0};
        journal_run run = {0};
        (void)snprintf(both, sizeof both, "%s%s", first, second);
        assert_int_equal(read_edited(both, &run, &memory), cases[i].expected);
        if (cases[i].expected == MARS_E_MALFORMED) {
            assert_non_null(strstr(error_message(), "line 2"));
        }
        arena_free(&memory);
        free(second);
    }
    free(first);
}

static void test_torn_and_corrupt_lines(void **state) {
    (void)state;
    char *first = line_with_crc(RUN_LINE);
    char *end = line_with_crc("{\"kind\":\"end\",\"state\":\"applied\"}");
    char text[4096];
    arena memory = {0};
    journal_run run = {0};
    for (size_t kept = 1; kept < strlen(end); kept++) {
        (void)snprintf(text, sizeof text, "%s%.*s", first, (int)kept, end);
        assert_int_equal(read_edited(text, &run, &memory), MARS_OK);
        assert_true(run.torn);
        assert_null(run.end);
    }
    for (size_t at = 0; at + 1 < strlen(first); at++) {
        (void)snprintf(text, sizeof text, "%s%s", first, end);
        text[at] ^= 1;
        assert_int_equal(read_edited(text, &run, &memory), MARS_E_MALFORMED);
        assert_non_null(strstr(error_message(), "line 1"));
    }
    arena_free(&memory);
    free(first);
    free(end);
}

/* What recovery found is there whole or not at all, whatever a power cut loses, and can be said again. */
static void test_recovered_lines(void **state) {
    (void)state;
    journal_storage *storage = recorded_storage_new();
    journal *run = NULL;
    change_record change = change_number(0);
    const journal_recovery done = {.found = FOUND_DONE, .file = {.data = {1}, .size = 32}};
    assert_int_equal(journal_begin(&run, storage, &head), MARS_OK);
    assert_int_equal(journal_intend(run, &change), MARS_OK);
    journal_close(run);
    size_t begin = recorded_acts(storage);
    assert_int_equal(journal_recovered(storage, head.id, &done), MARS_OK);
    for (size_t cut = begin; cut <= recorded_acts(storage); cut++) {
        for (int loss = 0; loss < STORAGE_LOSSES; loss++) {
            journal_storage *left = recorded_storage_after(storage, cut, (storage_loss)loss);
            arena memory = {0};
            journal_run read;
            assert_int_equal(journal_read(left, head.id, &memory, &read), MARS_OK);
            assert_true(cut < recorded_acts(storage) || read.found == FOUND_DONE);
            if (read.found == FOUND_NOT_LOOKED) {
                assert_false(read.changes[0].done);
                assert_int_equal(journal_recovered(left, head.id, &done), MARS_OK);
                assert_int_equal(journal_read(left, head.id, &memory, &read), MARS_OK);
            }
            assert_int_equal(read.found, FOUND_DONE);
            assert_true(read.changes[0].done);
            assert_true(change_state_equal(&read.changes[0].read_back, &change.after));
            assert_true(digest_equal(&read.changes[0].file, &done.file));
            arena_free(&memory);
            left->close(left);
        }
    }
    storage->close(storage);
}

static void test_ids(void **state) {
    (void)state;
    static const char *const good[] = {"20260302T080000Z-4711", "20260302T080000Z-0"};
    static const char *const bad[] = {"",
                                      "..",
                                      "lock",
                                      "20260302T080000Z-",
                                      "20260302T080000Z-47/1",
                                      "20260302T080000Z-471123456",
                                      "2026-302T080000Z-4711",
                                      "20260302T080000Z-47AB"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(journal_is_id(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(journal_is_id(bad[i]));
    }
    arena memory = {0};
    const char *newest = NULL;
    /* in one second, with the clock set back, and beyond what a second has room for */
    static const int64_t times[] = {1772438400, 1772438400, 1772438000, 1772438401, 1772438401};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        const char *id = run_id_new(&memory, times[i], (uint16_t)(i * 40000), newest);
        assert_true(journal_is_id(id));
        assert_true(newest == NULL || strcmp(id, newest) > 0);
        newest = id;
    }
    assert_string_equal(run_id_new(&memory, 0, 0x1234, "20260302T080000Z-ffff"), "20260302T080001Z-1234");
    assert_string_equal(run_id_new(&memory, 1772438400, 0xFFFF, NULL), "20260302T080000Z-7fff");
    arena_free(&memory);
}

static void test_crc32c_is_castagnolis(void **state) {
    (void)state;
    uint8_t zeros[32] = {0};
    assert_int_equal(crc32c("123456789", 9), 0xE3069283);
    assert_int_equal(crc32c(zeros, sizeof zeros), 0x8A9136AA); /* RFC 3720, B.4 */
}

int main(void) {
    for (size_t i = 0; i < sizeof large; i++) {
        large[i] = (uint8_t)(i * 7);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_written_is_read),   cmocka_unit_test(test_power_cuts),
        cmocka_unit_test(test_every_act_may_fail),        cmocka_unit_test(test_every_allocation_may_fail),
        cmocka_unit_test(test_damaged_and_hostile_lines), cmocka_unit_test(test_torn_and_corrupt_lines),
        cmocka_unit_test(test_recovered_lines),           cmocka_unit_test(test_ids),
        cmocka_unit_test(test_crc32c_is_castagnolis),
    };
    return cmocka_run_group_tests_name("journal", tests, NULL, NULL);
}
