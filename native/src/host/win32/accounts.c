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

bool win32_account_sid(const char *account, arena *memory, uint8_t sid[WIN32_SID_ROOM]) {
    enum { DOMAIN_ROOM = 256 };
    wchar_t domain[DOMAIN_ROOM];
    DWORD domain_room = DOMAIN_ROOM;
    DWORD size = WIN32_SID_ROOM;
    SID_NAME_USE use = SidTypeUnknown;
    const wchar_t *name = wide_text(memory, account);
    if (name == NULL) {
        return false;
    }
    return sid_of_text(name, sid) ||
           LookupAccountNameW(NULL, name, sid, &size, domain, &domain_room, &use) != FALSE;
}
