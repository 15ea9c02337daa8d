#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "report/report.h"

#include <string.h>

static void assert_all_selected(const char *list) {
    arena memory = {0};
    check_selection selection = {0};
    size_t selected = 0;
    assert_int_equal(check_select(list, &memory, &selection), MARS_OK);
    for (size_t i = 0; i < all_checks_count; i++) {
        if (!all_checks[i].only_when_asked) {
            assert_in_range(selected, 0, selection.count - 1);
            assert_ptr_equal(selection.items[selected++], &all_checks[i]);
        }
    }
    assert_int_equal(selection.count, selected);
    assert_in_range(selected, 1, all_checks_count - 1);
    arena_free(&memory);
}

static void test_no_list_means_all(void **state) {
    (void)state;
    assert_all_selected(NULL);
    assert_all_selected("");
}

static void test_each_id_names_its_check(void **state) {
    (void)state;
    for (size_t i = 0; i < all_checks_count; i++) {
        arena memory = {0};
        check_selection selection = {0};
        assert_int_equal(check_select(all_checks[i].id, &memory, &selection), MARS_OK);
        assert_int_equal(selection.count, 1);
        assert_ptr_equal(selection.items[0], &all_checks[i]);
        evidence_groups needs = check_selection_needs(&selection);
        assert_int_equal(needs & all_checks[i].needs, all_checks[i].needs);
        assert_true(needs & GROUP(source) && needs & GROUP(machine));
        assert_true(!all_checks[i].needs_agent || (needs & GROUP(agent)));
        arena_free(&memory);
    }
}

/* Shortages stand in the agent's log, so that asking for this check alone must not miss them. */
static void test_shadow_storage_needs_the_agent(void **state) {
    (void)state;
    arena memory = {0};
    check_selection selection = {0};
    assert_int_equal(check_select("shadow.storage", &memory, &selection), MARS_OK);
    assert_true(check_selection_needs(&selection) & GROUP(agent));
    arena_free(&memory);
}

static void test_each_group_names_its_checks(void **state) {
    (void)state;
    for (size_t i = 0; i < all_checks_count; i++) {
        arena memory = {0};
        check_selection selection = {0};
        size_t length = strcspn(all_checks[i].id, ".");
        const char *group = arena_text_n(&memory, all_checks[i].id, length);
        assert_int_equal(check_select(group, &memory, &selection), MARS_OK);
        size_t expected = 0;
        for (size_t k = 0; k < all_checks_count; k++) {
            expected += strncmp(all_checks[k].id, all_checks[i].id, length + 1) == 0;
        }
        assert_int_equal(selection.count, expected);
        arena_free(&memory);
    }
}

static void test_order_is_the_catalogues_and_each_once(void **state) {
    (void)state;
    arena memory = {0};
    check_selection selection = {0};
    assert_int_equal(check_select("shadow.writers,shadow,shadow.storage,shadow.writers", &memory, &selection),
                     MARS_OK);
    assert_int_equal(selection.count, 2);
    assert_string_equal(selection.items[0]->id, "shadow.storage");
    assert_string_equal(selection.items[1]->id, "shadow.writers");
    arena_free(&memory);
}

static void test_wrong_names_are_told(void **state) {
    (void)state;
    static const struct {
        const char *list;
        const char *named;
    } rows[] = {
        {"nonsense", "\"nonsense\""},
        {"agent.installed,agent.instaled", "\"agent.instaled\""},
        {"agent.", "\"agent.\""},
        {"agen", "\"agen\""},
        {"Agent.Installed", "\"Agent.Installed\""},
        {"agent.installed.more", "\"agent.installed.more\""},
        {",agent", "\"\""},
        {"agent,,agent", "\"\""},
        {" agent", "\" agent\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        arena memory = {0};
        check_selection selection = {0};
        assert_int_equal(check_select(rows[i].list, &memory, &selection), MARS_E_NOT_FOUND);
        assert_non_null(strstr(error_message(), rows[i].named));
        arena_free(&memory);
    }
}

static void test_failed_allocation_is_told(void **state) {
    (void)state;
    arena memory = {0};
    check_selection selection = {0};
    mem_test_fail_at(1);
    assert_int_equal(check_select(NULL, &memory, &selection), MARS_E_NO_MEMORY);
    mem_test_fail_at(0);
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_list_means_all),
        cmocka_unit_test(test_each_id_names_its_check),
        cmocka_unit_test(test_shadow_storage_needs_the_agent),
        cmocka_unit_test(test_each_group_names_its_checks),
        cmocka_unit_test(test_order_is_the_catalogues_and_each_once),
        cmocka_unit_test(test_wrong_names_are_told),
        cmocka_unit_test(test_failed_allocation_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
