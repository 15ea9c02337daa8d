/* Operations from JSON to the machine: what is refused, what a what-if leaves alone, what is written,
 * recorded and read back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "core/unicode.h"
#include "recorded_storage.h"
#include "repair/change.h"
#include "temp_image.h"

#include <string.h>

#define SHELL   "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell]\n"
#define SESSION "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment]\n"
#define OWN     "%SystemRoot%\\\\system32\\\\WindowsPowerShell\\\\v1.0\\\\Modules"
#define MODULES "C:\\Program Files\\Agent\\bin\\Modules"
#define PROGRAMS                                                                                             \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion]\n"                                   \
    "\"ProgramFilesDir\"=\"C:\\\\Program Files\"\n"

typedef struct fixture {
    temp_image image;
    journal_storage *storage;
    operation_run run;
} fixture;

static mars_status open_journal(void *user, journal **out) {
    static const journal_head head = {.id = "run", .tool_version = "0.1.0"};
    return journal_begin(out, ((fixture *)user)->storage, &head);
}

static void make(fixture *f, const char *system, const char *software) {
    *f = (fixture){0};
    temp_image_make(&f->image);
    temp_image_hive(&f->image, HIVE_SYSTEM, system);
    temp_image_hive(&f->image, HIVE_SOFTWARE, software);
    temp_image_hive(&f->image, HIVE_DEFAULT, "");
    temp_image_folder(&f->image, "Program Files/Agent/bin/Modules");
    temp_image_open(&f->image);
    f->storage = recorded_storage_new();
    f->run = (operation_run){
        .machine = f->image.machine,
        .memory = &f->image.memory,
        .open_journal = open_journal,
        .user = f,
        .changes = ARENA_VECTOR(&f->image.memory, change_record),
    };
}

static void done(fixture *f) {
    journal_close(f->run.journal);
    f->storage->close(f->storage);
    temp_image_remove(&f->image);
}

/* The whole way in: JSON, binding, libffi. */
static mars_status call(fixture *f, const char *id, const char *arguments) {
    const operation *row = operation_find(id);
    assert_non_null(row);
    json_t *json = json_loads(arguments, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    operation_value values[OPERATION_PARAMETERS_MAX];
    mars_status status = operation_bind(row, json, f->run.memory, values);
    json_decref(json);
    return status == MARS_OK ? operation_call(row, &f->run, values) : status;
}

static void assert_refused(fixture *f, const char *id, const char *arguments, mars_status expected,
                           const char *named) {
    const char *before = temp_image_digest(&f->image);
    assert_int_equal(call(f, id, arguments), expected);
    if (strstr(error_message(), named) == NULL) {
        fail_msg("\"%s\" does not name \"%s\"", error_message(), named);
    }
    assert_string_equal(temp_image_digest(&f->image), before);
    assert_null(f->run.journal);
    assert_int_equal(f->run.changes.count, 0);
}

static const char *text_at(fixture *f, const registry_path *path, const char *name, uint32_t *type) {
    registry_value value = {0};
    const char *text = NULL;
    host *machine = f->image.machine;
    assert_int_equal(machine->read->registry_read(machine, path, name, f->run.memory, &value, &f->image.why),
                     FACT_KNOWN);
    assert_true(registry_value_text(&value, f->run.memory, &text));
    *type = value.type;
    return text;
}

static const registry_path environment = {REGISTRY_MACHINE, REGISTRY_64,
                                          "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"};
static const registry_path shell = {REGISTRY_MACHINE, REGISTRY_64,
                                    "SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"};

static void test_arguments_are_bound_by_name(void **state) {
    (void)state;
    fixture f;
    make(&f, "", "");
    static const char *const policy = "powershell.set-execution-policy";
    assert_refused(&f, policy, "[]", MARS_E_INVALID_ARGUMENT, "JSON object");
    assert_refused(&f, policy, "{}", MARS_E_INVALID_ARGUMENT, "\"policy\" is missing");
    assert_refused(&f, policy, "{\"policy\": \"RemoteSigned\", \"scope\": \"Process\"}",
                   MARS_E_INVALID_ARGUMENT, "scope");
    assert_refused(&f, policy, "{\"policy\": 1}", MARS_E_INVALID_ARGUMENT, "policy");
    assert_refused(&f, policy, "{\"policy\": \"Restricted\"}", MARS_E_INVALID_ARGUMENT,
                   "RemoteSigned or Unrestricted");
    static const char *const bad_folders[] = {"relative",        "C:",
                                              "C:\\\\",          "C:\\\\a\\\\..\\\\b",
                                              "C:\\\\a;C:\\\\b", "C:\\\\\\\"a\\\"",
                                              "%TEMP%\\\\a",     "\\\\\\\\server\\\\share",
                                              "C:\\\\a\\\\",     "C:\\\\a ",
                                              "C:\\\\a/b",       "C:\\\\*"};
    for (size_t i = 0; i < sizeof bad_folders / sizeof bad_folders[0]; i++) {
        const char *json = arena_printf(f.run.memory, "{\"folder\": \"%s\"}", bad_folders[i]);
        assert_refused(&f, "powershell.add-module-path", json, MARS_E_INVALID_ARGUMENT, "folder");
    }
    static const char *const bad_services[] = {"", "VSS /y", "-VSS", "a\\\\b", "\\u0001"};
    for (size_t i = 0; i < sizeof bad_services / sizeof bad_services[0]; i++) {
        const char *json =
            arena_printf(f.run.memory, "{\"service\": \"%s\", \"start\": \"manual\"}", bad_services[i]);
        assert_refused(&f, "service.set-start", json, MARS_E_INVALID_ARGUMENT, "service");
    }
    assert_null(operation_find("powershell.set-execution"));
    done(&f);
}

static void test_execution_policy(void **state) {
    (void)state;
    fixture f;
    uint32_t type = 0;
    make(&f, "", SHELL "\"ExecutionPolicy\"=\"Restricted\"\n");
    const char *before = temp_image_digest(&f.image);
    f.run.what_if = true;
    assert_int_equal(call(&f, "powershell.set-execution-policy", "{\"policy\": \"RemoteSigned\"}"), MARS_OK);
    assert_string_equal(temp_image_digest(&f.image), before);
    assert_int_equal(f.run.changes.count, 1);
    assert_null(f.run.journal);

    f.run.what_if = false;
    f.run.changes.count = 0;
    assert_int_equal(call(&f, "powershell.set-execution-policy", "{\"policy\": \"RemoteSigned\"}"), MARS_OK);
    assert_string_equal(text_at(&f, &shell, "ExecutionPolicy", &type), "RemoteSigned");
    assert_int_equal(type, REGISTRY_SZ);
    assert_int_equal(f.run.changes.count, 1);

    assert_int_equal(call(&f, "powershell.set-execution-policy", "{\"policy\": \"RemoteSigned\"}"), MARS_OK);
    assert_int_equal(f.run.changes.count, 1); /* a change to what is there is none */

    journal_run written = {0};
    assert_int_equal(journal_read(f.storage, "run", f.run.memory, &written), MARS_OK);
    assert_int_equal(written.change_count, 1);
    assert_string_equal(
        written.changes[0].target,
        "HKLM\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell\\\\ExecutionPolicy");
    assert_true(written.changes[0].done);
    assert_true(change_state_equal(&written.changes[0].after, &written.changes[0].read_back));

    /* What the journal holds is enough to take it back. */
    assert_int_equal(
        change_target(&f.run, written.changes[0].kind, written.changes[0].target, &written.changes[0].before),
        MARS_OK);
    assert_string_equal(text_at(&f, &shell, "ExecutionPolicy", &type), "Restricted");
    done(&f);
}

static void test_group_policy_is_not_fought(void **state) {
    (void)state;
    fixture f;
    make(&f, "",
         "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell]\n\"EnableScripts\"=dword:"
         "00000000\n");
    assert_refused(&f, "powershell.set-execution-policy", "{\"policy\": \"RemoteSigned\"}", MARS_E_REFUSED,
                   "group policy");
    done(&f);
}

/* Appends the module folder to a PSModulePath; NULL: there was none. */
static void assert_extended(const char *reg, const char *expected, uint32_t expected_type) {
    fixture f;
    uint32_t type = 0;
    make(&f, reg != NULL ? reg : SESSION "\"Path\"=\"x\"\n", PROGRAMS);
    assert_int_equal(call(&f, "powershell.add-module-path",
                          "{\"folder\": \"C:\\\\Program Files\\\\Agent\\\\bin\\\\Modules\"}"),
                     MARS_OK);
    assert_string_equal(text_at(&f, &environment, "PSModulePath", &type), expected);
    assert_int_equal(type, expected_type);
    done(&f);
}

static void test_module_path_is_extended(void **state) {
    (void)state;
    assert_extended(SESSION "\"PSModulePath\"=str(2):\"" OWN "\"\n",
                    "%SystemRoot%\\system32\\WindowsPowerShell\\v1.0\\Modules;" MODULES, REGISTRY_EXPAND_SZ);
    assert_extended(
        SESSION
        "\"PSModulePath\"=\"C:\\\\Windows\\\\system32\\\\WindowsPowerShell\\\\v1.0\\\\Modules\\\\;\"\n",
        "C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules\\;" MODULES, REGISTRY_SZ);
    assert_extended(
        SESSION "\"PSModulePath\"=str(2):\"" OWN "; c:\\\\program files\\\\agent\\\\BIN\\\\modules\\\\\"\n",
        "%SystemRoot%\\system32\\WindowsPowerShell\\v1.0\\Modules; c:\\program files\\agent\\BIN\\modules\\",
        REGISTRY_EXPAND_SZ);
    assert_extended(NULL,
                    "%ProgramFiles%\\WindowsPowerShell\\Modules;%SystemRoot%"
                    "\\system32\\WindowsPowerShell\\v1.0\\Modules;" MODULES,
                    REGISTRY_EXPAND_SZ);
}

static void assert_not_guessed(const char *reg, const char *named) {
    fixture f;
    make(&f, reg, PROGRAMS);
    assert_refused(&f, "powershell.add-module-path",
                   "{\"folder\": \"C:\\\\Program Files\\\\Agent\\\\bin\\\\Modules\"}", MARS_E_REFUSED, named);
    done(&f);
}

static void test_module_path_is_not_guessed(void **state) {
    (void)state;
    assert_not_guessed(SESSION "\"PSModulePath\"=\"C:\\\\Other\"\n", "own folder");
    assert_not_guessed(SESSION "\"PSModulePath\"=dword:00000001\n", "type 4");
}

/* A value that is longer than an image can hold. */
enum { LONG_PATH = 32000 - 1 /* the terminator */ - (int)(sizeof MODULES - 1) - 1 };
static char long_path[LONG_PATH + 2];

static fact_state read_long_path(host *machine, const registry_path *path, const char *name, arena *memory,
                                 registry_value *out, fact *why) {
    (void)machine;
    (void)path;
    (void)name;
    *out = (registry_value){.type = REGISTRY_SZ,
                            .data = utf16_from_utf8(memory, long_path, strlen(long_path) + 1)};
    *why = fact_known("registry");
    return FACT_KNOWN;
}

static void make_long_path(int length) {
    static const char own[] = "C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules;";
    memset(long_path, 'x', sizeof long_path);
    memcpy(long_path, own, sizeof own - 1);
    long_path[length] = '\0';
}

static void test_module_path_has_an_end(void **state) {
    (void)state;
    static const char folder[] = "{\"folder\": \"C:\\\\Program Files\\\\Agent\\\\bin\\\\Modules\"}";
    fixture f;
    make(&f, "", PROGRAMS);
    host_reader reader = *f.image.machine->read;
    const host_reader *real = f.image.machine->read;
    reader.registry_read = read_long_path;
    f.image.machine->read = &reader;
    f.run.what_if = true;
    /* Its own access list would be asked for Program Files' name in the registry. */
    temp_image_text(&f.image, "captures/files.json",
                    "[{\"FullName\":\"C:\\\\Program Files\",\"Attributes\":16,"
                    "\"Sddl\":\"O:SYD:(A;OICI;FA;;;SY)\",\"Zone\":null}]");
    make_long_path(LONG_PATH + 1);
    assert_refused(&f, "powershell.add-module-path", folder, MARS_E_REFUSED, "32000");
    make_long_path(LONG_PATH);
    (void)call(&f, "powershell.add-module-path", folder);
    assert_int_equal(f.run.changes.count, 1);
    const change_record *change = f.run.changes.items;
    assert_int_equal(change->after.data.size, 2 * 32000);
    f.image.machine->read = real;
    done(&f);
}

static void test_service_start(void **state) {
    (void)state;
    fixture f;
    make(&f, "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\VSS]\n\"Start\"=dword:00000004\n",
         "");
    assert_refused(&f, "service.set-start", "{\"service\": \"NTDS\", \"start\": \"manual\"}",
                   MARS_E_UNSUPPORTED, "NTDS");
    assert_int_equal(call(&f, "service.set-start", "{\"service\": \"VSS\", \"start\": \"manual\"}"), MARS_OK);
    service_info info = {0};
    host *machine = f.image.machine;
    assert_int_equal(machine->read->service_info(machine, "VSS", f.run.memory, &info, &f.image.why),
                     FACT_KNOWN);
    assert_int_equal(info.start.value, SERVICE_START_MANUAL);
    const change_record *change = f.run.changes.items;
    assert_int_equal(change_target(&f.run, change->kind, change->target, &change->before), MARS_OK);
    assert_int_equal(machine->read->service_info(machine, "VSS", f.run.memory, &info, &f.image.why),
                     FACT_KNOWN);
    assert_int_equal(info.start.value, SERVICE_START_DISABLED);
    registry_value delayed = {0}; /* never set, so unset again */
    const registry_path service = {REGISTRY_MACHINE, REGISTRY_64, "SYSTEM\\CurrentControlSet\\Services\\VSS"};
    assert_int_equal(machine->read->registry_read(machine, &service, "DelayedAutostart", f.run.memory,
                                                  &delayed, &f.image.why),
                     FACT_ABSENT);
    done(&f);
}

static void test_strong_crypto_is_set_in_both_views(void **state) {
    (void)state;
    fixture f;
    make(&f, "",
         "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319]\n\"SchUseStrongCrypto\"=dword:"
         "00000000\n");
    assert_int_equal(call(&f, "dotnet.enable-strong-crypto", "{\"runtime\": \"v4.0.30319\"}"), MARS_OK);
    assert_int_equal(f.run.changes.count, 2);
    const change_record *changes = f.run.changes.items;
    assert_true(changes[0].before.present);
    assert_false(changes[1].before.present);
    assert_true(changes[1].parents_created > 0); /* WOW6432Node was not there */
    done(&f);
}

/* The names of targets lead back to the same thing, and nothing else does. */
static void test_targets_lead_back(void **state) {
    (void)state;
    arena memory = {0};
    const registry_path paths[] = {environment,
                                   {REGISTRY_MACHINE, REGISTRY_32, "SOFTWARE\\X"},
                                   {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, "Environment"}};
    static const char *const names[] = {"Name", "", "with\\backslash", "two\\\\of them"};
    for (size_t i = 0; i < 3; i++) {
        for (size_t n = 0; n < 4; n++) {
            registry_path path;
            const char *name = NULL;
            assert_true(
                target_to_registry(&memory, target_of_registry(&memory, &paths[i], names[n]), &path, &name));
            assert_int_equal(path.root, paths[i].root);
            assert_int_equal(path.view, paths[i].view);
            assert_string_equal(path.key, paths[i].key);
            assert_string_equal(name, names[n]);
        }
    }
    static const char *const bad[] = {"",           "HKLM",        "HKLM\\", "HKLM\\\\\\x", "HKCU\\A\\\\b",
                                      "HKLM\\A\\b", "hklm\\A\\\\b"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        registry_path path;
        const char *name = NULL;
        assert_false(target_to_registry(&memory, bad[i], &path, &name));
    }
    static const char *const bad_services[] = {"", "start=5 delayed=0", "start=2 delayed=2",
                                               "start=2 delayed=0 ", "Start=2 delayed=0"};
    for (size_t i = 0; i < sizeof bad_services / sizeof bad_services[0]; i++) {
        const change_state text = {.present = true,
                                   .data = {(const uint8_t *)bad_services[i], strlen(bad_services[i])}};
        service_config config;
        assert_false(state_to_service(&text, &config));
    }
    arena_free(&memory);
}

/* The kinds that are no texts. */
static void test_numbers_and_flags(void **state) {
    (void)state;
    static const struct {
        const char *json;
        argument_kind kind;
        bool accepted;
    } cases[] = {
        {"335544320", ARGUMENT_BYTES, true},
        {"335544319", ARGUMENT_BYTES, false},
        {"-1", ARGUMENT_BYTES, false},
        {"335544320.0", ARGUMENT_BYTES, false},
        {"\"335544320\"", ARGUMENT_BYTES, false},
        {"9223372036854775807", ARGUMENT_BYTES, true},
        {"true", ARGUMENT_FLAG, true},
        {"false", ARGUMENT_FLAG, true},
        {"1", ARGUMENT_FLAG, false},
        {"\"true\"", ARGUMENT_FLAG, false},
        {"null", ARGUMENT_FLAG, false},
    };
    arena memory = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *json = json_loads(cases[i].json, JSON_DECODE_ANY, NULL);
        operation_value value;
        assert_non_null(json);
        assert_int_equal(argument_from_json(cases[i].kind, json, &memory, &value), cases[i].accepted);
        json_decref(json);
    }
    arena_free(&memory);
}

/* Every row of the list is complete and its names are in the form that JSON and help use. */
static void test_the_list_is_sound(void **state) {
    (void)state;
    for (size_t i = 0; i < all_operations_count; i++) {
        const operation *row = &all_operations[i];
        assert_ptr_equal(operation_find(row->id), row);
        assert_non_null(strchr(row->id, '.'));
        assert_true(row->count > 0);
        for (size_t p = 0; p < row->count; p++) {
            json_t *schema = json_loads(argument_types[row->parameters[p].kind].schema, 0, NULL);
            assert_non_null(schema);
            json_decref(schema);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arguments_are_bound_by_name),
        cmocka_unit_test(test_execution_policy),
        cmocka_unit_test(test_group_policy_is_not_fought),
        cmocka_unit_test(test_module_path_is_extended),
        cmocka_unit_test(test_module_path_is_not_guessed),
        cmocka_unit_test(test_module_path_has_an_end),
        cmocka_unit_test(test_service_start),
        cmocka_unit_test(test_strong_crypto_is_set_in_both_views),
        cmocka_unit_test(test_targets_lead_back),
        cmocka_unit_test(test_numbers_and_flags),
        cmocka_unit_test(test_the_list_is_sound),
    };
    return cmocka_run_group_tests_name("operations", tests, NULL, NULL);
}
