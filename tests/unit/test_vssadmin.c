#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "fixture_text.h"
#include "parse/vssadmin.h"

#include <stdio.h>
#include <string.h>

static const char *const languages[] = {"en", "fr", "de", "ru", "zh-CN", "ja", "el", "tr", "pl"};
enum { LANGUAGES = sizeof languages / sizeof languages[0] };
static const int64_t KB = 1024, MB = INT64_C(1024) * 1024, GB = INT64_C(1024) * 1024 * 1024;
static const int64_t TB = 1024LL * 1024 * 1024 * 1024;

typedef struct fixture {
    arena memory;
    pattern_set *patterns;
    fact why;
} fixture;

static int set_up(void **state) {
    static fixture it;
    it = (fixture){.patterns = pattern_set_new()};
    *state = &it;
    return it.patterns == NULL;
}

static int tear_down(void **state) {
    fixture *it = *state;
    arena_free(&it->memory);
    pattern_set_free(it->patterns);
    return 0;
}

static char *console(fixture *it, const char *kind, const char *language) {
    char *text = fixture_text(&it->memory,
                              arena_printf(&it->memory, FIXTURES "/console/%s%s.txt", kind, language), NULL);
    assert_non_null(text);
    return text;
}

static void assert_near(const vss_size *size, double expected) {
    assert_true(size->known);
    assert_false(size->unbounded);
    double off = (double)size->bytes - expected;
    assert_true(off <= (double)size->margin && off >= -(double)size->margin);
    /* The margin is half of the last digit, so it is never more than half of what is printed. */
    assert_true(size->margin <= size->bytes / 2 + 1);
}

/* Two associations: C on C, then one without a letter on D. */
static void assert_storage(fixture *it, const char *language, const char *text, const double expected[5]) {
    vss_storage_list list;
    if (!vssadmin_read_storage(it->patterns, text, &it->memory, &list, &it->why)) {
        fail_msg("%s: %s\n%s", language, it->why.detail, text);
    }
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].volume.letter, "C");
    assert_string_equal(list.items[0].storage.letter, "C");
    assert_string_equal(list.items[0].volume.guid, "11111111-2222-3333-4444-5555aaaa0001");
    assert_string_equal(list.items[0].storage.guid, "11111111-2222-3333-4444-5555aaaa0001");
    assert_null(list.items[1].volume.letter);
    assert_string_equal(list.items[1].volume.guid, "11111111-2222-3333-4444-5555aaaa0002");
    assert_string_equal(list.items[1].storage.letter, "D");
    assert_string_equal(list.items[1].storage.guid, "11111111-2222-3333-4444-5555aaaa0003");
    assert_near(&list.items[0].used, expected[0]);
    assert_near(&list.items[0].allocated, expected[1]);
    assert_near(&list.items[0].maximum, expected[2]);
    assert_near(&list.items[1].used, expected[3]);
    assert_near(&list.items[1].allocated, expected[4]);
    assert_true(list.items[1].maximum.known);
    assert_true(list.items[1].maximum.unbounded);
}

static void expected_sizes(const char *language, double out[5]) {
    const struct {
        const char *language;
        double sizes[5];
    } all[] = {
        {"en", {0, 0, 2.81 * (double)GB, 15.681 * (double)GB, 16.125 * (double)GB}},
        {"fr",
         {512.0 * (double)KB, 320.0 * (double)MB, 1023.5 * (double)MB, 7.52 * (double)GB, 8.0 * (double)GB}},
        {"de", {7.52 * (double)GB, 7.91 * (double)GB, 15.2 * (double)GB, 900, 1024.0 * (double)MB}},
        {"ru", {0, 640.0 * (double)MB, 7.52 * (double)GB, 1.25 * (double)TB, 1.3 * (double)TB}},
        {"zh-CN", {0, 300.0 * (double)MB, 38.1 * (double)GB, 20.2 * (double)GB, 20.6 * (double)GB}},
        {"ja", {0, 300.0 * (double)MB, 38.1 * (double)GB, 20.2 * (double)GB, 20.6 * (double)GB}},
        {"el",
         {12.5 * (double)MB, 320.0 * (double)MB, 7.52 * (double)GB, 1024.25 * (double)MB, 1.3 * (double)TB}},
        {"tr", {0, 320.0 * (double)MB, 7.52 * (double)GB, 1.25 * (double)TB, 1.3 * (double)TB}},
        {"pl", {0, 320.0 * (double)MB, 1023.5 * (double)MB, 1010.25 * (double)GB, 1.3 * (double)TB}},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (strcmp(all[i].language, language) == 0) {
            memcpy(out, all[i].sizes, sizeof all[i].sizes);
        }
    }
}

static void test_storage_in_every_language(void **state) {
    for (size_t i = 0; i < LANGUAGES; i++) {
        double expected[5] = {0};
        expected_sizes(languages[i], expected);
        assert_storage(*state, languages[i], console(*state, "storage-", languages[i]), expected);
    }
}

static void test_storage_wrapped_at_any_column(void **state) {
    fixture *it = *state;
    for (size_t i = 0; i < LANGUAGES; i++) {
        double expected[5] = {0};
        expected_sizes(languages[i], expected);
        for (size_t width = 30; width <= 120; width++) {
            char *text = wrapped_text(&it->memory, console(it, "storage-", languages[i]), width);
            assert_storage(it, languages[i], text, expected);
        }
    }
}

static bool reads_storage(fixture *it, const char *text, size_t count) {
    vss_storage_list list;
    bool read = vssadmin_read_storage(it->patterns, text, &it->memory, &list, &it->why);
    assert_int_equal(it->why.state, read ? FACT_KNOWN : FACT_UNKNOWN);
    assert_int_equal(list.count, read ? count : 0);
    return read;
}

/* Cut after each byte: the whole list, or after the first association's last line only that one, or nothing.
 */
static void test_storage_cut_off_is_never_half(void **state) {
    fixture *it = *state;
    for (size_t i = 0; i < LANGUAGES; i++) {
        char *text = console(it, "storage-", languages[i]);
        size_t length = strlen(text);
        size_t one = 0;
        size_t two = 0;
        for (size_t cut = 0; cut < length; cut++) {
            char *part = arena_alloc(&it->memory, cut + 1);
            memcpy(part, text, cut);
            vss_storage_list list;
            bool read = vssadmin_read_storage(it->patterns, part, &it->memory, &list, &it->why);
            if (read) {
                assert_true(list.count == 1 || list.count == 2);
                one += list.count == 1;
                two += list.count == 2;
                assert_true(list.items[list.count - 1].maximum.known);
            }
            arena_free(&it->memory);
            text = console(it, "storage-", languages[i]);
        }
        /* The line end, the percentage and the heading's first letter: no more places than these. */
        assert_in_range(one, 1, 12);
        assert_in_range(two, 1, 12);
    }
}

static void test_none_and_errors_differ(void **state) {
    fixture *it = *state;
    for (size_t i = 0; i < LANGUAGES; i++) {
        assert_true(reads_storage(it, console(it, "storage-none-", languages[i]), 0));
        assert_false(reads_storage(it, console(it, "storage-error-", languages[i]), 0));
        assert_non_null(it->why.detail);
    }
}

static void test_output_that_tells_nothing(void **state) {
    static const char *const texts[] = {
        "",
        "\r\n",
        "'vssadmin' is not recognized as an internal or external command,\noperable program or batch file.\n",
        "No items found that satisfy the query.\n",
        "vssadmin 1.1 - tool\n(C) Copyright 2001-2013 Microsoft Corp.\n",
        "vssadmin 1.1 - tool\n(C) Copyright 2001-2013 Microsoft Corp.\n\nNo items fou",
        "vssadmin 1.1 - tool\n(C) Copyright 2001-2013 Microsoft Corp.\n\nUnexpected failure 0x80042302.\n",
        "vssadmin 1.1 - tool\n(C) Copyright 2001-2013 Microsoft Corp.\n\nIt failed. It may work later.\n",
        "vssadmin 1.1 - tool\n(C) Copyright 2001-2013 Microsoft Corp.\n\nNo items.\n\nSomething more.\n",
        "vssadmin 1.1 - tool\n(C) Copyright 2001-2013 Microsoft Corp.\n\nSuccessfully resized it\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (reads_storage(*state, texts[i], 0)) {
            fail_msg("taken for an empty list: %s", texts[i]);
        }
    }
}

#define HEAD     "vssadmin 1.1 - tool\n(C) Copyright 2001-2013 Microsoft Corp.\n\n"
#define VOLUME_1 "\\\\?\\Volume{AAAAAAAA-0000-0000-0000-000000000001}\\"
#define VOLUME_2 "\\\\?\\Volume{aaaaaaaa-0000-0000-0000-000000000002}\\"
#define ENTRY(from, to, maximum)                                                                             \
    "Association\n   For: " from "\n   On: " to                                                              \
    "\n   Used: 1 GB (1%)\n   Allocated: 2 GB (1%)\n   Maximum: " maximum "\n\n"

static void test_volumes_without_letters_and_in_folders(void **state) {
    fixture *it = *state;
    vss_storage_list list;
    const char *text =
        HEAD ENTRY("(" VOLUME_1 ")" VOLUME_1, "(D:\\Data (old)\\)" VOLUME_2, "3 GB (2%)") "C:\\>\n";
    assert_true(vssadmin_read_storage(it->patterns, text, &it->memory, &list, &it->why));
    assert_int_equal(list.count, 1);
    assert_null(list.items[0].volume.letter);
    assert_null(list.items[0].storage.letter);
    assert_string_equal(list.items[0].volume.guid, "aaaaaaaa-0000-0000-0000-000000000001");
    assert_string_equal(list.items[0].storage.guid, "aaaaaaaa-0000-0000-0000-000000000002");
    assert_int_equal(list.items[0].maximum.bytes, 3 * GB);
    assert_string_equal(list.items[0].maximum.text, "3 GB");
}

static void test_repeated_associations(void **state) {
    fixture *it = *state;
    assert_true(reads_storage(
        it, HEAD ENTRY("(c:)" VOLUME_1, VOLUME_2, "3 GB") ENTRY("(c:)" VOLUME_1, VOLUME_2, "3 GB"), 1));
    assert_false(reads_storage(
        it, HEAD ENTRY("(c:)" VOLUME_1, VOLUME_2, "3 GB") ENTRY("(c:)" VOLUME_1, VOLUME_2, "4 GB"), 0));
}

static void test_missing_size_line(void **state) {
    const char *text = HEAD "Association\n   For: " VOLUME_1 "\n   On: " VOLUME_1
                            "\n   Used: 1 GB\n   Maximum: 3 GB\n\n" ENTRY(VOLUME_2, VOLUME_2, "3 GB");
    assert_false(reads_storage(*state, text, 0));
}

static void test_unknown_unit_and_absurd_size(void **state) {
    fixture *it = *state;
    vss_storage_list list;
    const char *text = HEAD ENTRY(VOLUME_1, VOLUME_2, "12 parsec (2%)");
    assert_true(vssadmin_read_storage(it->patterns, text, &it->memory, &list, &it->why));
    assert_false(list.items[0].maximum.known);
    assert_string_equal(list.items[0].maximum.text, "12 parsec");
    assert_true(list.items[0].used.known);
    assert_false(reads_storage(it, HEAD ENTRY(VOLUME_1, VOLUME_2, "99999999999 TB (2%)"), 0));
    assert_string_equal(unknown_reason_slug(it->why.reason), "malformed");
}

static void test_too_many_associations(void **state) {
    fixture *it = *state;
    static const char entry[] = ENTRY(VOLUME_1, VOLUME_2, "3 GB");
    char *text = arena_alloc(&it->memory, sizeof entry * 4097);
    for (size_t i = 0; i < 4097; i++) {
        memcpy(text + i * (sizeof entry - 1), entry, sizeof entry);
    }
    assert_false(reads_storage(it, text, 0));
    assert_string_equal(unknown_reason_slug(it->why.reason), "too-large");
}

static void test_sizes(void **state) {
    (void)state;
    const struct {
        const char *text;
        vss_decimal decimal;
        vss_size_result result;
        int64_t bytes;
        int64_t margin;
    } sizes[] = {
        {"0 bytes (0%)", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 0, 0},
        {"4 GB", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 4LL << 30, (1LL << 29) + 1},
        {"2,5 Go", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 5LL << 29, (1LL << 30) / 20 + 1},
        {"15,681 GB", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 16837345542, 536871},
        {"1,020 MB", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_UNCERTAIN, 0, 0},
        {"1,020 MB", VSS_DECIMAL_POINT, VSS_SIZE_READ, 1020LL << 20, (1LL << 19) + 1},
        {"1,020 MB", VSS_DECIMAL_COMMA, VSS_SIZE_READ, 1069547, 525},
        {"1.024 MB", VSS_DECIMAL_COMMA, VSS_SIZE_READ, 1LL << 30, (1LL << 19) + 1},
        {"0.500 KB", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 512, 1},
        {"1.234.567 octets", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 1234567, 0},
        {"1,234 bytes", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 1234, 0},
        {"1 234 567 bajtů", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 1234567, 0},
        {"1’234 B", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 1234, 0},
        {"12 КБ", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 12288, 513},
        {"3 Gt", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 3LL << 30, (1LL << 29) + 1},
        {"512 バイト", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 512, 0},
        {"512 位元組", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 512, 0},
        {"512 bájt", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 512, 0},
        {"0 tavua", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 0, 0},
        {"7 EB", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_READ, 7LL << 60, (1LL << 59) + 1},
        {"8 EB", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_OVERFLOW, 0, 0},
        {"99999999999999999999 bytes", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_OVERFLOW, 0, 0},
        {"12", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_NO_UNIT, 0, 0},
        {"12 G", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_NO_UNIT, 0, 0},
        {"(4%)", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_NO_NUMBER, 0, 0},
        {"UNBOUNDED (100%)", VSS_DECIMAL_UNCERTAIN, VSS_SIZE_NO_NUMBER, 0, 0},
    };
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        vss_size size = {0};
        vss_size_result result = vss_size_read(sizes[i].text, sizes[i].decimal, &size);
        if (result != sizes[i].result) {
            fail_msg("%s: result %d", sizes[i].text, (int)result);
        }
        assert_int_equal(size.known, result == VSS_SIZE_READ);
        if (result == VSS_SIZE_READ) {
            if (size.bytes != sizes[i].bytes || size.margin != sizes[i].margin) {
                fail_msg("%s: %lld +- %lld", sizes[i].text, (long long)size.bytes, (long long)size.margin);
            }
        }
    }
}

static void assert_writers(fixture *it, const char *language, const char *text) {
    vss_writer_list list;
    if (!vssadmin_read_writers(it->patterns, text, &it->memory, &list, &it->why)) {
        fail_msg("%s: %s\n%s", language, it->why.detail, text);
    }
    assert_int_equal(list.count, 2);
    assert_string_equal(list.items[0].name, "Task Scheduler Writer");
    assert_string_equal(list.items[0].writer_id, "d61d61c8-d73a-4eee-8cdd-f6f9786b7124");
    assert_string_equal(list.items[0].instance_id, "11111111-2222-3333-4444-5555aaaa0064");
    assert_int_equal(list.items[0].state, 1);
    assert_string_equal(list.items[1].name, "Bob's \"SQL\": Writer [9]");
    assert_string_equal(list.items[1].writer_id, "a65faa63-5ea8-4ebc-9dbd-a0c4db26912a");
    assert_int_equal(list.items[1].state, 9);
    assert_string_not_equal(list.items[0].state_text, "");
    assert_string_not_equal(list.items[0].state_text, list.items[1].state_text);
}

static void test_writers_in_every_language(void **state) {
    for (size_t i = 0; i < LANGUAGES; i++) {
        assert_writers(*state, languages[i], console(*state, "writers-", languages[i]));
    }
    fixture *it = *state;
    vss_writer_list list;
    assert_true(
        vssadmin_read_writers(it->patterns, console(it, "writers-", "de"), &it->memory, &list, &it->why));
    assert_string_equal(list.items[1].state_text, "Fehlgeschlagen");
    assert_string_equal(list.items[1].last_error, "Kein Fehler");
    assert_true(
        vssadmin_read_writers(it->patterns, console(it, "writers-", "fr"), &it->memory, &list, &it->why));
    assert_string_equal(list.items[1].state_text, "Échec");
    assert_string_equal(list.items[1].last_error, "Délai dépassé");
}

static void test_writers_wrapped(void **state) {
    fixture *it = *state;
    for (size_t i = 0; i < LANGUAGES; i++) {
        for (size_t width = 40; width <= 120; width++) {
            assert_writers(it, languages[i],
                           wrapped_text(&it->memory, console(it, "writers-", languages[i]), width));
        }
    }
}

static void test_writers_with_direction_marks(void **state) {
    assert_writers(
        *state, "he",
        "\xEF\xBB\xBFvssadmin 1.1\n\n\u200Fשם: 'Task Scheduler Writer'\u200F\n"
        "   מזהה: \u202A{d61d61c8-d73a-4eee-8cdd-f6f9786b7124}\u202C\n"
        "   מופע: {11111111-2222-3333-4444-5555aaaa0064}\n   מצב: [1] יציב\n   שגיאה: אין\n\n"
        "\u200Fשם: 'Bob's \"SQL\": Writer [9]'\n   מזהה: {a65faa63-5ea8-4ebc-9dbd-a0c4db26912a}\n"
        "   מופע: {11111111-2222-3333-4444-5555aaaa0065}\n   מצב: [\u200E9\u200E] נכשל\n   שגיאה: אין\n");
}

static void test_writers_cut_off(void **state) {
    fixture *it = *state;
    for (size_t i = 0; i < LANGUAGES; i++) {
        char *text = console(it, "writers-", languages[i]);
        size_t length = strlen(text);
        for (size_t cut = 0; cut < length; cut++) {
            char *part = arena_alloc(&it->memory, cut + 1);
            memcpy(part, text, cut);
            vss_writer_list list;
            if (vssadmin_read_writers(it->patterns, part, &it->memory, &list, &it->why)) {
                for (size_t j = 0; j < list.count; j++) {
                    assert_true(list.items[j].state == 1 || list.items[j].state == 9);
                    assert_string_not_equal(list.items[j].last_error, "");
                }
            } else {
                assert_int_equal(list.count, 0);
            }
            arena_free(&it->memory);
            text = console(it, "writers-", languages[i]);
        }
    }
}

static void test_no_writers_is_unknown(void **state) {
    fixture *it = *state;
    vss_writer_list list;
    assert_false(vssadmin_read_writers(it->patterns, console(it, "storage-none-", "en"), &it->memory, &list,
                                       &it->why));
    assert_false(vssadmin_read_writers(it->patterns, console(it, "storage-error-", "en"), &it->memory, &list,
                                       &it->why));
    assert_false(vssadmin_read_writers(it->patterns, "", &it->memory, &list, &it->why));
    assert_int_equal(it->why.state, FACT_UNKNOWN);
}

static void test_every_allocation_may_fail(void **state) {
    fixture *it = *state;
    arena texts = {0};
    char *storage = fixture_text(&texts, FIXTURES "/console/storage-fr.txt", NULL);
    char *writers = fixture_text(&texts, FIXTURES "/console/writers-fr.txt", NULL);
    bool read = false;
    for (uint64_t n = 1; !read; n++) {
        arena memory = {0};
        vss_storage_list list;
        vss_writer_list list_of_writers;
        mem_test_fail_at(n);
        bool first = vssadmin_read_storage(it->patterns, storage, &memory, &list, &it->why);
        bool second = vssadmin_read_writers(it->patterns, writers, &memory, &list_of_writers, &it->why);
        read = mem_test_count() < n;
        mem_test_fail_at(0);
        assert_int_equal(read, first && second);
        arena_free(&memory);
    }
    arena_free(&texts);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_storage_in_every_language),
        TEST(test_storage_wrapped_at_any_column),
        TEST(test_storage_cut_off_is_never_half),
        TEST(test_none_and_errors_differ),
        TEST(test_output_that_tells_nothing),
        TEST(test_volumes_without_letters_and_in_folders),
        TEST(test_repeated_associations),
        TEST(test_missing_size_line),
        TEST(test_unknown_unit_and_absurd_size),
        TEST(test_too_many_associations),
        TEST(test_sizes),
        TEST(test_writers_in_every_language),
        TEST(test_writers_wrapped),
        TEST(test_writers_with_direction_marks),
        TEST(test_writers_cut_off),
        TEST(test_no_writers_is_unknown),
        TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("vssadmin", tests, NULL, NULL);
}
