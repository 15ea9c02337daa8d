#include "core/unicode.h"
#include "host/win32/services.h"
#include "host/win32/system_library.h"

#include <string.h>

/* A file recovery of Azure Backup connects targets of this name, with numbers behind it. No documentation
 * says so: it is what the recovery scripts do that the service hands out and that people have published. */
#define RECOVERY_TARGET "iqn.2016-01.microsoft.azure.backup:"

/* ---- The initiator's interface, as documented for iscsidsc.h; that of mingw-w64 is wrong in places ---- */

typedef struct iscsi_session {
    ULONGLONG id[2];
    wchar_t *initiator;
    wchar_t *target_node;
    wchar_t *target;
    UCHAR isid[6];
    UCHAR tsid[2];
    ULONG connection_count;
    void *connections;
} iscsi_session;

typedef struct iscsi_portal {
    wchar_t symbolic_name[256];
    wchar_t address[256];
    USHORT socket;
} iscsi_portal;

typedef struct iscsi_login_options {
    ULONG version, specified, flags, authentication, header_digest, data_digest;
    ULONG connections_max, time_to_wait, time_to_retain, user_length, password_length;
    UCHAR *user;
    UCHAR *password;
} iscsi_login_options;

typedef struct iscsi_login {
    wchar_t target[224];
    BOOLEAN informational;
    wchar_t initiator[256];
    ULONG port;
    iscsi_portal portal;
    ULONGLONG security;
    void *mappings;
    iscsi_login_options options;
} iscsi_login;

/* They are in arrays: one of another size would make the names of all but the first wrong. */
_Static_assert(sizeof(iscsi_session) == 64 && offsetof(iscsi_session, target) == 32, "ISCSI_SESSION_INFOW");
_Static_assert(sizeof(iscsi_portal) == 1026, "ISCSI_TARGET_PORTALW");
_Static_assert(sizeof(iscsi_login_options) == 64, "ISCSI_LOGIN_OPTIONS");
_Static_assert(sizeof(iscsi_login) == 2080 && offsetof(iscsi_login, initiator) == 450 &&
                   offsetof(iscsi_login, portal) == 968 && offsetof(iscsi_login, security) == 2000 &&
                   offsetof(iscsi_login, options) == 2016,
               "PERSISTENT_ISCSI_LOGIN_INFOW");

typedef ULONG(WINAPI *get_sessions)(ULONG *size, ULONG *count, iscsi_session *sessions);
typedef ULONG(WINAPI *get_logins)(ULONG *count, iscsi_login *logins, ULONG *size);

/* ---- Asking it ---- */

typedef struct iscsi_list {
    void *items;
    ULONG count;
} iscsi_list;

/* One of the lists: what asks for it, with the function of the library. */
typedef struct list_kind {
    const char *function;
    ULONG (*ask)(FARPROC function, void *items, ULONG *count, ULONG *size);
    ULONG item_size;
} list_kind;

static ULONG ask_sessions(FARPROC function, void *items, ULONG *count, ULONG *size) {
    get_sessions get = NULL;
    memcpy(&get, (const void *)&function, sizeof get);
    return get(size, count, items);
}

static ULONG ask_logins(FARPROC function, void *items, ULONG *count, ULONG *size) {
    get_logins get = NULL;
    memcpy(&get, (const void *)&function, sizeof get);
    return get(count, items, size);
}

static const list_kind sessions_kind = {"GetIScsiSessionListW", ask_sessions, sizeof(iscsi_session)};
static const list_kind logins_kind = {"ReportIScsiPersistentLoginsW", ask_logins, sizeof(iscsi_login)};

/* The list may grow between the answer that tells its size and the next one. *out is set with ERROR_SUCCESS
 * only. */
static ULONG ask(const list_kind *kind, FARPROC function, arena *memory, iscsi_list *out) {
    enum { TRIES = 8, SIZE_MAX_BYTES = 16 << 20 };
    ULONG size = 0;
    for (int tries = 0; tries < TRIES && size <= SIZE_MAX_BYTES; tries++) {
        size += kind->item_size;
        const ULONG room = size / kind->item_size;
        ULONG count = room;
        void *items = arena_alloc(memory, size);
        if (items == NULL) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        ULONG error = kind->ask(function, items, &count, &size);
        if (error == ERROR_SUCCESS && count <= room) {
            *out = (iscsi_list){.items = items, .count = count};
            return ERROR_SUCCESS;
        }
        if (error != ERROR_INSUFFICIENT_BUFFER) {
            return error != ERROR_SUCCESS ? error : ERROR_INVALID_DATA;
        }
    }
    return ERROR_INSUFFICIENT_BUFFER;
}

/* The initiator has its own error codes; and one that elsewhere means that there is nothing means here that
 * there is no answer. */
static fact_state no_answer(host *machine, ULONG error, const char *where, arena *memory, fact *why) {
    fact_state state = win32_failure(win32_of(machine), error, where, memory, why);
    return state == FACT_UNKNOWN && why->reason != REASON_UNREADABLE
               ? state
               : win32_unknown(REASON_UNREADABLE, where,
                               arena_printf(memory, "the iSCSI initiator answered with error 0x%lX", error),
                               why);
}

static fact_state read_list(host *machine, const list_kind *kind, const char *where, arena *memory,
                            iscsi_list *out, fact *why) {
    HMODULE library = system_library_load(L"iscsidsc.dll");
    FARPROC function = NULL;
    ULONG error = ERROR_PROC_NOT_FOUND;
    if (system_library_function(library, kind->function, &function)) {
        error = ask(kind, function, memory, out);
    }
    if (library != NULL) {
        (void)FreeLibrary(library);
    }
    return error == ERROR_SUCCESS ? win32_known(where, memory, why)
                                  : no_answer(machine, error, where, memory, why);
}

enum { NOT_INSTALLED = 0 };

/* Of the service. */
static fact_state initiator_state(host *machine, const char *where, arena *memory, DWORD *out, fact *why) {
    win32_service opened;
    SERVICE_STATUS_PROCESS status = {.dwCurrentState = NOT_INSTALLED};
    DWORD error = win32_service_open("MSiSCSI", 0, SERVICE_QUERY_STATUS, memory, &opened);
    if (error == ERROR_SUCCESS) {
        error = win32_service_query_status(opened.service, &status);
    }
    win32_service_close(&opened);
    *out = status.dwCurrentState;
    return error == ERROR_SUCCESS || error == ERROR_SERVICE_DOES_NOT_EXIST
               ? win32_known(where, memory, why)
               : win32_failure(win32_of(machine), error, opened.where, memory, why);
}

/* ---- Targets that are connected again ---- */

/* False if there is no name. */
static bool add_target(const iscsi_login *login, arena_vector *targets) {
    wchar_t name[sizeof login->target / sizeof login->target[0] + 1] = {0};
    memcpy(name, login->target, sizeof login->target);
    const char **item = arena_push(targets);
    if (item != NULL) {
        *item = text_from_wide(targets->memory, name);
    }
    return name[0] != L'\0';
}

fact_state win32_iscsi_persistent(host *machine, arena *memory, text_list *out, fact *why) {
    static const char where[] = "the targets that the iSCSI initiator connects again";
    arena_vector targets = ARENA_VECTOR(memory, const char *);
    iscsi_list logins = {0};
    DWORD service = NOT_INSTALLED;
    *out = (text_list){0};
    fact_state state = initiator_state(machine, where, memory, &service, why);
    if (state != FACT_KNOWN || service == NOT_INSTALLED) {
        return state;
    }
    if (service == SERVICE_STOPPED) {
        return win32_unknown(REASON_UNREADABLE, where, "only the iSCSI initiator tells, and it does not run",
                             why);
    }
    state = read_list(machine, &logins_kind, where, memory, &logins, why);
    for (ULONG i = 0; logins.items != NULL && i < logins.count; i++) {
        if (!add_target((const iscsi_login *)logins.items + i, &targets)) {
            state = win32_unknown(REASON_MALFORMED, where, "a target has no name", why);
        }
    }
    *out = (text_list){targets.items, targets.count};
    return state == FACT_KNOWN ? win32_known(where, memory, why) : state;
}

/* ---- Disks ---- */

/* What tells whose a target is. */
typedef struct target_owners {
    const char *where;
    text_list persistent;
    fact persistent_why; /* unknown: the list could not be read */
} target_owners;

static bool is_listed(const text_list *targets, const char *name) {
    for (size_t i = 0; i < targets->count; i++) {
        if (ascii_equal(targets->items[i], name)) {
            return true;
        }
    }
    return false;
}

/* A file recovery lasts for hours: nobody has its target connected again at each start of the server. */
static fact_flag is_recovery_volume(const target_owners *owners, const char *name) {
    if (ascii_starts(name, RECOVERY_TARGET)) {
        return (fact_flag){.fact = fact_known(owners->where), .value = true};
    }
    if (is_listed(&owners->persistent, name)) {
        return (fact_flag){.fact = fact_known(owners->where), .value = false};
    }
    return (fact_flag){.fact = owners->persistent_why.state == FACT_UNKNOWN
                                   ? owners->persistent_why
                                   : fact_unknown(REASON_NOT_ON_HOST, owners->where,
                                                  "the name of the target does not say whose it is")};
}

/* Whatever its name is: a session that were left out would be taken for none. */
static void add_disk(const iscsi_session *session, const target_owners *owners, arena_vector *disks) {
    const wchar_t *name =
        session->target != NULL && session->target[0] != L'\0' ? session->target : session->target_node;
    iscsi_disk *disk = arena_push(disks);
    if (disk != NULL) {
        disk->name =
            name != NULL && name[0] != L'\0' ? text_from_wide(disks->memory, name) : "without a name";
        disk->recovery_volume = is_recovery_volume(owners, disk->name);
    }
}

fact_state win32_iscsi_disks(host *machine, arena *memory, iscsi_disk_list *out, fact *why) {
    target_owners owners = {.where = "the iSCSI initiator's sessions"};
    arena_vector disks = ARENA_VECTOR(memory, iscsi_disk);
    iscsi_list sessions = {0};
    DWORD service = NOT_INSTALLED;
    *out = (iscsi_disk_list){0};
    fact_state state = initiator_state(machine, owners.where, memory, &service, why);
    if (state != FACT_KNOWN || service == NOT_INSTALLED || service == SERVICE_STOPPED) {
        return state;
    }
    (void)win32_iscsi_persistent(machine, memory, &owners.persistent, &owners.persistent_why);
    state = read_list(machine, &sessions_kind, owners.where, memory, &sessions, why);
    for (ULONG i = 0; sessions.items != NULL && i < sessions.count; i++) {
        add_disk((const iscsi_session *)sessions.items + i, &owners, &disks);
    }
    *out = (iscsi_disk_list){.items = disks.items, .count = disks.count};
    return state == FACT_KNOWN ? win32_known(owners.where, memory, why) : state;
}
