/* What the iSCSI initiator has connected and connects again, on a stand-in for its library (tools/iscsi) and
 * with a service of ours in its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/win32/wide.h"
#include "live_machine.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#define AZURE "iqn.2016-01.microsoft.azure.backup:"
#define SAN   "iqn.2001-04.com.example:san"

static void place(wchar_t path[MAX_PATH]) {
    UINT length = GetSystemDirectoryW(path, MAX_PATH);
    assert_in_range(length, 1, MAX_PATH - 20);
    (void)wcscat(path, L"\\iscsidsc.dll");
}

/* A system that has an initiator keeps it. */
static bool has_initiator(void) {
    wchar_t path[MAX_PATH];
    place(path);
    return GetFileAttributesW(path) != INVALID_FILE_ATTRIBUTES;
}

static int install(void **state) {
    wchar_t path[MAX_PATH];
    (void)live_open(state);
    live_machine *on = *state;
    place(path);
    assert_true(CopyFileW(wide_text(&on->memory, tool_path(on, "iscsidsc.dll")), path, TRUE));
    (void)tool(on,
               arena_printf(&on->memory, "sc create MSiSCSI binpath= \"%s MSiSCSI C:\\services.txt good\"",
                            tool_path(on, "test_service.exe")));
    return live_close(state);
}

static int begin(void **state) {
    (void)live_open(state);
    live_machine *on = *state;
    assert_int_equal(on->write->service_start(on->machine, "MSiSCSI", 20), MARS_OK);
    return 0;
}

static void initiator(const char *lines) {
    store("C:\\iscsi.txt", lines, strlen(lines));
}

static iscsi_disk_list disks_of(live_machine *on) {
    iscsi_disk_list disks = {0};
    assert_int_equal(on->read->iscsi_disks(on->machine, &on->memory, &disks, &on->why), FACT_KNOWN);
    return disks;
}

static text_list targets_of(live_machine *on) {
    text_list targets = {0};
    assert_int_equal(on->read->iscsi_persistent(on->machine, &on->memory, &targets, &on->why), FACT_KNOWN);
    return targets;
}

static void assert_detail(const fact *why, const char *part) {
    assert_int_equal(why->state, FACT_UNKNOWN);
    if (why->detail == NULL || strstr(why->detail, part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", why->detail != NULL ? why->detail : "(nothing)", part);
    }
}

static void assert_no_disks_told(live_machine *on, const char *detail) {
    iscsi_disk_list disks = {0};
    assert_int_equal(on->read->iscsi_disks(on->machine, &on->memory, &disks, &on->why), FACT_UNKNOWN);
    assert_detail(&on->why, detail);
}

static void assert_no_targets_told(live_machine *on, const char *detail) {
    text_list targets = {0};
    assert_int_equal(on->read->iscsi_persistent(on->machine, &on->memory, &targets, &on->why), FACT_UNKNOWN);
    assert_detail(&on->why, detail);
}

/* ---- Whose a disk is ---- */

static void nothing_is_connected(void **state) {
    live_machine *on = *state;
    initiator("");
    assert_int_equal(disks_of(on).count, 0);
    assert_int_equal(targets_of(on).count, 0);
}

static void a_name_says_that_it_is_a_recovery_volume(void **state) {
    live_machine *on = *state;
    static const char *const others[] = {"iqn.2016-01.microsoft.azure.backup",
                                         "iqn.2016-01.microsoft.azure.backups:1", "x" AZURE "1",
                                         "iqn.2016-02.microsoft.azure.backup:1"};
    initiator("session " AZURE "22886-7113.6364\nsession IQN.2016-01.Microsoft.Azure.Backup:7\n");
    iscsi_disk_list disks = disks_of(on);
    assert_int_equal(disks.count, 2);
    assert_string_equal(disks.items[0].name, AZURE "22886-7113.6364");
    assert_true(fact_is_true(&disks.items[0].recovery_volume));
    assert_true(fact_is_true(&disks.items[1].recovery_volume));
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        initiator(arena_printf(&on->memory, "session %s\n", others[i]));
        disks = disks_of(on);
        assert_int_equal(disks.count, 1);
        assert_string_equal(disks.items[0].name, others[i]);
        assert_detail(&disks.items[0].recovery_volume.fact, "does not say whose it is");
    }
}

static void a_target_that_is_connected_again_is_none(void **state) {
    live_machine *on = *state;
    initiator("session " SAN "\nlogin iqn.first\nlogin " SAN "\nlogin " AZURE
              "1\nsession iqn.third\nsession " AZURE "1\nsession IQN.First\n");
    text_list targets = targets_of(on);
    assert_int_equal(targets.count, 3);
    assert_string_equal(targets.items[0], "iqn.first");
    assert_string_equal(targets.items[1], SAN);
    assert_string_equal(targets.items[2], AZURE "1");
    iscsi_disk_list disks = disks_of(on);
    assert_int_equal(disks.count, 4);
    assert_true(fact_is_false(&disks.items[0].recovery_volume));
    assert_detail(&disks.items[1].recovery_volume.fact, "does not say whose it is");
    assert_true(fact_is_true(&disks.items[2].recovery_volume)); /* the name goes first */
    assert_true(fact_is_false(&disks.items[3].recovery_volume));
}

static void names_at_their_limits(void **state) {
    live_machine *on = *state;
    char longest[225];
    memset(longest, 'n', 224);
    longest[224] = '\0'; /* as long as the field: nothing ends it there */
    initiator(arena_printf(&on->memory, "login %s\nlogin iqn.next\nsession %s\n", longest, longest));
    text_list targets = targets_of(on);
    assert_int_equal(targets.count, 2);
    assert_string_equal(targets.items[0], longest);
    assert_string_equal(targets.items[1], "iqn.next");
    assert_true(fact_is_false(&disks_of(on).items[0].recovery_volume));
    initiator("node " AZURE "2\nsession\n");
    iscsi_disk_list disks = disks_of(on);
    assert_int_equal(disks.count, 2);
    assert_true(fact_is_true(&disks.items[0].recovery_volume));
    assert_string_equal(disks.items[1].name, "without a name");
    assert_int_equal(disks.items[1].recovery_volume.fact.state, FACT_UNKNOWN);
    initiator("login iqn.first\nlogin\n");
    assert_no_targets_told(on, "has no name");
}

/* ---- What can go wrong ---- */

/* There is room for one when they are first asked for. */
static void the_lists_grow(void **state) {
    live_machine *on = *state;
    const char *two = "session " SAN "\nsession " AZURE "1\nlogin " SAN "\nlogin iqn.second\n";
    initiator(arena_printf(&on->memory, "%sgrow session 3 4\ngrow login 2 3\n", two));
    assert_int_equal(disks_of(on).count, 2 + 3 * 4);
    assert_int_equal(targets_of(on).count, 2 + 2 * 3);
    initiator(arena_printf(&on->memory, "%sgrow session 500 1\ngrow login 500 1\n", two));
    iscsi_disk_list disks = disks_of(on);
    assert_int_equal(disks.count, 502);
    assert_string_equal(disks.items[501].name, "late-499");
    assert_true(fact_is_false(&disks.items[501].recovery_volume));
    assert_int_equal(targets_of(on).count, 502);
    /* more than one at each call, without an end */
    initiator(arena_printf(&on->memory, "%sgrow session 30 600\ngrow login 30 600\n", two));
    assert_no_disks_told(on, "0x7A");
    assert_no_targets_told(on, "0x7A");
}

static void an_error_is_no_answer(void **state) {
    live_machine *on = *state;
    static const struct {
        const char *code;
        const char *detail;
    } errors[] = {
        {"efff003e", "0xEFFF003E"}, /* the service does not run */
        {"2", "0x2"},               /* not found: none is connected, elsewhere */
        {"424", "0x424"},           /* no such service */
        {"6ba", "0x6BA"},           /* nobody answers */
        {"5", "elevated"},          /* denied */
    };
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        initiator(arena_printf(&on->memory,
                               "session " SAN "\nlogin " SAN "\nfail session %s\nfail login %s\n",
                               errors[i].code, errors[i].code));
        assert_no_disks_told(on, errors[i].detail);
        assert_no_targets_told(on, errors[i].detail);
    }
    /* Without the other list names tell what they can. */
    initiator("session " SAN "\nsession " AZURE "1\nlogin " SAN "\nfail login efff003e\n");
    iscsi_disk_list disks = disks_of(on);
    assert_int_equal(disks.count, 2);
    assert_detail(&disks.items[0].recovery_volume.fact, "0xEFFF003E");
    assert_true(fact_is_true(&disks.items[1].recovery_volume));
}

static void more_is_said_than_given(void **state) {
    live_machine *on = *state;
    initiator("session " SAN "\nlogin " SAN "\ncount session 9\ncount login 9\n");
    assert_no_disks_told(on, "0xD");
    assert_no_targets_told(on, "0xD");
}

static void it_does_not_run(void **state) {
    live_machine *on = *state;
    initiator("session " SAN "\nlogin " SAN "\n");
    assert_int_equal(on->write->service_stop(on->machine, "MSiSCSI", 20), MARS_OK);
    assert_int_equal(disks_of(on).count, 0);
    assert_no_targets_told(on, "does not run");
    (void)tool(on, "sc delete MSiSCSI");
    assert_int_equal(disks_of(on).count, 0);
    assert_int_equal(targets_of(on).count, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, live_close)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_connected),
        TEST(a_name_says_that_it_is_a_recovery_volume),
        TEST(a_target_that_is_connected_again_is_none),
        TEST(names_at_their_limits),
        TEST(the_lists_grow),
        TEST(an_error_is_no_answer),
        TEST(more_is_said_than_given),
        TEST(it_does_not_run),
    };
    if (has_initiator()) {
        (void)puts("SKIP: this system has an iSCSI initiator");
        return 0;
    }
    return cmocka_run_group_tests(tests, install, NULL);
}
