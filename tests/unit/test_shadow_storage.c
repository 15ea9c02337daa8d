/* shadow.storage over evidence built by hand. */
#include "collect/read.h"
#include "judging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define PATH "\\\\?\\Volume{1}\\"

static const int64_t megabyte = INT64_C(1) << 20;

/* A volume without a letter that holds its own copies; sizes in MB. */
static void expect(int64_t size, int64_t free_space, int64_t maximum, const char *verdicts) {
    volume holder = {
        .path = fact_text_known(PATH, "volumes"),
        .letter.fact = fact_absent("volumes"),
        .size = fact_number_known(size * megabyte, "volumes"),
        .free = fact_number_known(free_space * megabyte, "volumes"),
    };
    shadow_storage storage = {
        .source_letter.fact = fact_absent("text"),
        .storage_letter.fact = fact_absent("text"),
        .source_volume = holder.path,
        .storage_volume = holder.path,
        .used = fact_number_known(0, "text"),
        .allocated = fact_number_known(0, "text"),
        .maximum = fact_number_known(maximum * megabyte, "text"),
        .margin = fact_number_known(0, "text"),
    };
    evidence e = {0};
    e.volumes.list = (fact_list){.fact = fact_known("volumes"), .count = 1, .items = &holder};
    e.shadow.storage = (fact_list){.fact = fact_known("text"), .count = 1, .items = &storage};
    judging run;
    judging_run(&run, "shadow.storage", &e, NULL);
    assert_string_equal(judging_verdicts(&run), verdicts);
    judging_free(&run);
}

/* The System Reserved partition never has 320 MB to spare. */
static void test_small_volume_needs_less(void **state) {
    (void)state;
    expect(499, 100, 32, PATH ": room");
    expect(499, 17, 32, PATH ": no-room");
    expect(500, 287, 32, PATH ": no-room");
    expect(500, 288, 32, PATH ": room");
}

/* What the maximum is to become; sizes in MB. expected: NULL: nothing is offered; "": somebody has to choose.
 */
static void expect_resize(int64_t size, int64_t free_space, int64_t used, int64_t maximum,
                          const char *expected) {
    volume holder = {
        .letter = fact_text_known("C", "volumes"),
        .size = fact_number_known(size * megabyte, "volumes"),
        .free = fact_number_known(free_space * megabyte, "volumes"),
    };
    if (free_space < 0) {
        holder.free.fact = fact_unknown(REASON_UNREADABLE, "volumes", NULL);
    }
    shadow_storage storage = {
        .source_letter = holder.letter,
        .storage_letter = holder.letter,
        .used = fact_number_known(used * megabyte, "text"),
        .allocated = fact_number_known(used * megabyte, "text"),
        .maximum = fact_number_known(maximum * megabyte, "text"),
        .margin = fact_number_known(megabyte, "text"),
    };
    evidence e = {0};
    e.volumes.list = (fact_list){.fact = fact_known("volumes"), .count = 1, .items = &holder};
    e.shadow.storage = (fact_list){.fact = fact_known("text"), .count = 1, .items = &storage};
    judging run;
    judging_run(&run, "shadow.storage", &e, NULL);
    /* Where the free space is not known, that is said first. */
    size_t verdict_index = free_space < 0 ? 1 : 0;
    const char *chosen = judging_value(&run, verdict_index, "max_bytes");
    const char *volume_named = judging_value(&run, verdict_index, "for_volume");
    assert_true((volume_named == NULL) == (expected == NULL));
    assert_true((chosen == NULL) == (expected == NULL || expected[0] == '\0'));
    if (chosen != NULL) {
        assert_string_equal(chosen, expected);
        assert_string_equal(volume_named, "C:");
        assert_string_equal(judging_value(&run, verdict_index, "on_volume"), "C:");
    }
    judging_free(&run);
}

static void test_what_to_resize_to(void **state) {
    (void)state;
    expect_resize(100000, 50000, 10, 300, "10485760000"); /* a tenth of the volume */
    expect_resize(5000, 4990, 10, 300, NULL);             /* 5 GB would not stay free */
    expect_resize(6000, 5900, 10, 300, "629145600");
    expect_resize(100000, 11000, 10, 300, "1059061760"); /* as much as leaves a tenth free */
    expect_resize(100000, 10320, 10, 300, "346030080");  /* just what is needed, and its margin */
    expect_resize(100000, 10312, 10, 300, NULL);
    expect_resize(100000, -1, 10, 300, "");
}

/* Each association is looked up among all volumes. */
static void test_more_associations_than_any_server_has(void **state) {
    (void)state;
    shadow_storage *many = calloc(1001, sizeof *many);
    assert_non_null(many);
    evidence e = {0};
    e.shadow.storage = (fact_list){.fact = fact_known("text"), .count = 1001, .items = many};
    judging run;
    judging_run(&run, "shadow.storage", &e, NULL);
    assert_string_equal(judging_verdicts(&run), "unknown");
    judging_free(&run);
    free(many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_to_resize_to),
        cmocka_unit_test(test_small_volume_needs_less),
        cmocka_unit_test(test_more_associations_than_any_server_has),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
