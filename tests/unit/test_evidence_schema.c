/* The schema is checked against documents by a validator of just the keywords that it uses; any other fails
 * the test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "evidence/evidence_json.h"
#include "evidence/evidence_schema.h"
#include "evidence_tools.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static json_t *parsed(const text_builder *text) {
    json_error_t error;
    json_t *json = json_loadb(text->data, text->length, JSON_REJECT_DUPLICATES, &error);
    if (json == NULL) {
        fail_msg("line %d: %s", error.line, error.text);
    }
    return json;
}

static json_t *schema(void) {
    text_builder text = {0};
    evidence_schema(&text);
    assert_false(text_builder_failed(&text));
    json_t *json = parsed(&text);
    text_builder_free(&text);
    return json;
}

static bool conforms(json_t *root, json_t *rule, const json_t *value);

static bool has_type(const char *type, const json_t *value) {
    static const struct {
        const char *name;
        json_type type;
    } types[] = {
        {"object", JSON_OBJECT}, {"array", JSON_ARRAY}, {"string", JSON_STRING}, {"integer", JSON_INTEGER}};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        if (strcmp(types[i].name, type) == 0) {
            return json_typeof(value) == types[i].type;
        }
    }
    assert_string_equal(type, "boolean");
    return json_is_boolean(value);
}

static bool check_type(json_t *root, json_t *argument, const json_t *value) {
    (void)root;
    return has_type(json_string_value(argument), value);
}

static bool check_const(json_t *root, json_t *argument, const json_t *value) {
    (void)root;
    return json_equal(argument, value) != 0;
}

static bool check_enum(json_t *root, json_t *argument, const json_t *value) {
    (void)root;
    for (size_t i = 0; i < json_array_size(argument); i++) {
        if (json_equal(json_array_get(argument, i), value)) {
            return true;
        }
    }
    return false;
}

static bool check_reference(json_t *root, json_t *argument, const json_t *value) {
    static const char prefix[] = "#/$defs/";
    const char *name = json_string_value(argument);
    assert_int_equal(strncmp(name, prefix, sizeof prefix - 1), 0);
    json_t *rule = json_object_get(json_object_get(root, "$defs"), name + sizeof prefix - 1);
    assert_non_null(rule);
    return conforms(root, rule, value);
}

static bool check_properties(json_t *root, json_t *argument, const json_t *value) {
    void *at = json_object_iter(argument);
    for (; at != NULL; at = json_object_iter_next(argument, at)) {
        const json_t *member = json_object_get(value, json_object_iter_key(at));
        if (member != NULL && !conforms(root, json_object_iter_value(at), member)) {
            return false;
        }
    }
    return true;
}

static bool check_required(json_t *root, json_t *argument, const json_t *value) {
    (void)root;
    for (size_t i = 0; i < json_array_size(argument); i++) {
        if (json_object_get(value, json_string_value(json_array_get(argument, i))) == NULL) {
            return false;
        }
    }
    return true;
}

static bool check_one_of(json_t *root, json_t *argument, const json_t *value) {
    int fitting = 0;
    for (size_t i = 0; i < json_array_size(argument); i++) {
        fitting += conforms(root, json_array_get(argument, i), value);
    }
    return fitting == 1;
}

static bool check_items(json_t *root, json_t *argument, const json_t *value) {
    for (size_t i = 0; i < json_array_size(value); i++) {
        if (!conforms(root, argument, json_array_get(value, i))) {
            return false;
        }
    }
    return true;
}

/* The limits of int64 and the forms of texts are loading's matter. */
static bool check_nothing(json_t *root, json_t *argument, const json_t *value) {
    (void)root;
    (void)argument;
    (void)value;
    return true;
}

static const struct {
    const char *keyword;
    bool (*check)(json_t *root, json_t *argument, const json_t *value);
} keywords[] = {
    {"type", check_type},
    {"const", check_const},
    {"enum", check_enum},
    {"$ref", check_reference},
    {"properties", check_properties},
    {"required", check_required},
    {"oneOf", check_one_of},
    {"items", check_items},
    {"description", check_nothing},
    {"title", check_nothing},
    {"$schema", check_nothing},
    {"$defs", check_nothing},
    {"minimum", check_nothing},
    {"maximum", check_nothing},
    {"format", check_nothing},
    {"pattern", check_nothing},
    {"contentEncoding", check_nothing},
};

static bool check_keyword(json_t *root, const char *keyword, json_t *argument, const json_t *value) {
    for (size_t i = 0; i < sizeof keywords / sizeof keywords[0]; i++) {
        if (strcmp(keywords[i].keyword, keyword) == 0) {
            return keywords[i].check(root, argument, value);
        }
    }
    fail_msg("unknown keyword %s", keyword);
    return false;
}

static bool conforms(json_t *root, json_t *rule, const json_t *value) {
    bool good = true;
    void *at = json_object_iter(rule);
    for (; good && at != NULL; at = json_object_iter_next(rule, at)) {
        good = check_keyword(root, json_object_iter_key(at), json_object_iter_value(at), value);
    }
    return good;
}

static void test_saved_documents_conform(void **state) {
    (void)state;
    json_t *rules = schema();
    for (int way = FILL_KNOWN; way < FILL_UNKNOWN + REASON_COUNT; way++) {
        for (int redact = 0; redact < 2; redact++) {
            evidence *document = filled_evidence(way);
            text_builder text = {0};
            assert_int_equal(evidence_save(&text, document, redact != 0), MARS_OK);
            json_t *json = parsed(&text);
            assert_true(conforms(rules, rules, json));
            json_decref(json);
            text_builder_free(&text);
            evidence_free(document);
        }
    }
    json_decref(rules);
}

static void test_what_loading_refuses_does_not_conform(void **state) {
    (void)state;
    static const char *const bad[] = {
        "{}",
        "{'schema': 'marshealth/evidence/2'}",
        "{'schema': 'marshealth/evidence/1', 'agent': 1}",
        "{'schema': 'marshealth/evidence/1', 'agent': {'folder': {}}}",
        "{'schema': 'marshealth/evidence/1', 'agent': {'folder': {'value': 1}}}",
        "{'schema': 'marshealth/evidence/1', 'agent': {'folder': {'value': 'x', 'absent': true}}}",
        "{'schema': 'marshealth/evidence/1', 'agent': {'folder': {'absent': false}}}",
        "{'schema': 'marshealth/evidence/1', 'agent': {'folder': {'unknown': 'why'}}}",
        "{'schema': 'marshealth/evidence/1', 'agent': {'folder': {'absent': true, 'where': 1}}}",
        "{'schema': 'marshealth/evidence/1', 'schedule': {'tasks': {'value': [7]}}}",
        "{'schema': 'marshealth/evidence/1', 'schedule': {'tasks': {'value': [{'enabled': {'value': 0}}]}}}",
    };
    json_t *rules = schema();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        text_builder text = {0};
        for (const char *c = bad[i]; *c != '\0'; c++) {
            text_add_char(&text, (char)(*c == '\'' ? '"' : *c));
        }
        json_t *json = parsed(&text);
        evidence *document = NULL;
        assert_false(conforms(rules, rules, json));
        assert_int_not_equal(evidence_load(&document, text.data, text.length, "bad.json"), MARS_OK);
        json_decref(json);
        text_builder_free(&text);
    }
    json_decref(rules);
}

static void assert_described(const char *reference, const record *table, json_t *rule) {
    assert_string_equal(json_string_value(json_object_get(rule, "description")), table->doc);
    const json_t *properties = json_object_get(rule, "properties");
    assert_int_equal(json_object_size(properties), table->count);
    for (size_t i = 0; i < table->count; i++) {
        const field *f = &table->fields[i];
        const json_t *entry = json_object_get(properties, f->name);
        assert_string_equal(json_string_value(json_object_get(entry, "description")), f->doc);
        char row[100];
        (void)snprintf(row, sizeof row, "\n| `%s` | ", f->name);
        assert_non_null(strstr(reference, row));
    }
}

static void test_every_field_is_described(void **state) {
    (void)state;
    json_t *rules = schema();
    text_builder reference = {0};
    evidence_reference(&reference);
    assert_false(text_builder_failed(&reference));
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        const evidence_group_row *row = &evidence_group_rows[i];
        assert_described(reference.data, row->record,
                         json_object_get(json_object_get(rules, "properties"), row->name));
    }
    for (size_t i = 0; i < EVIDENCE_RECORD_COUNT; i++) {
        const record *table = evidence_records[i];
        assert_described(reference.data, table,
                         json_object_get(json_object_get(rules, "$defs"), table->name));
    }
    text_builder_free(&reference);
    json_decref(rules);
}

static void test_reference_escapes_markup(void **state) {
    (void)state;
    text_builder reference = {0};
    evidence_reference(&reference);
    assert_non_null(strstr(reference.data, "| `path` | text | identity | \\\\\\\\?\\\\Volume{...}\\\\ |\n"));
    assert_non_null(
        strstr(reference.data, "| `tasks` | list of [scheduled_task](#scheduled_task) | public | "));
    assert_non_null(strstr(reference.data, "\n### scheduled_task\n\nA scheduled task.\n"));
    assert_non_null(strstr(reference.data, "| `access-denied` | access was denied |\n"));
    text_builder_free(&reference);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saved_documents_conform),
        cmocka_unit_test(test_what_loading_refuses_does_not_conform),
        cmocka_unit_test(test_every_field_is_described),
        cmocka_unit_test(test_reference_escapes_markup),
    };
    return cmocka_run_group_tests_name("evidence_schema", tests, NULL, NULL);
}
