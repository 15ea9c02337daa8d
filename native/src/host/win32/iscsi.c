#include "host/win32/services.h"
#include "host/win32/system_library.h"

/* As documented for iscsidsc.h; that of mingw-w64 has single characters where pointers to names belong. */
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
typedef ULONG(WINAPI *get_sessions)(ULONG *size, ULONG *count, iscsi_session *sessions);

static bool initiator_runs(arena *memory) {
    win32_service opened;
    SERVICE_STATUS_PROCESS status = {0};
    if (win32_service_open("MSiSCSI", 0, SERVICE_QUERY_STATUS, memory, &opened) == ERROR_SUCCESS) {
        (void)win32_service_query_status(opened.service, &status);
    }
    win32_service_close(&opened);
    return status.dwCurrentState == SERVICE_RUNNING;
}

/* Sessions may come while they are listed. */
static ULONG ask(get_sessions get, arena *memory, iscsi_session **out, ULONG *count) {
    ULONG size = 0;
    ULONG error = ERROR_INSUFFICIENT_BUFFER;
    for (int tries = 0; tries < 8 && error == ERROR_INSUFFICIENT_BUFFER; tries++) {
        *out = arena_alloc(memory, size + sizeof **out);
        if (*out == NULL) {
            return ERROR_NOT_ENOUGH_MEMORY;
        }
        size += (ULONG)sizeof **out;
        *count = size / (ULONG)sizeof **out;
        error = get(&size, count, *out);
    }
    return error;
}

static void add_disk(const iscsi_session *session, const char *where, arena_vector *disks) {
    iscsi_disk *disk = session->target != NULL ? arena_push(disks) : NULL;
    if (disk != NULL) {
        disk->name = text_from_wide(disks->memory, session->target);
        disk->recovery_volume.fact =
            fact_unknown(REASON_NOT_ON_HOST, where, "the name of a target does not say whose it is");
    }
}

fact_state win32_iscsi_disks(host *machine, arena *memory, iscsi_disk_list *out, fact *why) {
    static const char where[] = "the iSCSI initiator's sessions";
    *out = (iscsi_disk_list){0};
    if (!initiator_runs(memory)) {
        return win32_known(where, memory, why);
    }
    HMODULE library = system_library_load(L"iscsidsc.dll");
    get_sessions get = NULL;
    iscsi_session *sessions = NULL;
    ULONG count = 0;
    ULONG error = ERROR_PROC_NOT_FOUND;
    if (system_library_function(library, "GetIScsiSessionListW", &get)) {
        error = ask(get, memory, &sessions, &count);
    }
    arena_vector disks = ARENA_VECTOR(memory, iscsi_disk);
    for (ULONG i = 0; i < count && error == ERROR_SUCCESS; i++) {
        add_disk(&sessions[i], where, &disks);
    }
    if (library != NULL) {
        (void)FreeLibrary(library);
    }
    *out = (iscsi_disk_list){.items = disks.items, .count = disks.count};
    return error == ERROR_SUCCESS ? win32_known(where, memory, why)
                                  : win32_failure(win32_of(machine), error, where, memory, why);
}
