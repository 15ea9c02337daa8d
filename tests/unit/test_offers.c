/* What the catalogue offers: that it names what exists, and how a finding's values become arguments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/offer.h"
#include "report/report.h"

#include <string.h>

#define TASK "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"

static void complain(bool good, const char *id, const char *slug, const char *problem) {
    if (!good) {
        fail_msg("%s/%s: %s", id, slug, problem);
    }
}

/* ---- The catalogue ---- */

typedef void (*repair_visitor)(const catalog_check *entry, const catalog_verdict *texts,
                               const catalog_repair *repair);

static void each_repair(repair_visitor visit) {
    for (size_t i = 0; i < catalog_checks_count; i++) {
        for (size_t v = 0; v < catalog_checks[i].verdict_count; v++) {
            const catalog_verdict *texts = &catalog_checks[i].verdicts[v];
            for (size_t r = 0; r < texts->repair_count; r++) {
                visit(&catalog_checks[i], texts, &texts->repairs[r]);
            }
        }
    }
}

static void names_what_exists(const catalog_check *entry, const catalog_verdict *texts,
                              const catalog_repair *repair) {
    const operation *row = operation_find(repair->operation);
    complain(row != NULL, entry->id, texts->slug, "names no operation");
    arena memory = {0};
    for (size_t i = 0; row != NULL && i < repair->argument_count; i++) {
        const catalog_argument *argument = &repair->arguments[i];
        size_t at = operation_parameter_index(row, argument->name);
        complain(at < row->count, entry->id, texts->slug, "names no argument of the operation");
        operation_value value;
        bool place = argument->text[0] == '{';
        complain(at == row->count || place ||
                     argument_from_text(row->parameters[at].kind, argument->text, &memory, &value),
                 entry->id, texts->slug, "has a literal that is not accepted");
        for (size_t k = 0; k < i; k++) {
            complain(strcmp(repair->arguments[k].name, argument->name) != 0, entry->id, texts->slug,
                     "names an argument twice");
        }
    }
    arena_free(&memory);
}

static void test_repairs_name_what_exists(void **state) {
    (void)state;
    each_repair(names_what_exists);
}

static void is_owed(const catalog_check *entry, const catalog_verdict *texts, const catalog_repair *repair) {
    (void)repair;
    const check *row = check_find(entry->id);
    const verdict *v = row != NULL ? check_verdict(row, texts->slug) : NULL;
    complain(v != NULL && (v->status == STATUS_FAIL || v->status == STATUS_WARN), entry->id, texts->slug,
             "offers a repair though nothing is owed");
}

static void test_only_what_is_wrong_is_repaired(void **state) {
    (void)state;
    each_repair(is_owed);
}

static bool check_offers(const char *id, const char *operation_id) {
    const catalog_check *entry = catalog_check_find(id);
    for (size_t v = 0; entry != NULL && v < entry->verdict_count; v++) {
        for (size_t r = 0; r < entry->verdicts[v].repair_count; r++) {
            if (strcmp(entry->verdicts[v].repairs[r].operation, operation_id) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* The fixtures show that each is really offered (tests/image/test_fixtures.c). */
static void test_checks_offer_their_repairs(void **state) {
    (void)state;
    static const struct {
        const char *check;
        const char *operation;
    } rows[] = {
        {"agent.service", "service.set-start"},
        {"agent.service", "service.start"},
        {"prereq.strong-crypto", "dotnet.enable-strong-crypto"},
        {"schedule.enabled", "task.enable"},
        {"schedule.enabled", "task.enable-triggers"},
        {"schedule.principal", "task.set-principal"},
        {"schedule.multiple-instances", "task.set-multiple-instances"},
        {"powershell.execution-policy", "powershell.set-execution-policy"},
        {"powershell.module-path", "powershell.add-module-path"},
        {"powershell.module-integrity", "powershell.restore-module"},
        {"shadow.storage", "shadow.resize"},
        {"shadow.writers", "service.restart"},
        {"services.iscsi", "service.set-start"},
        {"services.vss", "service.set-start"},
        {"services.schedule", "service.set-start"},
        {"services.com-plus", "service.set-start"},
        {"services.com-plus", "service.start"},
        {"services.msiserver", "service.set-start"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        complain(check_offers(rows[i].check, rows[i].operation), rows[i].check, rows[i].operation,
                 "is not offered");
    }
}

static void test_every_operation_has_its_guards(void **state) {
    (void)state;
    for (size_t i = 0; i < all_operations_count; i++) {
        complain(catalog_operation_find(all_operations[i].id) != NULL, all_operations[i].id, "", "no guards");
    }
    for (size_t i = 0; i < catalog_operations_count; i++) {
        complain(operation_find(catalog_operations[i].id) != NULL, catalog_operations[i].id, "",
                 "is no operation");
    }
    assert_null(catalog_operation_find("no.such-operation"));
}

/* ---- Binding ---- */

static const catalog_argument from_values[] = {
    {"for_volume", "{volume}"}, {"on_volume", "{subject}"}, {"max_bytes", "{size}"}};
static const catalog_repair resize = {
    .operation = "shadow.resize", .arguments = from_values, .argument_count = 3};
static const catalog_verdict resizes = {.slug = "small", .repairs = &resize, .repair_count = 1};

static void test_values_become_arguments(void **state) {
    (void)state;
    arena memory = {0};
    const finding_value values[] = {
        {.name = "volume", .kind = VALUE_TEXT, .text = "C:"},
        {.name = "size", .kind = VALUE_BYTES, .number = INT64_C(1) << 30},
    };
    repair_offer_list offers = offers_for(&memory, &resizes, "D:", values, 2);
    assert_int_equal(offers.count, 1);
    const repair_offer *offer = &offers.items[0];
    assert_true(offer_complete(offer));
    assert_string_equal(offer->values[0].text, "C:");
    assert_string_equal(offer->values[1].text, "D:");
    assert_int_equal(offer->values[2].number, INT64_C(1) << 30);
    assert_string_equal(offer_title(&memory, offer),
                        "Let shadow copies of C: take up to 1073741824 bytes on D:");
    assert_int_equal(offer_needs(&memory, offer).count, 0);
    arena_free(&memory);
}

/* Unknown or not accepted: someone has to supply it. */
static void test_what_is_not_accepted_is_needed(void **state) {
    (void)state;
    arena memory = {0};
    const finding_value values[] = {
        {.name = "volume", .kind = VALUE_TEXT, .text = "C:' & del"},
        {.name = "size", .kind = VALUE_NUMBER, .number = -1},
    };
    repair_offer_list offers = offers_for(&memory, &resizes, NULL, values, 2);
    assert_int_equal(offers.count, 1);
    assert_false(offer_complete(&offers.items[0]));
    text_list needs = offer_needs(&memory, &offers.items[0]);
    assert_int_equal(needs.count, 3);
    assert_string_equal(needs.items[0], "for_volume");
    assert_string_equal(needs.items[2], "max_bytes");
    json_t *arguments = offer_arguments(&offers.items[0]);
    assert_int_equal(json_object_size(arguments), 0);
    json_decref(arguments);
    assert_string_equal(offer_title(&memory, &offers.items[0]),
                        "Let shadow copies of {for_volume} take up to {max_bytes} bytes on {on_volume}");
    arena_free(&memory);
}

static size_t offered(const catalog_condition *when, const catalog_condition *unless) {
    arena memory = {0};
    static const catalog_argument task = {"task", "{task}"};
    const catalog_condition none = {0};
    const catalog_repair repair = {.operation = "task.enable",
                                   .when = when != NULL ? *when : none,
                                   .unless = unless != NULL ? *unless : none,
                                   .arguments = &task,
                                   .argument_count = 1};
    const catalog_verdict texts = {.slug = "x", .repairs = &repair, .repair_count = 1};
    const finding_value values[] = {
        {.name = "task", .kind = VALUE_TEXT, .text = TASK},
        {.name = "scope", .kind = VALUE_TEXT, .text = "LocalMachine"},
        {.name = "number", .kind = VALUE_NUMBER, .number = 7},
    };
    size_t count = offers_for(&memory, &texts, NULL, values, 3).count;
    arena_free(&memory);
    return count;
}

static void test_conditions(void **state) {
    (void)state;
    const catalog_condition is = {"scope", "LocalMachine"};
    const catalog_condition other = {"scope", "none"};
    const catalog_condition any = {"number", NULL};
    const catalog_condition missing = {"no_such_value", NULL};
    const catalog_condition no_text = {"number", "7"};
    assert_int_equal(offered(NULL, NULL), 1);
    assert_int_equal(offered(&is, NULL), 1);
    assert_int_equal(offered(&other, NULL), 0);
    assert_int_equal(offered(&any, NULL), 1);
    assert_int_equal(offered(&missing, NULL), 0);
    assert_int_equal(offered(&no_text, NULL), 0);
    assert_int_equal(offered(NULL, &is), 0);
    assert_int_equal(offered(NULL, &other), 1);
    assert_int_equal(offered(&is, &any), 0);
    assert_int_equal(offered(&is, &missing), 1);
}

static void test_equality(void **state) {
    (void)state;
    const operation *row = operation_find("service.start");
    repair_offer a = {.operation = row, .known = {true}, .values = {{.text = "VSS"}}};
    repair_offer b = {.operation = row, .known = {true}, .values = {{.text = "swprv"}}};
    repair_offer unknown = {.operation = row};
    assert_true(offer_equal(&a, &a));
    assert_false(offer_equal(&a, &b));
    assert_false(offer_equal(&a, &unknown));
    assert_true(offer_equal(&unknown, &unknown));
    b = (repair_offer){
        .operation = operation_find("service.stop"), .known = {true}, .values = {{.text = "VSS"}}};
    assert_false(offer_equal(&a, &b));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repairs_name_what_exists),
        cmocka_unit_test(test_only_what_is_wrong_is_repaired),
        cmocka_unit_test(test_checks_offer_their_repairs),
        cmocka_unit_test(test_every_operation_has_its_guards),
        cmocka_unit_test(test_values_become_arguments),
        cmocka_unit_test(test_what_is_not_accepted_is_needed),
        cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_equality),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
