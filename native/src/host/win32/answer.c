#include "core/error.h"
#include "host/win32/win32.h"

/* As in winerror.h; mingw-w64's lacks them. */
enum { DENIED_ELEVATION_REQUIRED = 740, FULL_DISK_QUOTA_EXCEEDED = 1295 };

win32_host *win32_of(host *machine) {
    return (win32_host *)(void *)machine;
}

fact_state win32_known(const char *where, const arena *memory, fact *why) {
    *why = arena_failed(memory) ? fact_unknown(REASON_NO_MEMORY, where, NULL) : fact_known(where);
    return why->state;
}

fact_state win32_absent(const char *where, const arena *memory, fact *why) {
    *why = arena_failed(memory) ? fact_unknown(REASON_NO_MEMORY, where, NULL) : fact_absent(where);
    return why->state;
}

fact_state win32_unknown(unknown_reason reason, const char *where, const char *detail, fact *why) {
    *why = fact_unknown(reason, where, detail);
    return FACT_UNKNOWN;
}

/* Every code that something else than "unreadable" follows from. */
static const struct {
    DWORD error;
    fact_state state;
    unknown_reason reason;
    const char *detail;
} meanings[] = {
    {ERROR_FILE_NOT_FOUND, FACT_ABSENT, REASON_NOT_COLLECTED, NULL},
    {ERROR_PATH_NOT_FOUND, FACT_ABSENT, REASON_NOT_COLLECTED, NULL},
    {ERROR_INVALID_DRIVE, FACT_ABSENT, REASON_NOT_COLLECTED, NULL},
    {ERROR_SERVICE_DOES_NOT_EXIST, FACT_ABSENT, REASON_NOT_COLLECTED, NULL},
    {ERROR_NOT_ENOUGH_MEMORY, FACT_UNKNOWN, REASON_NO_MEMORY, NULL},
    {ERROR_OUTOFMEMORY, FACT_UNKNOWN, REASON_NO_MEMORY, NULL},
    {ERROR_INVALID_NAME, FACT_UNKNOWN, REASON_MALFORMED, "not a name that Windows allows"},
    {ERROR_KEY_DELETED, FACT_ABSENT, REASON_NOT_COLLECTED, NULL},
    {ERROR_SHARING_VIOLATION, FACT_UNKNOWN, REASON_UNREADABLE,
     "another program has it open for itself alone"},
    {ERROR_LOCK_VIOLATION, FACT_UNKNOWN, REASON_UNREADABLE, "another program has locked it"},
    {WIN32_LOCKED_BY_BITLOCKER, FACT_UNKNOWN, REASON_UNREADABLE, "the volume is locked by BitLocker"},
    {ERROR_NOT_READY, FACT_UNKNOWN, REASON_UNREADABLE, "the drive is not ready"},
    {ERROR_FILE_CORRUPT, FACT_UNKNOWN, REASON_MALFORMED, "the file system is damaged there"},
    {ERROR_DISK_CORRUPT, FACT_UNKNOWN, REASON_MALFORMED, "the file system is damaged there"},
};
enum { MEANING_COUNT = sizeof meanings / sizeof meanings[0] };

/* Only an elevated process may give what it makes to the Administrators. */
static bool is_denied(DWORD error) {
    return error == ERROR_ACCESS_DENIED || error == ERROR_PRIVILEGE_NOT_HELD ||
           error == ERROR_INVALID_OWNER || error == DENIED_ELEVATION_REQUIRED;
}

static const char *denied_detail(const win32_host *self) {
    return self->elevated ? "also to this elevated process" : "run elevated (as administrator)";
}

fact_state win32_failure(const win32_host *self, DWORD error, const char *where, arena *memory, fact *why) {
    if (is_denied(error)) {
        return win32_unknown(REASON_ACCESS_DENIED, where, denied_detail(self), why);
    }
    for (size_t i = 0; i < MEANING_COUNT; i++) {
        if (meanings[i].error == error) {
            return meanings[i].state == FACT_ABSENT
                       ? win32_absent(where, memory, why)
                       : win32_unknown(meanings[i].reason, where, meanings[i].detail, why);
        }
    }
    return win32_unknown(REASON_UNREADABLE, where,
                         arena_printf(memory, "Windows answered with error %lu", error), why);
}

mars_status win32_no_memory(void) {
    return error_set(MARS_E_NO_MEMORY, "memory ran out while the machine was changed");
}

mars_status win32_write_failed(const win32_host *self, DWORD error, const char *where) {
    if (is_denied(error)) {
        return error_set(MARS_E_UNWRITABLE, "%s: access was denied; %s", where, denied_detail(self));
    }
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_SERVICE_DOES_NOT_EXIST:
        return error_set(MARS_E_NOT_FOUND, "%s does not exist", where);
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case FULL_DISK_QUOTA_EXCEEDED:
        return error_set(MARS_E_UNWRITABLE, "%s: there is no space left", where);
    case ERROR_WRITE_PROTECT:
        return error_set(MARS_E_UNWRITABLE, "%s: the volume is read-only", where);
    case ERROR_SHARING_VIOLATION:
    case ERROR_LOCK_VIOLATION:
    case ERROR_USER_MAPPED_FILE:
        return error_set(MARS_E_UNWRITABLE, "%s is in use: another program has it open or loaded", where);
    case ERROR_DIR_NOT_EMPTY:
        return error_set(MARS_E_REFUSED, "%s is not empty", where);
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_OUTOFMEMORY:
        return win32_no_memory();
    default:
        return error_set(MARS_E_UNWRITABLE, "%s: Windows answered with error %lu", where, error);
    }
}

mars_status win32_write_refuse(const fact *why) {
    static const struct {
        unknown_reason reason;
        mars_status status;
    } table[] = {
        {REASON_NOT_ON_HOST, MARS_E_UNSUPPORTED}, {REASON_MALFORMED, MARS_E_MALFORMED},
        {REASON_TOO_LARGE, MARS_E_TOO_LARGE},     {REASON_OUTSIDE, MARS_E_REFUSED},
        {REASON_NO_MEMORY, MARS_E_NO_MEMORY},
    };
    const char *where = why->where != NULL ? why->where : "this machine";
    if (why->state == FACT_ABSENT) {
        return error_set(MARS_E_NOT_FOUND, "%s does not exist", where);
    }
    mars_status status = MARS_E_UNREADABLE;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        status = table[i].reason == why->reason ? table[i].status : status;
    }
    return error_set(status, "%s: %s%s%s", where, unknown_reason_sentence(why->reason),
                     why->detail != NULL ? "; " : "", why->detail != NULL ? why->detail : "");
}

bool win32_cancelled(const win32_host *self) {
    return self->base.cancelled != NULL && self->base.cancelled(self->base.cancel_user);
}
