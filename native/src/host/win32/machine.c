#include "core/instant.h"
#include "core/unicode.h"
#include "host/win32/system_library.h"
#include "host/win32/win32.h"

#include <string.h>

/* ---- Rights ---- */

/* A membership that is only there to deny things, as in a token that is not elevated, is none. */
bool win32_is_elevated(void) {
    uint8_t administrators[WIN32_SID_ROOM];
    DWORD size = sizeof administrators;
    BOOL member = FALSE;
    return CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, administrators, &size) != FALSE &&
           CheckTokenMembership(NULL, administrators, &member) != FALSE && member != FALSE;
}

bool win32_user_sid(uint8_t sid[WIN32_SID_ROOM]) {
    union {
        TOKEN_USER user;
        uint8_t room[sizeof(TOKEN_USER) + WIN32_SID_ROOM];
    } answer;
    HANDLE token = NULL;
    DWORD size = 0;
    if (OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token) == FALSE) {
        return false;
    }
    bool told = GetTokenInformation(token, TokenUser, &answer, sizeof answer, &size) != FALSE;
    (void)CloseHandle(token);
    return told && CopySid(WIN32_SID_ROOM, sid, answer.user.User.Sid) != FALSE;
}

/* ---- Privileges ---- */

/* False: GetLastError() says why there is none; ERROR_NO_TOKEN: the thread is nobody else. */
static bool thread_token(DWORD access, HANDLE *out) {
    *out = NULL;
    return OpenThreadToken(GetCurrentThread(), access, TRUE, out) != FALSE;
}

win32_privilege win32_privilege_borrow(const wchar_t *name) {
    win32_privilege borrowed = {0};
    /* Who the caller's thread is must be known, to be given back. */
    if (!thread_token(TOKEN_IMPERSONATE | TOKEN_QUERY, &borrowed.thread_token) &&
        GetLastError() != ERROR_NO_TOKEN) {
        return borrowed;
    }
    TOKEN_PRIVILEGES wanted = {.PrivilegeCount = 1, .Privileges = {{.Attributes = SE_PRIVILEGE_ENABLED}}};
    if (LookupPrivilegeValueW(NULL, name, &wanted.Privileges[0].Luid) == FALSE ||
        ImpersonateSelf(SecurityImpersonation) == FALSE) {
        return borrowed;
    }
    borrowed.lent = true;
    HANDLE token = NULL;
    if (thread_token(TOKEN_ADJUST_PRIVILEGES | TOKEN_QUERY, &token)) {
        (void)AdjustTokenPrivileges(token, FALSE, &wanted, 0, NULL, NULL);
        (void)CloseHandle(token);
    }
    return borrowed;
}

/* The error of what was done with it is kept. */
void win32_privilege_return(win32_privilege *borrowed) {
    DWORD error = GetLastError();
    if (borrowed->lent) {
        (void)SetThreadToken(NULL, borrowed->thread_token);
    }
    if (borrowed->thread_token != NULL) {
        (void)CloseHandle(borrowed->thread_token);
    }
    *borrowed = (win32_privilege){0};
    SetLastError(error);
}

fact_state win32_elevated(host *machine, arena *memory, bool *out, fact *why) {
    *out = win32_of(machine)->elevated;
    return win32_known("this process", memory, why);
}

/* ---- Names, folders, time ---- */

const wchar_t *win32_system_folder(arena *memory) {
    UINT room = GetSystemDirectoryW(NULL, 0);
    wchar_t *folder = room > 0 ? arena_array(memory, room, sizeof *folder) : NULL;
    UINT length = folder != NULL ? GetSystemDirectoryW(folder, room) : 0;
    return length > 0 && length < room ? folder : NULL;
}

/* The name as it was given; the NetBIOS name would be cut off after 15 characters and in capitals. */
const char *win32_computer_name(arena *memory) {
    DWORD room = 0;
    (void)GetComputerNameExW(ComputerNamePhysicalDnsHostname, NULL, &room);
    wchar_t *name = room > 0 ? arena_array(memory, room, sizeof *name) : NULL;
    if (name == NULL || GetComputerNameExW(ComputerNamePhysicalDnsHostname, name, &room) == FALSE) {
        return "this computer";
    }
    return text_from_wide(memory, name);
}

fact_state win32_now(host *machine, arena *memory, int64_t *out, fact *why) {
    (void)machine;
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    *out = instant_from_filetime((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime);
    return win32_known("the computer's clock", memory, why);
}

/* ---- Environment ---- */

/* A program that has a window and hangs must not make us wait long. */
void win32_broadcast_environment(void) {
    enum { EACH_MS = 500 };
    typedef LRESULT(WINAPI * send_message)(HWND, UINT, WPARAM, LPARAM, UINT, UINT, PDWORD_PTR);
    HMODULE user32 = system_library_load(L"user32.dll");
    send_message send = NULL;
    DWORD_PTR answer = 0;
    if (system_library_function(user32, "SendMessageTimeoutW", &send)) {
        const wchar_t *what = L"Environment";
        (void)send(HWND_BROADCAST, WM_SETTINGCHANGE, 0, (LPARAM)what, SMTO_ABORTIFHUNG, EACH_MS, &answer);
    }
    if (user32 != NULL) {
        (void)FreeLibrary(user32);
    }
}
