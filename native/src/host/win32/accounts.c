/* Accounts, by their names in the server's language or by SID. */
#include "host/win32/win32.h"

#include <sddl.h>

static bool sid_of_text(const wchar_t *text, uint8_t sid[WIN32_SID_ROOM]) {
    PSID found = NULL;
    if (ConvertStringSidToSidW(text, &found) == FALSE) {
        return false;
    }
    bool fits = CopySid(WIN32_SID_ROOM, sid, found) != FALSE;
    (void)LocalFree(found);
    return fits;
}

static DWORD sid_of_name(const wchar_t *name, uint8_t sid[WIN32_SID_ROOM]) {
    enum { DOMAIN_ROOM = 256 };
    wchar_t domain[DOMAIN_ROOM];
    DWORD domain_room = DOMAIN_ROOM;
    DWORD size = WIN32_SID_ROOM;
    SID_NAME_USE use = SidTypeUnknown;
    return LookupAccountNameW(NULL, name, sid, &size, domain, &domain_room, &use) != FALSE ? ERROR_SUCCESS
                                                                                           : GetLastError();
}

bool win32_account_sid(const char *account, arena *memory, uint8_t sid[WIN32_SID_ROOM]) {
    const wchar_t *name = wide_text(memory, account);
    return name != NULL && (sid_of_text(name, sid) || sid_of_name(name, sid) == ERROR_SUCCESS);
}

fact_state win32_account_of_name(host *machine, const char *name, arena *memory, const char **out,
                                 fact *why) {
    uint8_t sid[WIN32_SID_ROOM];
    wchar_t *text = NULL;
    const wchar_t *wide = wide_text(memory, name);
    const char *where = arena_printf(memory, "the account \"%s\"", name);
    *out = "";
    if (wide == NULL) {
        return win32_unknown(REASON_NO_MEMORY, where, NULL, why);
    }
    DWORD error = sid_of_name(wide, sid);
    if (error == ERROR_NONE_MAPPED) {
        return win32_absent(where, memory, why);
    }
    if (error == ERROR_SUCCESS && ConvertSidToStringSidW(sid, &text) == FALSE) {
        error = GetLastError();
    }
    if (error != ERROR_SUCCESS) {
        return win32_failure(win32_of(machine), error, where, memory, why);
    }
    *out = text_from_wide(memory, text);
    (void)LocalFree(text);
    return win32_known(where, memory, why);
}
