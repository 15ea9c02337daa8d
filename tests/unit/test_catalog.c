/* The catalogue against the checks: whatever a check can say has its text, and no text is left over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "checks/version.h"
#include "report/catalog.h"
#include "report/report.h"

#include <string.h>

static void complain(bool good, const char *id, const char *slug, const char *problem) {
    if (!good) {
        fail_msg("%s/%s: %s", id, slug, problem);
    }
}

static void test_every_check_has_its_page(void **state) {
    (void)state;
    for (size_t i = 0; i < all_checks_count; i++) {
        const catalog_check *entry = catalog_check_find(all_checks[i].id);
        complain(entry != NULL, all_checks[i].id, "", "is not in the catalogue");
        if (entry == NULL) {
            continue;
        }
        complain(entry->sources[0] != NULL, entry->id, "", "names no source");
        for (size_t s = 0; entry->sources[s] != NULL; s++) {
            complain(strncmp(entry->sources[s], "https://", 8) == 0, entry->id, "", "a source is no address");
        }
    }
}

static void test_every_verdict_has_its_text(void **state) {
    (void)state;
    for (size_t i = 0; i < all_checks_count; i++) {
        for (const verdict *v = all_checks[i].verdicts; v->slug != NULL; v++) {
            const catalog_verdict *texts = catalog_verdict_find(all_checks[i].id, v->slug);
            complain(texts != NULL, all_checks[i].id, v->slug, "has no text");
            if (texts == NULL) {
                continue;
            }
            bool bad = v->status == STATUS_FAIL || v->status == STATUS_WARN;
            complain(!bad || (texts->cause != NULL && texts->advice != NULL), all_checks[i].id, v->slug,
                     "must say cause and advice");
            complain(strchr(texts->title, '\n') == NULL, all_checks[i].id, v->slug,
                     "title has several lines");
        }
    }
}

static void test_every_text_has_its_verdict(void **state) {
    (void)state;
    for (size_t i = 0; i < catalog_checks_count; i++) {
        const catalog_check *entry = &catalog_checks[i];
        const check *row = check_find(entry->id);
        bool common = strcmp(entry->id, "common") == 0;
        complain(common || row != NULL, entry->id, "", "is no check");
        for (size_t v = 0; !common && v < entry->verdict_count; v++) {
            complain(check_verdict(row, entry->verdicts[v].slug) != NULL, entry->id, entry->verdicts[v].slug,
                     "is no verdict of the check");
        }
    }
}

static void test_tables_are_sound(void **state) {
    (void)state;
    for (size_t i = 0; i < all_checks_count; i++) {
        const check *row = &all_checks[i];
        complain(check_find(row->id) == row, row->id, "", "stands in the table twice");
        complain(strchr(row->id, '.') != NULL, row->id, "", "has no group");
        complain(row->judge != NULL && row->needs != 0, row->id, "", "cannot judge");
        for (const verdict *v = row->verdicts; v->slug != NULL; v++) {
            complain(check_verdict(row, v->slug) == v, row->id, v->slug, "stands in the table twice");
        }
        complain(!row->needs_agent || check_verdict(row, "no-agent") != NULL, row->id, "no-agent",
                 "cannot be said though the check needs the agent");
        complain(check_verdict(row, "unknown") != NULL, row->id, "unknown", "cannot be said");
    }
}

/* Every { opens a well-formed {name}, so that no misspelt place reaches a reader. Commands may hold script
 * blocks. */
static void assert_places(const char *id, const char *slug, const char *text) {
    for (const char *at = text; text != NULL && (at = strchr(at, '{')) != NULL; at++) {
        size_t name = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz0123456789_");
        complain(name > 0 && at[name + 1] == '}', id, slug, "has a malformed {place}");
    }
}

static void test_places_are_well_formed(void **state) {
    (void)state;
    for (size_t i = 0; i < catalog_checks_count; i++) {
        for (size_t v = 0; v < catalog_checks[i].verdict_count; v++) {
            const catalog_verdict *texts = &catalog_checks[i].verdicts[v];
            assert_places(catalog_checks[i].id, texts->slug, texts->title);
            assert_places(catalog_checks[i].id, texts->slug, texts->cause);
            assert_places(catalog_checks[i].id, texts->slug, texts->advice);
        }
    }
}

static void test_common_falls_back(void **state) {
    (void)state;
    const catalog_verdict *common = catalog_verdict_find("common", "unknown");
    assert_non_null(common);
    assert_ptr_equal(catalog_verdict_find("agent.version", "unknown"), common);
    assert_ptr_equal(catalog_verdict_find("no.such-check", "unknown"), common);
    assert_null(catalog_verdict_find("agent.version", "no-such-verdict"));
    assert_null(catalog_check_find("no.such-check"));
    assert_string_equal(catalog_verdict_find("agent.version", "current")->title,
                        "The agent is version {version}");
    assert_null(catalog_verdict_find("agent.version", "current")->cause);
}

static void test_agent_versions_ascend(void **state) {
    (void)state;
    assert_true(catalog_agent_versions_count > 0);
    assert_int_equal(strlen(catalog_agent_versions_dated), strlen("YYYY-MM"));
    for (size_t i = 0; i < catalog_agent_versions_count; i++) {
        version_number version;
        assert_true(version_parse(catalog_agent_versions[i], &version));
        assert_true(i + 1 == catalog_agent_versions_count ||
                    version_before(&version, catalog_agent_versions[i + 1]));
    }
}

static void test_account_names(void **state) {
    (void)state;
    static const struct {
        const char *account;
        const char *sid;
    } cases[] = {
        {"NT AUTHORITY\\SYSTEM", "S-1-5-18"},
        {"nt-autorität\\system", "S-1-5-18"},
        {"NT-AUTORITÄT\\SYSTEM", "S-1-5-18"},
        {"AUTORITE NT\\SYSTÈME", "S-1-5-18"},
        {"NT AUTHORITY\\система", "S-1-5-18"},
        {"SYSTEM", "S-1-5-18"},
        {"Système", "S-1-5-18"},
        {"NT-AUTORITÄT\\NETZWERKDIENST", "S-1-5-20"},
        {"VORDEFINIERT\\Administratoren", "S-1-5-32-544"},
        {"администраторы", "S-1-5-32-544"},
        {"CORP\\SYSTEM", NULL},
        {"BUILTIN\\SYSTEM", NULL},
        {"NT AUTHORITY\\", NULL},
        {"\\SYSTEM", NULL},
        {"NT AUTHORITY\\SYSTEM\\", NULL},
        {"SYSTEM ", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *sid = catalog_account_sid(cases[i].account);
        if (cases[i].sid == NULL) {
            assert_null(sid);
        } else {
            assert_non_null(sid);
            assert_string_equal(sid, cases[i].sid);
        }
    }
}

static void test_writers(void **state) {
    (void)state;
    const catalog_writer *system_writer = catalog_writer_find("e8132975-6f93-4464-a53e-1050253ae220");
    assert_non_null(system_writer);
    assert_string_equal(system_writer->name, "System Writer");
    assert_string_equal(system_writer->service, "CryptSvc");
    assert_int_equal(system_writer->system, 1);
    assert_null(catalog_writer_find("E8132975-6F93-4464-A53E-1050253AE220"));
    bool some_without_service = false;
    for (size_t i = 0; i < catalog_writers_count; i++) {
        assert_ptr_equal(catalog_writer_find(catalog_writers[i].id), &catalog_writers[i]);
        assert_int_equal(strlen(catalog_writers[i].id), 36);
        assert_int_equal(strspn(catalog_writers[i].id, "0123456789abcdef-"), 36);
        some_without_service = some_without_service || catalog_writers[i].service == NULL;
    }
    assert_true(some_without_service);
}

static void test_services_behind_writers(void **state) {
    (void)state;
    assert_int_equal(catalog_service_find("vss")->restart, CATALOG_RESTART_YES);
    assert_int_equal(catalog_service_find("Winmgmt")->restart, CATALOG_RESTART_ASK);
    assert_int_equal(catalog_service_find("NTDS")->restart, CATALOG_RESTART_NEVER);
    assert_null(catalog_service_find("obengine"));
    assert_null(catalog_service_find(""));
    for (size_t i = 0; i < catalog_services_count; i++) {
        const catalog_service *row = &catalog_services[i];
        assert_ptr_equal(catalog_service_find(row->name), row);
        assert_int_equal(row->restart == CATALOG_RESTART_NEVER, row->advice != NULL);
    }
    for (size_t i = 0; i < catalog_writers_count; i++) {
        const char *service = catalog_writers[i].service;
        assert_true(service == NULL || catalog_service_find(service) != NULL);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_check_has_its_page),   cmocka_unit_test(test_every_verdict_has_its_text),
        cmocka_unit_test(test_every_text_has_its_verdict), cmocka_unit_test(test_tables_are_sound),
        cmocka_unit_test(test_places_are_well_formed),     cmocka_unit_test(test_common_falls_back),
        cmocka_unit_test(test_agent_versions_ascend),      cmocka_unit_test(test_writers),
        cmocka_unit_test(test_services_behind_writers),    cmocka_unit_test(test_account_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
