/* A real service for tests. Its command line says how it behaves, and what it writes down is where and when:
 * test_service.exe NAME LOG MODE, with MODE one of
 *   good       starts and stops
 *   slow       takes a while for both, telling that it is under way
 *   held       stops, telling that it is under way, only when there is a file LOG.go
 *   refuse     does not take the control to stop
 *   never      says that it is stopping, and never does
 *   fail       ends instead of starting, with code 1066 and 77 of its own, only when there is a file LOG.go
 *   crash      is ended hard while it starts
 *   once       fails like that as soon as LOG says that it was stopped
 *   again      fails like that as long as LOG does not say that it failed
 * LOG gets a line for each thing that happens: "NAME started", "NAME stopped". */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

static struct {
    wchar_t **arguments;
    SERVICE_STATUS_HANDLE handle;
    HANDLE stop;
    SERVICE_STATUS status;
} service;

static const wchar_t *mode(void) {
    return service.arguments[3];
}

static bool is(const wchar_t *name) {
    return wcscmp(mode(), name) == 0;
}

static void note(const char *what) {
    FILE *log = _wfopen(service.arguments[2], L"ab");
    if (log != NULL) {
        (void)fprintf(log, "%ls %s\n", service.arguments[1], what);
        (void)fclose(log);
    }
}

/* Whether LOG says so. */
static bool has(const char *what) {
    char line[512];
    char wanted[512];
    bool found = false;
    FILE *log = _wfopen(service.arguments[2], L"rb");
    (void)snprintf(wanted, sizeof wanted, "%ls %s\n", service.arguments[1], what);
    while (log != NULL && !found && fgets(line, sizeof line, log) != NULL) {
        found = strcmp(line, wanted) == 0;
    }
    if (log != NULL) {
        (void)fclose(log);
    }
    return found;
}

static void wait_for_go(void) {
    enum { LOOK_MS = 10 };
    wchar_t path[MAX_PATH] = {0};
    (void)swprintf(path, MAX_PATH, L"%ls.go", service.arguments[2]);
    while (GetFileAttributesW(path) == INVALID_FILE_ATTRIBUTES) {
        Sleep(LOOK_MS);
    }
}

static void tell(DWORD state, DWORD hint) {
    service.status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
    service.status.dwCurrentState = state;
    service.status.dwWaitHint = hint;
    service.status.dwCheckPoint = hint > 0 ? service.status.dwCheckPoint + 1 : 0;
    service.status.dwControlsAccepted = state == SERVICE_RUNNING && !is(L"refuse") ? SERVICE_ACCEPT_STOP : 0;
    (void)SetServiceStatus(service.handle, &service.status);
}

static DWORD WINAPI control(DWORD code, DWORD type, void *data, void *user) {
    (void)type;
    (void)data;
    (void)user;
    if (code == SERVICE_CONTROL_STOP) {
        tell(SERVICE_STOP_PENDING, 500);
        if (!is(L"never")) {
            (void)SetEvent(service.stop);
        }
    }
    return code == SERVICE_CONTROL_STOP || code == SERVICE_CONTROL_INTERROGATE ? NO_ERROR
                                                                               : ERROR_CALL_NOT_IMPLEMENTED;
}

static void WINAPI run(DWORD argc, wchar_t **argv) {
    enum { STEP_MS = 150, STEPS = 4 };
    (void)argc;
    (void)argv;
    service.handle = RegisterServiceCtrlHandlerExW(service.arguments[1], control, NULL);
    service.stop = CreateEventW(NULL, TRUE, FALSE, NULL);
    for (int i = 0; i < STEPS && is(L"slow"); i++) {
        tell(SERVICE_START_PENDING, 2 * STEP_MS);
        Sleep(STEP_MS);
    }
    if (is(L"crash")) {
        note("crashing");
        (void)TerminateProcess(GetCurrentProcess(), 3);
    }
    if (is(L"fail") || (is(L"once") && has("stopped")) || (is(L"again") && !has("failed"))) {
        service.status.dwWin32ExitCode = ERROR_SERVICE_SPECIFIC_ERROR;
        service.status.dwServiceSpecificExitCode = 77;
        note("failed");
        tell(SERVICE_START_PENDING, STEP_MS);
        wait_for_go();
        tell(SERVICE_STOPPED, 0);
        return;
    }
    note("started");
    tell(SERVICE_RUNNING, 0);
    (void)WaitForSingleObject(service.stop, INFINITE);
    for (int i = 0; i < STEPS && is(L"slow"); i++) {
        tell(SERVICE_STOP_PENDING, 2 * STEP_MS);
        Sleep(STEP_MS);
    }
    if (is(L"held")) {
        wait_for_go();
    }
    note("stopped");
    tell(SERVICE_STOPPED, 0);
}

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv) {
    if (argc != 4) {
        (void)fputs("usage: test_service NAME LOG MODE\n", stderr);
        return 2;
    }
    service.arguments = argv;
    SERVICE_TABLE_ENTRYW table[] = {{argv[1], run}, {NULL, NULL}};
    return StartServiceCtrlDispatcherW(table) != FALSE ? 0 : 1;
}
