#include "host/win32/services.h"

#include <string.h>

/* ---- One service ---- */

DWORD win32_service_open(const char *name, DWORD manager_access, DWORD access, arena *memory,
                         win32_service *out) {
    *out = (win32_service){.where = arena_printf(memory, "service %s", name)};
    const wchar_t *wide = wide_text(memory, name);
    if (wide == NULL) {
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    out->manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT | manager_access);
    if (out->manager == NULL) {
        return GetLastError();
    }
    out->service = OpenServiceW(out->manager, wide, access);
    return out->service != NULL ? ERROR_SUCCESS : GetLastError();
}

void win32_service_close(win32_service *opened) {
    if (opened->service != NULL) {
        (void)CloseServiceHandle(opened->service);
    }
    if (opened->manager != NULL) {
        (void)CloseServiceHandle(opened->manager);
    }
    opened->service = NULL;
    opened->manager = NULL;
}

DWORD win32_service_query_config(SC_HANDLE service, arena *memory, QUERY_SERVICE_CONFIGW **out) {
    DWORD size = 0;
    DWORD error = ERROR_INSUFFICIENT_BUFFER;
    while (error == ERROR_INSUFFICIENT_BUFFER) {
        *out = size > 0 ? arena_alloc(memory, size) : NULL;
        if (*out == NULL && size > 0) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        error = QueryServiceConfigW(service, *out, size, &size) != FALSE ? ERROR_SUCCESS : GetLastError();
    }
    return error == ERROR_SUCCESS && *out == NULL ? ERROR_INVALID_DATA : error;
}

DWORD win32_service_query_status(SC_HANDLE service, SERVICE_STATUS_PROCESS *out) {
    DWORD size = 0;
    *out = (SERVICE_STATUS_PROCESS){0};
    return QueryServiceStatusEx(service, SC_STATUS_PROCESS_INFO, (BYTE *)out, sizeof *out, &size) != FALSE
               ? ERROR_SUCCESS
               : GetLastError();
}

fact_state win32_service_delay(host *machine, const char *name, arena *memory, int64_t *out, fact *why) {
    const registry_path path = {
        .root = REGISTRY_MACHINE,
        .view = REGISTRY_64,
        .key = arena_printf(memory, "SYSTEM\\CurrentControlSet\\Services\\%s", name),
    };
    registry_value value = {0};
    *out = 0;
    fact_state state = win32_registry_read(machine, &path, "DelayedAutostart", memory, &value, why);
    if (state == FACT_KNOWN && !registry_value_number(&value, out)) {
        return win32_unknown(REASON_MALFORMED, why->where, "the value is not a number", why);
    }
    return state;
}

/* ---- What collectors ask ---- */

static fact_text text_of(const wchar_t *wide, const char *where, arena *memory) {
    fact_text text = {.value = wide != NULL ? text_from_wide(memory, wide) : ""};
    text.fact = wide != NULL && wide[0] != L'\0' ? fact_known(where) : fact_absent(where);
    return text;
}

static fact_number number_of(int64_t value, const char *where) {
    return (fact_number){.fact = fact_known(where), .value = value};
}

static void fill_config(const QUERY_SERVICE_CONFIGW *config, const char *where, arena *memory,
                        service_info *out) {
    out->display_name = text_of(config->lpDisplayName, where, memory);
    out->start = number_of(config->dwStartType, where);
    out->account = text_of(config->lpServiceStartName, where, memory);
    out->image_path = text_of(config->lpBinaryPathName, where, memory);
}

static void fill_status(const SERVICE_STATUS_PROCESS *status, const char *where, service_info *out) {
    out->state = number_of(status->dwCurrentState, where);
    out->exit_code = number_of(status->dwWin32ExitCode, where);
}

static void read_info(host *machine, const win32_service *opened, const char *name, arena *memory,
                      service_info *out) {
    const win32_host *self = win32_of(machine);
    QUERY_SERVICE_CONFIGW *config = NULL;
    SERVICE_STATUS_PROCESS status;
    fact why;
    DWORD error = win32_service_query_config(opened->service, memory, &config);
    if (error == ERROR_SUCCESS) {
        fill_config(config, opened->where, memory, out);
    } else {
        (void)win32_failure(self, error, opened->where, memory, &why);
        out->display_name.fact = out->start.fact = out->account.fact = out->image_path.fact = why;
    }
    error = win32_service_query_status(opened->service, &status);
    if (error == ERROR_SUCCESS) {
        fill_status(&status, opened->where, out);
    } else {
        (void)win32_failure(self, error, opened->where, memory, &why);
        out->state.fact = out->exit_code.fact = why;
    }
    int64_t delay = 0;
    if (win32_service_delay(machine, name, memory, &delay, &out->delayed.fact) == FACT_ABSENT) {
        out->delayed.fact = fact_known(out->delayed.fact.where); /* never set: off */
    }
    out->delayed.value = delay != 0;
}

/* A driver is no service: it has no state that anyone asks for, but opens the same way. */
fact_state win32_service_info(host *machine, const char *name, arena *memory, service_info *out, fact *why) {
    *out = (service_info){0};
    if (name[0] == '\0' || strpbrk(name, "\\/") != NULL) {
        return win32_unknown(REASON_MALFORMED, NULL, "the name is not one that a service can have", why);
    }
    win32_service opened;
    DWORD error = win32_service_open(name, 0, SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS, memory, &opened);
    fact_state state = FACT_UNKNOWN;
    if (error == ERROR_SUCCESS) {
        read_info(machine, &opened, name, memory, out);
        state = win32_known(opened.where, memory, why);
    } else {
        state = win32_failure(win32_of(machine), error, opened.where, memory, why);
    }
    win32_service_close(&opened);
    return state;
}

/* ---- Dependents ---- */

/* One running service and what it needs. */
typedef struct running {
    const wchar_t *name;
    const wchar_t *group;    /* the load order group that it belongs to; NULL: none */
    const wchar_t *services; /* what it needs: each name ends with a NUL, the last with two */
    const wchar_t *groups;
    bool listed;
} running;

typedef struct running_list {
    running *items;
    size_t count;
} running_list;

static bool equal(const wchar_t *a, const wchar_t *b) {
    return CompareStringOrdinal(a, -1, b, -1, TRUE) == CSTR_EQUAL;
}

static bool names(const wchar_t *list, const wchar_t *wanted) {
    bool found = false;
    for (const wchar_t *name = list; !found && name != NULL && wanted != NULL && name[0] != L'\0';
         name += wcslen(name) + 1) {
        found = equal(name, wanted);
    }
    return found;
}

static bool needs(const running *service, const running *other) {
    return names(service->services, other->name) || names(service->groups, other->group);
}

static DWORD enumerate(SC_HANDLE manager, arena *memory, ENUM_SERVICE_STATUS_PROCESSW **out, DWORD *count) {
    DWORD size = 0;
    DWORD error = ERROR_MORE_DATA;
    while (error == ERROR_MORE_DATA) {
        DWORD resume = 0;
        DWORD needed = 0;
        *out = size > 0 ? arena_alloc(memory, size) : NULL;
        if (*out == NULL && size > 0) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        error = EnumServicesStatusExW(manager, SC_ENUM_PROCESS_INFO, SERVICE_WIN32, SERVICE_ACTIVE,
                                      (BYTE *)*out, size, &needed, count, &resume, NULL) != FALSE
                    ? ERROR_SUCCESS
                    : GetLastError();
        size += needed; /* of what did not fit */
    }
    return error;
}

/* A text value of a service with two NULs behind it, whatever is stored; empty if there is none. */
static fact_state read_names(host *machine, const char *service, const char *value_name, arena *memory,
                             const wchar_t **out, fact *why) {
    const registry_path path = {
        .root = REGISTRY_MACHINE,
        .view = REGISTRY_64,
        .key = arena_printf(memory, "SYSTEM\\CurrentControlSet\\Services\\%s", service),
    };
    registry_value value = {0};
    fact_state state = win32_registry_read(machine, &path, value_name, memory, &value, why);
    wchar_t *text = arena_alloc(memory, value.data.size + 2 * sizeof *text + 1);
    if (text == NULL) {
        return win32_unknown(REASON_NO_MEMORY, why->where, NULL, why);
    }
    if (state == FACT_KNOWN) {
        memcpy(text, value.data.data, value.data.size);
    }
    *out = text;
    return state;
}

/* From where the service manager keeps it: some services do not let even administrators ask it about them. */
static bool read_needs(host *machine, const char *name, arena *memory, running *out, fact *why) {
    return read_names(machine, name, "DependOnService", memory, &out->services, why) != FACT_UNKNOWN &&
           read_names(machine, name, "DependOnGroup", memory, &out->groups, why) != FACT_UNKNOWN &&
           read_names(machine, name, "Group", memory, &out->group, why) != FACT_UNKNOWN;
}

static bool list_running(host *machine, const win32_service *opened, arena *memory, running_list *out,
                         fact *why) {
    ENUM_SERVICE_STATUS_PROCESSW *found = NULL;
    DWORD count = 0;
    DWORD error = enumerate(opened->manager, memory, &found, &count);
    out->items = error == ERROR_SUCCESS ? arena_array(memory, count, sizeof *out->items) : NULL;
    if (error == ERROR_SUCCESS && out->items == NULL) {
        error = ERROR_NOT_ENOUGH_MEMORY;
    }
    if (error != ERROR_SUCCESS) {
        (void)win32_failure(win32_of(machine), error, opened->where, memory, why);
        return false;
    }
    out->count = found != NULL ? count : 0;
    for (size_t i = 0; i < out->count; i++) {
        out->items[i].name = found[i].lpServiceName;
        if (!read_needs(machine, text_from_wide(memory, found[i].lpServiceName), memory, &out->items[i],
                        why)) {
            return false;
        }
    }
    return true;
}

/* Those that need a service come before it. Depth: no deeper than there are services, each being listed once.
 */
static void list_those_that_need(running_list *all, const running *service, arena_vector *dependents) {
    for (size_t i = 0; i < all->count; i++) {
        running *other = &all->items[i];
        if (!other->listed && needs(other, service)) {
            other->listed = true;
            list_those_that_need(all, other, dependents);
            const char **name = arena_push(dependents);
            if (name != NULL) {
                *name = text_from_wide(dependents->memory, other->name);
            }
        }
    }
}

static fact_state find_dependents(host *machine, const win32_service *opened, const char *name, arena *work,
                                  arena_vector *dependents, fact *why) {
    running_list all = {0};
    running self = {.name = wide_text(work, name)};
    if (self.name == NULL) {
        return win32_unknown(REASON_NO_MEMORY, opened->where, NULL, why);
    }
    if (!read_needs(machine, name, work, &self, why) || !list_running(machine, opened, work, &all, why)) {
        return FACT_UNKNOWN;
    }
    for (size_t i = 0; i < all.count; i++) {
        all.items[i].listed = equal(all.items[i].name, self.name);
    }
    list_those_that_need(&all, &self, dependents);
    return win32_known(opened->where, dependents->memory, why);
}

/* What the service manager lists by itself leaves open whether it includes those that depend through others.
 */
fact_state win32_service_dependents(host *machine, const char *name, arena *memory, text_list *out,
                                    fact *why) {
    *out = (text_list){0};
    win32_service opened;
    arena work = {0};
    arena_vector dependents = ARENA_VECTOR(memory, const char *);
    DWORD error =
        win32_service_open(name, SC_MANAGER_ENUMERATE_SERVICE, SERVICE_QUERY_STATUS, memory, &opened);
    fact_state state = error == ERROR_SUCCESS
                           ? find_dependents(machine, &opened, name, &work, &dependents, why)
                           : win32_failure(win32_of(machine), error, opened.where, memory, why);
    if (state == FACT_KNOWN) {
        *out = (text_list){.items = dependents.items, .count = dependents.count};
    } else {
        why->where = opened.where; /* texts of the other arena go */
        why->detail = why->detail != NULL ? arena_text(memory, why->detail) : NULL;
    }
    win32_service_close(&opened);
    arena_free(&work);
    return state;
}
