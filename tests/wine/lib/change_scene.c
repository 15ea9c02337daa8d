#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "change_scene.h"
#include "core/error.h"
#include "core/text_builder.h"
#include "host/win32/wide.h"
#include "repair/run.h"
#include "repair/undo.h"
#include "task_store.h"

#include <string.h>
#include <windows.h>

#define SHELL         "SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"
#define FRAMEWORK     "SOFTWARE\\Microsoft\\.NETFramework"
#define ENVIRONMENT   "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define SERVICE       "killed"
#define SERVICE_KEY   "SYSTEM\\CurrentControlSet\\Services\\" SERVICE
#define AGENT         "C:\\agent"
#define MODULE        AGENT "\\Modules\\MSOnlineBackup"
#define OLD_FILE      MODULE "\\old.dll"
#define READONLY_FILE MODULE "\\readonly.dll"
#define TASK          "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"
#define OTHER_TASK    "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup-2"
#define JOURNALS      "C:\\ProgramData\\MarsHealth"

enum { OLD_ATTRIBUTES = FILE_ATTRIBUTE_HIDDEN, READONLY_ATTRIBUTES = FILE_ATTRIBUTE_READONLY };

static const registry_path shell = {REGISTRY_MACHINE, REGISTRY_64, SHELL};
static const registry_path framework = {REGISTRY_MACHINE, REGISTRY_32, FRAMEWORK};
static const registry_path new_keys = {REGISTRY_MACHINE, REGISTRY_32, FRAMEWORK "\\v9.9\\Deeper"};
static const registry_path environment = {REGISTRY_MACHINE, REGISTRY_64, ENVIRONMENT};
static const registry_path service_key = {REGISTRY_MACHINE, REGISTRY_64, SERVICE_KEY};

static const struct {
    change_kind kind;
    const char *target;
} targets[SCENE_TARGETS] = {
    {CHANGE_REGISTRY_VALUE, "HKLM32\\" FRAMEWORK "\\v9.9\\Deeper\\\\SchUseStrongCrypto"},
    {CHANGE_FILE, MODULE "\\en-US\\new\\new.dll"},
    {CHANGE_REGISTRY_VALUE, "HKLM\\" SHELL "\\\\ExecutionPolicy"},
    {CHANGE_REGISTRY_VALUE, "HKLM\\" ENVIRONMENT "\\\\Stray"},
    {CHANGE_FILE, OLD_FILE},
    {CHANGE_FILE, READONLY_FILE},
    {CHANGE_SERVICE_CONFIG, SERVICE},
    {CHANGE_TASK, TASK},
    {CHANGE_TASK, OTHER_TASK},
};

static bytes bytes_of(const char *text) {
    return (bytes){.data = (const uint8_t *)text, .size = strlen(text)};
}

/* ---- As it is before ---- */

static void folder(live_machine *on, const char *path) {
    assert_true(CreateDirectoryW(wide_text(&on->memory, path), NULL));
}

/* With a time of its own, which would tell that it is not the same file. */
static void file(live_machine *on, const char *path, DWORD attributes) {
    enum { LONG_AGO = 30000000 };
    const FILETIME time = {.dwLowDateTime = 0, .dwHighDateTime = LONG_AGO};
    store(path, "old content", strlen("old content"));
    HANDLE opened =
        CreateFileW(wide_text(&on->memory, path), FILE_WRITE_ATTRIBUTES, 0, NULL, OPEN_EXISTING, 0, NULL);
    assert_true(SetFileTime(opened, NULL, NULL, &time));
    (void)CloseHandle(opened);
    assert_true(SetFileAttributesW(wide_text(&on->memory, path), attributes));
}

static void value(live_machine *on, const registry_path *path, const char *name) {
    const registry_value text = {.type = REGISTRY_SZ,
                                 .data = {.data = (const uint8_t *)"o\0l\0d\0\0", .size = 8}};
    uint32_t made = 0;
    assert_int_equal(on->write->registry_set(on->machine, path, name, &text, &made), MARS_OK);
}

static void tasks(live_machine *on) {
    task_store_install(on);
    task_store_new(on);
    task_store_put(on, TASK, task_store_definition(&on->memory, TASK, task_store_system, "before", true));
    task_store_put(on, OTHER_TASK,
                   task_store_definition(&on->memory, OTHER_TASK, task_store_system, "other", false));
}

void scene_prepare(live_machine *on) {
    folder(on, AGENT);
    folder(on, AGENT "\\Modules");
    folder(on, MODULE);
    file(on, OLD_FILE, OLD_ATTRIBUTES);
    file(on, READONLY_FILE, READONLY_ATTRIBUTES);
    value(on, &shell, "ExecutionPolicy");
    value(on, &framework, "Neighbour");
    value(on, &environment, "Stray");
    (void)tool(on, "sc create " SERVICE " binpath= \"C:\\\\nothing.exe\" start= demand");
    tasks(on);
}

/* ---- All there is ---- */

static void add_hex(text_builder *out, bytes data) {
    for (size_t i = 0; i < data.size; i++) {
        text_addf(out, "%02x", data.data[i]);
    }
    text_add(out, "\n");
}

static void add_key(live_machine *on, text_builder *out, const registry_path *path) {
    text_list names = {0};
    assert_int_equal(on->read->registry_values(on->machine, path, &on->memory, &names, &on->why), FACT_KNOWN);
    text_addf(out, "[%s]\n", path->key);
    for (size_t i = 0; i < names.count; i++) {
        registry_value found = {0};
        assert_int_equal(
            on->read->registry_read(on->machine, path, names.items[i], &on->memory, &found, &on->why),
            FACT_KNOWN);
        text_addf(out, "%s = %u ", names.items[i], found.type);
        add_hex(out, found.data);
    }
    assert_int_equal(on->read->registry_keys(on->machine, path, &on->memory, &names, &on->why), FACT_KNOWN);
    for (size_t i = 0; i < names.count; i++) {
        registry_path below = *path;
        below.key = arena_printf(&on->memory, "%s\\%s", path->key, names.items[i]);
        add_key(on, out, &below);
    }
}

static bool is_above(const WIN32_FIND_DATAW *found) {
    return wcscmp(found->cFileName, L".") == 0 || wcscmp(found->cFileName, L"..") == 0;
}

/* Calls for what is in a folder, folders behind what is in them. */
typedef void (*file_visit)(live_machine *on, text_builder *out, const char *path, const WIN32_FIND_DATAW *);
static void each_file(live_machine *on, text_builder *out, const char *path, file_visit visit) {
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(wide_text(&on->memory, arena_printf(&on->memory, "%s\\*", path)), &found);
    for (BOOL more = search != INVALID_HANDLE_VALUE; more; more = FindNextFileW(search, &found)) {
        const char *name = text_from_wide(&on->memory, found.cFileName);
        const char *inner = arena_printf(&on->memory, "%s\\%s", path, name);
        if (is_above(&found)) {
            continue;
        }
        if ((found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0) {
            each_file(on, out, inner, visit);
        }
        visit(on, out, inner, &found);
    }
    (void)FindClose(search);
}

static void add_file(live_machine *on, text_builder *out, const char *path, const WIN32_FIND_DATAW *found) {
    size_t size = 0;
    text_addf(out, "%s %lx", path, found->dwFileAttributes);
    if ((found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) == 0) {
        const char *data = load(on, path, &size);
        text_addf(out, " %lx-%lx ", found->ftLastWriteTime.dwHighDateTime,
                  found->ftLastWriteTime.dwLowDateTime);
        add_hex(out, (bytes){.data = (const uint8_t *)data, .size = size});
    } else {
        text_add(out, "\n");
    }
}

static const char *whole(live_machine *on) {
    static const registry_path *const keys[] = {&shell, &framework, &environment, &service_key};
    text_builder out = {0};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        add_key(on, &out, keys[i]);
    }
    each_file(on, &out, AGENT, add_file);
    text_addf(&out, "%s\n%s\n", task_store_get(on, TASK), task_store_get(on, OTHER_TASK));
    const char *text = arena_text(&on->memory, text_builder_text(&out));
    text_builder_free(&out);
    return text;
}

/* ---- The targets ---- */

static const char *look(live_machine *on, size_t i) {
    change_state now = {0};
    text_builder out = {0};
    if (target_read(on->machine, &on->memory, targets[i].kind, targets[i].target, &now) != MARS_OK) {
        fail_msg("%s", error_message());
    }
    text_addf(&out, "%s %u ", now.present ? "there" : "not there", now.type);
    add_hex(&out, now.data);
    const char *text = arena_text(&on->memory, text_builder_text(&out));
    text_builder_free(&out);
    return text;
}

void scene_before(live_machine *on, change_scene *scene) {
    for (size_t i = 0; i < SCENE_TARGETS; i++) {
        scene->before[i] = look(on, i);
    }
    scene->whole = whole(on);
}

void scene_after(live_machine *on, change_scene *scene) {
    for (size_t i = 0; i < SCENE_TARGETS; i++) {
        scene->after[i] = look(on, i);
        assert_string_not_equal(scene->after[i], scene->before[i]);
    }
}

void scene_expect_either(live_machine *on, const change_scene *scene, const char *when) {
    for (size_t i = 0; i < SCENE_TARGETS; i++) {
        const char *now = look(on, i);
        if (strcmp(now, scene->before[i]) != 0 && strcmp(now, scene->after[i]) != 0) {
            fail_msg("%s: %s is %s: neither as before nor as after", when, targets[i].target, now);
        }
    }
}

/* The first line that is another, so that it can be found. */
static const char *difference(live_machine *on, const char *now, const char *was) {
    size_t line = 0;
    for (size_t i = 0; now[i] != '\0' && now[i] == was[i]; i++) {
        line = now[i] == '\n' ? i + 1 : line;
    }
    return arena_printf(&on->memory, "\"%.*s\" and was \"%.*s\"", (int)strcspn(now + line, "\n"), now + line,
                        (int)strcspn(was + line, "\n"), was + line);
}

void scene_expect_before(live_machine *on, const change_scene *scene, const char *when) {
    const char *now = whole(on);
    if (strcmp(now, scene->whole) != 0) {
        fail_msg("%s: not as it was before: it is %s", when, difference(on, now, scene->whole));
    }
}

/* ---- The run ---- */

static mars_status change(operation_run *run, size_t i) {
    const registry_value one = {.type = REGISTRY_DWORD,
                                .data = {.data = (const uint8_t *)"\1\0\0\0", .size = 4}};
    const service_config config = {.start = SERVICE_START_AUTOMATIC, .delay = SERVICE_DELAY_ON};
    const char *definition = task_store_definition(run->memory, TASK, task_store_system, "after", true);
    run->step = i + 1;
    switch (i) {
    case 0:
        return change_registry_value(run, &new_keys, "SchUseStrongCrypto", &one);
    case 2:
        return change_registry_value(run, &shell, "ExecutionPolicy", &one);
    case 3:
        return change_registry_value(run, &environment, "Stray", NULL);
    case 6:
        return change_service(run, SERVICE, &config);
    case 7:
        return change_task(run, TASK, bytes_of(strstr(definition, "<Task")));
    case 8:
        return change_task_enabled(run, OTHER_TASK, true);
    default:
        return change_file(run, targets[i].target, bytes_of("new content"));
    }
}

mars_status scene_run(host *machine) {
    arena memory = {0};
    repair_run run;
    const run_options options = {0};
    mars_status status = run_begin(&run, machine, &memory, &options);
    if (status == MARS_OK) {
        for (size_t i = 0; i < SCENE_TARGETS && status == MARS_OK; i++) {
            status = change(&run.changing, i);
        }
        mars_status ended = run_end(&run, status == MARS_OK ? "applied" : "stopped");
        status = status == MARS_OK ? ended : status;
    }
    arena_free(&memory);
    return status;
}

mars_status scene_undo(host *machine) {
    const undo_settings settings = {0};
    outcome *document = NULL;
    mars_status status = undo_run(&document, machine, NULL, &settings);
    if (status == MARS_OK && document->state != OUTCOME_APPLIED) {
        status = error_set(MARS_E_UNWRITABLE, "undo: %s: %s", outcome_state_name(document->state),
                           document->message != NULL ? document->message : "");
    }
    outcome_free(document);
    return status;
}

/* ---- The journals ---- */

static void remove_file(live_machine *on, text_builder *out, const char *path,
                        const WIN32_FIND_DATAW *found) {
    const wchar_t *wide = wide_text(&on->memory, path);
    (void)out;
    (void)SetFileAttributesW(wide, FILE_ATTRIBUTE_NORMAL);
    assert_true((found->dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0 ? RemoveDirectoryW(wide)
                                                                          : DeleteFileW(wide));
}

void scene_forget(void) {
    live_machine on = {0};
    each_file(&on, NULL, JOURNALS, remove_file);
    /* What was kept may have been a second name of these. */
    assert_true(SetFileAttributesW(L"" OLD_FILE, OLD_ATTRIBUTES));
    assert_true(SetFileAttributesW(L"" READONLY_FILE, READONLY_ATTRIBUTES));
    arena_free(&on.memory);
}
