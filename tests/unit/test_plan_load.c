/* Reading plans: what is kept, what whoever edits one may change, and what is refused with which message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "offered_report.h"
#include "repair/plan.h"

#include <stdlib.h>
#include <string.h>

#define TASK      "\\\\Microsoft\\\\OnlineBackup\\\\Microsoft-OnlineBackup"
#define HEAD      "\"schema\":\"marshealth/plan/1\",\"machine\":{\"computer_name\":\"SRV01\"}"
#define PLAN(...) "{" HEAD ",\"steps\":[" __VA_ARGS__ "]}"
#define STOPPED   "{\"check\":\"agent.service\",\"subject\":null,\"verdict\":\"agent.service/stopped\"}"
#define STEP(operation, arguments, more, reasons)                                                            \
    "{\"operation\":\"" operation "\",\"arguments\":" arguments "," more "\"for\":[" reasons "]}"
#define TAKE           "\"take\":true,"
#define START(service) STEP("service.start", "{\"service\":\"" service "\"}", TAKE, STOPPED)
#define SMALL          "{\"check\":\"shadow.storage\",\"subject\":\"C:\",\"verdict\":\"shadow.storage/maximum-small\"}"
#define RESIZE(volume, size)                                                                                 \
    STEP("shadow.resize", "{\"for_volume\":\"" volume "\",\"on_volume\":\"C:\",\"max_bytes\":" size "}",     \
         TAKE, SMALL)
#define DAMAGED                                                                                              \
    "{\"check\":\"powershell.module-integrity\",\"subject\":null,\"verdict\":"                               \
    "\"powershell.module-integrity/empty-file\"}"
#define ENABLE(more)                                                                                         \
    STEP("task.enable", "{\"task\":\"" TASK "\"}", more,                                                     \
         "{\"check\":\"schedule.enabled\",\"subject\":\"" TASK                                               \
         "\",\"verdict\":\"schedule.enabled/disabled\"}")

static plan *loaded(const char *json) {
    plan *result = NULL;
    if (plan_load(&result, json, strlen(json), "p.json") != MARS_OK) {
        fail_msg("%s", error_message());
    }
    return result;
}

/* ---- What is kept ---- */

static char *json_of(const plan *document) {
    text_builder out = {0};
    render_plan_json(&out, document, true);
    assert_false(text_builder_failed(&out));
    char *copy = strdup(text_builder_text(&out));
    text_builder_free(&out);
    return copy;
}

static void assert_round_trip(const report *document, const plan_settings *settings) {
    plan *first = NULL;
    assert_int_equal(plan_make(&first, document, settings), MARS_OK);
    char *json = json_of(first);
    plan *second = loaded(json);
    char *again = json_of(second);
    assert_string_equal(json, again);
    assert_string_equal(first->hash, second->hash);
    for (size_t i = 0; i < first->step_count; i++) {
        assert_int_equal(first->steps[i].hold, second->steps[i].hold);
        assert_true(offer_equal(&first->steps[i].offer, &second->steps[i].offer));
    }
    free(again);
    free(json);
    plan_free(second);
    plan_free(first);
}

static void test_round_trip(void **state) {
    (void)state;
    static const offered_value obengine[] = {{"service", "obengine", 0}, {0}};
    static const offered_value task[] = {{"task", "\\Microsoft\\OnlineBackup\\\xC3\x85 \xE5\xA4\x87", 0},
                                         {0}};
    static const offered_value volumes[] = {
        {"for_volume", "C:", 0},
        {"on_volume", "\\\\?\\Volume{6f0c2b5e-0000-4000-8000-000000000001}\\", 0},
        {"max_bytes", NULL, INT64_C(1) << 40},
        {0}};
    for (int live = 0; live <= 1; live++) {
        report document;
        offered_report_begin(&document, live != 0);
        offered_report_add(&document, "agent.service", "stopped", NULL, obengine);
        offered_report_add(&document, "schedule.enabled", "disabled", "a \"task\"", task);
        offered_report_add(&document, "schedule.enabled", "no-trigger", "b", NULL);
        offered_report_add(&document, "shadow.storage", "maximum-small", "C:", volumes);
        offered_report_add(&document, "powershell.module-integrity", "empty-file", NULL, NULL);
        for (operation_risk risk = RISK_LOW; risk <= RISK_HIGH; risk++) {
            assert_round_trip(&document, &(plan_settings){.include_risk = risk});
            assert_round_trip(&document,
                              &(plan_settings){.include_risk = risk,
                                               .sets = "powershell.restore-module.source=C:\\x\n"
                                                       "powershell.restore-module.every_file=true"});
        }
        document.computer_name = document.machine_guid = document.source_kind = document.source_name = NULL;
        document.collected = 0;
        assert_round_trip(&document, &(plan_settings){0});
        arena_free(&document.memory);
    }
}

static void test_long_texts_are_kept(void **state) {
    (void)state;
    enum { LONG = 60000 };
    char *text = calloc(LONG + 1, 1);
    assert_non_null(text);
    memset(text, 'x', LONG);
    report document;
    offered_report_begin(&document, true);
    offered_report_add(&document, "powershell.module-integrity", "empty-file", text, NULL);
    offered_report_add(&document, "schedule.enabled", "no-trigger", text, NULL);
    const char *sets = arena_printf(&document.memory, "powershell.restore-module.source=%.4096s", text);
    assert_round_trip(&document, &(plan_settings){.sets = sets});
    for (int i = 0; i < 80; i++) { /* more than 4 MiB, which could not be read again */
        offered_report_add(&document, "schedule.enabled", "no-trigger", text, NULL);
    }
    plan *p = NULL;
    assert_int_equal(plan_make(&p, &document, &(plan_settings){0}), MARS_E_TOO_LARGE);
    assert_null(p);
    free(text);
    arena_free(&document.memory);
}

/* ---- What may be edited ---- */

static plan_hold hold_of(const char *step) {
    char json[2048];
    (void)snprintf(json, sizeof json,
                   "{\"schema\":\"marshealth/plan/1\",\"machine\":{},\"source\":{\"kind\":\"live\"},"
                   "\"steps\":[%s]}",
                   step);
    plan *p = loaded(json);
    plan_hold hold = p->steps[0].hold;
    assert_true((p->steps[0].hold_reason == NULL) == (hold == PLAN_TAKEN));
    plan_free(p);
    return hold;
}

static void test_take_decides(void **state) {
    (void)state;
    assert_int_equal(hold_of(ENABLE("\"take\":true,\"held\":\"its risk\",")), PLAN_TAKEN);
    assert_int_equal(hold_of(ENABLE("\"take\":false,\"held\":\"its risk\",")), PLAN_TOO_RISKY);
    assert_int_equal(hold_of(ENABLE("\"take\":false,\"held\":null,")), PLAN_EXCLUDED);
    assert_int_equal(hold_of(ENABLE("\"take\":false,")), PLAN_EXCLUDED);
    assert_int_equal(hold_of(STEP("service.start", "{\"service\":\"VSS\"}", "\"take\":false,", STOPPED)),
                     PLAN_EXCLUDED);
    assert_int_equal(hold_of(STEP("powershell.restore-module", "{}", TAKE, DAMAGED)), PLAN_NEEDS_ARGUMENT);
    assert_int_equal(hold_of(STEP("service.restart", "{}", TAKE,
                                  "{\"check\":\"shadow.writers\",\"subject\":\"x\",\"verdict\":"
                                  "\"shadow.writers/failed\"}")),
                     PLAN_NEEDS_ARGUMENT);
    assert_int_equal(hold_of(STEP("powershell.restore-module", "{\"source\":\"/srv\"}", TAKE, DAMAGED)),
                     PLAN_TAKEN);
}

/* Who writes "risk": "low" into a plan does not make it so. */
static void test_the_tables_facts_are_not_believed(void **state) {
    (void)state;
    plan *p =
        loaded(PLAN(ENABLE("\"take\":false,\"held\":\"x\",\"risk\":\"low\",\"undo\":\"none\",\"asks\":true,"
                           "\"title\":\"harmless\",\"number\":7,\"needs\":[\"x\"],"
                           "\"restart_advised\":true,")));
    assert_int_equal(p->steps[0].risk, RISK_MEDIUM);
    assert_string_equal(p->steps[0].title,
                        "Enable the task \\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup");
    plan_free(p);
}

static void test_hash_is_of_the_content(void **state) {
    (void)state;
    plan *a = loaded(PLAN(START("VSS")));
    plan *b = loaded("\xEF\xBB\xBF { \"steps\": [" START("VSS") "],\n" HEAD "}\n");
    plan *c = loaded(PLAN(START("swprv")));
    assert_string_equal(a->hash, b->hash);
    assert_string_not_equal(a->hash, c->hash);
    plan_free(a);
    plan_free(b);
    plan_free(c);
}

/* ---- What is refused ---- */

typedef struct refusal {
    const char *json;
    mars_status status;
    const char *message; /* part of it */
} refusal;

static void assert_refused(const refusal *row, size_t size) {
    plan *p = NULL;
    mars_status status = plan_load(&p, row->json, size, "p.json");
    if (status != row->status || p != NULL || strstr(error_message(), row->message) == NULL ||
        strncmp(error_message(), "p.json: ", 8) != 0) {
        fail_msg("%.300s\nexpected %d %s, not %d %s", row->json, row->status, row->message, status,
                 error_message());
    }
}

static void test_refuses_wrong_documents(void **state) {
    (void)state;
    static const refusal rows[] = {
        {"", MARS_E_MALFORMED, "ends too early"},
        {"{", MARS_E_MALFORMED, "line 1"},
        {"[]", MARS_E_MALFORMED, "not a plan"},
        {"null", MARS_E_MALFORMED, "JSON"},
        {"{}", MARS_E_MALFORMED, "not a plan"},
        {"{\"schema\":7}", MARS_E_MALFORMED, "not a plan"},
        {"{\"schema\":\"marshealth/plan/2\"}", MARS_E_MALFORMED, "marshealth/plan/1"},
        {"{\"schema\":\"marshealth/report/1\"}", MARS_E_MALFORMED, "not a plan"},
        {"{\"schema\":\"marshealth/plan/1\",\"steps\":[]}", MARS_E_MALFORMED, "no \"machine\""},
        {"{" HEAD "}", MARS_E_MALFORMED, "no \"steps\""},
        {"{" HEAD ",\"steps\":{}}", MARS_E_MALFORMED, "must be an array"},
        {"{" HEAD ",\"steps\":[],\"stepz\":[]}", MARS_E_MALFORMED, "unknown member \"stepz\""},
        {"{" HEAD ",\"steps\":[],\"\\u001b[31m\":1}", MARS_E_MALFORMED,
         "unknown member \"\xEF\xBF\xBD[31m\""},
        {"{" HEAD ",\"steps\":[],\"steps\":[]}", MARS_E_MALFORMED, "a key occurs twice"},
        {"{" HEAD ",\"steps\":[],\"advice\":[1]}", MARS_E_MALFORMED, "array of texts"},
        {"{" HEAD ",\"steps\":[],\"made\":\"yesterday\"}", MARS_E_MALFORMED, "\"made\" must be a time"},
        {"{" HEAD ",\"steps\":[],\"tool\":{\"versoin\":\"1\"}}", MARS_E_MALFORMED,
         "unknown member \"versoin\""},
        {"{" HEAD ",\"steps\":[],\"source\":[]}", MARS_E_MALFORMED, "must be an object"},
        {"{\"schema\":\"marshealth/plan/1\",\"machine\":{\"machine_guid\":1},\"steps\":[]}", MARS_E_MALFORMED,
         "\"machine_guid\" must be a text or null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(&rows[i], strlen(rows[i].json));
    }
}

static void test_refuses_wrong_steps(void **state) {
    (void)state;
    static const refusal rows[] = {
        {PLAN("1"), MARS_E_MALFORMED, "step 1: it must be an object"},
        {PLAN("{}"), MARS_E_MALFORMED, "step 1: it has no \"operation\""},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", "", STOPPED)), MARS_E_MALFORMED, "no \"take\""},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", "\"take\":\"yes\",", STOPPED)), MARS_E_MALFORMED,
         "\"take\" must be true or false"},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE "\"tkae\":true,", STOPPED)),
         MARS_E_MALFORMED, "unknown member \"tkae\""},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE "\"number\":1.5,", STOPPED)),
         MARS_E_MALFORMED, "whole number"},
        {PLAN(STEP("service.start", "[]", TAKE, STOPPED)), MARS_E_MALFORMED,
         "\"arguments\" must be an object"},
        {PLAN(STEP("format.disk", "{}", TAKE, STOPPED)), MARS_E_INVALID_ARGUMENT,
         "step 1: there is no operation \"format.disk\""},
        {PLAN(START("VSS") ",3"), MARS_E_MALFORMED, "step 2:"},
        {PLAN(START("VSS") "," START("VSS")), MARS_E_MALFORMED, "step 2: service.start with these arguments"},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE, STOPPED "," STOPPED)), MARS_E_MALFORMED,
         "twice"},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE, "")), MARS_E_MALFORMED,
         "names no finding"},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE, "7")), MARS_E_MALFORMED,
         "must be an object"},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE,
                   "{\"check\":\"no.check\",\"subject\":null,\"verdict\":\"no.check/x\"}")),
         MARS_E_INVALID_ARGUMENT, "no check \"no.check\""},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE,
                   "{\"check\":\"agent.service\",\"subject\":null,\"verdict\":\"agent.service/no\"}")),
         MARS_E_INVALID_ARGUMENT, "no verdict \"agent.service/no\""},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE,
                   "{\"check\":\"agent.service\",\"subject\":null,\"verdict\":\"stopped\"}")),
         MARS_E_INVALID_ARGUMENT, "no verdict \"stopped\""},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\"}", TAKE,
                   "{\"check\":\"agent.service\",\"verdict\":\"agent.service/stopped\"}")),
         MARS_E_MALFORMED, "no \"subject\""},
        {PLAN(STEP("service.stop", "{\"service\":\"obengine\"}", TAKE, STOPPED)), MARS_E_INVALID_ARGUMENT,
         "service.stop does not answer agent.service/stopped"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(&rows[i], strlen(rows[i].json));
    }
}

static void test_refuses_hostile_arguments(void **state) {
    (void)state;
    static const refusal rows[] = {
        {PLAN(START("VSS start= auto")), MARS_E_INVALID_ARGUMENT, "the argument \"service\" must be"},
        {PLAN(START("/disable")), MARS_E_INVALID_ARGUMENT, "\"service\""},
        {PLAN(START("-Force")), MARS_E_INVALID_ARGUMENT, "\"service\""},
        {PLAN(START("")), MARS_E_INVALID_ARGUMENT, "\"service\""},
        {PLAN(STEP("service.start", "{\"service\":[\"VSS\"]}", TAKE, STOPPED)), MARS_E_INVALID_ARGUMENT,
         "\"service\""},
        {PLAN(STEP("service.start", "{\"service\":\"VSS\",\"computer\":\"other\"}", TAKE, STOPPED)),
         MARS_E_INVALID_ARGUMENT, "no argument \"computer\""},
        {PLAN(RESIZE("C:\\\" /maxsize=1", "1073741824")), MARS_E_INVALID_ARGUMENT, "\"for_volume\""},
        {PLAN(RESIZE("C:' & del", "1073741824")), MARS_E_INVALID_ARGUMENT, "\"for_volume\""},
        {PLAN(RESIZE("C:", "1")), MARS_E_INVALID_ARGUMENT, "\"max_bytes\""},
        {PLAN(RESIZE("C:", "-1")), MARS_E_INVALID_ARGUMENT, "\"max_bytes\""},
        {PLAN(RESIZE("C:", "1e12")), MARS_E_INVALID_ARGUMENT, "\"max_bytes\""},
        {PLAN(RESIZE("C:", "\"UNBOUNDED\"")), MARS_E_INVALID_ARGUMENT, "\"max_bytes\""},
        {PLAN(RESIZE("C:", "99999999999999999999")), MARS_E_MALFORMED, "out of range"},
        {PLAN(STEP("powershell.restore-module", "{\"source\":\"/srv\\u0007x\"}", TAKE, DAMAGED)),
         MARS_E_INVALID_ARGUMENT, "\"source\""},
        {PLAN(STEP("powershell.restore-module", "{\"source\":\"/srv\\u0000x\"}", TAKE, DAMAGED)),
         MARS_E_MALFORMED, "NUL"},
        {PLAN(STEP("powershell.restore-module", "{\"source\":\"/srv\",\"allow_unsigned\":\"true\"}", TAKE,
                   DAMAGED)),
         MARS_E_INVALID_ARGUMENT, "\"allow_unsigned\""},
        {PLAN(STEP("task.enable", "{\"task\":\"\\\\Microsoft\\\\Windows\\\\Defrag\\\\ScheduledDefrag\"}",
                   TAKE,
                   "{\"check\":\"schedule.enabled\",\"subject\":\"x\",\"verdict\":"
                   "\"schedule.enabled/disabled\"}")),
         MARS_E_INVALID_ARGUMENT, "\"task\""},
        {PLAN(STEP("task.enable", "{\"task\":\"\\\\Microsoft\\\\OnlineBackup\\\\..\\\\x\"}", TAKE,
                   "{\"check\":\"schedule.enabled\",\"subject\":\"x\",\"verdict\":"
                   "\"schedule.enabled/disabled\"}")),
         MARS_E_INVALID_ARGUMENT, "\"task\""},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_refused(&rows[i], strlen(rows[i].json));
    }
}

static void test_refuses_what_is_too_large(void **state) {
    (void)state;
    text_builder json = {0};
    text_add(&json, "{" HEAD ",\"steps\":[");
    for (int i = 0; i < 1001; i++) {
        text_addf(&json, "%s" STEP("service.start", "{\"service\":\"s%d\"}", TAKE, STOPPED), i > 0 ? "," : "",
                  i);
    }
    text_add(&json, "]}");
    assert_refused(&(refusal){json.data, MARS_E_TOO_LARGE, "more than 1,000 steps"}, json.length);
    text_builder_free(&json);

    text_add(&json, "{" HEAD ",\"steps\":[" STEP("service.start", "{\"service\":\"VSS\"}", TAKE, ""));
    json.length -= strlen("]}");
    for (int i = 0; i < 1001; i++) {
        text_addf(&json,
                  "%s{\"check\":\"agent.service\",\"subject\":\"%d\",\"verdict\":\"agent.service/stopped\"}",
                  i > 0 ? "," : "", i);
    }
    text_add(&json, "]}]}");
    assert_refused(&(refusal){json.data, MARS_E_TOO_LARGE, "more than 1,000 findings"}, json.length);
    text_builder_free(&json);

    enum { LARGE = 5 * 1024 * 1024 };
    char *data = malloc(LARGE + 1);
    assert_non_null(data);
    memset(data, ' ', LARGE);
    data[LARGE] = '\0';
    memcpy(data, PLAN(""), strlen(PLAN("")));
    assert_refused(&(refusal){data, MARS_E_TOO_LARGE, "larger than 4 MiB"}, LARGE);
    memset(data, '[', 100000);
    assert_refused(&(refusal){data, MARS_E_MALFORMED, "nested too deeply"}, 100000);
    memset(data, ',', 1000000);
    assert_refused(&(refusal){data, MARS_E_TOO_LARGE, "more than 250,000 values"}, 1000000);
    free(data);
}

static void test_every_allocation_may_fail(void **state) {
    (void)state;
    static const char json[] = PLAN(START("VSS") "," ENABLE("\"take\":false,\"held\":\"x\","));
    plan *p = NULL;
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        mem_test_fail_at(n);
        mars_status status = plan_load(&p, json, strlen(json), NULL);
        failed = mem_test_count() >= n;
        mem_test_fail_at(0);
        assert_true(failed ? status == MARS_E_NO_MEMORY && p == NULL : status == MARS_OK);
    }
    plan_free(p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round_trip),
        cmocka_unit_test(test_long_texts_are_kept),
        cmocka_unit_test(test_take_decides),
        cmocka_unit_test(test_the_tables_facts_are_not_believed),
        cmocka_unit_test(test_hash_is_of_the_content),
        cmocka_unit_test(test_refuses_wrong_documents),
        cmocka_unit_test(test_refuses_wrong_steps),
        cmocka_unit_test(test_refuses_hostile_arguments),
        cmocka_unit_test(test_refuses_what_is_too_large),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
