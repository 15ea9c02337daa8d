/* prereq.* over evidence built by hand. */
#include "collect/read.h"
#include "judging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const fact unreadable = {.state = FACT_UNKNOWN, .reason = REASON_ACCESS_DENIED};

enum { WRITTEN = 1000, BEFORE = 900, AFTER = 2000 };
enum { ABSENT = -1, UNREAD = -2 };

typedef struct scene {
    evidence e;
    scheduled_task tasks[1];
    volume volumes[1];
} scene;

static fact_text text(const char *value) {
    return fact_text_known(value, "somewhere");
}

static fact_number number(int64_t value) {
    return value == ABSENT   ? (fact_number){.fact = fact_absent("somewhere")}
           : value == UNREAD ? (fact_number){.fact = unreadable}
                             : fact_number_known(value, "somewhere");
}

/* A Windows Server 2012 R2 or later that has all that the agent needs, without settings of TLS; no success is
 * known. */
static void set_scene(scene *s) {
    *s = (scene){0};
    prereq_evidence *prereq = &s->e.prereq;
    const fact_time written = {.fact = fact_known("keys"), .value = WRITTEN};
    const fact_flag no = fact_flag_known(false, "registry");
    prereq->dotnet_release = number(461814);
    prereq->dotnet_version = text("4.7.03190");
    prereq->dotnet_written = prereq->crypto_written = prereq->offline_backup_written = written;
    prereq->powershell_version = text("5.1.17763.1");
    prereq->strong_crypto = prereq->strong_crypto_32 = number(ABSENT);
    prereq->strong_crypto_2 = prereq->strong_crypto_2_32 = number(ABSENT);
    prereq->tls12_enabled = prereq->tls12_disabled_by_default = number(ABSENT);
    prereq->offline_backup = prereq->servicing_reboot = prereq->update_reboot = prereq->join_reboot = no;
    prereq->azure_powershell.fact = fact_known("registry");
    prereq->file_renames = number(0);
    s->e.machine.version = text("6.3");
    s->e.machine.computer_name = s->e.machine.configured_name = text("SERVER");
    s->e.schedule.tasks = (fact_list){.fact = fact_known("tasks"), .count = 1, .items = s->tasks};
    s->tasks[0].last_success.fact = fact_absent("tasks");
    s->e.volumes.list = (fact_list){.fact = fact_known("volumes"), .count = 1, .items = s->volumes};
    s->volumes[0].letter = text("E");
    s->volumes[0].drive_type = text("Fixed");
    s->volumes[0].file_system = text("NTFS");
    s->volumes[0].size = number(INT64_C(100) << 30);
}

static void succeed_at(scene *s, int64_t when) {
    s->tasks[0].last_success = (fact_time){.fact = fact_known("tasks"), .value = when};
}

static void expect(const char *id, const scene *s, const char *verdicts) {
    judging run;
    judging_run(&run, id, &s->e, NULL);
    assert_string_equal(judging_verdicts(&run), verdicts);
    judging_free(&run);
}

static void expect_said(const char *id, const scene *s, const char *name, const char *value) {
    judging run;
    judging_run(&run, id, &s->e, NULL);
    assert_string_equal(judging_value(&run, 0, name), value);
    judging_free(&run);
}

/* ---- Versions ---- */

static void test_dotnet(void **state) {
    (void)state;
    static const struct {
        int64_t release;
        const char *verdicts;
        const char *with_success;
    } cases[] = {
        {379893, "supported", "supported"},         {533320, "supported", "supported"},
        {379892, "too-old", "too-old-but-working"}, {378675, "too-old", "too-old-but-working"},
        {ABSENT, "too-old", "too-old-but-working"}, {UNREAD, "unknown", "unknown"},
    };
    scene s;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_scene(&s);
        s.e.prereq.dotnet_release = number(cases[i].release);
        expect("prereq.dotnet", &s, cases[i].verdicts);
        succeed_at(&s, BEFORE);
        expect("prereq.dotnet", &s, cases[i].verdicts);
        succeed_at(&s, AFTER);
        expect("prereq.dotnet", &s, cases[i].with_success);
    }
    s.e.prereq.dotnet_release = number(ABSENT);
    s.e.prereq.dotnet_version.fact = fact_absent("registry");
    expect("prereq.dotnet", &s, "missing");
}

static void test_powershell(void **state) {
    (void)state;
    static const struct {
        const char *version;
        const char *verdicts;
    } cases[] = {
        {"5.1.17763.1", "supported"}, {"3.0", "supported"}, {"10.0", "supported"}, {"2.0", "too-old"},
        {"1.0.0.0", "too-old"},       {"", "unknown"},      {"v5", "unknown"},
    };
    scene s;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_scene(&s);
        s.e.prereq.powershell_version = text(cases[i].version);
        expect("prereq.powershell", &s, cases[i].verdicts);
    }
    s.e.prereq.powershell_version.fact = fact_absent("registry");
    expect("prereq.powershell", &s, "missing");
    s.e.prereq.powershell_version.fact = unreadable;
    expect("prereq.powershell", &s, "unknown");
}

/* ---- TLS ---- */

#define CRYPTO "prereq.strong-crypto"

static void test_crypto(void **state) {
    (void)state;
    static const struct {
        int64_t enabled, disabled, strong, strong_32;
        const char *modern; /* from Windows Server 2012 R2 on */
        const char *old;
        const char *unread; /* the version is not known */
    } cases[] = {
        {ABSENT, ABSENT, ABSENT, ABSENT, "on", "tls12-unset; dotnet-unset", "unknown"},
        {ABSENT, ABSENT, 1, 1, "on", "tls12-unset", "unknown"},
        {1, 0, ABSENT, ABSENT, "on", "dotnet-unset", "unknown"},
        {1, 0, 1, ABSENT, "on", "dotnet-unset", "unknown"},
        {1, 0, 1, 1, "on", "on", "on"},
        {0xFFFFFFFF, 0, 1, 1, "on", "on", "on"},
        {1, ABSENT, 1, 1, "on", "on", "on"},
        {0, 0, 1, 1, "tls12-off", "tls12-off", "tls12-off"},
        {0, UNREAD, 1, 1, "tls12-off", "tls12-off", "tls12-off"},
        {1, 1, 1, 1, "tls12-off", "tls12-off", "tls12-off"},
        {ABSENT, 1, 1, 1, "tls12-off", "tls12-off", "tls12-off"},
        {1, 0, 0, 1, "dotnet-off", "dotnet-off", "dotnet-off"},
        {1, 0, ABSENT, 0, "dotnet-off", "dotnet-off", "dotnet-off"},
        {0, 1, 0, 0, "tls12-off; dotnet-off", "tls12-off; dotnet-off", "tls12-off; dotnet-off"},
        {UNREAD, ABSENT, 1, 1, "unknown", "unknown", "unknown"},
        {UNREAD, ABSENT, UNREAD, UNREAD, "unknown", "unknown", "unknown"},
        {1, 0, 1, UNREAD, "unknown", "unknown", "unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scene s;
        set_scene(&s);
        s.e.prereq.tls12_enabled = number(cases[i].enabled);
        s.e.prereq.tls12_disabled_by_default = number(cases[i].disabled);
        s.e.prereq.strong_crypto = number(cases[i].strong);
        s.e.prereq.strong_crypto_32 = number(cases[i].strong_32);
        expect(CRYPTO, &s, cases[i].modern);
        s.e.machine.version = text("10.0");
        expect(CRYPTO, &s, cases[i].modern);
        s.e.machine.version = text("6.2");
        expect(CRYPTO, &s, cases[i].old);
        s.e.machine.version.fact = unreadable;
        expect(CRYPTO, &s, cases[i].unread);
    }
}

static void test_crypto_that_works(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.prereq.tls12_enabled = number(0);
    s.e.prereq.strong_crypto = number(0);
    succeed_at(&s, AFTER);
    expect(CRYPTO, &s, "but-working");
    succeed_at(&s, BEFORE);
    expect(CRYPTO, &s, "tls12-off; dotnet-off");
    succeed_at(&s, AFTER);
    s.e.prereq.crypto_written.fact = unreadable;
    expect(CRYPTO, &s, "tls12-off; dotnet-off");
}

static void test_older_dotnet_is_only_reported(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.prereq.strong_crypto_2_32 = number(0);
    expect(CRYPTO, &s, "on");
    expect_said(CRYPTO, &s, "dotnet_2_32", "0");
}

/* ---- Offline backup ---- */

#define OFFLINE "prereq.offline-backup"

static void test_offline_backup(void **state) {
    (void)state;
    static const struct {
        const char *versions[2];
        const char *verdicts;
    } cases[] = {
        {{"3.7.0", "6.13.1"}, "installed"},
        {{"6.13.1", "3.7.0.1234"}, "installed"},
        {{"3.7", "3.7.01"}, "missing"},
        {{"13.7.0", "4.0.0"}, "missing"},
    };
    scene s;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *versions[] = {cases[i].versions[0], cases[i].versions[1]};
        set_scene(&s);
        s.e.prereq.azure_powershell.value = (text_list){.items = versions, .count = 2};
        expect(OFFLINE, &s, "not-configured");
        s.e.prereq.offline_backup.value = true;
        expect(OFFLINE, &s, cases[i].verdicts);
    }
    s.e.prereq.azure_powershell.value.count = 0;
    succeed_at(&s, BEFORE);
    expect(OFFLINE, &s, "missing");
    succeed_at(&s, AFTER);
    expect(OFFLINE, &s, "missing-but-working");
    s.e.prereq.azure_powershell.fact = unreadable;
    expect(OFFLINE, &s, "unknown");
    s.e.prereq.offline_backup.fact = unreadable;
    expect(OFFLINE, &s, "unknown");
}

/* ---- Volumes ---- */

#define VOLUMES "prereq.unsupported-volumes"

static void test_volumes(void **state) {
    (void)state;
    static const struct {
        const char *letter;
        const char *drive_type;
        const char *file_system;
        int64_t megabytes;
        const char *verdicts;
    } cases[] = {
        {"E", "Fixed", "NTFS", 1, "supported"},
        {"E", "Fixed", "ReFS", 1, "E:: not-ntfs"},
        {"E", "Fixed", "exFAT", 1, "E:: not-ntfs"},
        {"E", "Fixed", NULL, 1, "E:: no-file-system"},
        {"E", "Fixed", "FAT32", 1024, "E:: not-ntfs"},
        {"E", "Fixed", "FAT32", 1023, "supported"}, /* an EFI system partition */
        {"E", "CD-ROM", NULL, 0, "supported"},
        {"E", "Removable", "FAT32", 4096, "supported"},
        {NULL, "Fixed", NULL, 100, "supported"}, /* a recovery partition */
    };
    scene s;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_scene(&s);
        volume *v = &s.volumes[0];
        v->drive_type = text(cases[i].drive_type);
        v->size = number(cases[i].megabytes << 20);
        v->letter.fact = cases[i].letter != NULL ? fact_known("volumes") : fact_absent("volumes");
        v->file_system = text(cases[i].file_system);
        v->file_system.fact = cases[i].file_system != NULL ? fact_known("volumes") : fact_absent("volumes");
        expect(VOLUMES, &s, cases[i].verdicts);
    }
    set_scene(&s);
    s.volumes[0].file_system.fact = unreadable;
    expect(VOLUMES, &s, "E:: unknown");
    set_scene(&s);
    s.volumes[0].letter.fact = unreadable;
    expect(VOLUMES, &s, "unknown");
    s.e.volumes.list = (fact_list){.fact = unreadable};
    expect(VOLUMES, &s, "unknown");
}

/* ---- Restart ---- */

#define REBOOT "prereq.pending-reboot"

static void test_restart(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    expect(REBOOT, &s, "none");
    s.e.prereq.file_renames = number(2);
    expect(REBOOT, &s, "file-renames");
    s.e.machine.configured_name = text("server");
    expect(REBOOT, &s, "file-renames");
    s.e.machine.configured_name = text("SERVER-2");
    expect(REBOOT, &s, "pending");
    expect_said(REBOOT, &s, "reasons", "the computer's new name");
    s.e.prereq.update_reboot.value = true;
    s.e.prereq.join_reboot.value = true;
    s.e.prereq.servicing_reboot.value = true;
    expect_said(REBOOT, &s, "reasons",
                "component servicing, Windows Update, joining or leaving a domain, the computer's new name");
}

static void test_restart_unknown(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.prereq.update_reboot.fact = unreadable;
    expect(REBOOT, &s, "unknown");
    s.e.prereq.servicing_reboot.value = true;
    expect(REBOOT, &s, "pending");
    set_scene(&s);
    s.e.prereq.file_renames.fact = unreadable;
    expect(REBOOT, &s, "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dotnet),
        cmocka_unit_test(test_powershell),
        cmocka_unit_test(test_crypto),
        cmocka_unit_test(test_crypto_that_works),
        cmocka_unit_test(test_older_dotnet_is_only_reported),
        cmocka_unit_test(test_offline_backup),
        cmocka_unit_test(test_volumes),
        cmocka_unit_test(test_restart),
        cmocka_unit_test(test_restart_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
