/* scratch.* over evidence built by hand. */
#include "collect/read.h"
#include "judging.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const fact unreadable = {.state = FACT_UNKNOWN, .reason = REASON_ACCESS_DENIED};

enum { WRITTEN = 1000, BEFORE = 900, AFTER = 2000 };
#define GB (INT64_C(1024) * 1024 * 1024)

typedef struct scene {
    evidence e;
    scheduled_task tasks[1];
    volume volumes[2];
} scene;

static fact_text text(const char *value) {
    return fact_text_known(value, "somewhere");
}

/* A registered agent whose scratch folder on C: has nothing against it; the system state is not backed up. */
static void set_scene(scene *s) {
    *s = (scene){0};
    scratch_evidence *scratch = &s->e.scratch;
    scratch->location = text("C:\\Scratch");
    scratch->provider_location = text("C:\\Scratch");
    scratch->location_written = (fact_time){.fact = fact_known("keys"), .value = WRITTEN};
    scratch->folder = text("C:\\Scratch");
    scratch->provider_folder = text("c:\\scratch");
    scratch->letter = text("C");
    scratch->folder_present = fact_flag_known(true, "disk");
    scratch->attributes = fact_number_known(0x10, "disk");
    scratch->system_writes = fact_flag_known(true, "disk");
    scratch->marked_files.fact = fact_known("disk");
    scratch->key_file_present = fact_flag_known(true, "disk");
    scratch->key_file_size = fact_number_known(100, "disk");
    scratch->protected_bytes.fact = unreadable;
    s->e.machine.mars_machine_id = text("id");
    static const char *const letters[] = {"D", "C"};
    for (size_t i = 0; i < 2; i++) {
        s->volumes[i].letter = text(letters[i]);
        s->volumes[i].drive_type = text("Fixed");
        s->volumes[i].size = fact_number_known(100 * GB, "volumes");
        s->volumes[i].free = fact_number_known(50 * GB, "volumes");
        s->volumes[i].deduplicated = fact_flag_known(false, "volumes");
    }
    s->e.volumes.list = (fact_list){.fact = fact_known("volumes"), .count = 2, .items = s->volumes};
    s->e.schedule.tasks = (fact_list){.fact = fact_known("tasks"), .count = 1, .items = s->tasks};
    s->tasks[0].path = text("\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup");
    s->tasks[0].registered = fact_flag_known(true, "tasks");
    s->tasks[0].last_success.fact = fact_absent("tasks");
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

/* ---- scratch.location ---- */

#define LOCATION "scratch.location"

static void test_location(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    expect(LOCATION, &s, "usable");
    s.e.scratch.location.fact = fact_absent("registry");
    expect(LOCATION, &s, "no-location");
    s.e.scratch.location.fact = unreadable;
    expect(LOCATION, &s, "unknown");
}

static void test_two_folders(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.scratch.provider_folder = text("C:\\Other");
    expect(LOCATION, &s, "not-equal");
    s.tasks[0].last_success = (fact_time){.fact = fact_known("tasks"), .value = BEFORE};
    expect(LOCATION, &s, "not-equal");
    s.tasks[0].last_success.value = AFTER;
    expect(LOCATION, &s, "not-equal-but-working");
    s.e.scratch.location_written.fact = unreadable;
    expect(LOCATION, &s, "not-equal");
    s.e.scratch.provider_location.fact = fact_absent("registry");
    expect(LOCATION, &s, "unknown");
    s.e.scratch.provider_location.fact = unreadable;
    expect(LOCATION, &s, "unknown");
}

static void test_doubled_backslash(void **state) {
    (void)state;
    static const struct {
        const char *location;
        const char *verdicts;
    } cases[] = {
        {"C:\\Program Files\\\\Scratch", "doubled-backslash"},
        {"C:\\\\Scratch", "doubled-backslash"},
        {"C:\\Scratch\\\\", "doubled-backslash"},
        {"C:\\Scratch\\", "usable"},
        {"\\\\?\\C:\\Scratch", "usable"},
    };
    scene s;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_scene(&s);
        s.e.scratch.location = text(cases[i].location);
        expect(LOCATION, &s, cases[i].verdicts);
        set_scene(&s);
        s.e.scratch.provider_location = text(cases[i].location);
        expect(LOCATION, &s, cases[i].verdicts);
    }
    set_scene(&s);
    s.e.scratch.provider_location = text("C:\\\\Scratch");
    expect_said(LOCATION, &s, "written", "C:\\\\Scratch");
}

static void test_volume(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.volumes[1].drive_type = text("Removable");
    expect(LOCATION, &s, "not-local");
    expect_said(LOCATION, &s, "drive_type", "Removable");
    s.volumes[1].drive_type.fact = unreadable;
    expect(LOCATION, &s, "partly-unread");
    set_scene(&s);
    s.e.scratch.letter.fact = fact_absent("registry");
    expect(LOCATION, &s, "not-local");
    set_scene(&s);
    s.e.scratch.letter = text("X");
    expect(LOCATION, &s, "partly-unread");
    expect_said(LOCATION, &s, "unread", "whether its volume is a fixed disk of this server");
    set_scene(&s);
    s.e.volumes.list = (fact_list){.fact = unreadable};
    expect(LOCATION, &s, "partly-unread");
}

static void test_folder(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.scratch.system_writes.value = false;
    expect(LOCATION, &s, "no-write");
    s.e.scratch.system_writes.fact = unreadable;
    expect(LOCATION, &s, "partly-unread");
    expect_said(LOCATION, &s, "unread", "whether the SYSTEM account may write to it");
    s.e.scratch.folder_present.value = false;
    expect(LOCATION, &s, "folder-missing");
    s.e.scratch.folder_present.fact = unreadable;
    expect(LOCATION, &s, "unknown");
}

static void test_several_faults(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.scratch.provider_folder = text("D:\\Other");
    s.e.scratch.location = text("C:\\\\Scratch");
    s.volumes[1].drive_type = text("Network");
    s.e.scratch.system_writes.value = false;
    expect(LOCATION, &s, "not-equal; doubled-backslash; not-local; no-write");
}

/* ---- scratch.free-space ---- */

#define SPACE "scratch.free-space"

static void test_space(void **state) {
    (void)state;
    static const struct {
        int64_t size; /* of the volume, in GB; -1: not known */
        int64_t data; /* that is backed up, in GB; -1: not known */
        int64_t free; /* bytes; -1: not known */
        const char *verdicts;
        const char *with_system_state;
    } cases[] = {
        {100, -1, 50 * GB, "room", "room"},
        {100, -1, 35 * GB, "room", "room"},
        {100, -1, 35 * GB - 1, "room", "little-for-system-state"},
        {100, -1, 5 * GB, "room", "little-for-system-state"},
        {100, -1, 4 * GB, "little", "little; little-for-system-state"},
        {100, -1, 2 * GB, "little", "little; little-for-system-state"},
        {100, -1, 2 * GB - 1, "too-little", "too-little; little-for-system-state"},
        {20, -1, 2 * GB, "room", "little-for-system-state"},
        {-1, -1, 50 * GB, "unknown", "unknown"},
        {-1, -1, GB, "too-little", "too-little; little-for-system-state"},
        {1000, 100, 36 * GB, "room", "room"},
        {1000, 400, 36 * GB, "little", "little"},
        {1000, 800, 36 * GB, "too-little", "too-little"},
        {-1, 10, GB, "room", "little-for-system-state"},
        {-1, 10, GB / 2, "little", "little; little-for-system-state"},
        {-1, 10, GB / 4, "too-little", "too-little; little-for-system-state"},
        {100, -1, -1, "unknown", "unknown"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        scene s;
        set_scene(&s);
        s.volumes[1].size = fact_number_known(cases[i].size * GB, "volumes");
        s.volumes[1].free = fact_number_known(cases[i].free, "volumes");
        s.e.scratch.protected_bytes = fact_number_known(cases[i].data * GB, "policy");
        expect(SPACE, &s, cases[i].verdicts);
        s.tasks[0].path = text("\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup-SystemStateBackup");
        expect(SPACE, &s, cases[i].with_system_state);
    }
}

static void test_space_unknown(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.volumes[1].free.fact = unreadable;
    expect(SPACE, &s, "unknown");
    expect_said(SPACE, &s, "reason", "access was denied");
    set_scene(&s);
    s.e.volumes.list = (fact_list){.fact = unreadable};
    expect(SPACE, &s, "unknown");
    expect_said(SPACE, &s, "reason", "access was denied");
    set_scene(&s);
    s.e.scratch.letter.fact = fact_absent("registry");
    expect(SPACE, &s, "unknown");
    expect_said(SPACE, &s, "detail", "the scratch folder's drive is not known");
}

/* ---- scratch.attributes ---- */

#define ATTRIBUTES "scratch.attributes"

static void test_attributes(void **state) {
    (void)state;
    static const struct {
        int64_t attributes;
        const char *verdicts;
    } cases[] = {
        {0x10, "plain"},
        {0x2016, "plain"}, /* hidden, system, not indexed */
        {0x210, "sparse"},
        {0x410, "reparse-point"},
        {0x810, "compressed"},
        {0x4010, "encrypted"},
        {0x4610, "encrypted; sparse; reparse-point"},
    };
    scene s;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        set_scene(&s);
        s.e.scratch.attributes.value = cases[i].attributes;
        expect(ATTRIBUTES, &s, cases[i].verdicts);
    }
    s.e.scratch.attributes.fact = unreadable;
    expect(ATTRIBUTES, &s, "unknown");
}

static void test_deduplication_and_files(void **state) {
    (void)state;
    const char *names[] = {"a.vhd", "b.vhd"};
    scene s;
    set_scene(&s);
    s.e.scratch.marked_files.value = (text_list){.items = names, .count = 2};
    expect(ATTRIBUTES, &s, "files-marked");
    expect_said(ATTRIBUTES, &s, "files", "a.vhd, b.vhd");
    s.volumes[1].deduplicated.value = true;
    expect(ATTRIBUTES, &s, "deduplicated; files-marked");
    s.volumes[0].deduplicated.value = true; /* another volume */
    s.volumes[1].deduplicated.value = false;
    expect(ATTRIBUTES, &s, "files-marked");
    s.volumes[1].deduplicated.fact = unreadable;
    expect(ATTRIBUTES, &s, "files-marked; unknown");
    s.e.scratch.marked_files.fact = unreadable;
    expect(ATTRIBUTES, &s, "unknown");
    set_scene(&s);
    s.e.scratch.letter = text("X");
    expect(ATTRIBUTES, &s, "unknown");
}

/* ---- scratch.key-file ---- */

#define KEY_FILE "scratch.key-file"

static void test_key_file(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    expect(KEY_FILE, &s, "present");
    s.e.scratch.key_file_size.value = 0;
    expect(KEY_FILE, &s, "empty");
    s.e.scratch.key_file_size.fact = unreadable;
    expect(KEY_FILE, &s, "unknown");
    s.e.scratch.key_file_present.value = false;
    expect(KEY_FILE, &s, "missing");
    s.e.scratch.key_file_present.fact = unreadable;
    expect(KEY_FILE, &s, "unknown");
    s.e.machine.mars_machine_id.fact = fact_absent("registry");
    expect(KEY_FILE, &s, "not-registered");
    s.e.machine.mars_machine_id.fact = unreadable;
    expect(KEY_FILE, &s, "unknown");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_location),
        cmocka_unit_test(test_two_folders),
        cmocka_unit_test(test_doubled_backslash),
        cmocka_unit_test(test_volume),
        cmocka_unit_test(test_folder),
        cmocka_unit_test(test_several_faults),
        cmocka_unit_test(test_space),
        cmocka_unit_test(test_space_unknown),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_deduplication_and_files),
        cmocka_unit_test(test_key_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
