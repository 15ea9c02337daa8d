/* Restoring the agent's module: what is wanted, from where it may come, and that one file which may not stops
 * all of it. */
#include "checks/baseline.h"
#include "core/alloc.h"
#include "core/error.h"
#include "marshealth.h"
#include "pe_writer.h"
#include "repair/run.h"
#include "repair/undo.h"
#include "temp_image.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define AGENT    "Program Files/Microsoft Azure Recovery Services Agent"
#define BIN      AGENT "/bin"
#define MODULE   BIN "/Modules/MSOnlineBackup"
#define MANIFEST MODULE "/MSOnlineBackup.psd1"
#define ENGINE   MODULE "/Engine.dll"
#define TOOLS    MODULE "/Tools.dll"
#define HELP     MODULE "/en-US/help.xml"
#define SETUP                                                                                                \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows Azure Backup\\Setup]\n"                               \
    "\"InstallPath\"=\"C:\\\\Program Files\\\\Microsoft Azure Recovery Services Agent\\\\\"\n"

static const char *const module_files[] = {MANIFEST, ENGINE, TOOLS, HELP};
enum { MODULE_FILES = sizeof module_files / sizeof module_files[0] };

/* ---- Two servers: one to be repaired, one to take files from ---- */

typedef struct pair {
    temp_image machine;
    temp_image good;
    repair_run run;
    bool begun;
    const char *before; /* digest of the machine */
} pair;

static void put_program(temp_image *image, const char *path, uint16_t build, bool is_signed) {
    text_builder file = {0};
    pe_recipe recipe = {.is_dll = true,
                        .is_64bit = true,
                        .file_version = {2, 0, build, 0},
                        .original_filename = strrchr(path, '/') + 1,
                        .sign = is_signed,
                        .sign_with = DIGEST_SHA256,
                        .payload_size = 1000};
    assert_true(pe_write(&recipe, &file));
    temp_image_file(image, path, file.data, file.length);
    text_builder_free(&file);
}

static void put_agent(temp_image *image, uint16_t build) {
    temp_image_make(image);
    temp_image_hive(image, HIVE_SOFTWARE, SETUP);
    temp_image_hive(image, HIVE_DEFAULT, "");
    put_program(image, BIN "/cbengine.exe", build, false);
    put_program(image, ENGINE, 1, true);
    put_program(image, TOOLS, 2, false);
    temp_image_text(image, HELP, "<help/>");
    temp_image_text(image, MANIFEST,
                    "@{ ModuleVersion = '2.0'; RootModule = 'Engine.dll'\n"
                    "   FileList = @('.\\Tools.dll', 'en-US\\help.xml') }\n");
}

static void make(pair *p) {
    *p = (pair){0};
    put_agent(&p->machine, 9506);
    put_agent(&p->good, 9506);
}

static void done(pair *p) {
    if (p->begun) {
        (void)run_end(&p->run, "done");
    }
    temp_image_remove(&p->machine);
    temp_image_remove(&p->good);
}

static void take(temp_image *image, const char *path) {
    assert_int_equal(unlink(temp_image_path(image, path)), 0);
}

static void damage(temp_image *image, const char *path) {
    int file = open(temp_image_path(image, path), O_WRONLY);
    assert_true(file >= 0);
    assert_int_equal(pwrite(file, "?", 1, PE_WRITER_TEXT_AT + 10), 1);
    assert_int_equal(close(file), 0);
}

static bool same(pair *p, const char *path) {
    bytes ours = temp_image_bytes(&p->machine, path);
    bytes theirs = temp_image_bytes(&p->good, path);
    return ours.data != NULL && theirs.data != NULL && ours.size == theirs.size &&
           memcmp(ours.data, theirs.data, ours.size) == 0;
}

enum { ALLOW_UNSIGNED = 1, EVERY_FILE = 2, WHAT_IF = 4 };

static void begin(pair *p, bool what_if) {
    run_options options = {.what_if = what_if};
    temp_image_open(&p->machine);
    p->before = temp_image_digest(&p->machine);
    assert_int_equal(run_begin(&p->run, p->machine.machine, &p->machine.memory, &options), MARS_OK);
    p->begun = true;
}

static mars_status restore_from(pair *p, const char *source, const char *known, int flags) {
    if (!p->begun) {
        begin(p, (flags & WHAT_IF) != 0);
    }
    return operation_restore_module(&p->run.changing, source, known, (flags & ALLOW_UNSIGNED) != 0,
                                    (flags & EVERY_FILE) != 0);
}

static mars_status restore(pair *p, const char *known, int flags) {
    return restore_from(p, temp_image_path(&p->good, MODULE), known, flags);
}

static void assert_said(const char *named) {
    if (strstr(error_message(), named) == NULL) {
        fail_msg("\"%s\" does not name \"%s\"", error_message(), named);
    }
}

static void assert_untouched(pair *p) {
    assert_int_equal(p->run.changing.changes.count, 0);
    assert_string_equal(temp_image_digest(&p->machine), p->before);
}

static void assert_refused(pair *p, mars_status status, const char *named) {
    assert_int_equal(status, MARS_E_REFUSED);
    assert_said(named);
    assert_untouched(p);
}

static const char *change_at(const pair *p, size_t index) {
    assert_true(index < p->run.changing.changes.count);
    return ((const change_record *)p->run.changing.changes.items)[index].target;
}

/* ---- What is wanted ---- */

static void test_a_whole_module_is_left_alone(void **state) {
    (void)state;
    pair p;
    make(&p);
    assert_int_equal(restore(&p, NULL, 0), MARS_OK);
    assert_untouched(&p);
    done(&p);
}

static void test_what_is_missing(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, ENGINE);
    take(&p.machine, HELP);
    temp_image_text(&p.machine, MODULE "/extra.txt", "mine");
    temp_image_text(&p.good, MODULE "/more.txt", "not referred to");
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED | WHAT_IF), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2);
    assert_string_equal(temp_image_digest(&p.machine), p.before);
    assert_int_equal(run_end(&p.run, "done"), MARS_OK);
    p.begun = false;

    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2);
    assert_true(same(&p, ENGINE));
    assert_true(same(&p, HELP));
    assert_int_equal(temp_image_bytes(&p.machine, MODULE "/extra.txt").size, 4);
    assert_null(temp_image_bytes(&p.machine, MODULE "/more.txt").data);
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2); /* a second time there is nothing to do */
    done(&p);
}

static void test_what_is_damaged(void **state) {
    (void)state;
    pair p;
    make(&p);
    damage(&p.machine, ENGINE); /* its signature no longer fits */
    temp_image_text(&p.machine, TOOLS, "no program");
    temp_image_text(&p.machine, HELP, "");
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 3);
    for (size_t i = 0; i < MODULE_FILES; i++) {
        assert_true(same(&p, module_files[i]));
    }
    done(&p);
}

static void remove_module(pair *p) {
    for (size_t i = 0; i < MODULE_FILES; i++) {
        take(&p->machine, module_files[i]);
    }
    assert_int_equal(rmdir(temp_image_path(&p->machine, MODULE "/en-US")), 0);
    assert_int_equal(rmdir(temp_image_path(&p->machine, MODULE)), 0);
    assert_int_equal(rmdir(temp_image_path(&p->machine, BIN "/Modules")), 0);
}

static void test_the_whole_folder_is_missing(void **state) {
    (void)state;
    pair p;
    make(&p);
    remove_module(&p);
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    for (size_t i = 0; i < MODULE_FILES; i++) {
        assert_true(same(&p, module_files[i]));
    }
    assert_string_equal(change_at(&p, MODULE_FILES - 1),
                        "C:\\Program Files\\Microsoft Azure Recovery Services "
                        "Agent\\bin\\Modules\\MSOnlineBackup\\MSOnlineBackup.psd1");
    done(&p);
}

/* Without its own manifest the machine cannot tell what is missing; the source can. */
static void test_the_manifest_is_missing_or_empty(void **state) {
    (void)state;
    for (int empty = 0; empty < 2; empty++) {
        pair p;
        make(&p);
        take(&p.machine, MANIFEST);
        take(&p.machine, TOOLS);
        if (empty == 1) {
            temp_image_text(&p.machine, MANIFEST, "");
        }
        assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
        assert_int_equal(p.run.changing.changes.count, 2);
        assert_true(same(&p, MANIFEST));
        assert_true(same(&p, TOOLS));
        done(&p);
    }
}

/* Damaged, missing and in a folder that is made: all comes back as it was. */
static void test_taken_back(void **state) {
    (void)state;
    pair p;
    make(&p);
    damage(&p.machine, ENGINE);
    temp_image_text(&p.machine, TOOLS, "no program");
    take(&p.machine, HELP);
    assert_int_equal(rmdir(temp_image_path(&p.machine, MODULE "/en-US")), 0);
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 3);
    assert_int_equal(run_end(&p.run, "done"), MARS_OK);
    p.begun = false;
    outcome *result = NULL;
    const undo_settings settings = {0};
    assert_int_equal(undo_run(&result, p.machine.machine, NULL, &settings), MARS_OK);
    outcome_free(result);
    assert_string_equal(temp_image_digest(&p.machine), p.before);
    done(&p);
}

static void test_every_file(void **state) {
    (void)state;
    pair p;
    make(&p);
    temp_image_text(&p.machine, HELP, "older");
    temp_image_text(&p.good, MODULE "/more.txt", "more");
    temp_image_text(&p.machine, MODULE "/extra.txt", "mine");
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED | EVERY_FILE), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2); /* the others are as in the source */
    assert_true(same(&p, HELP));
    assert_true(same(&p, MODULE "/more.txt"));
    assert_int_equal(temp_image_bytes(&p.machine, MODULE "/extra.txt").size, 4);
    done(&p);
}

static void test_references_elsewhere(void **state) {
    (void)state;
    pair p;
    make(&p);
    static const char manifest[] = "@{ FileList = @('%s') }";
    temp_image_text(&p.machine, MANIFEST, arena_printf(&p.machine.memory, manifest, "..\\Away.dll"));
    assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED), "..\\Away.dll");
    temp_image_text(&p.machine, MANIFEST, arena_printf(&p.machine.memory, manifest, "sub\\..\\Away.dll"));
    p.before = temp_image_digest(&p.machine);
    assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED), "Away.dll: the source does not have it");
    done(&p);
}

/* ---- Who vouches ---- */

/* A baseline of the good server's module, in a file. */
static const char *write_baseline(pair *p, const char *version) {
    mars_text *json = NULL;
    assert_int_equal(mars_baseline_make(&json, temp_image_path(&p->good, MODULE), version), MARS_OK);
    temp_image_text(&p->good, "baseline.json", mars_text_data(json));
    mars_text_free(json);
    return temp_image_path(&p->good, "baseline.json");
}

static void test_a_baseline_vouches(void **state) {
    (void)state;
    pair p;
    make(&p);
    put_program(&p.good, BIN "/cbengine.exe", 9999, false); /* what the source's agent is, matters no more */
    const char *known = write_baseline(&p, "2.0.9506.0");
    take(&p.machine, TOOLS);
    temp_image_text(&p.machine, HELP, "older");
    temp_image_text(&p.machine, MODULE "/stray.dll", "");
    assert_int_equal(restore(&p, known, 0), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, 2);
    assert_true(same(&p, TOOLS));
    assert_true(same(&p, HELP));
    assert_int_equal(p.run.changing.notes.count, 1);
    assert_non_null(strstr(((const char **)p.run.changing.notes.items)[0], "stray.dll is damaged"));
    done(&p);
}

static void test_a_baseline_of_a_missing_module(void **state) {
    (void)state;
    pair p;
    make(&p);
    remove_module(&p);
    assert_int_equal(restore(&p, write_baseline(&p, NULL), 0), MARS_OK);
    assert_int_equal(p.run.changing.changes.count, MODULE_FILES);
    done(&p);
}

static void test_a_baseline_refuses(void **state) {
    (void)state;
    pair p;
    make(&p);
    const char *known = write_baseline(&p, NULL);
    take(&p.machine, TOOLS);
    take(&p.machine, HELP);
    put_program(&p.good, TOOLS, 3, true);
    temp_image_text(&p.good, MODULE "/more.txt", "more");
    assert_refused(&p, restore(&p, known, ALLOW_UNSIGNED), "1 file: Tools.dll: it is not the file of");
    known = write_baseline(&p, "2.0.9083.0");
    assert_refused(&p, restore(&p, known, ALLOW_UNSIGNED),
                   "2.0.9083.0, but the machine has version 2.0.9506.0");
    assert_int_equal(restore(&p, temp_image_path(&p.good, "none.json"), 0), MARS_E_NOT_FOUND);
    assert_int_equal(restore(&p, temp_image_path(&p.good, HELP), 0), MARS_E_MALFORMED);
    assert_int_equal(restore(&p, temp_image_path(&p.good, MODULE), 0), MARS_E_UNREADABLE);
    assert_untouched(&p);
    done(&p);
}

static void test_a_baseline_without_an_agent(void **state) {
    (void)state;
    pair p;
    make(&p);
    const char *known = write_baseline(&p, NULL);
    take(&p.machine, BIN "/cbengine.exe");
    take(&p.machine, TOOLS);
    assert_refused(&p, restore(&p, known, 0), "not known");
    done(&p);
}

static void test_other_versions(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, TOOLS);
    put_program(&p.good, BIN "/cbengine.exe", 9083, false);
    assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED),
                   "2.0.9083.0, but the machine has version 2.0.9506.0");
    assert_refused(&p, restore_from(&p, p.good.path, NULL, ALLOW_UNSIGNED), "2.0.9083.0");
    temp_image_text(&p.good, BIN "/cbengine.exe", "no program");
    assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED), "cannot be read");
    take(&p.good, BIN "/cbengine.exe"); /* the module alone */
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    done(&p);
}

static void test_unsigned_files_are_refused(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, ENGINE);
    take(&p.machine, TOOLS);
    mars_status status = restore(&p, NULL, 0);
    assert_refused(&p, status,
                   "2 files: Engine.dll: whether Microsoft signed it cannot be told here; Tools.dll");
    assert_int_equal(p.run.changing.notes.count, 2);
    done(&p);
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
static const host_reader *start_judging(pair *p, const char *name) {
    begin(p, false);
    const host_reader *real = p->machine.machine->read;
    judging_reader = *real;
    judging_reader.file_trust = say_trust;
    p->machine.machine->read = &judging_reader;
    signed_file.name = name;
    signed_file.trust = by_microsoft;
    return real;
}

static void stop_judging(pair *p, const host_reader *real) {
    p->machine.machine->read = real;
    done(p);
}

static void test_signers(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, ENGINE);
    const host_reader *real = start_judging(&p, "Engine.dll");
    signed_file.trust = (file_trust){.trusted = true, .organization = "Contoso"};
    assert_refused(&p, restore(&p, NULL, 0), "Engine.dll: its signer, \"Contoso\", is not Microsoft");
    signed_file.trust = (file_trust){.trusted = true, .organization = "Microsoft Corporation"};
    assert_refused(&p, restore(&p, NULL, 0), "is not Microsoft below a root of Microsoft's own");
    signed_file.trust = (file_trust){.organization = "Microsoft Corporation"};
    assert_refused(&p, restore(&p, NULL, 0), "Engine.dll: its signature is not trusted");
    signed_file.trust = by_microsoft;
    take(&p.machine, TOOLS);
    p.before = temp_image_digest(&p.machine);
    assert_refused(&p, restore(&p, NULL, 0), "1 file: Tools.dll: it is not signed");
    put_program(&p.machine, TOOLS, 2, false);
    assert_int_equal(restore(&p, NULL, 0), MARS_OK);
    assert_true(same(&p, ENGINE));
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
        pair p;
        make(&p);
        take(&p.machine, ENGINE);
        put_named(&p.good, ENGINE, names[i].original_filename);
        const host_reader *real = start_judging(&p, "Engine.dll");
        mars_status status = restore(&p, NULL, 0);
        if (names[i].refused != NULL) {
            assert_refused(&p, status, names[i].refused);
            assert_said("a baseline");
        } else {
            assert_int_equal(status, MARS_OK);
            assert_true(same(&p, ENGINE));
        }
        stop_judging(&p, real);
    }
}

/* A signature does not say which script something is, and a program may be called one. */
static void test_a_script_that_is_signed(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, HELP);
    const host_reader *real = start_judging(&p, "en-US\\help.xml");
    assert_refused(&p, restore(&p, NULL, 0), "help.xml: a signature is not enough for it");
    put_named(&p.good, HELP, "cmd.exe");
    assert_refused(&p, restore(&p, NULL, 0), "it is another file of Microsoft's, cmd.exe");
    put_named(&p.good, HELP, "help.xml");
    assert_int_equal(restore(&p, NULL, 0), MARS_OK);
    stop_judging(&p, real);
}

/* As far as a damaged file still tells its version. */
static void test_another_version_of_a_file(void **state) {
    (void)state;
    pair p;
    make(&p);
    damage(&p.machine, ENGINE);
    put_program(&p.good, ENGINE, 2, true);
    const host_reader *real = start_judging(&p, "Engine.dll");
    assert_refused(&p, restore(&p, NULL, 0),
                   "Engine.dll: it is of version 2.0.2.0, but what it replaces is of version 2.0.1.0");
    put_program(&p.good, ENGINE, 1, true);
    assert_int_equal(restore(&p, NULL, 0), MARS_OK);
    assert_true(same(&p, ENGINE));
    stop_judging(&p, real);
}

static void test_signed_files_of_some_agent(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, ENGINE);
    take(&p.good, BIN "/cbengine.exe");
    const host_reader *real = start_judging(&p, "Engine.dll");
    assert_refused(&p, restore(&p, NULL, 0), "nothing shows the version of the agent");
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_OK);
    stop_judging(&p, real);
}

/* Nobody has to vouch for what shows by itself that it is damaged. */
static void test_damaged_sources(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, ENGINE);
    take(&p.machine, TOOLS);
    take(&p.machine, HELP);
    damage(&p.good, ENGINE);
    temp_image_text(&p.good, TOOLS, "no program");
    temp_image_text(&p.good, HELP, "");
    mars_status status = restore(&p, NULL, ALLOW_UNSIGNED);
    assert_refused(&p, status,
                   "3 files: en-US\\help.xml: it is empty; Engine.dll: it is not what was signed; "
                   "Tools.dll: it is no program file");
    put_program(&p.good, TOOLS, 2, false);
    temp_image_text(&p.good, HELP, "<help/>");
    assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED), "1 file: Engine.dll");
    done(&p);
}

/* ---- Where from ---- */

static void test_places(void **state) {
    (void)state;
    static const char *const places[] = {MODULE, BIN "/Modules", BIN, AGENT, ""};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        pair p;
        make(&p);
        take(&p.machine, TOOLS);
        assert_int_equal(restore_from(&p, temp_image_path(&p.good, places[i]), NULL, ALLOW_UNSIGNED),
                         MARS_OK);
        assert_true(same(&p, TOOLS));
        done(&p);
    }
}

static void test_no_place(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, TOOLS);
    begin(&p, false);
    assert_int_equal(restore_from(&p, temp_image_path(&p.good, "Windows"), NULL, ALLOW_UNSIGNED),
                     MARS_E_NOT_FOUND);
    assert_said("MSOnlineBackup.psd1");
    assert_int_equal(restore_from(&p, temp_image_path(&p.good, "none"), NULL, ALLOW_UNSIGNED),
                     MARS_E_NOT_FOUND);
    assert_int_equal(restore_from(&p, temp_image_path(&p.good, HELP), NULL, ALLOW_UNSIGNED),
                     MARS_E_NOT_FOUND);
    temp_image_text(&p.good, "bin/Modules/MSOnlineBackup/MSOnlineBackup.psd1", "@{}");
    assert_refused(&p, restore_from(&p, p.good.path, NULL, ALLOW_UNSIGNED),
                   "in bin\\Modules\\MSOnlineBackup and in Program Files\\Microsoft Azure Recovery Services "
                   "Agent\\bin\\Modules\\MSOnlineBackup");
    done(&p);
}

static void test_no_agent_on_the_machine(void **state) {
    (void)state;
    pair p;
    make(&p);
    temp_image_hive(&p.machine, HIVE_SOFTWARE, "");
    take(&p.machine, BIN "/cbengine.exe");
    assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED), "where the agent's module belongs");
    done(&p);
}

/* ---- Hostile sources ---- */

static void test_links_are_not_followed(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, TOOLS);
    take(&p.machine, HELP);
    take(&p.good, TOOLS);
    temp_image_link(&p.good, TOOLS, "Engine.dll");
    take(&p.good, HELP);
    assert_int_equal(rmdir(temp_image_path(&p.good, MODULE "/en-US")), 0);
    temp_image_text(&p.good, "elsewhere/help.xml", "<help/>");
    temp_image_link(&p.good, MODULE "/en-US", temp_image_path(&p.good, "elsewhere"));
    assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED),
                   "en-US\\help.xml: the source does not have it; Tools.dll: \"Tools.dll\" is a link");
    done(&p);
}

static void test_odd_files(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, ENGINE);
    take(&p.machine, TOOLS);
    take(&p.machine, HELP);
    take(&p.good, ENGINE);
    assert_int_equal(mkfifo(temp_image_path(&p.good, ENGINE), 0600), 0);
    assert_int_equal(truncate(temp_image_path(&p.good, TOOLS), (off_t)300 * 1024 * 1024), 0);
    temp_image_text(&p.good, MODULE "/EN-us/help.xml", "<other/>");
    mars_status status = restore(&p, NULL, ALLOW_UNSIGNED);
    assert_int_equal(status, MARS_E_UNREADABLE); /* a folder whose name is there twice */
    assert_said("only by case");
    take(&p.good, MODULE "/EN-us/help.xml");
    assert_int_equal(rmdir(temp_image_path(&p.good, MODULE "/EN-us")), 0);
    temp_image_text(&p.good, MODULE "/en-US/HELP.XML", "<other/>");
    status = restore(&p, NULL, ALLOW_UNSIGNED);
    assert_refused(&p, status, "3 files");
    assert_said("only by case");
    assert_said("Engine.dll: it is not a regular file");
    assert_said("Tools.dll: 3"); /* so many bytes */
    done(&p);
}

/* Linux allows a backslash in a name; Windows would take it for a path. */
static void test_names_that_lead_away(void **state) {
    (void)state;
    static const char *const names[] = {
        "..\\..\\evil.dll", "C:evil.dll", "evil.dll:stream", "NUL", "com1.txt", "evil.dll.", "..."};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        pair p;
        make(&p);
        temp_image_text(&p.good, BIN "/evil.dll", "evil");
        temp_image_text(&p.good, arena_printf(&p.good.memory, MODULE "/%s", names[i]), "evil");
        assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED | EVERY_FILE), names[i]);
        assert_said("its name is none that Windows allows");
        done(&p);
    }
}

/* What no repair may write is found out before the first file is written. */
static void test_a_path_that_is_too_long(void **state) {
    (void)state;
    pair p;
    make(&p);
    const char *path = MODULE;
    for (int i = 0; i < 5; i++) {
        path = arena_printf(&p.good.memory, "%s/%0200d", path, i);
    }
    temp_image_text(&p.good, path, "deep");
    take(&p.machine, ENGINE);
    assert_refused(&p, restore(&p, NULL, ALLOW_UNSIGNED | EVERY_FILE), "no repair writes");
    done(&p);
}

static void test_too_much(void **state) {
    (void)state;
    pair p;
    make(&p);
    take(&p.machine, TOOLS);
    for (int i = 0; i < 10000; i++) {
        const char *path = temp_image_path(&p.good, arena_printf(&p.good.memory, MODULE "/%d.txt", i));
        int file = open(path, O_WRONLY | O_CREAT, 0600);
        assert_true(file >= 0);
        (void)close(file);
    }
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_E_TOO_LARGE);
    assert_said("5,000");
    assert_untouched(&p);
    done(&p);

    make(&p);
    take(&p.machine, TOOLS);
    temp_image_text(&p.good, MODULE "/1/2/3/4/5/6/7/8/9/deep.txt", "deep");
    assert_int_equal(restore(&p, NULL, ALLOW_UNSIGNED), MARS_E_TOO_LARGE);
    assert_said("deep");
    assert_untouched(&p);
    done(&p);
}

/* Wherever memory runs out, nothing is restored, and it is said. */
static void memory_runs_out(const char *place) {
    pair p;
    make(&p);
    take(&p.machine, TOOLS);
    temp_image_open(&p.machine);
    const char *source = temp_image_path(&p.good, place);
    mars_status status = MARS_E_NO_MEMORY;
    for (uint64_t n = 1; status != MARS_OK; n++) {
        arena memory = {0};
        operation_run run = {.machine = p.machine.machine,
                             .memory = &memory,
                             .what_if = true,
                             .changes = ARENA_VECTOR(&memory, change_record)};
        mem_test_fail_at(n);
        status = operation_restore_module(&run, source, NULL, 1, 0);
        bool reached = mem_test_count() >= n;
        mem_test_fail_at(0);
        assert_int_equal(run.changes.count, status == MARS_OK ? 1 : 0);
        assert_true(reached || status == MARS_OK);
        arena_free(&memory);
    }
    done(&p);
}

static void test_memory_runs_out(void **state) {
    (void)state;
    memory_runs_out(MODULE);
    memory_runs_out(AGENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_whole_module_is_left_alone),
        cmocka_unit_test(test_what_is_missing),
        cmocka_unit_test(test_what_is_damaged),
        cmocka_unit_test(test_the_whole_folder_is_missing),
        cmocka_unit_test(test_the_manifest_is_missing_or_empty),
        cmocka_unit_test(test_taken_back),
        cmocka_unit_test(test_every_file),
        cmocka_unit_test(test_references_elsewhere),
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
        cmocka_unit_test(test_places),
        cmocka_unit_test(test_no_place),
        cmocka_unit_test(test_no_agent_on_the_machine),
        cmocka_unit_test(test_links_are_not_followed),
        cmocka_unit_test(test_odd_files),
        cmocka_unit_test(test_names_that_lead_away),
        cmocka_unit_test(test_a_path_that_is_too_long),
        cmocka_unit_test(test_too_much),
        cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
