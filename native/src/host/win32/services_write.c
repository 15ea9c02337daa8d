#include "core/error.h"
#include "host/win32/services.h"

#include <stdio.h>
#include <string.h>

/* ---- Configuration ---- */

static mars_status open_service(host *machine, const char *name, DWORD access, arena *memory,
                                win32_service *out) {
    *out = (win32_service){0};
    if (name[0] == '\0' || strpbrk(name, "\\/") != NULL) {
        return error_set(MARS_E_INVALID_ARGUMENT, "\"%s\" is no name that a service can have", name);
    }
    DWORD error = win32_service_open(name, 0, access, memory, out);
    if (error == ERROR_SERVICE_DOES_NOT_EXIST) {
        return error_set(MARS_E_NOT_FOUND, "there is no service \"%s\"", name);
    }
    return error == ERROR_SUCCESS ? MARS_OK : win32_write_failed(win32_of(machine), error, out->where);
}

static mars_status read_config(host *machine, const win32_service *opened, const char *name, arena *memory,
                               service_config *out) {
    QUERY_SERVICE_CONFIGW *config = NULL;
    fact why;
    int64_t delay = 0;
    DWORD error = win32_service_query_config(opened->service, memory, &config);
    if (error != ERROR_SUCCESS) {
        return win32_write_failed(win32_of(machine), error, opened->where);
    }
    fact_state state = win32_service_delay(machine, name, memory, &delay, &why);
    *out = (service_config){
        .start = config->dwStartType,
        .delay = state == FACT_ABSENT ? SERVICE_DELAY_UNSET
                 : delay != 0         ? SERVICE_DELAY_ON
                                      : SERVICE_DELAY_OFF,
    };
    return state == FACT_UNKNOWN ? win32_write_refuse(&why) : MARS_OK;
}

mars_status win32_service_config(host *machine, const char *name, service_config *out) {
    arena memory = {0};
    win32_service opened;
    *out = (service_config){0};
    mars_status status = open_service(machine, name, SERVICE_QUERY_CONFIG, &memory, &opened);
    status = status == MARS_OK ? read_config(machine, &opened, name, &memory, out) : status;
    win32_service_close(&opened);
    arena_free(&memory);
    return status;
}

/* The service manager writes it into the registry for us. */
static mars_status set_start(host *machine, const win32_service *opened, int64_t start) {
    win32_of(machine)->dirty[HIVE_SYSTEM] = true;
    bool done = ChangeServiceConfigW(opened->service, SERVICE_NO_CHANGE, (DWORD)start, SERVICE_NO_CHANGE,
                                     NULL, NULL, NULL, NULL, NULL, NULL, NULL) != FALSE;
    return done ? MARS_OK : win32_write_failed(win32_of(machine), GetLastError(), opened->where);
}

/* What the service manager keeps of it; "never set" is its value gone. */
static mars_status set_delay_value(host *machine, const char *name, service_delay delay, arena *memory) {
    const uint8_t data[4] = {delay == SERVICE_DELAY_ON};
    const registry_value value = {.type = REGISTRY_DWORD, .data = {.data = data, .size = sizeof data}};
    const registry_path path = {
        .root = REGISTRY_MACHINE,
        .view = REGISTRY_64,
        .key = arena_printf(memory, "SYSTEM\\CurrentControlSet\\Services\\%s", name),
    };
    uint32_t created = 0;
    return win32_registry_set(machine, &path, "DelayedAutostart",
                              delay != SERVICE_DELAY_UNSET ? &value : NULL, &created);
}

/* The service manager takes a delay for automatic services only (that of Wine for none), and knows no "never
 * set": the value in the registry, which it reads when it starts, is made to say exactly what is asked for.
 */
static mars_status set_delay(host *machine, const win32_service *opened, const char *name,
                             service_delay delay, arena *memory) {
    SERVICE_DELAYED_AUTO_START_INFO wanted = {.fDelayedAutostart = delay == SERVICE_DELAY_ON};
    bool done =
        ChangeServiceConfig2W(opened->service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &wanted) != FALSE;
    DWORD error = done ? ERROR_SUCCESS : GetLastError();
    if (!done && error != ERROR_INVALID_PARAMETER && error != ERROR_INVALID_LEVEL) {
        return win32_write_failed(win32_of(machine), error, opened->where);
    }
    return set_delay_value(machine, name, delay, memory);
}

/* Triggers are none of what is changed here, and stay. */
mars_status win32_service_configure(host *machine, const char *name, const service_config *config) {
    arena memory = {0};
    win32_service opened = {0};
    service_config now = {0};
    mars_status status = MARS_OK;
    if (config->start < SERVICE_START_BOOT || config->start > SERVICE_START_DISABLED) {
        return error_set(MARS_E_INVALID_ARGUMENT, "%lld is no start type", (long long)config->start);
    }
    status = open_service(machine, name, SERVICE_QUERY_CONFIG | SERVICE_CHANGE_CONFIG, &memory, &opened);
    status = status == MARS_OK ? read_config(machine, &opened, name, &memory, &now) : status;
    if (status == MARS_OK && now.start != config->start) {
        status = set_start(machine, &opened, config->start);
    }
    if (status == MARS_OK && now.delay != config->delay) {
        status = set_delay(machine, &opened, name, config->delay, &memory);
    }
    win32_service_close(&opened);
    arena_free(&memory);
    return status;
}

/* ---- Waiting ---- */

typedef struct patience {
    const win32_host *self;
    const win32_service *opened;
    const char *name;
    uint32_t time_limit_s;
    ULONGLONG began;
} patience;

static bool is_over(const patience *wait) {
    return GetTickCount64() - wait->began >= (ULONGLONG)wait->time_limit_s * 1000;
}

/* As the documentation of QueryServiceStatus advises: a tenth of the service's own hint, within bounds that
 * neither make a quick service slow nor ask a slow one too often. */
static DWORD pause_for(const SERVICE_STATUS_PROCESS *status) {
    enum { SHORTEST_MS = 10, LONGEST_MS = 250, PART = 10 };
    DWORD pause = status->dwWaitHint / PART;
    return pause < SHORTEST_MS ? SHORTEST_MS : pause > LONGEST_MS ? LONGEST_MS : pause;
}

static const char *state_word(DWORD state) {
    return state == SERVICE_START_PENDING  ? "starting"
           : state == SERVICE_STOP_PENDING ? "stopping"
           : state == SERVICE_STOPPED      ? "not started yet"
                                           : "running";
}

/* Who watches is told at each change of state, and every few seconds that it has not changed. */
typedef struct told {
    DWORD state; /* 0: nothing yet */
    ULONGLONG at;
} told;

static void tell(const patience *wait, DWORD state, told *last) {
    enum { EVERY_MS = 5000, TEXT_ROOM = 1024 };
    char text[TEXT_ROOM];
    ULONGLONG now = GetTickCount64();
    if (state != last->state || now - last->at >= EVERY_MS) {
        *last = (told){.state = state, .at = now};
        (void)snprintf(text, sizeof text, "Waiting for the service %s, which is %s (%llu s)", wait->name,
                       state_word(state), (now - wait->began) / 1000);
        host_waiting(&wait->self->base, text);
    }
}

/* Waits while the service is in one of two states. Not to be cancelled: a change is done or has failed. */
static mars_status wait_while(const patience *wait, DWORD state, DWORD other,
                              SERVICE_STATUS_PROCESS *status) {
    told last = {0};
    for (;;) {
        DWORD error = win32_service_query_status(wait->opened->service, status);
        if (error != ERROR_SUCCESS) {
            return win32_write_failed(wait->self, error, wait->opened->where);
        }
        if (status->dwCurrentState != state && status->dwCurrentState != other) {
            return MARS_OK;
        }
        if (is_over(wait)) {
            return error_set(MARS_E_REFUSED, "service \"%s\" is still %s after %u seconds", wait->name,
                             state_word(status->dwCurrentState), wait->time_limit_s);
        }
        tell(wait, status->dwCurrentState, &last);
        Sleep(pause_for(status));
    }
}

/* ---- Starting ---- */

static mars_status start_failed(const patience *wait, DWORD error) {
    switch (error) {
    case ERROR_SERVICE_DISABLED:
        return error_set(MARS_E_REFUSED, "service \"%s\" is disabled, or nothing it needs can run",
                         wait->name);
    case ERROR_SERVICE_LOGON_FAILED:
        return error_set(MARS_E_REFUSED, "service \"%s\" cannot log on with its account", wait->name);
    case ERROR_SERVICE_DEPENDENCY_FAIL:
    case ERROR_SERVICE_DEPENDENCY_DELETED:
        return error_set(MARS_E_REFUSED, "a service that \"%s\" needs does not start", wait->name);
    case ERROR_SERVICE_REQUEST_TIMEOUT:
        return error_set(MARS_E_REFUSED, "service \"%s\" did not answer when it was started", wait->name);
    case ERROR_SERVICE_DATABASE_LOCKED:
        return error_set(MARS_E_REFUSED, "service \"%s\" cannot be started while others are", wait->name);
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return error_set(MARS_E_REFUSED, "the program of service \"%s\" is missing", wait->name);
    default:
        return win32_write_failed(wait->self, error, wait->opened->where);
    }
}

/* The service manager starts one service at a time, and may refuse a second one meanwhile. */
static DWORD start_when_free(const patience *wait) {
    enum { PAUSE_MS = 100 };
    told last = {0};
    for (;;) {
        DWORD error = StartServiceW(wait->opened->service, 0, NULL) != FALSE ? ERROR_SUCCESS : GetLastError();
        if (error != ERROR_SERVICE_DATABASE_LOCKED || is_over(wait)) {
            return error;
        }
        tell(wait, SERVICE_STOPPED, &last);
        Sleep(PAUSE_MS);
    }
}

static mars_status start(const patience *wait) {
    SERVICE_STATUS_PROCESS status;
    /* One that is just stopping can be started only when it has. */
    mars_status result = wait_while(wait, SERVICE_STOP_PENDING, SERVICE_STOP_PENDING, &status);
    if (result != MARS_OK || status.dwCurrentState == SERVICE_RUNNING) {
        return result;
    }
    DWORD error = status.dwCurrentState == SERVICE_STOPPED ? start_when_free(wait) : ERROR_SUCCESS;
    if (error != ERROR_SUCCESS && error != ERROR_SERVICE_ALREADY_RUNNING) {
        return start_failed(wait, error);
    }
    result = wait_while(wait, SERVICE_START_PENDING, SERVICE_CONTINUE_PENDING, &status);
    if (result == MARS_OK && status.dwCurrentState != SERVICE_RUNNING) {
        result = error_set(
            MARS_E_REFUSED, "service \"%s\" did not start: it ended with error %lu", wait->name,
            status.dwWin32ExitCode != ERROR_SERVICE_SPECIFIC_ERROR ? status.dwWin32ExitCode
                                                                   : status.dwServiceSpecificExitCode);
    }
    return result;
}

mars_status win32_service_start(host *machine, const char *name, uint32_t time_limit_s) {
    arena memory = {0};
    win32_service opened;
    mars_status status = open_service(machine, name, SERVICE_START | SERVICE_QUERY_STATUS, &memory, &opened);
    if (status == MARS_OK) {
        const patience wait = {win32_of(machine), &opened, name, time_limit_s, GetTickCount64()};
        status = start(&wait);
    }
    win32_service_close(&opened);
    arena_free(&memory);
    return status;
}

/* ---- Stopping ---- */

static mars_status stop_failed(const patience *wait, DWORD error) {
    switch (error) {
    case ERROR_DEPENDENT_SERVICES_RUNNING:
        return error_set(MARS_E_REFUSED, "service \"%s\" is needed by services that are running", wait->name);
    case ERROR_INVALID_SERVICE_CONTROL:
    case ERROR_SERVICE_CANNOT_ACCEPT_CTRL:
        return error_set(MARS_E_REFUSED, "service \"%s\" does not let itself be stopped now", wait->name);
    case ERROR_SERVICE_REQUEST_TIMEOUT:
        return error_set(MARS_E_REFUSED, "service \"%s\" did not answer when it was told to stop",
                         wait->name);
    default:
        return win32_write_failed(wait->self, error, wait->opened->where);
    }
}

static mars_status stop(const patience *wait) {
    SERVICE_STATUS_PROCESS status;
    SERVICE_STATUS answer;
    /* One that is just starting does not listen yet. */
    mars_status result = wait_while(wait, SERVICE_START_PENDING, SERVICE_CONTINUE_PENDING, &status);
    if (result != MARS_OK || status.dwCurrentState == SERVICE_STOPPED) {
        return result;
    }
    if (status.dwCurrentState != SERVICE_STOP_PENDING &&
        ControlService(wait->opened->service, SERVICE_CONTROL_STOP, &answer) == FALSE &&
        GetLastError() != ERROR_SERVICE_NOT_ACTIVE) {
        return stop_failed(wait, GetLastError());
    }
    /* Right after the control a service may not have said yet that it is stopping. */
    result = wait_while(wait, SERVICE_STOP_PENDING, SERVICE_RUNNING, &status);
    if (result == MARS_OK && status.dwCurrentState != SERVICE_STOPPED) {
        result = error_set(MARS_E_REFUSED, "service \"%s\" did not stop", wait->name);
    }
    return result;
}

mars_status win32_service_stop(host *machine, const char *name, uint32_t time_limit_s) {
    arena memory = {0};
    win32_service opened;
    mars_status status = open_service(machine, name, SERVICE_STOP | SERVICE_QUERY_STATUS, &memory, &opened);
    if (status == MARS_OK) {
        const patience wait = {win32_of(machine), &opened, name, time_limit_s, GetTickCount64()};
        status = stop(&wait);
    }
    win32_service_close(&opened);
    arena_free(&memory);
    return status;
}
