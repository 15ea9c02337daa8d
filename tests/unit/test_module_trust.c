/* Restoring the agent's module: who vouches for a file that is taken, a baseline or who signed it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "checks/baseline.h"
#include "core/error.h"
#include "marshealth.h"
#include "module_pair.h"
#include "pe_writer.h"

#include <string.h>

/* A baseline of the good server's module, in a file. */
static const char *write_baseline(server_pair *p, const char *version) {
    mars_text *json = NULL;
    assert_int_equal(mars_baseline_make(&json, temp_image_path(&p->good, MODULE), version), MARS_OK);
    temp_image_text(&p->good, "baseline.json", mars_text_data(json));
    mars_text_free(json);
    return temp_image_path(&p->good, "baseline.json");
}

static void test_a_baseline_vouches(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_put_program(&p.good, BIN "/cbengine.exe", 9999,
                     false); /* what the source's agent is, matters no more */
    const char *known = write_baseline(&p, "2.0.9506.0");
    pair_take(&p.machine, TOOLS);
    temp_image_text(&p.machine, HELP, "older");
    temp_image_text(&p.machine, MODULE "/stray.dll", "");
    assert_int_equal(pair_restore(&p, known, 0), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2);
    assert_true(pair_same(&p, TOOLS));
    assert_true(pair_same(&p, HELP));
    assert_int_equal(p.run.changing.notes.count, 1);
    assert_non_null(strstr(((const char **)p.run.changing.notes.items)[0], "stray.dll is damaged"));
    pair_done(&p);
}

static void test_a_baseline_of_a_missing_module(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_remove_module(&p);
    assert_int_equal(pair_restore(&p, write_baseline(&p, NULL), 0), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, MODULE_FILES);
    pair_done(&p);
}

static void test_a_baseline_refuses(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    const char *known = write_baseline(&p, NULL);
    pair_take(&p.machine, TOOLS);
    pair_take(&p.machine, HELP);
    pair_put_program(&p.good, TOOLS, 3, true);
    temp_image_text(&p.good, MODULE "/more.txt", "more");
    assert_pair_refused(&p, pair_restore(&p, known, ALLOW_UNSIGNED),
                        "1 file: Tools.dll: it is not the file of");
    known = write_baseline(&p, "2.0.9083.0");
    assert_pair_refused(&p, pair_restore(&p, known, ALLOW_UNSIGNED),
                        "2.0.9083.0, but the machine has version 2.0.9506.0");
    assert_int_equal(pair_restore(&p, temp_image_path(&p.good, "none.json"), 0), MARS_E_NOT_FOUND);
    assert_int_equal(pair_restore(&p, temp_image_path(&p.good, HELP), 0), MARS_E_MALFORMED);
    assert_int_equal(pair_restore(&p, temp_image_path(&p.good, MODULE), 0), MARS_E_UNREADABLE);
    assert_pair_untouched(&p);
    pair_done(&p);
}

static void test_a_baseline_without_an_agent(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    const char *known = write_baseline(&p, NULL);
    pair_take(&p.machine, BIN "/cbengine.exe");
    pair_take(&p.machine, TOOLS);
    assert_pair_refused(&p, pair_restore(&p, known, 0), "not known");
    pair_done(&p);
}

static void test_other_versions(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, TOOLS);
    pair_put_program(&p.good, BIN "/cbengine.exe", 9083, false);
    assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED),
                        "2.0.9083.0, but the machine has version 2.0.9506.0");
    assert_pair_refused(&p, pair_restore_from(&p, p.good.path, NULL, ALLOW_UNSIGNED), "2.0.9083.0");
    temp_image_text(&p.good, BIN "/cbengine.exe", "no program");
    assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED), "cannot be read");
    pair_take(&p.good, BIN "/cbengine.exe"); /* the module alone */
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    pair_done(&p);
}

static void test_unsigned_files_are_refused(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, ENGINE);
    pair_take(&p.machine, TOOLS);
    mars_status status = pair_restore(&p, NULL, 0);
    assert_pair_refused(&p, status,
                        "2 files: Engine.dll: whether Microsoft signed it cannot be told here; Tools.dll");
    assert_int_equal(p.run.changing.notes.count, 2);
    pair_done(&p);
}

/* What Windows would say: unsigned but for one file. */
static struct {
    const char *name;
    file_trust trust;
} signed_file;
static const file_trust by_microsoft = {
    .trusted = true, .organization = "Microsoft Corporation", .microsoft = true};

static fact_state say_trust(host *machine, const char *name, bytes content, arena *memory, file_trust *out,
                            fact *why) {
    (void)machine;
    (void)memory;
    assert_true(content.size > 0);
    *why = strcmp(name, signed_file.name) == 0 ? fact_known(name) : fact_absent(name);
    *out = signed_file.trust;
    return why->state;
}

/* The machine judges signatures from here on, until stop_judging. */
static host_reader judging_reader;
static const host_reader *start_judging(server_pair *p, const char *name) {
    pair_begin(p, false);
    const host_reader *real = p->machine.machine->read;
    judging_reader = *real;
    judging_reader.file_trust = say_trust;
    p->machine.machine->read = &judging_reader;
    signed_file.name = name;
    signed_file.trust = by_microsoft;
    return real;
}

static void stop_judging(server_pair *p, const host_reader *real) {
    p->machine.machine->read = real;
    pair_done(p);
}

static void test_signers(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, ENGINE);
    const host_reader *real = start_judging(&p, "Engine.dll");
    signed_file.trust = (file_trust){.trusted = true, .organization = "Contoso"};
    assert_pair_refused(&p, pair_restore(&p, NULL, 0),
                        "Engine.dll: its signer, \"Contoso\", is not Microsoft");
    signed_file.trust = (file_trust){.trusted = true, .organization = "Microsoft Corporation"};
    assert_pair_refused(&p, pair_restore(&p, NULL, 0), "is not Microsoft below a root of Microsoft's own");
    signed_file.trust = (file_trust){.organization = "Microsoft Corporation"};
    assert_pair_refused(&p, pair_restore(&p, NULL, 0), "Engine.dll: its signature is not trusted");
    signed_file.trust = by_microsoft;
    pair_take(&p.machine, TOOLS);
    p.before = temp_image_digest(&p.machine);
    assert_pair_refused(&p, pair_restore(&p, NULL, 0), "1 file: Tools.dll: it is not signed");
    pair_put_program(&p.machine, TOOLS, 2, false);
    assert_int_equal(pair_restore(&p, NULL, 0), MARS_OK);
    assert_true(pair_same(&p, ENGINE));
    stop_judging(&p, real);
}

static void put_named(temp_image *image, const char *path, const char *original_filename) {
    text_builder file = {0};
    pe_recipe recipe = {.is_dll = true,
                        .file_version = {2, 0, 1, 0},
                        .original_filename = original_filename,
                        .no_version_resource = original_filename == NULL,
                        .sign = true,
                        .sign_with = DIGEST_SHA256};
    assert_true(pe_write(&recipe, &file));
    temp_image_file(image, path, file.data, file.length);
    text_builder_free(&file);
}

/* Microsoft signs other files, too. */
static void test_a_file_under_another_name(void **state) {
    (void)state;
    static const struct {
        const char *original_filename; /* of what is called Engine.dll */
        const char *refused;           /* NULL: it is restored */
    } names[] = {
        {"Cmd.Exe", "1 file: Engine.dll: it is another file of Microsoft's, Cmd.Exe"},
        {"Cmd.Exe.MUI", "it is another file of Microsoft's, Cmd.Exe.MUI"},
        {"Engine.dl", "it is another file of Microsoft's, Engine.dl"},
        {"Engine.dll2", "it is another file of Microsoft's, Engine.dll2"},
        {"Engine.dllxmui", "it is another file of Microsoft's, Engine.dllxmui"},
        {"Engine.exe", "it is another file of Microsoft's, Engine.exe"},
        {"Engine.mui", "it is another file of Microsoft's, Engine.mui"},
        {"", "it is another file of Microsoft's, "},
        {NULL, "Engine.dll: a signature is not enough for it"},
        {"ENGINE.DLL", NULL},
        {"engine.dll.MUI", NULL},
        {"Engine", NULL},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        server_pair p;
        pair_make(&p);
        pair_take(&p.machine, ENGINE);
        put_named(&p.good, ENGINE, names[i].original_filename);
        const host_reader *real = start_judging(&p, "Engine.dll");
        mars_status status = pair_restore(&p, NULL, 0);
        if (names[i].refused != NULL) {
            assert_pair_refused(&p, status, names[i].refused);
            assert_error_says("a baseline");
        } else {
            assert_int_equal(status, MARS_OK);
            assert_true(pair_same(&p, ENGINE));
        }
        stop_judging(&p, real);
    }
}

/* A signature does not say which script something is, and a program may be called one. */
static void test_a_script_that_is_signed(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, HELP);
    const host_reader *real = start_judging(&p, "en-US\\help.xml");
    assert_pair_refused(&p, pair_restore(&p, NULL, 0), "help.xml: a signature is not enough for it");
    put_named(&p.good, HELP, "cmd.exe");
    assert_pair_refused(&p, pair_restore(&p, NULL, 0), "it is another file of Microsoft's, cmd.exe");
    put_named(&p.good, HELP, "help.xml");
    assert_int_equal(pair_restore(&p, NULL, 0), MARS_OK);
    stop_judging(&p, real);
}

/* As far as a damaged file still tells its version. */
static void test_another_version_of_a_file(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_damage(&p.machine, ENGINE);
    pair_put_program(&p.good, ENGINE, 2, true);
    const host_reader *real = start_judging(&p, "Engine.dll");
    assert_pair_refused(&p, pair_restore(&p, NULL, 0),
                        "Engine.dll: it is of version 2.0.2.0, but what it replaces is of version 2.0.1.0");
    pair_put_program(&p.good, ENGINE, 1, true);
    assert_int_equal(pair_restore(&p, NULL, 0), MARS_OK);
    assert_true(pair_same(&p, ENGINE));
    stop_judging(&p, real);
}

static void test_signed_files_of_some_agent(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, ENGINE);
    pair_take(&p.good, BIN "/cbengine.exe");
    const host_reader *real = start_judging(&p, "Engine.dll");
    assert_pair_refused(&p, pair_restore(&p, NULL, 0), "nothing shows the version of the agent");
    assert_int_equal(pair_restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    stop_judging(&p, real);
}

/* Nobody has to vouch for what shows by itself that it is damaged. */
static void test_damaged_sources(void **state) {
    (void)state;
    server_pair p;
    pair_make(&p);
    pair_take(&p.machine, ENGINE);
    pair_take(&p.machine, TOOLS);
    pair_take(&p.machine, HELP);
    pair_damage(&p.good, ENGINE);
    temp_image_text(&p.good, TOOLS, "no program");
    temp_image_text(&p.good, HELP, "");
    mars_status status = pair_restore(&p, NULL, ALLOW_UNSIGNED);
    assert_pair_refused(&p, status,
                        "3 files: en-US\\help.xml: it is empty; Engine.dll: it is not what was signed; "
                        "Tools.dll: it is no program file");
    pair_put_program(&p.good, TOOLS, 2, false);
    temp_image_text(&p.good, HELP, "<help/>");
    assert_pair_refused(&p, pair_restore(&p, NULL, ALLOW_UNSIGNED), "1 file: Engine.dll");
    pair_done(&p);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_baseline_vouches),
        cmocka_unit_test(test_a_baseline_of_a_missing_module),
        cmocka_unit_test(test_a_baseline_refuses),
        cmocka_unit_test(test_a_baseline_without_an_agent),
        cmocka_unit_test(test_other_versions),
        cmocka_unit_test(test_unsigned_files_are_refused),
        cmocka_unit_test(test_signers),
        cmocka_unit_test(test_a_file_under_another_name),
        cmocka_unit_test(test_a_script_that_is_signed),
        cmocka_unit_test(test_another_version_of_a_file),
        cmocka_unit_test(test_signed_files_of_some_agent),
        cmocka_unit_test(test_damaged_sources),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
