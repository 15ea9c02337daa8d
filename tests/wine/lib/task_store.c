#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/unicode.h"
#include "host/win32/wide.h"
#include "task_store.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

static HMODULE server;
static char folder[64]; /* "C:\\tasks-1" */

static FARPROC server_function(const char *name) {
    FARPROC found = GetProcAddress(server, name);
    assert_non_null(found);
    return found;
}

void task_store_install(live_machine *on) {
    typedef HRESULT(WINAPI * registering)(void);
    registering install = NULL;
    server = LoadLibraryW(wide_text(&on->memory, tool_path(on, "task_server.dll")));
    assert_non_null(server);
    FARPROC found = server_function("DllRegisterServer");
    memcpy((void *)&install, (const void *)&found, sizeof install);
    assert_int_equal(install(), S_OK);
}

long task_store_objects(void) {
    typedef LONG (*counting)(void);
    counting count = NULL;
    FARPROC found = server_function("task_server_live_objects");
    memcpy((void *)&count, (const void *)&found, sizeof count);
    return count();
}

/* Each one is a folder of its own, and the old one stays. */
void task_store_new(live_machine *on) {
    static const char *const below[] = {"", "\\tasks", "\\tasks\\Microsoft",
                                        "\\tasks\\Microsoft\\OnlineBackup"};
    static int number;
    (void)snprintf(folder, sizeof folder, "C:\\tasks-%d", ++number);
    assert_true(SetEnvironmentVariableW(L"TASK_STORE", wide_text(&on->memory, folder)));
    for (size_t i = 0; i < sizeof below / sizeof below[0]; i++) {
        const char *path = arena_printf(&on->memory, "%s%s", folder, below[i]);
        assert_true(CreateDirectoryW(wide_text(&on->memory, path), NULL));
    }
}

void task_store_folder(live_machine *on, const char *path) {
    path = arena_printf(&on->memory, "%s\\tasks%s", folder, path);
    assert_true(CreateDirectoryW(wide_text(&on->memory, path), NULL));
}

/* ---- Definitions ---- */

const char task_store_system[] = "      <UserId>S-1-5-18</UserId>\r\n"
                                 "      <RunLevel>HighestAvailable</RunLevel>\r\n";

const char *task_store_definition(arena *memory, const char *task, const char *principal,
                                  const char *description, bool enabled) {
    return arena_printf(memory,
                        "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n"
                        "<Task version=\"1.3\" xmlns=\"" TASK_NAMESPACE "\">\r\n"
                        "  <RegistrationInfo>\r\n"
                        "    <Description>%s</Description>\r\n"
                        "    <URI>%s</URI>\r\n"
                        "  </RegistrationInfo>\r\n"
                        "  <Triggers>\r\n"
                        "    <CalendarTrigger>\r\n"
                        "      <StartBoundary>2026-01-05T21:00:00</StartBoundary>\r\n"
                        "      <Enabled>true</Enabled>\r\n"
                        "      <ScheduleByDay>\r\n"
                        "        <DaysInterval>1</DaysInterval>\r\n"
                        "      </ScheduleByDay>\r\n"
                        "    </CalendarTrigger>\r\n"
                        "  </Triggers>\r\n"
                        "  <Principals>\r\n"
                        "    <Principal id=\"Author\">\r\n"
                        "%s"
                        "    </Principal>\r\n"
                        "  </Principals>\r\n"
                        "  <Settings>\r\n"
                        "    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>\r\n"
                        "    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>\r\n"
                        "    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>\r\n"
                        "    <AllowHardTerminate>true</AllowHardTerminate>\r\n"
                        "    <StartWhenAvailable>true</StartWhenAvailable>\r\n"
                        "    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>\r\n"
                        "    <AllowStartOnDemand>true</AllowStartOnDemand>\r\n"
                        "    <Enabled>%s</Enabled>\r\n"
                        "    <Hidden>false</Hidden>\r\n"
                        "    <RunOnlyIfIdle>false</RunOnlyIfIdle>\r\n"
                        "    <WakeToRun>false</WakeToRun>\r\n"
                        "    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>\r\n"
                        "    <Priority>7</Priority>\r\n"
                        "  </Settings>\r\n"
                        "  <Actions Context=\"Author\">\r\n"
                        "    <Exec>\r\n"
                        "      <Command>powershell.exe</Command>\r\n"
                        "      <Arguments>-Command \"Start-OBBackup\"</Arguments>\r\n"
                        "    </Exec>\r\n"
                        "  </Actions>\r\n"
                        "</Task>",
                        description, task, principal, enabled ? "true" : "false");
}

/* ---- Files ---- */

static const char *file_of(live_machine *on, const char *task, const char *suffix) {
    return arena_printf(&on->memory, "%s\\tasks%s%s", folder, task, suffix);
}

void task_store_put(live_machine *on, const char *task, const char *definition) {
    bytes units = utf16_from_utf8(&on->memory, definition, strlen(definition));
    uint8_t *file = arena_alloc(&on->memory, units.size + 2);
    assert_non_null(file);
    file[0] = 0xFF;
    file[1] = 0xFE;
    memcpy(file + 2, units.data, units.size);
    store(file_of(on, task, ".xml"), file, units.size + 2);
}

const char *task_store_get(live_machine *on, const char *task) {
    size_t size = 0;
    const char *file = load(on, file_of(on, task, ".xml"), &size);
    return file != NULL && size >= 2
               ? utf8_from_utf16(&on->memory, (const uint8_t *)file + 2, (size - 2) / 2, &size)
               : NULL;
}

void task_store_state(live_machine *on, const char *task, const char *lines) {
    store(file_of(on, task, ".state"), lines, strlen(lines));
}

const char *task_store_state_of(live_machine *on, const char *task) {
    size_t size = 0;
    const char *lines = load(on, file_of(on, task, ".state"), &size);
    return lines != NULL ? lines : "";
}

static const char *own_file(live_machine *on, const char *name) {
    return arena_printf(&on->memory, "%s\\%s", folder, name);
}

void task_store_control(live_machine *on, const char *lines) {
    store(own_file(on, "control.txt"), lines, strlen(lines));
    (void)DeleteFileW(wide_text(&on->memory, own_file(on, "calls.txt")));
}

const char *task_store_calls(live_machine *on) {
    size_t size = 0;
    const char *lines = load(on, own_file(on, "calls.txt"), &size);
    return lines != NULL ? lines : "";
}

int task_store_begin(void **state) {
    (void)live_open(state);
    task_store_new(*state);
    return 0;
}

int task_store_end(void **state) {
    assert_int_equal(task_store_objects(), 0);
    return live_close(state);
}

int task_store_set_up(void **state) {
    (void)live_open(state);
    task_store_install(*state);
    return live_close(state);
}
