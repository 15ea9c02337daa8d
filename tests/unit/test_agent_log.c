#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/instant.h"
#include "parse/agent_log.h"

#include <string.h>

static bool read_line(const char *line, agent_log_line *out) {
    return agent_log_line_read(line, strlen(line), out);
}

static void test_real_lines(void **state) {
    (void)state;
    agent_log_line line;
    assert_true(read_line(
        "0AB0\t0974\t08/04\t13:16:29.206\t18\tmtffile.cpp(1372)\t[0000000053582120]\t1FCFF8B4\t\tWARNING\t"
        "Failed: Hr: = [0x8000ffff]\tmore",
        &line));
    assert_int_equal(line.month, 8);
    assert_int_equal(line.day, 4);
    assert_int_equal(line.hour, 13);
    assert_int_equal(line.minute, 16);
    assert_int_equal(line.second, 29);
    assert_memory_equal(line.level, "WARNING", line.level_length);
    assert_int_equal(line.message_length, strlen("Failed: Hr: = [0x8000ffff]\tmore"));
    /* Managed code has no pointer; some versions part date and time by a blank. */
    assert_true(read_line("44B4\t3968\t10/21 21:02:21.611\t69\tx.cs(320)\t0517B3DB\t\tFATAL\tgone", &line));
    assert_int_equal(line.month, 10);
    assert_memory_equal(line.message, "gone", line.message_length);
}

static void test_what_is_no_line(void **state) {
    (void)state;
    static const char *const lines[] = {
        "",
        "a wrapped message",
        "0AB0\t0974\t08/04\t13:16:29\t18\tx\t\tWARNING\tno milliseconds",
        "0AB0\t0974\t8/4\t13:16:29.206\t18\tx\t\tWARNING\tone digit",
        "0AB0\t0974\t13/04\t13:16:29.206\t18\tx\t\tWARNING\tno such month",
        "0AB0\t0974\t08/32\t13:16:29.206\t18\tx\t\tWARNING\tno such day",
        "0AB0\t0974\t08/04\t13:16:29.206\t18\tx\t\tLOUD\tno such level",
        "0AB0\t0974\t08/04\t13:16:29.206",
    };
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        agent_log_line line;
        assert_false(read_line(lines[i], &line));
    }
}

/* The stamp has no year: it is the last one that does not lie in the future, a day of clocks and zones aside.
 */
static void test_the_year_is_inferred(void **state) {
    (void)state;
    static const struct {
        int month;
        int day;
        int year;
    } cases[] = {{3, 1, 2026}, {3, 2, 2026}, {3, 3, 2026}, {3, 4, 2025}, {12, 31, 2025}, {1, 1, 2026}};
    int64_t reference = instant_from_civil(2026, 3, 2, 23, 0, 0);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const agent_log_line line = {.month = cases[i].month, .day = cases[i].day};
        assert_int_equal(agent_log_instant(&line, reference),
                         instant_from_civil(cases[i].year, cases[i].month, cases[i].day, 0, 0, 0));
    }
}

static void test_lines_are_taken_apart(void **state) {
    (void)state;
    static const char text[] = "one\r\ntwo\n\nlast";
    static const char *const expected[] = {"one", "two", "", "last"};
    const char *line = NULL;
    size_t length = 0;
    size_t at = 0;
    for (size_t i = 0; i < 4; i++) {
        assert_true(agent_log_next_line(text, sizeof text - 1, &at, &line, &length));
        assert_int_equal(length, strlen(expected[i]));
        assert_memory_equal(line, expected[i], length);
    }
    assert_false(agent_log_next_line(text, sizeof text - 1, &at, &line, &length));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_real_lines),
        cmocka_unit_test(test_what_is_no_line),
        cmocka_unit_test(test_the_year_is_inferred),
        cmocka_unit_test(test_lines_are_taken_apart),
    };
    return cmocka_run_group_tests_name("agent_log", tests, NULL, NULL);
}
