#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "core/unicode.h"
#include "repair_scene.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const registry_path scene_shell = {REGISTRY_MACHINE, REGISTRY_64,
                                   "SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"};
const registry_path scene_crypto = {REGISTRY_MACHINE, REGISTRY_32,
                                    "SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319"};
const registry_path scene_environment = {REGISTRY_MACHINE, REGISTRY_64,
                                         "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"};

static const bytes new_content = {.data = (const uint8_t *)"new content", .size = 11};

/* ---- Digest ---- */

enum { PATH_MAXIMUM = 512 };

static void add_file(digest *all, const char *path) {
    uint8_t piece[65536];
    ssize_t count = 0;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    while ((count = read(file, piece, sizeof piece)) > 0) {
        digest_add(all, piece, (size_t)count);
    }
    assert_int_equal(count, 0);
    (void)close(file);
}

static void add_folder(digest *all, const char *path) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, NULL, alphasort);
    assert_true(count >= 0);
    for (int i = 0; i < count; i++) {
        char inner[PATH_MAXIMUM];
        struct stat status;
        const char *name = entries[i]->d_name;
        (void)snprintf(inner, sizeof inner, "%s/%s", path, name);
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0 && strcmp(name, "ProgramData") != 0) {
            assert_int_equal(lstat(inner, &status), 0);
            digest_add(all, name, strlen(name) + 1);
            digest_add(all, &status.st_mode, sizeof status.st_mode);
            digest_add(all, &status.st_size, S_ISREG(status.st_mode) ? sizeof status.st_size : 0);
            if (S_ISDIR(status.st_mode)) {
                add_folder(all, inner);
                digest_add(all, "/", 1);
            } else {
                add_file(all, inner);
            }
        }
        free(entries[i]);
    }
    free(entries);
}

const char *scene_digest(repair_scene *scene) {
    digest all = {0};
    digest_value value;
    assert_true(digest_start(&all, DIGEST_SHA256));
    add_folder(&all, scene->image.path);
    assert_true(digest_finish(&all, &value));
    return hex_lower(&scene->image.memory, value.data, value.size);
}

/* ---- The scene ---- */

void scene_open(repair_scene *scene) {
    temp_image_open(&scene->image);
    faults_use(scene->image.machine, &scene->image.memory);
}

void scene_make(repair_scene *scene) {
    *scene = (repair_scene){0};
    faults_set(FAULT_NONE, 0, 0);
    temp_image_make_in_memory(&scene->image);
    temp_image_hive(
        &scene->image, HIVE_SYSTEM,
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment]\n"
        "\"PSModulePath\"=\"old\"\n"
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\n"
        "\"ComputerName\"=\"SRV-01\"\n"
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\VSS]\n\"Start\"=dword:00000004\n");
    temp_image_hive(
        &scene->image, HIVE_SOFTWARE,
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell]\n"
        "\"ExecutionPolicy\"=\"Restricted\"\n"
        "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]\n\"x\"=\"y\"\n");
    temp_image_folder(&scene->image, SCENE_MODULE);
    temp_image_text(&scene->image, SCENE_MODULE "old.dll", "old content");
    scene_open(scene);
    scene->before = scene_digest(scene);
    assert_non_null(scene->before);
}

void scene_remove(repair_scene *scene) {
    faults_set(FAULT_NONE, 0, 0);
    temp_image_remove(&scene->image);
}

/* ---- Values ---- */

static registry_value text_value(arena *memory, const char *text) {
    bytes units = utf16_from_utf8(memory, text, strlen(text));
    uint8_t *data = arena_alloc(memory, units.size + 2);
    assert_non_null(data);
    memcpy(data, units.data, units.size);
    return (registry_value){.type = REGISTRY_SZ, .data = {.data = data, .size = units.size + 2}};
}

mars_status scene_set(operation_run *run, const registry_path *path, const char *name, const char *text) {
    registry_value value = {.type = REGISTRY_SZ};
    bytes units = utf16_from_utf8(run->memory, text, strlen(text));
    uint8_t *data = arena_alloc(run->memory, units.size + 2);
    if (data == NULL || units.data == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out");
    }
    memcpy(data, units.data, units.size);
    value.data = (bytes){.data = data, .size = units.size + 2};
    return change_registry_value(run, path, name, &value);
}

void scene_set_outside(repair_scene *scene, const registry_path *path, const char *name, const char *text) {
    const registry_value value = text_value(&scene->image.memory, text);
    uint32_t made = 0;
    host *machine = scene->image.machine;
    assert_int_equal(host_writer_of(machine)->registry_set(machine, path, name, &value, &made), MARS_OK);
}

const char *scene_text(repair_scene *scene, const registry_path *path, const char *name) {
    registry_value value = {0};
    const char *text = NULL;
    host *machine = scene->image.machine;
    fact_state state =
        machine->read->registry_read(machine, path, name, &scene->image.memory, &value, &scene->image.why);
    assert_int_not_equal(state, FACT_UNKNOWN);
    return state == FACT_KNOWN && registry_value_text(&value, &scene->image.memory, &text) ? text : NULL;
}

/* ---- Changes ---- */

static mars_status set_policy(operation_run *run) {
    return scene_set(run, &scene_shell, "ExecutionPolicy", "RemoteSigned");
}

static mars_status set_crypto(operation_run *run) {
    return scene_set(run, &scene_crypto, "SchUseStrongCrypto", "1");
}

static mars_status set_service(operation_run *run) {
    const service_config config = {.start = SERVICE_START_AUTOMATIC, .delay = SERVICE_DELAY_ON};
    return change_service(run, "VSS", &config);
}

static mars_status replace_file(operation_run *run) {
    return change_file(run, SCENE_MODULE_W "old.dll", new_content);
}

static mars_status write_new_file(operation_run *run) {
    return change_file(run, SCENE_MODULE_W "en-US\\help\\new.dll", new_content);
}

static mars_status nothing(host *machine, const host_writer *writer, void *user) {
    (void)machine;
    (void)writer;
    (void)user;
    return MARS_OK;
}

static mars_status make_event(operation_run *run) {
    return change_event(run, "VSS", "stopped", "running", nothing, NULL);
}

static mars_status set_module_path(operation_run *run) {
    return scene_set(run, &scene_environment, "PSModulePath", "new");
}

const scene_change scene_changes[] = {set_policy,     set_crypto, set_service,    replace_file,
                                      write_new_file, make_event, set_module_path};
const size_t scene_change_count = sizeof scene_changes / sizeof scene_changes[0];

/* ---- Runs ---- */

mars_status scene_run(repair_scene *scene, const scene_change *changes, size_t count, const char **id) {
    arena memory = {0};
    repair_run run;
    const run_options options = {0};
    *id = NULL;
    mars_status status = run_begin(&run, scene->image.machine, &memory, &options);
    if (status == MARS_OK) {
        for (size_t i = 0; i < count && status == MARS_OK; i++) {
            run.changing.step = i + 1;
            status = changes[i](&run.changing);
        }
        *id = run.id != NULL ? arena_text(&scene->image.memory, run.id) : NULL;
        mars_status ended = run_end(&run, status == MARS_OK ? "applied" : "stopped");
        status = status == MARS_OK ? ended : status;
    }
    arena_free(&memory);
    return status;
}

mars_status scene_run_all(repair_scene *scene, const char **id) {
    return scene_run(scene, scene_changes, scene_change_count, id);
}

mars_status scene_undo(repair_scene *scene, const char *id, const undo_settings *settings, outcome **out) {
    const undo_settings none = {0};
    return undo_run(out, scene->image.machine, id, settings != NULL ? settings : &none);
}

const char *scene_undo_well(repair_scene *scene, const char *id) {
    outcome *document = NULL;
    if (scene_undo(scene, id, NULL, &document) != MARS_OK) {
        fail_msg("undo: %s", error_message());
    }
    if (document->state != OUTCOME_APPLIED) {
        fail_msg("undo: %s: %s", outcome_state_name(document->state),
                 document->message != NULL ? document->message : "");
    }
    const char *run = arena_text(&scene->image.memory, document->run_id);
    outcome_free(document);
    return run;
}

void scene_expect_before(repair_scene *scene) {
    assert_string_equal(scene_digest(scene), scene->before);
}

/* ---- Before or after ---- */

static bool is_either(const char *actual, const char *before, const char *after) {
    const char *wanted[] = {before, after};
    for (size_t i = 0; i < 2; i++) {
        if (actual == NULL ? wanted[i] == NULL : wanted[i] != NULL && strcmp(actual, wanted[i]) == 0) {
            return true;
        }
    }
    return false;
}

static const char *file_text(repair_scene *scene, const char *path) {
    bytes content = temp_image_bytes(&scene->image, path);
    return content.data != NULL ? arena_text_n(&scene->image.memory, (const char *)content.data, content.size)
                                : NULL;
}

void scene_expect_before_or_after(repair_scene *scene) {
    service_config config;
    host *machine = scene->image.machine;
    assert_true(is_either(scene_text(scene, &scene_shell, "ExecutionPolicy"), "Restricted", "RemoteSigned"));
    assert_true(is_either(scene_text(scene, &scene_crypto, "SchUseStrongCrypto"), NULL, "1"));
    assert_true(is_either(scene_text(scene, &scene_environment, "PSModulePath"), "old", "new"));
    assert_true(is_either(file_text(scene, SCENE_MODULE "old.dll"), "old content", "new content"));
    assert_true(is_either(file_text(scene, SCENE_MODULE "en-US/help/new.dll"), NULL, "new content"));
    assert_int_equal(host_writer_of(machine)->service_config(machine, "VSS", &config), MARS_OK);
    assert_true((config.start == SERVICE_START_DISABLED && config.delay == SERVICE_DELAY_UNSET) ||
                (config.start == SERVICE_START_AUTOMATIC && config.delay == SERVICE_DELAY_ON));
}
