/* Whether a task's user is an administrator: who is asked, what becomes of the answer, and how it is judged.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/collect.h"
#include "judging.h"
#include "memory_tasks.h"
#include "parse/task_xml.h"

#include <string.h>

#define TASK_PATH "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"
#define USER      "S-1-5-21-1-2-3-1001"
#define BUILT_IN  "S-1-5-21-1-2-3-500"

#define OTHERS_BUILT_IN "S-1-5-21-7-8-9-500"

static int set_up(void **state) {
    *state = memory_tasks_new();
    return *state != NULL ? 0 : -1;
}

static int tear_down(void **state) {
    memory_tasks_free(*state);
    return 0;
}

/* The task runs under this account. */
static void run_as(memory_tasks *on, const char *user, const char *logon, const char *level) {
    const char *xml = arena_printf(&on->memory,
                                   "<Task xmlns=\"" TASK_XML_NAME_SPACE
                                   "\"><Principals><Principal id=\"Author\"><UserId>%s</UserId>"
                                   "<LogonType>%s</LogonType><RunLevel>%s</RunLevel></Principal></Principals>"
                                   "<Actions Context=\"Author\"/></Task>",
                                   user, logon, level);
    assert_true(memory_tasks_add(on, TASK_PATH, (bytes){(const uint8_t *)xml, strlen(xml)}));
}

static evidence *collected(memory_tasks *on) {
    evidence *document = NULL;
    on->asked = NULL;
    assert_int_equal(collect(&document, &on->machine, GROUP(agent) | GROUP(schedule), NULL), MARS_OK);
    return document;
}

static const fact_flag *administrator_in(const evidence *document) {
    assert_int_equal(document->schedule.tasks.count, 1);
    return &((const scheduled_task *)document->schedule.tasks.items)->administrator;
}

/* why: the text of an unknown, NULL for other verdicts. */
static void assert_judged(memory_tasks *on, const char *slug, const char *why) {
    evidence *document = collected(on);
    judging judged;
    judging_run(&judged, "schedule.principal", document, NULL);
    assert_string_equal(judging_verdicts(&judged), arena_printf(&on->memory, "%s: %s", TASK_PATH, slug));
    const char *told = judging_value(&judged, 0, "why");
    if (why != NULL && (told == NULL || strstr(told, why) == NULL)) {
        fail_msg("\"%s\" does not say \"%s\"", told != NULL ? told : "", why);
    }
    judging_free(&judged);
    evidence_free(document);
}

static void test_what_the_machine_tells(void **state) {
    memory_tasks *on = *state;
    for (int is = 0; is < 2; is++) {
        on->administrator = (fact_flag){fact_known("the group"), is != 0};
        run_as(on, USER, "Password", "HighestAvailable");
        evidence *document = collected(on);
        const fact_flag *flag = administrator_in(document);
        assert_string_equal(on->asked, USER);
        assert_int_equal(flag->fact.state, FACT_KNOWN);
        assert_int_equal(flag->value, is);
        assert_string_equal(flag->fact.where, "the group");
        evidence_free(document);
    }
}

static void test_what_it_cannot_tell(void **state) {
    memory_tasks *on = *state;
    on->administrator.fact = fact_unknown(REASON_ACCESS_DENIED, "the group", "run elevated");
    run_as(on, USER, "Password", "HighestAvailable");
    evidence *document = collected(on);
    const fact_flag *flag = administrator_in(document);
    assert_int_equal(flag->fact.state, FACT_UNKNOWN);
    assert_int_equal(flag->fact.reason, REASON_ACCESS_DENIED);
    assert_string_equal(flag->fact.detail, "run elevated");
    evidence_free(document);
    on->administrator.fact = fact_absent("the account");
    document = collected(on);
    flag = administrator_in(document);
    assert_int_equal(flag->fact.state, FACT_UNKNOWN);
    assert_string_equal(flag->fact.where, "the account");
    assert_string_equal(flag->fact.detail, "there is no account with that SID");
    evidence_free(document);
}

/* As on an image. */
static void test_nobody_to_ask(void **state) {
    memory_tasks *on = *state;
    on->reader.account_is_administrator = NULL;
    run_as(on, USER, "Password", "HighestAvailable");
    evidence *document = collected(on);
    const fact_flag *flag = administrator_in(document);
    assert_int_equal(flag->fact.state, FACT_UNKNOWN);
    assert_int_equal(flag->fact.reason, REASON_NOT_ON_HOST);
    assert_non_null(strstr(flag->fact.detail, "told only by the server itself"));
    evidence_free(document);
}

static void test_what_the_sid_tells(void **state) {
    static const struct {
        const char *sid;
        bool is;
    } cases[] = {{"S-1-5-18", true}, {"S-1-5-19", false}, {"S-1-5-20", false}};
    memory_tasks *on = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        on->administrator = (fact_flag){fact_known("asked"), !cases[i].is};
        run_as(on, cases[i].sid, "Password", "HighestAvailable");
        evidence *document = collected(on);
        const fact_flag *flag = administrator_in(document);
        assert_null(on->asked);
        assert_int_equal(flag->fact.state, FACT_KNOWN);
        assert_int_equal(flag->value, cases[i].is);
        evidence_free(document);
    }
}

/* Also of the account with the relative id 500: another domain's need not be a member, and the server's own
 * can have been taken out. */
static void test_the_relative_id_500(void **state) {
    static const struct {
        const char *sid;
        bool built_in;
    } cases[] = {{BUILT_IN, true}, {OTHERS_BUILT_IN, false}, {USER, false}};
    memory_tasks *on = *state;
    on->administrator = (fact_flag){fact_known("the group"), false};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        run_as(on, cases[i].sid, "Password", "HighestAvailable");
        evidence *document = collected(on);
        const scheduled_task *task = document->schedule.tasks.items;
        assert_string_equal(on->asked, cases[i].sid);
        assert_true(fact_is_false(&task->administrator));
        assert_int_equal(task->built_in.fact.state, FACT_KNOWN);
        assert_int_equal(task->built_in.value, cases[i].built_in);
        evidence_free(document);
    }
}

/* As on an image. */
static void test_the_relative_id_500_with_nobody_to_ask(void **state) {
    memory_tasks *on = *state;
    on->reader.account_is_administrator = NULL;
    on->reader.own_domain = NULL;
    run_as(on, OTHERS_BUILT_IN, "Password", "LeastPrivilege");
    evidence *document = collected(on);
    const scheduled_task *task = document->schedule.tasks.items;
    assert_true(fact_is_true(&task->administrator));
    assert_true(fact_is_true(&task->built_in));
    evidence_free(document);
    assert_judged(on, "administrator", NULL);
}

static void test_a_member(void **state) {
    memory_tasks *on = *state;
    on->administrator = (fact_flag){fact_known("the group"), true};
    run_as(on, USER, "Password", "HighestAvailable");
    assert_judged(on, "administrator", NULL);
    run_as(on, USER, "S4U", "HighestAvailable");
    assert_judged(on, "administrator", NULL);
    run_as(on, USER, "InteractiveToken", "HighestAvailable");
    assert_judged(on, "user-logged-on-only", NULL);
    run_as(on, USER, "InteractiveToken", "LeastPrivilege");
    assert_judged(on, "user-logged-on-only", NULL);
}

static void test_a_member_without_full_rights(void **state) {
    memory_tasks *on = *state;
    on->administrator = (fact_flag){fact_known("the group"), true};
    run_as(on, USER, "Password", "LeastPrivilege");
    assert_judged(on, "unknown", "User Account Control");
    run_as(on, BUILT_IN, "Password", "LeastPrivilege");
    assert_judged(on, "administrator", NULL);
    run_as(on, OTHERS_BUILT_IN, "Password", "LeastPrivilege");
    assert_judged(on, "unknown", "User Account Control");
    on->domain_known = FACT_UNKNOWN;
    run_as(on, BUILT_IN, "Password", "LeastPrivilege");
    assert_judged(on, "unknown", "User Account Control");
}

static fact_number setting(fact_state state, int64_t value) {
    return (fact_number){.fact = state == FACT_KNOWN    ? fact_known("the registry")
                                 : state == FACT_ABSENT ? fact_absent("the registry")
                                                        : fact_unknown(REASON_UNREADABLE, NULL, NULL),
                         .value = value};
}

static void test_user_account_control(void **state) {
    memory_tasks *on = *state;
    static const struct {
        const char *user;
        struct {
            fact_state state;
            int64_t value;
        } enabled, filters;
        const char *slug;
    } cases[] = {
        {USER, {FACT_KNOWN, 0}, {FACT_ABSENT, 0}, "administrator"},
        {USER, {FACT_KNOWN, 1}, {FACT_KNOWN, 0}, "unknown"},
        {USER, {FACT_ABSENT, 0}, {FACT_ABSENT, 0}, "unknown"},
        {USER, {FACT_UNKNOWN, 0}, {FACT_ABSENT, 0}, "unknown"},
        {BUILT_IN, {FACT_KNOWN, 1}, {FACT_ABSENT, 0}, "administrator"},
        {BUILT_IN, {FACT_UNKNOWN, 0}, {FACT_KNOWN, 0}, "administrator"},
        {BUILT_IN, {FACT_ABSENT, 0}, {FACT_KNOWN, 1}, "unknown"},
        {BUILT_IN, {FACT_ABSENT, 0}, {FACT_UNKNOWN, 0}, "unknown"},
        {BUILT_IN, {FACT_KNOWN, 0}, {FACT_KNOWN, 1}, "administrator"},
    };
    on->administrator = (fact_flag){fact_known("the group"), true};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        judging judged;
        run_as(on, cases[i].user, "S4U", "LeastPrivilege");
        evidence *document = collected(on);
        document->schedule.user_account_control = setting(cases[i].enabled.state, cases[i].enabled.value);
        document->schedule.filters_built_in = setting(cases[i].filters.state, cases[i].filters.value);
        judging_run(&judged, "schedule.principal", document, NULL);
        assert_string_equal(judging_verdicts(&judged),
                            arena_printf(&on->memory, "%s: %s", TASK_PATH, cases[i].slug));
        judging_free(&judged);
        evidence_free(document);
    }
}

/* It ran well since it was registered, so it has the rights that it needs. */
static void test_a_member_without_full_rights_who_succeeded(void **state) {
    memory_tasks *on = *state;
    on->administrator = (fact_flag){fact_known("the group"), true};
    run_as(on, USER, "Password", "LeastPrivilege");
    static const struct {
        int64_t registered;
        int64_t succeeded;
        const char *slug;
    } cases[] = {{100, 200, "administrator"}, {200, 100, "unknown"}, {200, 200, "unknown"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        evidence *document = collected(on);
        scheduled_task *task = document->schedule.tasks.items;
        judging judged;
        task->registration_written = (fact_time){fact_known("the registry"), cases[i].registered};
        task->last_success = (fact_time){fact_known("the task"), cases[i].succeeded};
        judging_run(&judged, "schedule.principal", document, NULL);
        assert_string_equal(judging_verdicts(&judged),
                            arena_printf(&on->memory, "%s: %s", TASK_PATH, cases[i].slug));
        judging_free(&judged);
        evidence_free(document);
    }
}

static void test_no_member(void **state) {
    memory_tasks *on = *state;
    on->administrator = (fact_flag){fact_known("the group"), false};
    run_as(on, USER, "Password", "HighestAvailable");
    assert_judged(on, "user-not-administrator", NULL);
}

static void test_not_told(void **state) {
    memory_tasks *on = *state;
    on->administrator.fact = fact_unknown(REASON_UNREADABLE, "the group", "whether it is in \"X\"");
    run_as(on, USER, "Password", "HighestAvailable");
    assert_judged(on, "unknown", "whether it is in \"X\"");
    on->administrator.fact = fact_absent("the account");
    assert_judged(on, "unknown", "there is no account with that SID");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_what_the_machine_tells),
        TEST(test_what_it_cannot_tell),
        TEST(test_nobody_to_ask),
        TEST(test_what_the_sid_tells),
        TEST(test_the_relative_id_500),
        TEST(test_the_relative_id_500_with_nobody_to_ask),
        TEST(test_user_account_control),
        TEST(test_a_member),
        TEST(test_a_member_without_full_rights),
        TEST(test_a_member_without_full_rights_who_succeeded),
        TEST(test_no_member),
        TEST(test_not_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
