/* The scratch folder judged by the volume that it is on, which need not be that of its drive letter. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "collect/read.h"
#include "judging.h"
#include "memory_tasks.h"

#include <string.h>

#define MOUNTED "\\\\?\\Volume{2}\\"

static const int64_t gigabyte = INT64_C(1) << 30;

typedef struct scene {
    evidence e;
    volume volumes[2];
} scene;

static fact_text text(const char *value) {
    return fact_text_known(value, "somewhere");
}

static volume fixed_volume(const char *path, int64_t free, bool deduplicated) {
    return (volume){
        .letter.fact = fact_absent("volumes"),
        .path = text(path),
        .drive_type = text("Fixed"),
        .size = fact_number_known(500 * gigabyte, "volumes"),
        .free = fact_number_known(free, "volumes"),
        .deduplicated = fact_flag_known(deduplicated, "volumes"),
    };
}

/* C: has room and no deduplication; a volume that is mounted into a folder of it is full and has it. */
static void set_scene(scene *s) {
    *s = (scene){0};
    scratch_evidence *scratch = &s->e.scratch;
    scratch->location = scratch->provider_location = text("C:\\Mount\\Scratch");
    scratch->folder = scratch->provider_folder = scratch->location;
    scratch->folder_present = scratch->system_writes = fact_flag_known(true, "folder");
    scratch->attributes = fact_number_known(16, "folder");
    scratch->marked_files.fact = fact_known("folder");
    scratch->letter = text("C");
    scratch->volume.fact = fact_absent("folder");
    s->e.volumes.list = (fact_list){.fact = fact_known("volumes"), .count = 2, .items = s->volumes};
    s->volumes[0] = fixed_volume("\\\\?\\Volume{1}\\", 400 * gigabyte, false);
    s->volumes[0].letter = text("C");
    s->volumes[1] = fixed_volume(MOUNTED, gigabyte, true);
}

static void expect(const char *id, const scene *s, const char *verdicts, const char *named) {
    judging run;
    judging_run(&run, id, &s->e, NULL);
    assert_string_equal(judging_verdicts(&run), verdicts);
    if (named != NULL) {
        assert_string_equal(judging_value(&run, 0, "volume"), named);
    }
    judging_free(&run);
}

static void test_by_the_drive(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    expect("scratch.free-space", &s, "room", "C:");
    expect("scratch.attributes", &s, "plain", NULL);
    expect("scratch.location", &s, "usable", NULL);
    s.e.scratch.volume = text("\\\\?\\Volume{1}\\");
    expect("scratch.free-space", &s, "room", "C:");
    s.e.scratch.volume = (fact_text){0}; /* a document from before it was read */
    expect("scratch.free-space", &s, "room", "C:");
}

static void test_by_the_mounted_volume(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.scratch.letter.fact = fact_absent("folder");
    s.e.scratch.volume = text(MOUNTED);
    expect("scratch.free-space", &s, "too-little", MOUNTED);
    expect("scratch.attributes", &s, "deduplicated", MOUNTED);
    expect("scratch.location", &s, "usable", NULL);
    s.volumes[1].drive_type = text("Removable");
    expect("scratch.location", &s, "not-local", NULL);
    s.volumes[1].letter = text("E"); /* mounted in both ways */
    expect("scratch.free-space", &s, "too-little", "E:");
}

static void test_not_known(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.scratch.letter.fact = fact_unknown(REASON_OUTSIDE, "folder", "a reparse point");
    s.e.scratch.volume.fact = s.e.scratch.letter.fact;
    expect("scratch.free-space", &s, "unknown", NULL);
    expect("scratch.attributes", &s, "unknown", NULL);
    expect("scratch.location", &s, "partly-unread", NULL);
}

static void test_on_another_computer(void **state) {
    (void)state;
    scene s;
    set_scene(&s);
    s.e.scratch.letter.fact = fact_absent("folder");
    s.e.scratch.volume.fact = fact_absent("folder");
    expect("scratch.location", &s, "not-local", NULL);
    expect("scratch.free-space", &s, "unknown", NULL);
}

/* ---- What an image shows of the folders above it ---- */

static fact_state location(host *machine, const registry_path *path, const char *name, arena *memory,
                           registry_value *out, fact *why) {
    static const uint8_t data[] = "C\0:\0\\\0O\0u\0t\0\\\0I\0n\0\\\0S\0\0";
    (void)machine, (void)path, (void)memory;
    bool is = strcmp(name, "ScratchLocation") == 0;
    *out = (registry_value){.type = REGISTRY_SZ, .data = {data, sizeof data}};
    *why = is ? fact_known("registry") : fact_absent("registry");
    return why->state;
}

/* What is told of C:\Out; nothing of what is in it. */
typedef struct outer {
    fact told;
    fact_number attributes;
} outer;
static const outer *showing;

static fact_state marks_of_outer(host *machine, const char *path, arena *memory, file_marks *out, fact *why) {
    (void)machine, (void)memory;
    bool is = strcmp(path, "C:\\Out") == 0;
    *out = (file_marks){0};
    out->attributes = is ? showing->attributes : out->attributes;
    *why = is ? showing->told : fact_absent("image");
    return why->state;
}

static void test_links_above_it(void **state) {
    static const int64_t plain = FILE_ATTR_DIRECTORY;
    static const int64_t link = FILE_ATTR_DIRECTORY | FILE_ATTR_REPARSE_POINT;
    const fact known = fact_known("image");
    const fact not_told = fact_unknown(REASON_NO_CAPTURE, "image", NULL);
    const fact not_followed = fact_unknown(REASON_OUTSIDE, "image", "a link, which is not followed");
    const fact denied = fact_unknown(REASON_ACCESS_DENIED, "image", NULL);
    const struct {
        outer shown;
        bool letter_known;
        unknown_reason reason;
    } cases[] = {
        {{known, {known, plain}}, true, REASON_NOT_COLLECTED},
        {{known, {not_told, 0}}, true, REASON_NOT_COLLECTED},
        {{fact_absent("image"), {not_told, 0}}, true, REASON_NOT_COLLECTED},
        {{known, {known, link}}, false, REASON_OUTSIDE},
        {{not_followed, {not_told, 0}}, false, REASON_OUTSIDE},
        {{denied, {not_told, 0}}, false, REASON_ACCESS_DENIED},
    };
    (void)state;
    memory_tasks *on = memory_tasks_new();
    assert_non_null(on);
    on->reader.registry_read = location;
    on->reader.file_marks = marks_of_outer;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        evidence *document = NULL;
        outer shown = cases[i].shown;
        showing = &shown;
        assert_int_equal(collect(&document, &on->machine, GROUP(scratch), NULL), MARS_OK);
        const scratch_evidence *scratch = &document->scratch;
        assert_string_equal(scratch->folder.value, "C:\\Out\\In\\S");
        assert_int_equal(scratch->letter.fact.state, cases[i].letter_known ? FACT_KNOWN : FACT_UNKNOWN);
        assert_int_equal(scratch->volume.fact.state, cases[i].letter_known ? FACT_ABSENT : FACT_UNKNOWN);
        assert_int_equal(scratch->letter.fact.reason, cases[i].reason);
        evidence_free(document);
    }
    memory_tasks_free(on);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_the_drive),   cmocka_unit_test(test_by_the_mounted_volume),
        cmocka_unit_test(test_not_known),      cmocka_unit_test(test_on_another_computer),
        cmocka_unit_test(test_links_above_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
