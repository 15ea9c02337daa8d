#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture_text.h"
#include "parse/sc_queryex.h"

#include <string.h>

static const char *const languages[] = {"en", "fr", "de", "ru", "zh-CN", "ja", "el", "tr", "pl"};
enum { LANGUAGES = sizeof languages / sizeof languages[0] };

#define FIELDS(state, pid)                                                                                   \
    "        TYPE               : 20  WIN32_SHARE_PROCESS\n        STATE              : " state              \
    "\n        WIN32_EXIT_CODE    : 1077  (0x435)\n        SERVICE_EXIT_CODE  : 0  (0x0)\n"                  \
    "        CHECKPOINT         : 0x0\n        WAIT_HINT          : 0x7d0\n" pid

#define PID "        PID                : 12\n        FLAGS              :\n"

static char *console(arena *memory, const char *language) {
    char *text =
        fixture_text(memory, arena_printf(memory, FIXTURES "/console/sc-queryex-%s.txt", language), NULL);
    assert_non_null(text);
    return text;
}

static void test_every_language(void **state) {
    (void)state;
    for (size_t i = 0; i < LANGUAGES; i++) {
        arena memory = {0};
        sc_service_list list;
        fact why;
        if (!sc_queryex_read(console(&memory, languages[i]), &memory, &list, &why)) {
            fail_msg("%s: %s", languages[i], why.detail);
        }
        assert_int_equal(list.count, 2);
        assert_true(list.complete);
        const sc_service *agent = sc_service_find(&list, "OBENGINE");
        assert_non_null(agent);
        assert_string_equal(agent->display_name, "Microsoft Azure Recovery Services Agent");
        assert_int_equal(agent->state, 4);
        assert_int_equal(agent->exit_code, 0);
        assert_int_equal(agent->process_id, 4711);
        const sc_service *vss = sc_service_find(&list, "vss");
        assert_string_equal(vss->name, "VSS");
        assert_string_equal(vss->display_name, "Volume: Shadow Copy");
        assert_int_equal(vss->state, 1);
        assert_int_equal(vss->exit_code, 1077);
        assert_int_equal(vss->process_id, 0);
        assert_null(sc_service_find(&list, "absent"));
        arena_free(&memory);
    }
}

static bool read(const char *text, arena *memory, sc_service_list *list) {
    fact why;
    bool good = sc_queryex_read(text, memory, list, &why);
    assert_int_equal(why.state, good ? FACT_KNOWN : FACT_UNKNOWN);
    return good;
}

static void test_more_data_makes_it_incomplete(void **state) {
    (void)state;
    arena memory = {0};
    sc_service_list list;
    assert_true(
        read("\nS: a\nD: A\n" FIELDS(
                 "4  RUNNING",
                 PID) "\n[SC] Enum: more data, need 1 bytes\n\nS: b\nD: B\n" FIELDS("1  STOPPED", PID),
             &memory, &list));
    assert_int_equal(list.count, 2);
    assert_false(list.complete);
    arena_free(&memory);
}

static void test_plain_query_has_no_process_id(void **state) {
    (void)state;
    arena memory = {0};
    sc_service_list list;
    assert_true(read("S: a\nD: \n" FIELDS("7  PAUSED", ""), &memory, &list));
    assert_int_equal(list.items[0].process_id, -1);
    assert_int_equal(list.items[0].state, 7);
    assert_string_equal(list.items[0].display_name, "");
    arena_free(&memory);
}

static void test_what_is_no_list(void **state) {
    (void)state;
    static const char *const texts[] = {
        "",
        "[SC] OpenSCManager FAILED 5:\n\nAccess is denied.\n",
        "S: a\nD: A\n" FIELDS("9  WRONG", PID),
        "S: a\nD: A\n        T: 20\n        S: 4\n        W: 0\n",
        "S: a\nD: A\n" FIELDS("4  RUNNING", PID) "\nS: b\nD: B\n" FIELDS("4  RUNNING", ""),
        "S: a\nD: A\n" FIELDS("4  RUNNING", PID) "\nS: b\nD: B",
        "S: a\nD: A\n T: 20\n S: 4\n W: 99999999999999999999\n S: 0\n C: 0\n W: 0\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        arena memory = {0};
        sc_service_list list;
        if (read(texts[i], &memory, &list)) {
            fail_msg("taken for a list: %s", texts[i]);
        }
        assert_int_equal(list.count, 0);
        arena_free(&memory);
    }
}

static void test_cut_off_is_never_half(void **state) {
    (void)state;
    arena texts = {0};
    char *text = console(&texts, "ru");
    size_t length = strlen(text);
    for (size_t cut = 0; cut < length; cut++) {
        arena memory = {0};
        char *part = arena_alloc(&memory, cut + 1);
        memcpy(part, text, cut);
        sc_service_list list;
        if (read(part, &memory, &list)) {
            assert_int_equal(list.items[0].state, 4);
            assert_true(list.count == 1 || list.items[1].exit_code == 1077);
        }
        arena_free(&memory);
    }
    arena_free(&texts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_language),
        cmocka_unit_test(test_more_data_makes_it_incomplete),
        cmocka_unit_test(test_plain_query_has_no_process_id),
        cmocka_unit_test(test_what_is_no_list),
        cmocka_unit_test(test_cut_off_is_never_half),
    };
    return cmocka_run_group_tests_name("sc_queryex", tests, NULL, NULL);
}
