#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "core/unicode.h"
#include "evidence/evidence_json.h"
#include "evidence/redaction.h"
#include "evidence_tools.h"

#include <string.h>

static fact_text known(const char *value) {
    return (fact_text){.fact = fact_known(NULL), .value = value};
}

static evidence *redacted(const evidence *document) {
    text_builder text = {0};
    evidence *result = NULL;
    assert_int_equal(evidence_save(&text, document, true), MARS_OK);
    if (evidence_load(&result, text.data, text.length, "redacted.json") != MARS_OK) {
        fail_msg("%s", error_message());
    }
    text_builder_free(&text);
    return result;
}

static bool contains(const char *text, const char *part) {
    for (; *text != '\0'; text++) {
        if (ascii_starts(text, part)) {
            return true;
        }
    }
    return false;
}

static void each_record(const record *table, const void *from, const char *output);

/* Every identity is gone from the output, wherever it stood. */
static void assert_gone(const field *f, const fact *of, const char *output) {
    if (of->state != FACT_KNOWN) {
        return;
    }
    if (f->kind == FIELD_list) {
        const fact_list *list = (const fact_list *)of;
        for (size_t i = 0; i < list->count; i++) {
            each_record(f->item, (const char *)list->items + i * f->item->size, output);
        }
    } else if (f->privacy != PRIVACY_PUBLIC) {
        assert_int_equal(f->kind, FIELD_text);
        assert_false(contains(output, ((const fact_text *)of)->value));
    }
}

static void each_record(const record *table, const void *from, const char *output) {
    for (size_t i = 0; i < table->count; i++) {
        assert_gone(&table->fields[i], field_fact(&table->fields[i], from), output);
    }
}

/* Texts that need no escape in JSON, so that a plain search finds them. */
static void plain_identities(arena *memory, const record *table, void *into, int *number) {
    for (size_t i = 0; i < table->count; i++) {
        const field *f = &table->fields[i];
        void *of = (char *)into + f->offset;
        if (f->kind == FIELD_list) {
            fact_list *list = of;
            for (size_t n = 0; n < list->count; n++) {
                plain_identities(memory, f->item, (char *)list->items + n * f->item->size, number);
            }
        } else if (f->kind == FIELD_text && f->privacy != PRIVACY_PUBLIC) {
            ((fact_text *)of)->value = arena_printf(memory, "Secret-%dx", ++*number);
        }
    }
}

static void test_no_identity_survives(void **state) {
    (void)state;
    evidence *document = filled_evidence(FILL_KNOWN);
    int number = 0;
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        plain_identities(&document->memory, evidence_group_rows[i].record,
                         (char *)document + evidence_group_rows[i].offset, &number);
    }
    assert_true(number > 10);
    static const char *all[] = {"hive of SECRET-1X, taken", "D:\\secret-2x\\SECRET-3x"};
    document->source.warnings.value = (text_list){.items = all, .count = 2};
    document->agent.folder.value = "C:\\Secret-4x\\x";
    document->agent.folder.fact.where = "HKLM\\Secret-5x\\Key";
    document->agent.engine.fact = fact_unknown(REASON_UNREADABLE, NULL, "Secret-1x refused");
    text_builder text = {0};
    assert_int_equal(evidence_save(&text, document, true), MARS_OK);
    assert_false(contains(text.data, "Secret-"));
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        each_record(evidence_group_rows[i].record, (const char *)document + evidence_group_rows[i].offset,
                    text.data);
    }
    text_builder_free(&text);
    evidence_free(document);
}

static void test_public_facts_stay(void **state) {
    (void)state;
    evidence *document = filled_evidence(FILL_MIXED);
    evidence *result = redacted(document);
    assert_int_equal(result->schedule.tasks.fact.state, document->schedule.tasks.fact.state);
    assert_int_equal(result->schedule.tasks.count, document->schedule.tasks.count);
    evidence_free(result);
    evidence_free(document);
    document = filled_evidence(FILL_ABSENT);
    result = redacted(document);
    char *difference = evidence_difference(document, result);
    assert_null(difference);
    evidence_free(result);
    evidence_free(document);
}

static void test_same_text_gets_the_same_pseudonym(void **state) {
    (void)state;
    evidence *document = evidence_new();
    shadow_storage storage[2] = {{.source_volume = known("\\\\?\\Volume{AB-1}\\")},
                                 {.source_volume = known("\\\\?\\Volume{ab-2}\\")}};
    volume volumes[2] = {{.path = known("\\\\?\\volume{AB-2}\\")}, {.path = known("\\\\?\\VOLUME{ab-1}\\")}};
    document->machine.computer_name = known("BÄRLIN-1");
    document->machine.configured_name = known("Bärlin-1");
    document->shadow.storage = (fact_list){.fact = fact_known(NULL), .count = 2, .items = storage};
    document->volumes.list = (fact_list){.fact = fact_known(NULL), .count = 2, .items = volumes};
    evidence *result = redacted(document);
    const shadow_storage *s = result->shadow.storage.items;
    const volume *v = result->volumes.list.items;
    assert_string_equal(result->machine.computer_name.value, "redacted-1");
    assert_string_equal(result->machine.configured_name.value, "redacted-1");
    assert_string_equal(v[0].path.value, "redacted-2");
    assert_string_equal(v[1].path.value, "redacted-3");
    assert_string_equal(s[0].source_volume.value, "redacted-3");
    assert_string_equal(s[1].source_volume.value, "redacted-2");
    evidence_free(result);
    evidence_free(document);
}

/* One machine with a name, one account, and a text to look at. */
static void assert_becomes(const char *name, const char *user, const char *text, const char *becomes) {
    evidence *document = evidence_new();
    scheduled_task task = {.user = known(user)};
    document->machine.computer_name = known(name);
    document->schedule.tasks = (fact_list){.fact = fact_known(NULL), .count = 1, .items = &task};
    document->schedule.backup_trace = known(text);
    evidence *result = redacted(document);
    assert_string_equal(result->schedule.backup_trace.value, becomes);
    evidence *twice = redacted(result);
    char *difference = evidence_difference(result, twice);
    assert_null(difference);
    evidence_free(twice);
    evidence_free(result);
    evidence_free(document);
}

static void test_names_inside_other_texts(void **state) {
    (void)state;
    assert_becomes("SRV-BACKUP", "x", "\\\\srv-backup\\c$\\Srv-Backup1", "\\\\redacted-1\\c$\\redacted-11");
    assert_becomes("ab", "x", "C:\\ab\\cab", "C:\\ab\\cab");
    assert_becomes("SRV1", "SRV1\\backupadmin", "C:\\Users\\BackupAdmin of SRV1, srv1\\BACKUPADMIN",
                   "C:\\Users\\redacted-3 of redacted-1, redacted-2");
    assert_becomes("NODE", "someone@contoso.example", "someone, contoso.example", "redacted-3, redacted-4");
    assert_becomes("NODE", "NODE-2", "node-2 and node-3", "redacted-2 and redacted-1-3");
    assert_becomes("Windows", "x", "C:\\Windows\\System32", "C:\\Windows\\System32");
    assert_becomes("NODE", "SYSTEM", "HKLM\\SYSTEM", "HKLM\\SYSTEM");
}

static void test_sids(void **state) {
    (void)state;
    assert_becomes("NODE", "x", "S-1-5-18 S-1-5-32-544", "S-1-5-18 S-1-5-32-544");
    assert_becomes("NODE", "x",
                   "S-1-5-21-11-22-33-500, s-1-5-21-4-5-6-1001, S-1-5-21-11-22-33-1001, S-1-5-21-11-22-33",
                   "S-1-5-21-1-1-1-500, S-1-5-21-2-2-2-1001, S-1-5-21-1-1-1-1001, S-1-5-21-1-1-1");
    assert_becomes("NODE", "x", "S-1-12-1-7-8-9-10", "S-1-12-1-1-1-1-1");
    assert_becomes("NODE", "x", "S-1-5-21-, S-1-5-21-1-2, S-1-5-21-1-2-",
                   "S-1-5-21-, S-1-5-21-1-2, S-1-5-21-1-2-");
}

static void test_accounts_stay_comparable(void **state) {
    (void)state;
    evidence *document = evidence_new();
    scheduled_task tasks[4] = {
        {.user = known("S-1-5-18"), .sid = known("S-1-5-18")},
        {.user = known("S-1-5-21-11-22-33-1104"), .sid = known("S-1-5-21-11-22-33-1104")},
        {.user = known("NT AUTHORITY\\SYSTEM"), .sid = known("S-1-5-18")},
        {.user = known("CONTOSO\\anna"), .sid = known("S-1-5-21-11-22-33-1105")},
    };
    document->schedule.tasks = (fact_list){.fact = fact_known(NULL), .count = 4, .items = tasks};
    evidence *result = redacted(document);
    const scheduled_task *t = result->schedule.tasks.items;
    assert_string_equal(t[0].user.value, "S-1-5-18");
    assert_string_equal(t[1].user.value, "S-1-5-21-1-1-1-1104");
    assert_string_equal(t[1].sid.value, "S-1-5-21-1-1-1-1104");
    assert_string_equal(t[2].user.value, "NT AUTHORITY\\SYSTEM");
    assert_string_equal(t[3].user.value, "redacted-1");
    assert_string_equal(t[3].sid.value, "S-1-5-21-1-1-1-1105");
    evidence_free(result);
    evidence_free(document);
}

static void test_raw_text_is_left_out(void **state) {
    (void)state;
    evidence *document = evidence_new();
    document->shadow.storage_text = known("raw");
    document->shadow.storage_text.fact.where = "vssadmin list shadowstorage";
    document->shadow.writers_text.fact = fact_unknown(REASON_ACCESS_DENIED, NULL, NULL);
    evidence *result = redacted(document);
    assert_int_equal(result->shadow.storage_text.fact.state, FACT_UNKNOWN);
    assert_int_equal(result->shadow.storage_text.fact.reason, REASON_REDACTED);
    assert_string_equal(result->shadow.storage_text.fact.where, "vssadmin list shadowstorage");
    assert_int_equal(result->shadow.writers_text.fact.reason, REASON_ACCESS_DENIED);
    evidence_free(result);
    evidence_free(document);
}

/* No group has an identity that is not a text, so this needs a table of its own. */
static void test_other_identities_become_unknown(void **state) {
    (void)state;
    static const field fields[] = {{.name = "serial", .kind = FIELD_number, .privacy = PRIVACY_IDENTITY}};
    static const record table = {.name = "t", .size = sizeof(fact_number), .fields = fields, .count = 1};
    fact_number serial = {.fact = fact_known(NULL), .value = 4711};
    evidence *empty = evidence_new();
    redaction hidden;
    redaction_make(&hidden, empty);
    text_builder text = {0};
    evidence_save_record(&text, &table, &serial, &hidden, 0);
    assert_string_equal(text.data, "{\n \"serial\": {\"unknown\": \"redacted\"}\n}");
    text_builder_free(&text);
    redaction_free(&hidden);
    evidence_free(empty);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_identity_survives),
        cmocka_unit_test(test_public_facts_stay),
        cmocka_unit_test(test_same_text_gets_the_same_pseudonym),
        cmocka_unit_test(test_names_inside_other_texts),
        cmocka_unit_test(test_sids),
        cmocka_unit_test(test_accounts_stay_comparable),
        cmocka_unit_test(test_raw_text_is_left_out),
        cmocka_unit_test(test_other_identities_become_unknown),
    };
    return cmocka_run_group_tests_name("redaction", tests, NULL, NULL);
}
