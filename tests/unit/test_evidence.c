#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "evidence/evidence_json.h"
#include "evidence_tools.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static text_builder saved(const evidence *document) {
    text_builder out = {0};
    assert_int_equal(evidence_save(&out, document, false), MARS_OK);
    return out;
}

static evidence *loaded(const text_builder *text) {
    evidence *document = NULL;
    mars_status status = evidence_load(&document, text->data, text->length, "e.json");
    if (status != MARS_OK) {
        fail_msg("%s", error_message());
    }
    return document;
}

static void assert_same(const evidence *a, const evidence *b) {
    char *difference = evidence_difference(a, b);
    if (difference != NULL) {
        fail_msg("differs: %s", difference);
    }
    free(difference);
}

static void assert_round_trip(const evidence *document) {
    text_builder first = saved(document);
    evidence *again = loaded(&first);
    assert_same(document, again);
    text_builder second = saved(again);
    assert_string_equal(first.data, second.data);
    text_builder_free(&first);
    text_builder_free(&second);
    evidence_free(again);
}

static void test_every_field_survives_in_every_state(void **state) {
    (void)state;
    for (int way = FILL_KNOWN; way < FILL_UNKNOWN + REASON_COUNT; way++) {
        evidence *document = filled_evidence(way);
        assert_non_null(document);
        document->tool_version = "1.2.3";
        assert_round_trip(document);
        evidence_free(document);
    }
}

static void test_difference_sees_every_field(void **state) {
    (void)state;
    evidence *a = filled_evidence(FILL_KNOWN);
    evidence *b = filled_evidence(FILL_KNOWN);
    assert_same(a, b);
    scheduled_task *tasks = b->schedule.tasks.items;
    action_facts *actions = tasks[1].actions.items;
    actions[1].powershell.value ^= true;
    char *difference = evidence_difference(a, b);
    assert_string_equal(difference, "schedule_evidence.tasks[1].actions[1].powershell");
    free(difference);
    evidence_free(a);
    evidence_free(b);
}

static void test_what_was_never_collected_is_left_out(void **state) {
    (void)state;
    evidence *document = evidence_new();
    document->agent.folder_present.fact = fact_known(NULL);
    text_builder text = saved(document);
    assert_string_equal(text.data, "{\n"
                                   " \"schema\": \"marshealth/evidence/1\",\n"
                                   " \"tool\": {\"name\": \"marshealth\"},\n"
                                   " \"agent\": {\n"
                                   "  \"folder_present\": {\"value\": false}\n"
                                   " }\n"
                                   "}\n");
    assert_round_trip(document);
    text_builder_free(&text);
    evidence_free(document);
}

static void test_bytes_that_are_not_utf8_are_replaced(void **state) {
    (void)state;
    evidence *document = evidence_new();
    document->machine.build = (fact_text){.fact = fact_known(NULL), .value = "a\xFFz\xC3"};
    text_builder text = saved(document);
    evidence *again = loaded(&text);
    assert_string_equal(again->machine.build.value, "a\xEF\xBF\xBDz\xEF\xBF\xBD");
    text_builder_free(&text);
    evidence_free(again);
    evidence_free(document);
}

static void test_times_outside_the_calendar_are_clamped(void **state) {
    (void)state;
    evidence *document = evidence_new();
    document->source.as_of = (fact_time){.fact = fact_known(NULL), .value = INT64_MAX};
    text_builder text = saved(document);
    assert_non_null(strstr(text.data, "{\"value\": \"9999-12-31T23:59:59Z\"}"));
    text_builder_free(&text);
    evidence_free(document);
}

#define HEAD "{\"schema\":\"marshealth/evidence/1\","
static const struct {
    const char *text;
    mars_status status;
    const char *message;
} refused[] = {
    {"", MARS_E_MALFORMED, "line 1, column 0: it ends too early"},
    {"[1", MARS_E_MALFORMED, "line 1, column 2: it ends too early"},
    {"\xFE\xFF", MARS_E_MALFORMED, "line 1, column 0: it is not UTF-8"},
    {"nonsense", MARS_E_MALFORMED, "line 1, column 8: it is not JSON"},
    {"[]", MARS_E_MALFORMED, "expected an object"},
    {"7", MARS_E_MALFORMED, "line 1, column 1: it is not JSON"},
    {"{}", MARS_E_MALFORMED, "schema: expected \"marshealth/evidence/1\""},
    {"{\"schema\":1}", MARS_E_MALFORMED, "schema: expected \"marshealth/evidence/1\""},
    {"{\"schema\":\"marshealth/report/1\"}", MARS_E_MALFORMED, "schema: expected \"marshealth/evidence/1\""},
    {"{\"schema\":\"marshealth/evidence/\"}", MARS_E_MALFORMED, "schema: expected \"marshealth/evidence/1\""},
    {"{\"schema\":\"marshealth/evidence/0\"}", MARS_E_MALFORMED,
     "schema: expected \"marshealth/evidence/1\""},
    {"{\"schema\":\"marshealth/evidence/1x\"}", MARS_E_MALFORMED,
     "schema: expected \"marshealth/evidence/1\""},
    {"{\"schema\":\"marshealth/evidence/2\"}", MARS_E_UNSUPPORTED,
     "schema: it is newer than marshealth/evidence/1, which is read here"},
    {"{\"schema\":\"marshealth/evidence/10\"}", MARS_E_UNSUPPORTED,
     "schema: it is newer than marshealth/evidence/1, which is read here"},
    {HEAD "\"tool\":[]}", MARS_E_MALFORMED, "tool: expected an object"},
    {HEAD "\"tool\":{\"version\":1}}", MARS_E_MALFORMED, "tool.version: expected a text"},
    {HEAD "\"agent\":1}", MARS_E_MALFORMED, "agent: expected an object"},
    {HEAD "\"agent\":null}", MARS_E_MALFORMED, "agent: expected an object"},
    {HEAD "\"agent\":{\"folder\":\"C:\"}}", MARS_E_MALFORMED, "agent.folder: expected an object"},
    {HEAD "\"agent\":{\"folder\":{}}}", MARS_E_MALFORMED,
     "agent.folder: expected exactly one of value, absent and unknown"},
    {HEAD "\"agent\":{\"folder\":{\"value\":\"x\",\"absent\":true}}}", MARS_E_MALFORMED,
     "agent.folder: expected exactly one of value, absent and unknown"},
    {HEAD "\"agent\":{\"folder\":{\"value\":1}}}", MARS_E_MALFORMED, "agent.folder.value: expected a text"},
    {HEAD "\"agent\":{\"folder\":{\"value\":null}}}", MARS_E_MALFORMED,
     "agent.folder.value: expected a text"},
    {HEAD "\"agent\":{\"folder\":{\"absent\":false}}}", MARS_E_MALFORMED,
     "agent.folder.absent: expected true"},
    {HEAD "\"agent\":{\"folder\":{\"unknown\":\"why\"}}}", MARS_E_MALFORMED,
     "agent.folder.unknown: expected a known reason"},
    {HEAD "\"agent\":{\"folder\":{\"unknown\":true}}}", MARS_E_MALFORMED,
     "agent.folder.unknown: expected a known reason"},
    {HEAD "\"agent\":{\"folder\":{\"absent\":true,\"where\":1}}}", MARS_E_MALFORMED,
     "agent.folder.where: expected a text"},
    {HEAD "\"agent\":{\"folder\":{\"absent\":true,\"detail\":{}}}}", MARS_E_MALFORMED,
     "agent.folder.detail: expected a text"},
    {HEAD "\"agent\":{\"folder_present\":{\"value\":1}}}", MARS_E_MALFORMED,
     "agent.folder_present.value: expected true or false"},
    {HEAD "\"machine\":{\"update_revision\":{\"value\":1.0}}}", MARS_E_MALFORMED,
     "machine.update_revision.value: expected a whole number"},
    {HEAD "\"machine\":{\"update_revision\":{\"value\":\"1\"}}}", MARS_E_MALFORMED,
     "machine.update_revision.value: expected a whole number"},
    {HEAD "\"x\":9223372036854775808}", MARS_E_MALFORMED, "line 1, column 57: a number is out of range"},
    {HEAD "\"x\":1e999}", MARS_E_MALFORMED, "line 1, column 43: a number is out of range"},
    {HEAD "\"source\":{\"as_of\":{\"value\":0}}}", MARS_E_MALFORMED,
     "source.as_of.value: expected a time such as 2026-03-02T08:00:00Z"},
    {HEAD "\"source\":{\"as_of\":{\"value\":\"2026-03-02T08:00:00\"}}}", MARS_E_MALFORMED,
     "source.as_of.value: expected a time such as 2026-03-02T08:00:00Z"},
    {HEAD "\"source\":{\"as_of\":{\"value\":\"2026-02-30T08:00:00Z\"}}}", MARS_E_MALFORMED,
     "source.as_of.value: expected a time such as 2026-03-02T08:00:00Z"},
    {HEAD "\"source\":{\"as_of\":{\"value\":\"2026-03-02T08:00:00+01:00\"}}}", MARS_E_MALFORMED,
     "source.as_of.value: expected a time such as 2026-03-02T08:00:00Z"},
    {HEAD "\"source\":{\"warnings\":{\"value\":\"x\"}}}", MARS_E_MALFORMED,
     "source.warnings.value: expected an array"},
    {HEAD "\"source\":{\"warnings\":{\"value\":[\"x\",2]}}}", MARS_E_MALFORMED,
     "source.warnings.value[1]: expected a text"},
    {HEAD "\"schedule\":{\"tasks\":{\"value\":{}}}}", MARS_E_MALFORMED,
     "schedule.tasks.value: expected an array"},
    {HEAD "\"schedule\":{\"tasks\":{\"value\":[{},7]}}}", MARS_E_MALFORMED,
     "schedule.tasks.value[1]: expected an object"},
    {HEAD "\"schedule\":{\"tasks\":{\"value\":[{},{},{\"enabled\":{\"value\":0}}]}}}", MARS_E_MALFORMED,
     "schedule.tasks.value[2].enabled.value: expected true or false"},
    {HEAD "\"agent\":{},\"agent\":{}}", MARS_E_MALFORMED, "line 1, column 52: a key occurs twice"},
    {HEAD "\"x\":\"\\u0000\"}", MARS_E_MALFORMED, "line 1, column 46: a text contains a NUL"},
    {HEAD "\"\\u0000x\":1}", MARS_E_MALFORMED, "line 1, column 43: a key contains a NUL"},
    {HEAD "\"x\":\"\xC3(\"}", MARS_E_MALFORMED, "line 1, column 39: it is not UTF-8"},
    {HEAD "\"x\":\"\\ud800\"}", MARS_E_MALFORMED, "line 1, column 46: it is not JSON"},
    {HEAD "\"x\":1} {}", MARS_E_MALFORMED, "line 1, column 42: something follows the end of the document"},
};

static void test_refusals_say_where_and_what(void **state) {
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        evidence *document = (evidence *)1;
        mars_status status = evidence_load(&document, refused[i].text, strlen(refused[i].text), "e.json");
        char message[MARS_ERROR_MESSAGE_SIZE];
        (void)snprintf(message, sizeof message, "e.json: %s", refused[i].message);
        if (status != refused[i].status || document != NULL || strcmp(message, error_message()) != 0) {
            print_error("%s\n  status %d, wanted %d\n  %s\n  %s\n", refused[i].text, status,
                        refused[i].status, error_message(), message);
            wrong++;
        }
    }
    assert_int_equal(wrong, 0);
}

static void assert_refused(const char *data, size_t size, mars_status status, const char *message) {
    evidence *document = NULL;
    assert_int_equal(evidence_load(&document, data, size, "e.json"), status);
    assert_null(document);
    assert_string_equal(error_message(), message);
}

static void test_deep_nesting_is_refused(void **state) {
    (void)state;
    char text[20000];
    memset(text, '[', 10000);
    memset(text + 10000, ']', 10000);
    assert_refused(text, sizeof text, MARS_E_MALFORMED,
                   "e.json: line 1, column 2049: it is nested too deeply");
}

static void test_sizes_are_bounded(void **state) {
    (void)state;
    size_t size = EVIDENCE_SIZE_MAX + (size_t)1;
    char *text = malloc(size);
    assert_non_null(text);
    memset(text, ' ', size);
    assert_refused(text, size, MARS_E_TOO_LARGE, "e.json: it is larger than 64 MiB");
    assert_refused(text, size - 1, MARS_E_MALFORMED, "e.json: line 1, column 67108864: it ends too early");
    memset(text, '{', EVIDENCE_VALUES_MAX + 1);
    assert_refused(text, size - 1, MARS_E_TOO_LARGE, "e.json: it holds more than a million values");
    free(text);
}

static void test_lists_are_bounded(void **state) {
    (void)state;
    text_builder text = {0};
    text_add(&text, HEAD "\"schedule\":{\"tasks\":{\"value\":[{}");
    for (int i = 0; i < EVIDENCE_ITEMS_MAX; i++) {
        text_add(&text, ",{}");
    }
    text_add(&text, "]}}}");
    assert_refused(text.data, text.length, MARS_E_TOO_LARGE,
                   "e.json: schedule.tasks.value: it has more than 65,536 items");
    text_builder_free(&text);
}

static void test_unknown_keys_are_passed_over(void **state) {
    (void)state;
    static const char text[] = "\xEF\xBB\xBF" HEAD "\"later\":[[1.5]],\"tool\":{\"more\":1},"
                               "\"agent\":{\"later\":7,\"folder\":{\"value\":\"C:\\\\\",\"later\":null}}}";
    evidence *document = NULL;
    assert_int_equal(evidence_load(&document, text, sizeof text - 1, "e.json"), MARS_OK);
    assert_string_equal(document->agent.folder.value, "C:\\");
    assert_true(fact_never_collected(&document->agent.engine.fact));
    evidence_free(document);
}

static void test_loading_survives_every_failed_allocation(void **state) {
    (void)state;
    evidence *document = filled_evidence(FILL_KNOWN);
    document->shadow.storage_text.value =
        arena_printf(&document->memory, "%40000d", 7); /* a chunk of its own */
    text_builder text = saved(document);
    mars_status status = MARS_E_NO_MEMORY;
    uint64_t failures = 0;
    while (status != MARS_OK) {
        evidence *again = NULL;
        mem_test_fail_at(failures + 1);
        status = evidence_load(&again, text.data, text.length, "e.json");
        mem_test_fail_at(0);
        assert_true(status == MARS_OK || (status == MARS_E_NO_MEMORY && again == NULL));
        evidence_free(again);
        failures += status != MARS_OK;
    }
    assert_true(failures > 2);
    text_builder_free(&text);
    evidence_free(document);
}

static void test_saving_survives_every_failed_allocation(void **state) {
    (void)state;
    evidence *document = filled_evidence(FILL_KNOWN);
    for (int redact = 0; redact < 2; redact++) {
        mars_status status = MARS_E_NO_MEMORY;
        uint64_t failures = 0;
        while (status != MARS_OK) {
            text_builder out = {0};
            mem_test_fail_at(failures + 1);
            status = evidence_save(&out, document, redact != 0);
            mem_test_fail_at(0);
            assert_true(status == MARS_OK || status == MARS_E_NO_MEMORY);
            text_builder_free(&out);
            failures += status != MARS_OK;
        }
        assert_true(failures > 4);
    }
    evidence_free(document);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_field_survives_in_every_state),
        cmocka_unit_test(test_difference_sees_every_field),
        cmocka_unit_test(test_what_was_never_collected_is_left_out),
        cmocka_unit_test(test_bytes_that_are_not_utf8_are_replaced),
        cmocka_unit_test(test_times_outside_the_calendar_are_clamped),
        cmocka_unit_test(test_refusals_say_where_and_what),
        cmocka_unit_test(test_deep_nesting_is_refused),
        cmocka_unit_test(test_sizes_are_bounded),
        cmocka_unit_test(test_lists_are_bounded),
        cmocka_unit_test(test_unknown_keys_are_passed_over),
        cmocka_unit_test(test_loading_survives_every_failed_allocation),
        cmocka_unit_test(test_saving_survives_every_failed_allocation),
    };
    return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
