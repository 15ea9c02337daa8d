/* Reading the powershell group from small images: each fact from its own place. */
#include "collect/read.h"
#include "file_tree.h"
#include "image_maker.h"

#include "core/text_builder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SESSION      "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment]\n"
#define ACCOUNT      "[HKEY_USERS\\S-1-5-18\\Environment]\n"
#define SHELL_ID     "Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell]\n"
#define GROUP_POLICY "Policies\\Microsoft\\Windows\\PowerShell]\n"
#define SETUP                                                                                                \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows Azure Backup\\Setup]\n"                               \
    "\"InstallPath\"=\"C:\\\\Agent\\\\\"\n"
#define MODULE "src/files/Agent/bin/Modules/MSOnlineBackup/"
/* SHA-256 of "abc", from FIPS 180-2. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

enum { TASK_TIME = 1772438400 };

typedef struct fixture {
    char root[64];
    arena memory;
    host *machine;
    evidence *document;
    scheduled_task task;
    action_facts action;
} fixture;

static int set_up(void **state) {
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    (void)snprintf(f->root, sizeof f->root, "/tmp/powershell-XXXXXX");
    assert_non_null(mkdtemp(f->root));
    *state = f;
    return 0;
}

static const char *at(fixture *f, const char *path) {
    return arena_printf(&f->memory, "%s/%s", f->root, path);
}

static int tear_down(void **state) {
    fixture *f = *state;
    char message[256];
    const maker_error error = {message, sizeof message};
    evidence_free(f->document);
    host_close(f->machine);
    assert_true(tree_remove(f->root, &error));
    arena_free(&f->memory);
    free(f);
    return 0;
}

static void put(fixture *f, const char *path, const char *text) {
    char message[256];
    const maker_error error = {message, sizeof message};
    if (!file_store(at(f, path), text, strlen(text), &error)) {
        fail_msg("%s", message);
    }
}

static void imports(fixture *f, const char **paths, size_t count) {
    f->action.imports.fact = fact_known("task");
    f->action.imports.value = (text_list){.items = paths, .count = count};
}

/* Makes the image of the source that was put down, and reads it; the tasks are as the test has set them. */
static const powershell_evidence *collect_from(fixture *f, const char *description, const char *registry) {
    char message[512];
    put(f, "src/image.json", description);
    put(f, "src/registry/10.reg", registry);
    if (!image_make(at(f, "src"), at(f, "out"), message, sizeof message)) {
        fail_msg("%s", message);
    }
    assert_int_equal(host_open_image(&f->machine, at(f, "out")), MARS_OK);
    f->document = evidence_new();
    collector c = {
        .machine = f->machine,
        .into = f->document,
        .memory = &f->document->memory,
        .environment = ARENA_VECTOR(&f->document->memory, environment_variable),
    };
    f->document->schedule.tasks = (fact_list){.fact = fact_known("tasks"), .count = 1, .items = &f->task};
    f->task.actions = (fact_list){.fact = fact_known("task"), .count = 1, .items = &f->action};
    environment_read(&c);
    collect_agent(&c);
    collect_powershell(&c);
    assert_false(arena_failed(c.memory));
    return &f->document->powershell;
}

static void expect_text(const fact_text *actual, const char *expected) {
    assert_int_equal(actual->fact.state, expected != NULL ? FACT_KNOWN : FACT_ABSENT);
    if (expected != NULL) {
        assert_string_equal(actual->value, expected);
    }
}

#define AS_OF "{\"as_of\": \"2026-03-02T08:00:00Z\"}"

static void test_policy_scopes(void **state) {
    const powershell_evidence *p = collect_from(
        *state, AS_OF,
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\" GROUP_POLICY
        "\"EnableScripts\"=dword:1\n\"ExecutionPolicy\"=\"one\"\n"
        "[HKEY_USERS\\S-1-5-18\\Software\\" GROUP_POLICY
        "\"EnableScripts\"=dword:0\n\"ExecutionPolicy\"=\"two\"\n" ACCOUNT
        "\"PSExecutionPolicyPreference\"=\"three\"\n" SESSION "\"PSExecutionPolicyPreference\"=\"four\"\n"
        "[HKEY_USERS\\S-1-5-18\\Software\\" SHELL_ID "\"ExecutionPolicy\"=\"five\"\n"
        "; time: 2026-03-09T08:00:00Z\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\" SHELL_ID "\"ExecutionPolicy\"=\"six\"\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\" SHELL_ID "\"ExecutionPolicy\"=\"wrong\"\n");
    assert_int_equal(p->machine_policy_enabled.value, 1);
    assert_int_equal(p->user_policy_enabled.fact.state, FACT_KNOWN);
    assert_int_equal(p->user_policy_enabled.value, 0);
    expect_text(&p->machine_policy, "one");
    expect_text(&p->user_policy, "two");
    expect_text(&p->system_preference, "three");
    expect_text(&p->machine_preference, "four");
    expect_text(&p->current_user, "five");
    expect_text(&p->local_machine, "six");
    assert_int_equal(p->policy_written.value, TASK_TIME + 7 * 24 * 3600);
}

static void test_policy_absent(void **state) {
    const powershell_evidence *p =
        collect_from(*state, AS_OF, SESSION "\"OS\"=\"Windows_NT\"\n" ACCOUNT SETUP);
    assert_int_equal(p->machine_policy_enabled.fact.state, FACT_ABSENT);
    assert_int_equal(p->user_policy_enabled.fact.state, FACT_ABSENT);
    expect_text(&p->local_machine, NULL);
    expect_text(&p->system_preference, NULL);
    assert_int_equal(p->policy_written.fact.state, FACT_KNOWN);
}

static const module_path_element *element(const powershell_evidence *p, size_t i) {
    assert_true(i < p->module_path.count);
    return &((const module_path_element *)p->module_path.items)[i];
}

static void test_module_path_elements(void **state) {
    fixture *f = *state;
    put(f, MODULE "MSOnlineBackup.psd1", "@{}");
    put(f, "src/files/Versioned/MSOnlineBackup/2.0/MSOnlineBackup.psd1", "@{}");
    put(f, "src/files/Named/MSOnlineBackup/other/MSOnlineBackup.psd1", "@{}");
    const powershell_evidence *p = collect_from(
        f, AS_OF,
        "; time: 2026-03-05T08:00:00Z\n" SESSION "\"Agent\"=\"C:\\\\Agent\"\n"
        "\"PSModulePath\"=str(2):\";%Agent%/bin/Modules\\\\ ; ;\\\"C:\\\\Agent\\\\bin\\\\Modules\\\";"
        "C:\\\\Agent\\\\bin\\\\Modules\\\\MSOnlineBackup;C:\\\\Versioned;C:\\\\Named;C:"
        "\\\\Missing\"\n" SETUP);
    expect_text(&p->module_path_type, "REG_EXPAND_SZ");
    expect_text(&p->system_module_path, NULL);
    assert_int_equal(p->module_path_written.value, TASK_TIME + 3 * 24 * 3600);
    assert_int_equal(p->module_path.count, 6);
    expect_text(&element(p, 0)->raw, "%Agent%/bin/Modules\\ ");
    expect_text(&element(p, 0)->folder, "C:\\Agent\\bin\\Modules");
    expect_text(&element(p, 0)->manifest, "C:\\Agent\\bin\\Modules\\MSOnlineBackup\\MSOnlineBackup.psd1");
    assert_true(fact_is_true(&element(p, 1)->quoted));
    expect_text(&element(p, 1)->manifest, NULL);
    assert_true(fact_is_true(&element(p, 2)->present));
    expect_text(&element(p, 2)->manifest, NULL);
    expect_text(&element(p, 3)->manifest, "C:\\Versioned\\MSOnlineBackup\\2.0\\MSOnlineBackup.psd1");
    assert_true(fact_is_true(&element(p, 4)->present));
    expect_text(&element(p, 4)->manifest, NULL);
    assert_true(fact_is_false(&element(p, 5)->present));
    expect_text(&element(p, 5)->manifest, NULL);
}

/* Finding a value takes time that grows with their number, so that not all of very many are read. */
static void test_very_many_variables(void **state) {
    fixture *f = *state;
    text_builder registry = {0};
    text_add(&registry, SETUP ACCOUNT SESSION "\"Base\"=\"C:\\\\Agent\"\n");
    for (int i = 0; i < 1200; i++) {
        text_addf(&registry, "\"V%04d\"=\"x\"\n", i);
    }
    put(f, MODULE "MSOnlineBackup.psd1", "@{}");
    (void)collect_from(f, AS_OF, text_builder_text(&registry));
    text_builder_free(&registry);
    collector c = {.machine = f->machine, .into = f->document, .memory = &f->memory};
    c.environment = (arena_vector)ARENA_VECTOR(&f->memory, environment_variable);
    environment_read(&c);
    assert_string_equal(environment_expand(&c, "%Base%\\x"), "C:\\Agent\\x");
    assert_string_equal(environment_expand(&c, "%V1199%"), "%V1199%");
}

static void test_own_path_of_system_replaces_the_machines(void **state) {
    const powershell_evidence *p = collect_from(*state, AS_OF,
                                                SESSION "\"PSModulePath\"=str(2):\"C:\\\\A\"\n" ACCOUNT
                                                        "\"PSModulePath\"=\"%SystemRoot%\\\\B\"\n");
    expect_text(&p->machine_module_path, "C:\\A");
    expect_text(&p->system_module_path, "%SystemRoot%\\B");
    expect_text(&p->module_path_type, "REG_SZ");
    assert_int_equal(p->module_path.count, 1);
    expect_text(&element(p, 0)->folder, "%SystemRoot%\\B");
}

static void test_no_path(void **state) {
    const powershell_evidence *p = collect_from(*state, AS_OF, SESSION "\"OS\"=\"Windows_NT\"\n" ACCOUNT);
    assert_int_equal(p->module_path.fact.state, FACT_ABSENT);
    expect_text(&p->module_path_type, NULL);
}

static void test_imports(void **state) {
    fixture *f = *state;
    const char *paths[] = {"C:\\Agent\\bin\\Modules\\MSOnlineBackup",
                           "C:/Agent/bin/Modules/MSOnlineBackup.psd1",
                           "MSOnlineBackup",
                           ".\\x.psd1",
                           "C:\\Agent\\bin\\Modules\\MSOnlineBackup\\MSOnlineBackup",
                           "C:\\Agent\\bin\\Modules\\MSOnlineBackup"};
    imports(f, paths, 6);
    put(f, MODULE "MSOnlineBackup.psd1", "@{}");
    const powershell_evidence *p = collect_from(f, AS_OF, SETUP ACCOUNT);
    const module_import *found = p->imports.items;
    assert_int_equal(p->imports.count, 4);
    expect_text(&found[0].resolved, "C:\\Agent\\bin\\Modules\\MSOnlineBackup\\MSOnlineBackup.psd1");
    expect_text(&found[1].resolved, NULL);
    assert_int_equal(found[2].resolved.fact.state, FACT_UNKNOWN);
    expect_text(&found[3].resolved, "C:\\Agent\\bin\\Modules\\MSOnlineBackup\\MSOnlineBackup.psd1");
}

static const module_reference *reference(const powershell_evidence *p, const char *name) {
    const module_reference *items = p->references.items;
    for (size_t i = 0; i < p->references.count; i++) {
        if (strcmp(items[i].name.value, name) == 0) {
            return &items[i];
        }
    }
    fail_msg("there is no reference %s", name);
    return NULL;
}

static void test_references(void **state) {
    fixture *f = *state;
    put(f, MODULE "MSOnlineBackup.psd1",
        "@{ ModuleVersion = '2.0'; RootModule = 'Root.dll'\n"
        "NestedModules = @('..\\..\\InBin.dll', 'sub\\..\\..\\..\\..\\..\\..\\Away.dll', 'Helper')\n"
        "RequiredAssemblies = 'System.Web', 'Gone.dll'; FormatsToProcess = '.\\Formats.ps1xml' }");
    put(f, MODULE "Root.dll", "x");
    put(f, MODULE "Helper.psm1", "x");
    put(f, MODULE "formats.PS1XML", "x");
    put(f, "src/files/Agent/bin/InBin.dll", "x");
    const powershell_evidence *p = collect_from(f, AS_OF, SETUP ACCOUNT);
    expect_text(&p->manifest_version, "2.0");
    expect_text(&reference(p, "Root.dll")->resolved, "C:\\Agent\\bin\\Modules\\MSOnlineBackup\\Root.dll");
    expect_text(&reference(p, "..\\..\\InBin.dll")->resolved, "C:\\Agent\\bin\\InBin.dll");
    expect_text(&reference(p, ".\\Formats.ps1xml")->resolved,
                "C:\\Agent\\bin\\Modules\\MSOnlineBackup\\Formats.ps1xml");
    expect_text(&reference(p, "Helper")->resolved, "C:\\Agent\\bin\\Modules\\MSOnlineBackup\\Helper.psm1");
    expect_text(&reference(p, "Gone.dll")->resolved, NULL);
    expect_text(&reference(p, "sub\\..\\..\\..\\..\\..\\..\\Away.dll")->resolved, NULL);
    assert_int_equal(reference(p, "System.Web")->resolved.fact.state, FACT_UNKNOWN);
    assert_true(fact_is_false(&reference(p, "System.Web")->file));
}

static void test_bad_manifest(void **state) {
    fixture *f = *state;
    put(f, MODULE "MSOnlineBackup.psd1", "@{ RootModule = ");
    const powershell_evidence *p = collect_from(f, AS_OF, SETUP ACCOUNT);
    assert_int_equal(p->manifest.fact.state, FACT_UNKNOWN);
    assert_int_equal(p->manifest.fact.reason, REASON_MALFORMED);
    assert_int_equal(p->references.fact.state, FACT_UNKNOWN);
    assert_int_equal(p->files.fact.state, FACT_KNOWN);
}

static void test_missing_module(void **state) {
    const powershell_evidence *p = collect_from(*state, AS_OF, SETUP ACCOUNT);
    expect_text(&p->module_folder, "C:\\Agent\\bin\\Modules\\MSOnlineBackup");
    assert_true(fact_is_false(&p->module_present));
    expect_text(&p->manifest, NULL);
    assert_int_equal(p->files.fact.state, FACT_ABSENT);
}

static void test_no_agent(void **state) {
    const powershell_evidence *p = collect_from(*state, AS_OF, SESSION "\"OS\"=\"Windows_NT\"\n" ACCOUNT);
    assert_int_equal(p->module_present.fact.state, FACT_UNKNOWN);
    assert_int_equal(p->files.fact.state, FACT_UNKNOWN);
    assert_int_equal(p->manifest.fact.state, FACT_UNKNOWN);
}

static const module_file *file_named(const powershell_evidence *p, const char *path) {
    const module_file *items = p->files.items;
    for (size_t i = 0; i < p->files.count; i++) {
        if (strcmp(items[i].path.value, path) == 0) {
            return &items[i];
        }
    }
    fail_msg("there is no file %s", path);
    return NULL;
}

#define PE(name, more)                                                                                       \
    "{\"path\": \"Agent/bin/Modules/MSOnlineBackup/" name                                                    \
    "\", \"version\": \"2.0.9506.0\", \"dll\": true" more "}"

static void test_files(void **state) {
    fixture *f = *state;
    put(f, MODULE "MSOnlineBackup.psd1", "@{}");
    put(f, MODULE "en-US/about.txt", "abc");
    put(f, MODULE "Signed.ps1", "Write-Output 'x'\r\n");
    put(f, MODULE "Plain.psm1", "# nothing\r\n");
    put(f, MODULE "Text.dll", "abc");
    const powershell_evidence *p = collect_from(
        f,
        "{\"as_of\": \"2026-03-02T08:00:00Z\", \"pe\": [" PE("Good.dll", "") ", " PE(
            "Signed.dll",
            ", "
            "\"signed"
            "\": true") ", " PE("Changed.dll",
                                ", \"signed\": true, \"damage\": \"byte\"") ", " PE("Cut.dll",
                                                                                    ", \"damage\": "
                                                                                    "\"truncate\"") ", " PE("Empty."
                                                                                                            "dll",
                                                                                                            ", "
                                                                                                            "\"dama"
                                                                                                            "ge\": "
                                                                                                            "\"empt"
                                                                                                            "y\"") "],"
                                                                                                                   "\"sign_scripts\": [\"Agent/bin/Modules/MSOnlineBackup/Signed.ps1\"]}",
        SETUP ACCOUNT);
    assert_int_equal(p->files.fact.state, FACT_KNOWN);
    assert_int_equal(p->files.count, 10);

    const module_file *about = file_named(p, "en-US\\about.txt");
    expect_text(&about->kind, "other");
    expect_text(&about->sha256, ABC);
    assert_int_equal(about->size.value, 3);
    assert_int_equal(about->signature.fact.state, FACT_ABSENT);
    /* Neither a capture nor the file system of this machine knows marks of the web. */
    assert_int_not_equal(about->zone.fact.state, FACT_KNOWN);

    const module_file *good = file_named(p, "Good.dll");
    assert_true(fact_is_true(&good->program_valid));
    expect_text(&good->version, "2.0.9506.0");
    expect_text(&good->signature, "none");
    expect_text(&file_named(p, "Signed.dll")->signature, "matches");
    assert_int_equal(strlen(file_named(p, "Signed.dll")->signer.value), 40);
    assert_true(fact_is_false(&file_named(p, "Signed.dll")->publisher_trusted));
    expect_text(&file_named(p, "Changed.dll")->signature, "differs");
    assert_true(fact_is_false(&file_named(p, "Cut.dll")->program_valid));
    assert_true(fact_is_false(&file_named(p, "Text.dll")->program_valid));
    assert_int_equal(file_named(p, "Empty.dll")->size.fact.state, FACT_KNOWN);
    assert_int_equal(file_named(p, "Empty.dll")->size.value, 0);

    expect_text(&file_named(p, "Signed.ps1")->kind, "script");
    expect_text(&file_named(p, "Signed.ps1")->signature, "matches");
    expect_text(&file_named(p, "Plain.psm1")->signature, "none");
    expect_text(&file_named(p, "MSOnlineBackup.psd1")->kind, "manifest");
}

/* The test certificate's thumbprint is not written down here: it is read from a first image. */
static void test_trusted_publisher(void **state) {
    static const char *const stores[] = {"Microsoft", "Policies\\Microsoft"};
    fixture *f = *state;
    put(f, MODULE "MSOnlineBackup.psd1", "@{}");
    const char *description = "{\"pe\": [" PE("Signed.dll", ", \"signed\": true") "]}";
    const powershell_evidence *p = collect_from(f, description, SETUP ACCOUNT);
    const char *thumbprint = arena_text(&f->memory, file_named(p, "Signed.dll")->signer.value);
    for (size_t i = 0; i < 2; i++) {
        evidence_free(f->document);
        host_close(f->machine);
        p = collect_from(f, description,
                         arena_printf(&f->memory,
                                      SETUP ACCOUNT "[HKEY_LOCAL_MACHINE\\SOFTWARE\\%s\\SystemCertificates\\"
                                                    "TrustedPublisher\\Certificates\\%s]\n",
                                      stores[i], thumbprint));
        assert_true(fact_is_true(&file_named(p, "Signed.dll")->publisher_trusted));
    }
}

static void test_too_deep(void **state) {
    fixture *f = *state;
    put(f, MODULE "1/2/3/4/5/6/7/deep.txt", "x");
    const powershell_evidence *p = collect_from(f, AS_OF, SETUP ACCOUNT);
    assert_int_equal(p->files.fact.state, FACT_KNOWN);
    evidence_free(f->document);
    host_close(f->machine);
    put(f, MODULE "1/2/3/4/5/6/7/8/deep.txt", "x");
    p = collect_from(f, AS_OF, SETUP ACCOUNT);
    assert_int_equal(p->files.fact.state, FACT_UNKNOWN);
    assert_int_equal(p->files.fact.reason, REASON_TOO_LARGE);
}

static void test_too_many_files(void **state) {
    fixture *f = *state;
    for (int i = 0; i < 5001; i++) {
        put(f, arena_printf(&f->memory, MODULE "%d.txt", i), "");
    }
    const powershell_evidence *p = collect_from(f, AS_OF, SETUP ACCOUNT);
    assert_int_equal(p->files.fact.state, FACT_UNKNOWN);
    assert_int_equal(p->files.fact.reason, REASON_TOO_LARGE);
    assert_int_equal(p->files.count, 0);
}

static void test_too_many_references(void **state) {
    fixture *f = *state;
    text_builder manifest = {0};
    text_add(&manifest, "@{ ModuleVersion = '2.0'; FileList = 'x'");
    for (int i = 0; i < 1000; i++) {
        text_addf(&manifest, ", '%d.dll'", i);
    }
    text_add(&manifest, "}");
    put(f, MODULE "MSOnlineBackup.psd1", text_builder_text(&manifest));
    text_builder_free(&manifest);
    const powershell_evidence *p = collect_from(f, AS_OF, SETUP ACCOUNT);
    expect_text(&p->manifest_version, "2.0");
    assert_int_equal(p->references.fact.state, FACT_UNKNOWN);
    assert_int_equal(p->references.fact.reason, REASON_TOO_LARGE);
}

static void test_paths_beyond_the_image(void **state) {
    const powershell_evidence *p = collect_from(
        *state, AS_OF, SESSION "\"PSModulePath\"=\"\\\\\\\\server\\\\share;Modules;E:\\\\Modules\"\n" SETUP);
    assert_int_equal(p->module_path.count, 3);
    expect_text(&element(p, 0)->folder, "\\\\server\\share");
    assert_int_not_equal(element(p, 0)->manifest.fact.state, FACT_KNOWN);
    assert_int_not_equal(element(p, 1)->manifest.fact.state, FACT_KNOWN);
    assert_int_equal(element(p, 2)->manifest.fact.state, FACT_UNKNOWN);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_policy_scopes),
        TEST(test_policy_absent),
        TEST(test_module_path_elements),
        TEST(test_very_many_variables),
        TEST(test_own_path_of_system_replaces_the_machines),
        TEST(test_no_path),
        TEST(test_imports),
        TEST(test_references),
        TEST(test_bad_manifest),
        TEST(test_missing_module),
        TEST(test_no_agent),
        TEST(test_files),
        TEST(test_trusted_publisher),
        TEST(test_too_deep),
        TEST(test_too_many_files),
        TEST(test_too_many_references),
        TEST(test_paths_beyond_the_image),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
