#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/volumes_json.h"

#include <string.h>

static bool read(const char *text, arena *memory, volume_info_list *out) {
    fact why;
    bool good = volumes_json_read((const uint8_t *)text, strlen(text), "volumes.json", memory, out, &why);
    assert_int_equal(why.state, good ? FACT_KNOWN : FACT_UNKNOWN);
    assert_string_equal(why.where, "volumes.json");
    return good;
}

static void test_words(void **state) {
    (void)state;
    arena memory = {0};
    volume_info_list list;
    assert_true(read("[{\"DriveLetter\":\"c\",\"FileSystemLabel\":\"System\",\"FileSystem\":\"NTFS\","
                     "\"DriveType\":\"Fixed\","
                     "\"Size\":136365211648,\"SizeRemaining\":9007199254740993,\"DedupMode\":\"Disabled\","
                     "\"Path\":\"\\\\\\\\?\\\\Volume{1}\\\\\",\"CimClass\":{\"a\":[1]}}]",
                     &memory, &list));
    assert_int_equal(list.count, 1);
    const volume_info *volume = &list.items[0];
    assert_string_equal(volume->letter.value, "C");
    assert_string_equal(volume->letter.fact.where, "volumes.json");
    assert_string_equal(volume->path.value, "\\\\?\\Volume{1}\\");
    assert_string_equal(volume->label.value, "System");
    assert_string_equal(volume->file_system.value, "NTFS");
    assert_string_equal(volume->drive_type.value, "Fixed");
    assert_true(volume->size.value == 136365211648);
    assert_true(volume->free.value == 9007199254740993);
    assert_true(fact_is_false(&volume->deduplicated));
    arena_free(&memory);
}

static void test_numbers(void **state) {
    (void)state;
    arena memory = {0};
    volume_info_list list;
    assert_true(
        read("\xEF\xBB\xBF{\"value\":[{\"DriveLetter\":68,\"FileSystem\":\"\",\"FileSystemType\":15,"
             "\"DriveType\":5,"
             "\"Size\":\"12\",\"SizeRemaining\":3.0,\"DedupMode\":1,\"UniqueId\":\"u\"},"
             "{\"DriveLetter\":\"\\u0000\",\"FileSystemType\":0,\"DriveType\":3,\"Size\":1,\"Size\":2,"
             "\"DedupMode\":4,\"FileSystemLabel\":\"\"},"
             "{\"DriveLetter\":null,\"FileSystemType\":\"ReFS\",\"DriveType\":9,\"Size\":-1,\"DedupMode\":7}]"
             ",\"Count\":3}",
             &memory, &list));
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0].letter.value, "D");
    assert_string_equal(list.items[0].path.value, "u");
    assert_string_equal(list.items[0].file_system.value, "ReFS");
    assert_string_equal(list.items[0].drive_type.value, "CD-ROM");
    assert_int_equal(list.items[0].size.value, 12);
    assert_int_equal(list.items[0].free.value, 3);
    assert_true(fact_is_true(&list.items[0].deduplicated));
    assert_int_equal(list.items[0].label.fact.state, FACT_UNKNOWN);
    assert_int_equal(list.items[1].letter.fact.state, FACT_ABSENT);
    assert_int_equal(list.items[1].file_system.fact.state, FACT_ABSENT);
    assert_int_equal(list.items[1].label.fact.state, FACT_ABSENT);
    assert_int_equal(list.items[1].size.value, 2);
    assert_true(fact_is_false(&list.items[1].deduplicated));
    assert_int_equal(list.items[1].path.fact.state, FACT_UNKNOWN);
    assert_int_equal(list.items[2].letter.fact.state, FACT_ABSENT);
    assert_string_equal(list.items[2].file_system.value, "ReFS");
    assert_int_equal(list.items[2].drive_type.fact.state, FACT_UNKNOWN);
    assert_int_equal(list.items[2].size.fact.state, FACT_UNKNOWN);
    assert_int_equal(list.items[2].deduplicated.fact.state, FACT_UNKNOWN);
    arena_free(&memory);
}

static void test_one_object_and_none(void **state) {
    (void)state;
    arena memory = {0};
    volume_info_list list;
    assert_true(read("{\"DriveLetter\":\"E\"}", &memory, &list));
    assert_int_equal(list.count, 1);
    assert_true(read("[]", &memory, &list));
    assert_int_equal(list.count, 0);
    arena_free(&memory);
}

static void test_refused(void **state) {
    (void)state;
    char deep[200] = {0};
    memset(deep, '[', 100);
    memset(deep + 100, ']', 99);
    const char *const texts[] = {"",
                                 "nonsense",
                                 "[1]",
                                 "\"text\"",
                                 "[{\"Name\":\"x\"}]",
                                 "[{\"DriveLetter\":\"C\"}",
                                 deep,
                                 "[{\"DriveLetter\":\"C\",\"Size\":99999999999999999999}]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        arena memory = {0};
        volume_info_list list;
        assert_false(read(texts[i], &memory, &list));
        assert_int_equal(list.count, 0);
        arena_free(&memory);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_one_object_and_none),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests_name("volumes_json", tests, NULL, NULL);
}
