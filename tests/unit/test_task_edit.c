#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/text_builder.h"
#include "core/unicode.h"
#include "parse/task_xml.h"
#include "repair/task_account.h"
#include "repair/task_compare.h"
#include "repair/task_edit.h"

#include <stdlib.h>
#include <string.h>

#define DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
#define TASK_OF(version, content)                                                                            \
    DECLARATION "<Task xmlns=\"" TASK_XML_NAME_SPACE "\"" version ">" content "</Task>"
#define TASK(content) TASK_OF(" version=\"1.3\"", content)

#define REGISTRATION "<RegistrationInfo><Author>M\xC3\xBCller</Author></RegistrationInfo>"
#define TRIGGERS(enabled)                                                                                    \
    "<Triggers><CalendarTrigger><StartBoundary>2026-01-01T02:00:00</StartBoundary>" enabled                  \
    "<ScheduleByDay><DaysInterval>1</DaysInterval></ScheduleByDay></CalendarTrigger></Triggers>"
#define SETTINGS(content)  "<Settings>" content "</Settings>"
#define PRINCIPAL(content) "<Principals><Principal id=\"Author\">" content "</Principal></Principals>"
#define ACTIONS                                                                                              \
    "<Actions Context=\"Author\"><Exec><Command>powershell.exe</Command>"                                    \
    "<Arguments>-Command \"Start-OBBackup &amp; x\"</Arguments></Exec></Actions>"
#define SYSTEM "<UserId>S-1-5-18</UserId><RunLevel>HighestAvailable</RunLevel>"

typedef struct fixture {
    arena memory;
    task_edited edited;
    fact why;
} fixture;

static int set_up(void **state) {
    static fixture it;
    it = (fixture){0};
    *state = &it;
    return 0;
}

static int tear_down(void **state) {
    fixture *it = *state;
    arena_free(&it->memory);
    return 0;
}

static bytes text_bytes(const char *text) {
    return (bytes){.data = (const uint8_t *)text, .size = strlen(text)};
}

static const char *repeated(fixture *it, const char *piece, size_t times) {
    text_builder all = {0};
    for (size_t i = 0; i < times; i++) {
        text_add(&all, piece);
    }
    const char *text = arena_text(&it->memory, text_builder_text(&all));
    text_builder_free(&all);
    return text;
}

/* As Windows stores it. */
static bytes stored(fixture *it, const char *text) {
    const char *marked = arena_printf(&it->memory, "\xEF\xBB\xBF%s", text);
    return utf16_from_utf8(&it->memory, marked, strlen(marked));
}

/* From memory of exactly that size. */
static bool edit_bytes(fixture *it, bytes data, task_edit_kind kind) {
    uint8_t *copy = malloc(data.size > 0 ? data.size : 1);
    assert_non_null(copy);
    memcpy(copy, data.data, data.size);
    bool good = task_edit(copy, data.size, kind, &it->memory, &it->edited, &it->why);
    assert_int_equal(it->why.state, good ? FACT_KNOWN : FACT_UNKNOWN);
    assert_true(it->edited.changed || it->edited.definition.data == (good ? copy : NULL));
    free(copy);
    return good;
}

static void assert_edited(fixture *it, bytes before, task_edit_kind kind, const char *after) {
    assert_true(edit_bytes(it, before, kind));
    assert_true(it->edited.changed);
    assert_true(it->edited.definition.size > 2);
    assert_memory_equal(it->edited.definition.data, "\xFF\xFE", 2);
    size_t length = 0;
    const char *text = utf8_from_utf16(&it->memory, it->edited.definition.data + 2,
                                       it->edited.definition.size / 2 - 1, &length);
    assert_string_equal(text, arena_printf(&it->memory, "%s\r\n", after));
    task_edited again;
    assert_true(task_edit(it->edited.definition.data, it->edited.definition.size, kind, &it->memory, &again,
                          &it->why));
    assert_false(again.changed);
}

static void assert_unchanged(fixture *it, const char *text, task_edit_kind kind) {
    assert_true(edit_bytes(it, text_bytes(text), kind));
    assert_false(it->edited.changed);
}

static void assert_refused(fixture *it, bytes data, const char *detail) {
    for (int kind = 0; kind < TASK_EDIT_COUNT; kind++) {
        assert_false(edit_bytes(it, data, (task_edit_kind)kind));
        assert_non_null(strstr(it->why.detail, detail));
    }
}

/* ---- Edits ---- */

static void test_enabled(void **state) {
    fixture *it = *state;
    assert_edited(it, text_bytes(TASK(SETTINGS("<Enabled>false</Enabled>") ACTIONS)), TASK_EDIT_ENABLE,
                  TASK(SETTINGS("<Enabled>true</Enabled>") ACTIONS));
    assert_edited(it, text_bytes(TASK(SETTINGS("<Enabled> 0 </Enabled>"))), TASK_EDIT_ENABLE,
                  TASK(SETTINGS("<Enabled>true</Enabled>")));
    assert_edited(it, text_bytes(TASK(SETTINGS("<Enabled>true</Enabled>"))), TASK_EDIT_DISABLE,
                  TASK(SETTINGS("<Enabled>false</Enabled>")));
    assert_edited(it, text_bytes(TASK(SETTINGS("\n  <Hidden>true</Hidden>\n"))), TASK_EDIT_DISABLE,
                  TASK(SETTINGS("\r\n  <Enabled>false</Enabled>\r\n  <Hidden>true</Hidden>\r\n")));
    assert_edited(it, text_bytes(TASK(ACTIONS)), TASK_EDIT_DISABLE,
                  TASK(SETTINGS("<Enabled>false</Enabled>") ACTIONS));
    assert_unchanged(it, TASK(ACTIONS), TASK_EDIT_ENABLE);
    assert_unchanged(it, TASK(SETTINGS("<Enabled>1</Enabled>")), TASK_EDIT_ENABLE);
    /* A trigger's own element, and one of another name space, are other things. */
    assert_unchanged(it, TASK(TRIGGERS("<Enabled>false</Enabled>")), TASK_EDIT_ENABLE);
    assert_unchanged(it, TASK(SETTINGS("<x:Enabled xmlns:x=\"urn:x\">false</x:Enabled>")), TASK_EDIT_ENABLE);
}

static void test_triggers(void **state) {
    fixture *it = *state;
    assert_edited(it, text_bytes(TASK(TRIGGERS("<Enabled>false</Enabled>") ACTIONS)),
                  TASK_EDIT_ENABLE_TRIGGERS, TASK(TRIGGERS("<Enabled>true</Enabled>") ACTIONS));
    assert_edited(
        it,
        text_bytes(TASK("<Triggers><BootTrigger><Enabled>0</Enabled></BootTrigger><TimeTrigger/>"
                        "<!-- c --><LogonTrigger><Enabled>false</Enabled></LogonTrigger></Triggers>")),
        TASK_EDIT_ENABLE_TRIGGERS,
        TASK("<Triggers><BootTrigger><Enabled>true</Enabled></BootTrigger><TimeTrigger/>"
             "<!-- c --><LogonTrigger><Enabled>true</Enabled></LogonTrigger></Triggers>"));
    assert_unchanged(it, TASK(TRIGGERS("")), TASK_EDIT_ENABLE_TRIGGERS);
    assert_unchanged(it, TASK(ACTIONS), TASK_EDIT_ENABLE_TRIGGERS);
    assert_unchanged(it, TASK(TRIGGERS("") SETTINGS("<Enabled>false</Enabled>")), TASK_EDIT_ENABLE_TRIGGERS);
}

static void test_principal(void **state) {
    fixture *it = *state;
    assert_edited(it,
                  text_bytes(TASK(PRINCIPAL("<UserId>S-1-5-21-1-2-3-1001</UserId><LogonType>S4U</LogonType>"
                                            "<RunLevel>LeastPrivilege</RunLevel>") ACTIONS)),
                  TASK_EDIT_RUN_AS_SYSTEM, TASK(PRINCIPAL(SYSTEM) ACTIONS));
    assert_edited(
        it,
        text_bytes(TASK(PRINCIPAL("\n  <DisplayName>x</DisplayName>\n  <GroupId>S-1-5-32-544</GroupId>\n"
                                  "  <RequiredPrivileges/>\n") ACTIONS)),
        TASK_EDIT_RUN_AS_SYSTEM,
        TASK(PRINCIPAL("\r\n  <UserId>S-1-5-18</UserId>\r\n  <RunLevel>HighestAvailable</RunLevel>"
                       "\r\n  <RequiredPrivileges/>\r\n") ACTIONS));
    assert_unchanged(it, TASK(PRINCIPAL("<UserId>S-1-5-18</UserId>") ACTIONS), TASK_EDIT_RUN_AS_SYSTEM);
    assert_unchanged(it, TASK(PRINCIPAL("<UserId>NT AUTHORITY\\SYSTEM</UserId>") ACTIONS),
                     TASK_EDIT_RUN_AS_SYSTEM);
    assert_true(edit_bytes(it, text_bytes(TASK(PRINCIPAL("<UserId>S-1-5-180</UserId>") ACTIONS)),
                           TASK_EDIT_RUN_AS_SYSTEM));
    assert_true(it->edited.changed);
}

/* The one that the actions name, not the first. */
static void test_principal_of_actions(void **state) {
    fixture *it = *state;
    static const char other[] = "<Principal id=\"B\"><UserId>S-1-5-20</UserId></Principal>";
    const char *before = arena_printf(
        &it->memory,
        TASK("<Principals>%s<Principal id=\"Author\"><UserId>x</UserId></Principal></Principals>" ACTIONS),
        other);
    const char *after =
        arena_printf(&it->memory,
                     TASK("<Principals>%s<Principal id=\"Author\"><UserId>S-1-5-18</UserId><RunLevel>"
                          "HighestAvailable</RunLevel></Principal></Principals>" ACTIONS),
                     other);
    assert_true(edit_bytes(it, text_bytes(before), TASK_EDIT_RUN_AS_SYSTEM));
    assert_true(task_document_same(&it->memory, it->edited.definition, text_bytes(after)));
    static const char *const unclear[] = {
        TASK(ACTIONS),
        TASK("<Principals><Principal id=\"B\"><UserId>x</UserId></Principal></Principals>" ACTIONS),
        TASK("<Principals><Principal id=\"Author\"/><Principal id=\"Author\"/></Principals>" ACTIONS),
        TASK("<Principals><Principal/><Principal/></Principals><Actions/>"),
    };
    for (size_t i = 0; i < sizeof unclear / sizeof unclear[0]; i++) {
        assert_false(edit_bytes(it, text_bytes(unclear[i]), TASK_EDIT_RUN_AS_SYSTEM));
        assert_non_null(strstr(it->why.detail, "principals"));
    }
}

static void test_instances(void **state) {
    fixture *it = *state;
    assert_edited(it, text_bytes(TASK(SETTINGS("<MultipleInstancesPolicy>Queue</MultipleInstancesPolicy>"))),
                  TASK_EDIT_IGNORE_NEW,
                  TASK(SETTINGS("<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>")));
    assert_edited(it, text_bytes(TASK(SETTINGS("<MultipleInstancesPolicy/>"))), TASK_EDIT_IGNORE_NEW,
                  TASK(SETTINGS("<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>")));
    assert_unchanged(it, TASK(SETTINGS("")), TASK_EDIT_IGNORE_NEW);
    assert_unchanged(it, TASK(""), TASK_EDIT_IGNORE_NEW);
}

/* Everything that an edit is not about, in the versions of the schema. */
#define EVERYTHING(version, enabled)                                                                         \
    TASK_OF(version, "<!-- first -->\r\n  " REGISTRATION                                                     \
                     "\r\n  <Data>a<b xmlns=\"urn:b\" c=\"&lt;&quot;&#10;\">  </b>]]&gt;</Data>"             \
                     "<Unknown xmlns:q=\"urn:q\" q:z=\"1\" a=\"2\"/>"                                        \
                     "<q:Other xmlns:q=\"urn:q\"><q:Enabled>false</q:Enabled></q:Other>" SETTINGS(           \
                         "<Priority>5</Priority><Enabled>" enabled "</Enabled><New>&#13;</New>")             \
                         PRINCIPAL("<UserId>S-1-5-18</UserId>") ACTIONS "<?instruction x?>")

static void test_all_else_stays(void **state) {
    fixture *it = *state;
    static const char *const versions[] = {"", " version=\"1.1\"", " version=\"1.2\"", " version=\"1.4\""};
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++) {
        const char *before = arena_printf(&it->memory, EVERYTHING("%s", "false"), versions[i]);
        const char *after = arena_printf(&it->memory, EVERYTHING("%s", "true"), versions[i]);
        assert_edited(it, stored(it, before), TASK_EDIT_ENABLE, after);
    }
}

static void test_encodings(void **state) {
    fixture *it = *state;
    static const char before[] = TASK(REGISTRATION SETTINGS("<Enabled>false</Enabled>"));
    static const char after[] = TASK(REGISTRATION SETTINGS("<Enabled>true</Enabled>"));
    bytes wide = stored(it, before);
    assert_edited(it, wide, TASK_EDIT_ENABLE, after);
    assert_edited(it, (bytes){.data = wide.data + 2, .size = wide.size - 2}, TASK_EDIT_ENABLE, after);
    uint8_t *big = arena_alloc(&it->memory, wide.size);
    assert_non_null(big);
    for (size_t i = 0; i < wide.size; i++) {
        big[i] = wide.data[i ^ 1];
    }
    assert_edited(it, (bytes){.data = big, .size = wide.size}, TASK_EDIT_ENABLE, after);
    assert_edited(it, text_bytes(before), TASK_EDIT_ENABLE, after); /* says UTF-16 and is UTF-8 */
    assert_edited(it, text_bytes(arena_printf(&it->memory, "\xEF\xBB\xBF%s", before)), TASK_EDIT_ENABLE,
                  after);
}

static void test_hostile(void **state) {
    fixture *it = *state;
    assert_refused(it, text_bytes(""), "");
    assert_refused(it, text_bytes("<Task/>"), "Task");
    assert_refused(it, text_bytes(TASK("<Settings>")), "well-formed");
    assert_refused(
        it,
        text_bytes("<!DOCTYPE Task [<!ENTITY a \"b\">]><Task xmlns=\"" TASK_XML_NAME_SPACE "\">&a;</Task>"),
        "document type");
    assert_refused(it, text_bytes(TASK(SETTINGS("<Enabled>perhaps</Enabled>"))), "neither true nor false");
    assert_refused(it, text_bytes(TASK(SETTINGS("<Enabled>false</Enabled><Enabled>true</Enabled>"))),
                   "more than one Enabled");
    static const char lone_surrogate[] = "<\0T\0\x00\xD8>\0";
    assert_refused(it, (bytes){.data = (const uint8_t *)lone_surrogate, .size = sizeof lone_surrogate - 1},
                   "");
    assert_refused(it, text_bytes(repeated(it, "<a>", 3000)), "well-formed");
}

/* What is written must be readable again: a > takes four times its room. */
static void test_growth_is_bounded(void **state) {
    fixture *it = *state;
    const char *task = arena_printf(&it->memory, TASK("<Data>%s</Data>" SETTINGS("<Enabled>0</Enabled>")),
                                    repeated(it, ">", TASK_XML_TEXT_MAX / 2));
    assert_false(edit_bytes(it, text_bytes(task), TASK_EDIT_ENABLE));
    assert_int_equal(it->why.reason, REASON_TOO_LARGE);
}

/* Whichever allocation fails: the edit tells so, and the comparison does not take that for a difference. */
static void test_memory(void **state) {
    (void)state;
    static const char before[] = TASK(SETTINGS("<Enabled>0</Enabled>") ACTIONS);
    static const char other[] = TASK(ACTIONS SETTINGS("<Enabled>false</Enabled>"));
    uint64_t failures = 0;
    for (uint64_t n = 1; failures + 1 == n; n++) {
        arena memory = {0};
        task_edited edited = {0};
        fact why = {0};
        mem_test_fail_at(n);
        bool good =
            task_edit((const uint8_t *)before, strlen(before), TASK_EDIT_ENABLE, &memory, &edited, &why);
        bool failed = mem_test_count() >= n;
        mem_test_fail_at(0);
        assert_int_equal(good, !failed);
        assert_true(good || (why.reason == REASON_NO_MEMORY && edited.definition.data == NULL));
        failures += failed;
        arena_free(&memory);
    }
    assert_true(failures > 1);
    failures = 0;
    for (uint64_t n = 1; failures + 1 == n; n++) {
        arena memory = {0};
        mem_test_fail_at(n);
        bool is_same = task_document_same(&memory, text_bytes(before), text_bytes(other));
        bool failed = mem_test_count() >= n;
        mem_test_fail_at(0);
        assert_int_equal(is_same, !failed);
        assert_int_equal(arena_failed(&memory), failed);
        failures += failed;
        arena_free(&memory);
    }
    assert_true(failures > 1);
}

/* ---- Passwords ---- */

static void test_passwords(void **state) {
    (void)state;
    static const struct {
        task_principal principal;
        bool none;
    } rows[] = {
        {{.user_id = "S-1-5-21-1-2-3-500", .logon_type = "Password"}, false},
        {{.user_id = "S-1-5-18", .logon_type = "Password"}, false},
        {{.user_id = "S-1-5-21-1-2-3-500", .logon_type = "InteractiveTokenOrPassword"}, false},
        {{.user_id = "S-1-5-21-1-2-3-500", .logon_type = "SomethingNew"}, false},
        {{.user_id = "S-1-5-21-1-2-3-500"}, false},
        {{.user_id = "CONTOSO\\backup"}, false},
        {{0}, false},
        {{.user_id = "CONTOSO\\backup", .logon_type = "S4U"}, true},
        {{.user_id = "CONTOSO\\backup", .logon_type = "InteractiveToken"}, true},
        {{.user_id = "s-1-5-18"}, true},
        {{.user_id = "S-1-5-19"}, true},
        {{.user_id = "NT AUTHORITY\\NETWORK SERVICE"}, true},
        {{.group_id = "S-1-5-32-544"}, true},
        {{.user_id = "CONTOSO\\backup", .group_id = "S-1-5-32-544"}, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(task_principal_has_no_password(&rows[i].principal), rows[i].none);
    }
}

/* ---- The same definition ---- */

static bool same(fixture *it, const char *a, const char *b) {
    bool one = task_document_same(&it->memory, text_bytes(a), stored(it, b));
    assert_int_equal(one, task_document_same(&it->memory, stored(it, b), text_bytes(a)));
    return one;
}

static void test_same(void **state) {
    fixture *it = *state;
    static const char *const pairs[][2] = {
        {TASK(ACTIONS), TASK("\n  <!-- c -->" ACTIONS "\n")},
        {TASK(TRIGGERS("") ACTIONS), TASK(ACTIONS TRIGGERS("<Enabled>1</Enabled>"))},
        {TASK(""), TASK(SETTINGS("<Enabled>true</Enabled><Hidden>false</Hidden><Priority>7</Priority>"
                                 "<IdleSettings><StopOnIdleEnd>true</StopOnIdleEnd></IdleSettings>"))},
        {TASK(""),
         TASK(SETTINGS("<MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>") "<Triggers/>")},
        {TASK(""),
         TASK("<RegistrationInfo><Date>2026-01-01T00:00:00</Date><URI>\\a</URI></RegistrationInfo>")},
        {TASK(SETTINGS("<Priority>5</Priority><Hidden>true</Hidden>")),
         TASK(SETTINGS("<Hidden>1</Hidden>\n<Priority> 5 </Priority>"))},
        {TASK(PRINCIPAL(SYSTEM)),
         TASK(PRINCIPAL("<RunLevel>HighestAvailable</RunLevel><UserId>NT AUTHORITY\\SYSTEM</UserId>"))},
        {TASK(PRINCIPAL("<UserId>x</UserId>")),
         TASK(PRINCIPAL("<UserId>x</UserId><RunLevel>LeastPrivilege</RunLevel>"))},
        {TASK("<Data><![CDATA[<x>]]></Data>"), TASK("<Data>&lt;x<!-- -->&gt;</Data>")},
        {TASK("<Actions><Exec><Command>a</Command><Arguments>b</Arguments></Exec></Actions>"),
         TASK("<Actions><Exec><Arguments>b</Arguments><Command>a</Command></Exec></Actions>")},
        {TASK_OF(" version=\"1.2\" x=\"&amp;\"", ""), TASK_OF(" x=\"&#38;\" version=\"1.2\"", "")},
        {TASK(""), "<t:Task version='1.3' xmlns:t='" TASK_XML_NAME_SPACE "'></t:Task>"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_true(same(it, pairs[i][0], pairs[i][1]));
    }
}

static void test_not_same(void **state) {
    fixture *it = *state;
    static const char *const pairs[][2] = {
        /* Actions: what, with what, in which order, as whom. */
        {TASK(ACTIONS),
         TASK("<Actions Context=\"Author\"><Exec><Command>powershell.exe</Command></Exec></Actions>")},
        {TASK("<Actions><Exec><Command>a</Command></Exec></Actions>"),
         TASK("<Actions><Exec><Command>A</Command></Exec></Actions>")},
        {TASK("<Actions><Exec><Command>a</Command></Exec></Actions>"),
         TASK("<Actions><Exec><Command>a </Command></Exec></Actions>")},
        {TASK("<Actions><Exec><Command>a</Command></Exec></Actions>"),
         TASK("<Actions><Exec><Command>a</Command></Exec><Exec><Command>a</Command></Exec></Actions>")},
        {TASK("<Actions><Exec><Command>a</Command></Exec><Exec><Command>b</Command></Exec></Actions>"),
         TASK("<Actions><Exec><Command>b</Command></Exec><Exec><Command>a</Command></Exec></Actions>")},
        {TASK("<Actions Context=\"A\"/>"), TASK("<Actions Context=\"B\"/>")},
        {TASK("<Actions Context=\"A\"/>"), TASK("<Actions/>")},
        {TASK("<Actions/>"), TASK("")},
        {TASK("<Actions><Exec><Command>a</Command></Exec></Actions>"),
         TASK("<Actions><Exec><Command xmlns=\"urn:x\">a</Command></Exec></Actions>")},
        {TASK(ACTIONS), TASK(ACTIONS ACTIONS)},
        /* Triggers. */
        {TASK(TRIGGERS("")), TASK(TRIGGERS("<Enabled>false</Enabled>"))},
        {TASK(TRIGGERS("")), TASK("<Triggers/>")},
        {TASK(TRIGGERS("")), TASK(TRIGGERS("<EndBoundary>2026-02-01T00:00:00</EndBoundary>"))},
        {TASK(TRIGGERS("")), TASK(TRIGGERS("<RandomDelay>PT1H</RandomDelay>"))},
        {TASK(TRIGGERS("")), TASK(TRIGGERS("<ScheduleByDay/>"))},
        {TASK("<Triggers><BootTrigger/><LogonTrigger/></Triggers>"),
         TASK("<Triggers><BootTrigger/></Triggers>")},
        {TASK("<Triggers><EventTrigger><Subscription>a</Subscription></EventTrigger></Triggers>"),
         TASK("<Triggers><EventTrigger><Subscription>b</Subscription></EventTrigger></Triggers>")},
        {TASK("<Triggers><TimeTrigger id=\"a\"/></Triggers>"), TASK("<Triggers><TimeTrigger/></Triggers>")},
        {TASK("<Triggers><BootTrigger>x</BootTrigger></Triggers>"),
         TASK("<Triggers><BootTrigger/></Triggers>")},
        /* Principals. */
        {TASK(PRINCIPAL(SYSTEM)), TASK(PRINCIPAL("<UserId>S-1-5-18</UserId>"))},
        {TASK(PRINCIPAL(SYSTEM)), TASK(PRINCIPAL(SYSTEM "<LogonType>S4U</LogonType>"))},
        {TASK(PRINCIPAL("<UserId>S-1-5-18</UserId>")), TASK(PRINCIPAL("<GroupId>S-1-5-18</GroupId>"))},
        {TASK(PRINCIPAL("<UserId>a</UserId>")), TASK(PRINCIPAL("<UserId>b</UserId>"))},
        {TASK("<Principals><Principal id=\"A\"/></Principals>"),
         TASK("<Principals><Principal/></Principals>")},
        {TASK(PRINCIPAL("<RunLevel>LeastPrivilege</RunLevel><RunLevel>HighestAvailable</RunLevel>")),
         TASK(PRINCIPAL("<RunLevel>HighestAvailable</RunLevel><RunLevel>LeastPrivilege</RunLevel>"))},
        /* Settings, and what nobody knows. */
        {TASK(""), TASK(SETTINGS("<Enabled>false</Enabled>"))},
        {TASK(""), TASK(SETTINGS("<Enabled x=\"1\">true</Enabled>"))},
        {TASK(""), TASK(SETTINGS("<MultipleInstancesPolicy>Queue</MultipleInstancesPolicy>"))},
        {TASK(""), TASK(SETTINGS("<New/>"))},
        {TASK(""), TASK("<Data/>")},
        {TASK(""), TASK("<New/>")},
        {TASK("<Data><Settings/></Data>"), TASK("<Data><Settings><Enabled>true</Enabled></Settings></Data>")},
        {TASK("<Data><a/><b/></Data>"), TASK("<Data><b/><a/></Data>")},
        {TASK("<Data>a b</Data>"), TASK("<Data>a  b</Data>")},
        {TASK("<Data><a/></Data>"), TASK("<Data><a xmlns=\"\"/></Data>")},
        {TASK(REGISTRATION), TASK("")},
        {TASK("<RegistrationInfo><SecurityDescriptor>D:</SecurityDescriptor></RegistrationInfo>"), TASK("")},
        {TASK(""), TASK_OF(" version=\"1.4\"", "")},
        {TASK(""), TASK_OF("", "")},
        /* No definition at all. */
        {TASK(""), ""},
        {TASK(""), "<Task version=\"1.3\"/>"},
        {"<a/>", "<a></a>"},
        {TASK(SETTINGS("") SETTINGS("")), TASK(SETTINGS(""))},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        assert_true(task_document_same(&it->memory, text_bytes(pairs[i][1]), text_bytes(pairs[i][1])));
        if (same(it, pairs[i][0], pairs[i][1])) {
            fail_msg("the same: %s and %s", pairs[i][0], pairs[i][1]);
        }
    }
}

static bool but_enabled(fixture *it, const char *a, const char *b) {
    return task_document_same_but_enabled(&it->memory, text_bytes(a), text_bytes(b));
}

static void test_same_but_enabled(void **state) {
    fixture *it = *state;
    static const char enabled[] = TASK(SETTINGS("") ACTIONS);
    static const char disabled[] = TASK(ACTIONS SETTINGS("<Enabled>0</Enabled>"));
    assert_true(but_enabled(it, enabled, disabled));
    assert_true(but_enabled(it, disabled, enabled));
    assert_false(but_enabled(it, enabled, enabled));
    assert_false(but_enabled(it, enabled, TASK(SETTINGS("<Enabled>0</Enabled>"))));
    assert_false(but_enabled(it, TASK(TRIGGERS("")), TASK(TRIGGERS("<Enabled>false</Enabled>"))));
    assert_false(but_enabled(it, enabled, ""));
}

/* Long name spaces cannot blow the canonical form up. */
static void test_long_name_space(void **state) {
    fixture *it = *state;
    const char *one = arena_printf(&it->memory, TASK("<Data xmlns:q=\"%s\">%s</Data>"),
                                   repeated(it, "n", 100000), repeated(it, "<q:a/>", 3000));
    assert_false(same(it, one, arena_printf(&it->memory, "%s ", one)));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(test_enabled),           TEST(test_triggers),
        TEST(test_principal),         TEST(test_principal_of_actions),
        TEST(test_instances),         TEST(test_all_else_stays),
        TEST(test_encodings),         TEST(test_hostile),
        TEST(test_growth_is_bounded), TEST(test_memory),
        TEST(test_passwords),         TEST(test_same),
        TEST(test_not_same),          TEST(test_same_but_enabled),
        TEST(test_long_name_space),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
