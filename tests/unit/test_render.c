#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/unicode.h"
#include "core/version.h"
#include "offered_report.h"
#include "report/display.h"
#include "sample_report.h"

#include <jansson.h>
#include <libxml/parser.h>
#include <string.h>

/* Every way in which a machine's data may try to break out of a view. */
static const char *const hostile[] = {
    "plain",
    "",
    "\x1b[31mred\x1b]0;title\x07",
    "line\nfeed\rreturn\ttab",
    "c1 \xc2\x9b"
    "31m and \xc2\x85 next line",
    "bidi \xe2\x80\xae"
    "evil\xe2\x81\xa6 end\xe2\x80\x8f",
    "]]> <b a=\"1\" b='2'>&amp; <!-- x --> <![CDATA[",
    "a|b;c=1|d",
    "\"quoted\" \\ back\\slash {text} %s %n",
    "broken \xff\xfe\xc3( utf-8 \xed\xa0\x80",
    "noncharacters \xef\xbf\xbe \xef\xbf\xbf",
    "\xe5\x82\x99\xe4\xbb\xbd\xe6\x8e\x92\xe7\xa8\x8b\xe5\xb7\xb2\xe5\x81\x9c\xe7\x94\xa8\xe5\x82\x99\xe4\xbb"
    "\xbd\xe6\x8e\x92"
    "\xe7\xa8\x8b\xe5\xb7\xb2\xe5\x81\x9c\xe7\x94\xa8\xe5\x82\x99\xe4\xbb\xbd\xe6\x8e\x92\xe7\xa8\x8b\xe5\xb7"
    "\xb2\xe5\x81"
    "\x9c\xe7\x94\xa8\xe5\x82\x99\xe4\xbb\xbd\xe6\x8e\x92\xe7\xa8\x8b\xe5\xb7\xb2\xe5\x81\x9c\xe7\x94\xa8\xe5"
    "\x82\x99",
    "C:\\Program_Files\\a_very_long_name_without_any_blank_in_it_that_does_not_fit_on_one_line_of_a_terminal_"
    "at_all"
    "\\and_so_on_and_so_on_and_so_on_and_so_on_and_so_on_and_so_on_and_so_on",
    "cafe\xcc\x81 and then many short words that have to be put on several lines because they are so very "
    "many, "
    "more than anybody would want to read on a single line of a terminal, and still more, and more, and more",
};
enum { HOSTILE_COUNT = sizeof hostile / sizeof hostile[0] };

typedef void (*view)(text_builder *out, const report *document);

static void as_text(text_builder *out, const report *document) {
    render_text(out, document, &(render_options){.all = true});
}
static void as_json(text_builder *out, const report *document) {
    render_json(out, document, true);
}
static void as_json_line(text_builder *out, const report *document) {
    render_json(out, document, false);
}

static void as_junit(text_builder *out, const report *document) {
    render_junit(out, document, false);
}

/* The view of a sample report with the text everywhere; to be freed. */
static text_builder rendered(view show, const char *text) {
    report document = {0};
    sample_report_fill(&document, text);
    text_builder out = {0};
    show(&out, &document);
    assert_false(text_builder_failed(&out));
    arena_free(&document.memory);
    return out;
}

static size_t columns_of(const char *line, size_t length) {
    size_t columns = 0;
    for (size_t at = 0; at < length;) {
        columns += display_width(utf8_next(line, length, &at));
    }
    return columns;
}

/* Nothing that a terminal would obey, and strict UTF-8. */
static void assert_harmless(const text_builder *out) {
    assert_true(utf8_valid(out->data, out->length));
    for (size_t at = 0; at < out->length;) {
        size_t start = at;
        uint32_t raw = utf8_next(out->data, out->length, &at);
        uint32_t shown = display_next(out->data, out->length, &start);
        assert_true(raw == '\n' || raw == shown);
    }
}

static void test_text_obeys_no_data_and_stays_narrow(void **state) {
    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        text_builder out = rendered(as_text, hostile[i]);
        assert_harmless(&out);
        const char *line = out.data;
        for (const char *end; (end = strchr(line, '\n')) != NULL && end[1] != '\0'; line = end + 1) {
            assert_in_range(columns_of(line, (size_t)(end - line)), 0, DISPLAY_WIDTH);
            assert_true(end == line || end[-1] != ' ' || strlen(hostile[i]) == 0);
        }
        assert_int_equal(out.data[out.length - 1], '\n');
        text_builder_free(&out);
    }
}

/* The report of one finding as text. */
static void assert_repair_line(bool live, const char *check_id, const char *slug, const offered_value *values,
                               const char *expected) {
    report document;
    text_builder out = {0};
    offered_report_begin(&document, live);
    offered_report_add(&document, check_id, slug, NULL, values);
    render_text(&out, &document, &(render_options){0});
    const char *line = strstr(text_builder_text(&out), "    repair: ");
    assert_true((line == NULL) == (expected == NULL));
    if (line != NULL && expected != NULL) {
        assert_memory_equal(line, expected, strlen(expected));
    }
    text_builder_free(&out);
    arena_free(&document.memory);
}

/* Only what the machine that was read can do, and with all that it takes to have it done. */
static void test_text_says_how_to_repair(void **state) {
    (void)state;
    static const offered_value service[] = {{"service", "obengine", 0}, {0}};
    static const offered_value task[] = {{"task", "\\Microsoft\\OnlineBackup\\x", 0}, {0}};
    static const offered_value policy[] = {{"scope", "CurrentUser (SYSTEM)", 0}, {0}};
    assert_repair_line(true, "agent.service", "stopped", service,
                       "    repair: marshealth repair --check agent.service\n");
    assert_repair_line(false, "agent.service", "stopped", service, NULL);
    assert_repair_line(false, "agent.service", "disabled", service,
                       "    repair: marshealth repair --check agent.service\n");
    assert_repair_line(true, "schedule.enabled", "disabled", task,
                       "    repair: marshealth repair --check schedule.enabled --include-risk medium\n");
    assert_repair_line(true, "powershell.module-integrity", "empty-file", NULL,
                       "    repair: marshealth repair --check powershell.module-integrity --set "
                       "powershell.restore-module.source=...\n");
    assert_repair_line(true, "powershell.execution-policy", "restricted", policy, NULL);
    assert_repair_line(true, "agent.version", "cannot-connect", NULL, NULL);
}

static void test_text_is_laid_out_for_people(void **state) {
    (void)state;
    report document = {0};
    sample_report_fill(&document, "X1");
    text_builder out = {0};
    render_text(&out, &document, &(render_options){0});
    assert_string_equal(
        text_builder_text(&out),
        "Computer  X1\n"
        "System    X1, build 17763\n"
        "Source    image X1\n"
        "As of     2026-03-02T08:00:00Z\n"
        "Note      X1\n"
        "\n"
        "FAIL sample.check [3 X1]: It is broken: X1\n"
        "    where:  X1; HKLM\\SOFTWARE\\Sample\n"
        "    why:    Because of X1 and nothing else.\n"
        "    do:     Do something about X1 soon.\n"
        "    run:    repair.exe /now\n"
        "    also:   info: It is worth-knowing: X1\n"
        "\n"
        "WARN sample.check [2 X1]: It is shaky: X1\n"
        "    where:  X1; HKLM\\SOFTWARE\\Sample\n"
        "    why:    Because of X1 and nothing else.\n"
        "    do:     Do something about X1 soon.\n"
        "\n"
        "UNKNOWN sample.check [4 X1]: It is unknown: X1\n"
        "    where:  X1; HKLM\\SOFTWARE\\Sample\n"
        "\n"
        "INFO sample.check [1 X1]: It is worth-knowing: X1\n"
        "    where:  X1; HKLM\\SOFTWARE\\Sample\n"
        "\n"
        "X1: 1 fail, 1 warn, 1 unknown, 1 info, 1 pass, 1 skipped - the next backup will not start\n");
    text_builder_free(&out);
    render_text(&out, &document, &(render_options){.all = true});
    assert_non_null(
        strstr(text_builder_text(&out), "\nPASS sample.check: It is all-well: X1\nSKIPPED sample.check"));
    text_builder_free(&out);
    arena_free(&document.memory);
}

static void test_text_wraps_with_a_hanging_indent(void **state) {
    (void)state;
    text_builder out = {0};
    display_add(&out, "do:  ", 0);
    display_wrap(&out, 5, 5,
                 "one two  three four five six seven eight nine ten eleven twelve thirteen fourteen.");
    assert_string_equal(text_builder_text(&out),
                        "do:  one two three four five six seven eight nine ten eleven twelve thirteen\n"
                        "     fourteen.\n");
    text_builder_free(&out);
}

static void test_color_only_when_asked(void **state) {
    (void)state;
    report document = {0};
    sample_report_fill(&document, "X");
    text_builder plain = {0};
    text_builder colored = {0};
    render_text(&plain, &document, &(render_options){0});
    render_text(&colored, &document, &(render_options){.color = true});
    assert_null(strchr(text_builder_text(&plain), '\x1b'));
    assert_non_null(strstr(text_builder_text(&colored), "\x1b[1;31mFAIL\x1b[0m sample.check"));
    text_builder_free(&plain);
    text_builder_free(&colored);
    arena_free(&document.memory);
}

static const char *text_at(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

/* What a view shows of a text: bytes that are no UTF-8 replaced. */
static const char *repaired(arena *memory, const char *text) {
    text_builder out = {0};
    for (size_t at = 0, length = strlen(text); at < length;) {
        char encoded[4];
        size_t size = utf8_encode(utf8_next(text, length, &at), encoded);
        text_add_n(&out, encoded, size);
    }
    const char *result = arena_text(memory, text_builder_text(&out));
    text_builder_free(&out);
    return result;
}

static void test_json_keeps_every_text(void **state) {
    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        arena memory = {0};
        const char *expected = repaired(&memory, hostile[i]);
        text_builder out = rendered(as_json, hostile[i]);
        json_t *root = json_loads(text_builder_text(&out), JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(root);
        assert_string_equal(text_at(json_object_get(root, "machine"), "computer_name"), expected);
        json_t *failed = json_array_get(json_object_get(root, "findings"), 3);
        assert_string_equal(text_at(json_object_get(failed, "values"), "text"), expected);
        assert_string_equal(json_string_value(json_array_get(json_object_get(failed, "where"), 0)), expected);
        json_decref(root);
        text_builder_free(&out);
        arena_free(&memory);
    }
}

static void test_json_has_the_documented_members(void **state) {
    (void)state;
    text_builder out = rendered(as_json, "X");
    json_t *root = json_loads(text_builder_text(&out), JSON_REJECT_DUPLICATES, NULL);
    assert_string_equal(text_at(root, "schema"), "marshealth/report/1");
    assert_string_equal(text_at(root, "collected"), "2026-03-02T08:00:00Z");
    json_t *tool = json_object_get(root, "tool");
    assert_string_equal(text_at(tool, "name"), "marshealth");
    assert_string_equal(text_at(tool, "version"), MARSHEALTH_VERSION);
    assert_true(json_is_null(json_object_get(tool, "evidence_version")));
    assert_true(json_is_null(json_object_get(json_object_get(root, "machine"), "machine_guid")));
    assert_string_equal(text_at(json_object_get(root, "next_backup"), "starts"), "no");
    json_t *findings = json_object_get(root, "findings");
    assert_true(json_is_null(json_object_get(json_array_get(findings, 0), "subject")));
    json_t *failed = json_array_get(findings, 3);
    assert_string_equal(text_at(failed, "verdict"), "sample.check/broken");
    assert_string_equal(text_at(failed, "status"), "fail");
    assert_true(json_is_true(json_object_get(failed, "blocking")));
    assert_string_equal(text_at(failed, "command"), "repair.exe /now");
    assert_int_equal(json_array_size(json_object_get(failed, "repairs")), 0);
    assert_true(json_is_array(json_object_get(failed, "repairs")));
    json_t *values = json_object_get(failed, "values");
    assert_int_equal(json_integer_value(json_object_get(values, "number")), -7);
    assert_int_equal(json_integer_value(json_object_get(values, "size")), 1536);
    assert_string_equal(text_at(values, "time"), "2026-03-02T08:00:00Z");
    assert_int_equal(json_array_size(json_object_get(values, "texts")), 2);
    json_t *also = json_array_get(json_object_get(failed, "also"), 0);
    assert_string_equal(text_at(also, "verdict"), "sample.check/worth-knowing");
    assert_true(json_is_null(json_object_get(also, "cause")));
    assert_int_equal(json_integer_value(json_object_get(json_object_get(root, "summary"), "skipped")), 1);
    json_decref(root);
    text_builder_free(&out);
}

static void test_json_line_is_one_line(void **state) {
    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        text_builder out = rendered(as_json_line, hostile[i]);
        assert_ptr_equal(strchr(out.data, '\n'), out.data + out.length - 1);
        json_t *root = json_loads(out.data, 0, NULL);
        assert_non_null(root);
        json_decref(root);
        text_builder_free(&out);
    }
}

static bool has_type(const json_t *schema, const char *name) {
    const json_t *type = json_object_get(schema, "type");
    if (json_is_string(type)) {
        return strcmp(json_string_value(type), name) == 0;
    }
    return json_array_size(type) == 2 && (strcmp(json_string_value(json_array_get(type, 0)), name) == 0 ||
                                          strcmp(json_string_value(json_array_get(type, 1)), name) == 0);
}

static const char *type_of(const json_t *value) {
    return json_is_object(value)    ? "object"
           : json_is_array(value)   ? "array"
           : json_is_string(value)  ? "string"
           : json_is_integer(value) ? "integer"
           : json_is_boolean(value) ? "boolean"
                                    : "null";
}

/* Types, required members, and that the document has none the schema does not know. */
static void assert_valid(const json_t *schema, json_t *value) {
    assert_true(has_type(schema, type_of(value)));
    const json_t *properties = json_object_get(schema, "properties");
    const char *key;
    json_t *member;
    if (json_is_object(value) && properties != NULL) {
        json_object_foreach(value, key, member) {
            assert_non_null(json_object_get(properties, key));
            assert_valid(json_object_get(properties, key), member);
        }
        assert_int_equal(json_object_size(value), json_array_size(json_object_get(schema, "required")));
        assert_int_equal(json_object_size(value), json_object_size(properties));
    }
    for (size_t i = 0; i < json_array_size(value); i++) {
        assert_valid(json_object_get(schema, "items"), json_array_get(value, i));
    }
    const json_t *names = json_object_get(schema, "enum");
    bool found = names == NULL;
    for (size_t i = 0; i < json_array_size(names); i++) {
        found = found || json_equal(json_array_get(names, i), value);
    }
    assert_true(found);
}

static void test_json_agrees_with_its_schema(void **state) {
    (void)state;
    text_builder schema_text = {0};
    render_report_schema(&schema_text);
    assert_false(text_builder_failed(&schema_text));
    json_t *schema = json_loads(text_builder_text(&schema_text), JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(schema);
    assert_string_equal(text_at(schema, "$schema"), "https://json-schema.org/draft/2020-12/schema");
    text_builder out = rendered(as_json, "X");
    json_t *root = json_loads(text_builder_text(&out), 0, NULL);
    assert_valid(schema, root);
    json_decref(root);
    json_decref(schema);
    text_builder_free(&out);
    text_builder_free(&schema_text);
}

static xmlNode *child(const xmlNode *node, const char *name, size_t index) {
    for (xmlNode *at = node->children; at != NULL; at = at->next) {
        if (at->type == XML_ELEMENT_NODE && strcmp((const char *)at->name, name) == 0 && index-- == 0) {
            return at;
        }
    }
    return NULL;
}

static void assert_attribute(xmlNode *node, const char *name, const char *expected) {
    xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
    assert_non_null(value);
    assert_string_equal(value, expected);
    xmlFree(value);
}

static void test_junit_is_well_formed(void **state) {
    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        text_builder out = rendered(as_junit, hostile[i]);
        xmlDoc *document =
            xmlReadMemory(out.data, (int)out.length, NULL, NULL, XML_PARSE_NOERROR | XML_PARSE_NONET);
        assert_non_null(document);
        xmlNode *suite = child(xmlDocGetRootElement(document), "testsuite", 0);
        assert_attribute(suite, "tests", "6");
        assert_non_null(child(suite, "testcase", 5));
        assert_null(child(suite, "testcase", 6));
        xmlFreeDoc(document);
        text_builder_free(&out);
    }
}

static void test_junit_tells_the_outcome(void **state) {
    (void)state;
    static const char *const outcomes[] = {NULL, "system-out", "system-out", "failure", "error", "skipped"};
    text_builder out = rendered(as_junit, "a<b> & \"c\"\nd");
    xmlDoc *document = xmlReadMemory(out.data, (int)out.length, NULL, NULL, XML_PARSE_NONET);
    assert_non_null(document);
    xmlNode *suite = child(xmlDocGetRootElement(document), "testsuite", 0);
    assert_attribute(suite, "name", "a<b> & \"c\"\nd");
    assert_attribute(suite, "failures", "1");
    assert_attribute(suite, "errors", "1");
    assert_attribute(suite, "skipped", "1");
    for (size_t i = 0; i < 6; i++) {
        xmlNode *one = child(suite, "testcase", i);
        assert_attribute(one, "classname", "sample");
        assert_int_equal(xmlChildElementCount(one), outcomes[i] != NULL ? 1 : 0);
        assert_true(outcomes[i] == NULL || child(one, outcomes[i], 0) != NULL);
    }
    xmlNode *failure = child(child(suite, "testcase", 3), "failure", 0);
    assert_attribute(child(suite, "testcase", 3), "name", "sample.check [3 a<b> & \"c\"\nd]");
    assert_attribute(failure, "type", "sample.check/broken");
    assert_attribute(failure, "message", "It is broken: a<b> & \"c\"\nd");
    xmlChar *warning = xmlNodeGetContent(child(suite, "testcase", 2));
    assert_non_null(strstr((const char *)warning, "WARN: "));
    xmlFree(warning);
    xmlFreeDoc(document);
    text_builder_free(&out);
}

static void test_junit_parts_stand_in_one_document(void **state) {
    (void)state;
    report document = {0};
    sample_report_fill(&document, "X");
    text_builder out = {0};
    text_add(&out, "<testsuites>");
    render_junit(&out, &document, true);
    render_junit(&out, &document, true);
    text_add(&out, "</testsuites>");
    xmlDoc *both = xmlReadMemory(out.data, (int)out.length, NULL, NULL, XML_PARSE_NONET);
    assert_non_null(both);
    assert_non_null(child(xmlDocGetRootElement(both), "testsuite", 1));
    xmlFreeDoc(both);
    text_builder_free(&out);
    arena_free(&document.memory);
}

static void test_nagios_is_one_short_line(void **state) {
    (void)state;
    for (size_t i = 0; i < HOSTILE_COUNT; i++) {
        text_builder out = rendered(render_nagios, hostile[i]);
        assert_harmless(&out);
        assert_in_range(out.length, 1, 2047);
        assert_ptr_equal(strchr(out.data, '\n'), out.data + out.length - 1);
        assert_ptr_equal(strchr(out.data, '|'), strstr(out.data, "| fail=1 warn=1 unknown=1 pass=1\n"));
        assert_non_null(strchr(out.data, '|'));
        text_builder_free(&out);
    }
}

static void test_nagios_says_the_worst_first(void **state) {
    (void)state;
    text_builder out = rendered(render_nagios, "X");
    assert_string_equal(text_builder_text(&out),
                        "MARSHEALTH CRITICAL - 1 fail, 1 warn, 1 unknown, 1 info, 1 pass, 1 skipped: "
                        "sample.check [3 X]: It is broken: X; sample.check [2 X]: It is shaky: X; "
                        "sample.check [4 X]: It is unknown: X | fail=1 warn=1 unknown=1 pass=1\n");
    text_builder_free(&out);
}

static void test_nagios_word_agrees_with_the_exit_code(void **state) {
    (void)state;
    static const struct {
        uint64_t fail, warn, unknown_blocking;
        const char *word;
    } rows[] = {
        {1, 1, 1, "CRITICAL"},
        {0, 1, 1, "WARNING"},
        {0, 0, 1, "UNKNOWN"},
        {0, 0, 0, "OK"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        report document = {0};
        text_builder out = {0};
        sample_report_fill(&document, "X");
        document.summary.count[STATUS_FAIL] = rows[i].fail;
        document.summary.count[STATUS_WARN] = rows[i].warn;
        document.summary.unknown_blocking = rows[i].unknown_blocking;
        render_nagios(&out, &document);
        assert_true(strncmp(out.data + strlen("MARSHEALTH "), rows[i].word, strlen(rows[i].word)) == 0);
        text_builder_free(&out);
        arena_free(&document.memory);
    }
}

static void test_nagios_with_many_findings_stays_short(void **state) {
    (void)state;
    arena memory = {0};
    finding many[200];
    report sample = {0};
    sample_report_fill(&sample, hostile[HOSTILE_COUNT - 1]);
    for (size_t i = 0; i < 200; i++) {
        many[i] = sample.findings[3];
    }
    report document = sample;
    document.findings = many;
    document.finding_count = 200;
    document.summary = (report_summary){.count = {[STATUS_FAIL] = 200}};
    text_builder out = {0};
    render_nagios(&out, &document);
    assert_in_range(out.length, 1500, 2047);
    assert_non_null(strstr(out.data, "; and more | fail=200 "));
    text_builder_free(&out);
    arena_free(&sample.memory);
    arena_free(&memory);
}

static void test_empty_report(void **state) {
    (void)state;
    static const view views[] = {as_text, as_json, as_json_line, as_junit, render_nagios};
    report document = {.next_backup = NEXT_BACKUP_UNKNOWN};
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        text_builder out = {0};
        views[i](&out, &document);
        assert_false(text_builder_failed(&out));
        assert_in_range(out.length, 10, 2000);
        text_builder_free(&out);
    }
}

static void test_checks_are_listed(void **state) {
    (void)state;
    text_builder out = {0};
    render_checks_json(&out);
    json_t *root = json_loads(text_builder_text(&out), JSON_REJECT_DUPLICATES, NULL);
    assert_int_equal(json_array_size(root), all_checks_count);
    for (size_t i = 0; i < all_checks_count; i++) {
        json_t *row = json_array_get(root, i);
        assert_string_equal(text_at(row, "check"), all_checks[i].id);
        assert_true(json_boolean_value(json_object_get(row, "blocking")) == all_checks[i].blocking);
        assert_true(json_array_size(json_object_get(row, "groups")) > 0);
        assert_true(json_is_array(json_object_get(row, "sources")));
        assert_true(json_is_string(json_object_get(row, "rule")));
        json_t *verdicts = json_object_get(row, "verdicts");
        for (size_t v = 0; all_checks[i].verdicts[v].slug != NULL; v++) {
            json_t *one = json_array_get(verdicts, v);
            assert_true(strstr(text_at(one, "verdict"), all_checks[i].verdicts[v].slug) != NULL);
            assert_string_equal(text_at(one, "status"),
                                finding_status_name(all_checks[i].verdicts[v].status));
            assert_true(json_is_string(json_object_get(one, "title")));
        }
    }
    json_decref(root);
    text_builder_free(&out);
    render_checks_text(&out);
    for (const char *line = out.data, *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        assert_in_range(columns_of(line, (size_t)(end - line)), 0, DISPLAY_WIDTH);
    }
    assert_non_null(
        strstr(out.data, "agent.installed (blocking): The agent is installed\n    pass    installed"));
    text_builder_free(&out);
}

static void checks_text(text_builder *out, const report *document) {
    (void)document;
    render_checks_text(out);
}
static void checks_json(text_builder *out, const report *document) {
    (void)document;
    render_checks_json(out);
}
static void report_schema(text_builder *out, const report *document) {
    (void)document;
    render_report_schema(out);
}

/* jansson's allocations fail like ours in this program. */
static void test_every_allocation_may_fail(void **state) {
    (void)state;
    static const view views[] = {as_text,       as_json,     as_json_line, as_junit,
                                 render_nagios, checks_text, checks_json,  report_schema};
    report document = {0};
    sample_report_fill(&document, "broken \xff utf-8");
    json_malloc_t normal_alloc;
    json_free_t normal_free;
    json_get_alloc_funcs(&normal_alloc, &normal_free);
    json_set_alloc_funcs(mem_alloc, mem_free);
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        bool failed = true;
        for (uint64_t n = 1; failed; n++) {
            text_builder out = {0};
            mem_test_fail_at(n);
            views[i](&out, &document);
            bool reached = mem_test_count() >= n;
            mem_test_fail_at(0);
            failed = text_builder_failed(&out);
            assert_int_equal(failed, reached);
            text_builder_free(&out);
        }
    }
    json_set_alloc_funcs(normal_alloc, normal_free);
    arena_free(&document.memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_obeys_no_data_and_stays_narrow),
        cmocka_unit_test(test_text_says_how_to_repair),
        cmocka_unit_test(test_text_is_laid_out_for_people),
        cmocka_unit_test(test_text_wraps_with_a_hanging_indent),
        cmocka_unit_test(test_color_only_when_asked),
        cmocka_unit_test(test_json_keeps_every_text),
        cmocka_unit_test(test_json_has_the_documented_members),
        cmocka_unit_test(test_json_line_is_one_line),
        cmocka_unit_test(test_json_agrees_with_its_schema),
        cmocka_unit_test(test_junit_is_well_formed),
        cmocka_unit_test(test_junit_tells_the_outcome),
        cmocka_unit_test(test_junit_parts_stand_in_one_document),
        cmocka_unit_test(test_nagios_is_one_short_line),
        cmocka_unit_test(test_nagios_says_the_worst_first),
        cmocka_unit_test(test_nagios_word_agrees_with_the_exit_code),
        cmocka_unit_test(test_nagios_with_many_findings_stays_short),
        cmocka_unit_test(test_empty_report),
        cmocka_unit_test(test_checks_are_listed),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
