/* Whether an account is a member of the local group Administrators. Private to this folder. Windows lists the
 * group's own members; who is in a member that is a group itself, Windows tells for some accounts only. That
 * an account is no member is said only where nothing is left open, as it makes a check fail. */
#ifndef HOST_WIN32_ADMINISTRATORS_H
#define HOST_WIN32_ADMINISTRATORS_H

#include "host/win32/win32.h"

#include <lm.h>

#include <dsrole.h>

/* Of netapi32.dll and advapi32.dll, which are loaded when they are needed. */
typedef struct account_library {
    HMODULE netapi32;
    HMODULE advapi32;
    NET_API_STATUS(WINAPI *members_of)
    (LPCWSTR, LPCWSTR, DWORD, LPBYTE *, DWORD, LPDWORD, LPDWORD, PDWORD_PTR);
    NET_API_STATUS(WINAPI *groups_of)(LPCWSTR, LPCWSTR, DWORD, DWORD, LPBYTE *, DWORD, LPDWORD, LPDWORD);
    NET_API_STATUS(WINAPI *own_domain)(LPCWSTR, DWORD, LPBYTE *);
    NET_API_STATUS(WINAPI *buffer_free)(LPVOID);
    DWORD(WINAPI *role_of)(LPCWSTR, DSROLE_PRIMARY_DOMAIN_INFO_LEVEL, PBYTE *);
    VOID(WINAPI *role_free)(PVOID);
    BOOL(WINAPI *name_of)(LPCWSTR, PSID, LPWSTR, LPDWORD, LPWSTR, LPDWORD, PSID_NAME_USE);
} account_library;

/* False if a function is missing; to be closed either way. */
bool account_library_open(account_library *library);
void account_library_close(account_library *library);

typedef struct account_name {
    const wchar_t *domain;
    const wchar_t *name;
    SID_NAME_USE kind;
} account_name;

typedef struct group_member {
    const char *sid;  /* "": it is not a valid one */
    const char *name; /* "DOMAIN\\name"; "": Windows knows none */
    SID_NAME_USE kind;
} group_member;

/* ---- Single questions (administrators_ask.c), each answered with an error of Windows or ERROR_SUCCESS ----
 */

DWORD account_ask_name(const account_library *library, const wchar_t *sid, arena *memory, account_name *out);
/* The members of a local group, added to a vector of group_member. */
DWORD account_ask_members(const account_library *library, const wchar_t *group, arena_vector *out);
/* Whether Windows counts the group among the local groups of the account: "DOMAIN\\name", or the name alone
 * of one of this machine. That it does is told even with an error; that it does not may be wrong. */
DWORD account_ask_groups(const account_library *library, const wchar_t *account, const wchar_t *group,
                         bool *out);
/* The SID of the domain whose accounts this machine keeps: its own, or on a domain controller the domain's.
 */
DWORD account_ask_own_domain(const account_library *library, arena *memory, const char **out);
DWORD account_ask_is_controller(const account_library *library, bool *out);

/* ---- The answer ---- */

/* As account_is_administrator in host.h. */
fact_state administrators_ask(const account_library *library, const win32_host *self, const char *sid,
                              arena *memory, bool *out, fact *why);

#endif
