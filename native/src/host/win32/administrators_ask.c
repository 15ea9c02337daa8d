#include "host/win32/administrators.h"

#include "core/unicode.h"
#include "host/win32/system_library.h"

#include <sddl.h>

/* ---- The libraries ---- */

bool account_library_open(account_library *library) {
    HMODULE netapi32 = system_library_load(L"netapi32.dll");
    HMODULE advapi32 = system_library_load(L"advapi32.dll");
    *library = (account_library){.netapi32 = netapi32, .advapi32 = advapi32};
    return system_library_function(netapi32, "NetLocalGroupGetMembers", &library->members_of) &&
           system_library_function(netapi32, "NetUserGetLocalGroups", &library->groups_of) &&
           system_library_function(netapi32, "NetUserModalsGet", &library->own_domain) &&
           system_library_function(netapi32, "NetApiBufferFree", &library->buffer_free) &&
           system_library_function(netapi32, "DsRoleGetPrimaryDomainInformation", &library->role_of) &&
           system_library_function(netapi32, "DsRoleFreeMemory", &library->role_free) &&
           system_library_function(advapi32, "LookupAccountSidW", &library->name_of);
}

void account_library_close(account_library *library) {
    if (library->netapi32 != NULL) {
        (void)FreeLibrary(library->netapi32);
    }
    if (library->advapi32 != NULL) {
        (void)FreeLibrary(library->advapi32);
    }
    *library = (account_library){0};
}

/* ---- Names and SIDs ---- */

static const wchar_t *kept(arena *memory, const wchar_t *text) {
    return arena_copy(memory, text, (wcslen(text) + 1) * sizeof *text);
}

DWORD account_ask_name(const account_library *library, const wchar_t *sid, arena *memory, account_name *out) {
    enum { ROOM = 512 };
    wchar_t name[ROOM] = {0};
    wchar_t domain[ROOM] = {0};
    DWORD name_room = ROOM;
    DWORD domain_room = ROOM;
    PSID asked = NULL;
    *out = (account_name){.kind = SidTypeUnknown};
    if (ConvertStringSidToSidW(sid, &asked) == FALSE) {
        return GetLastError();
    }
    BOOL found = library->name_of(NULL, asked, name, &name_room, domain, &domain_room, &out->kind);
    DWORD error = found != FALSE ? ERROR_SUCCESS : GetLastError();
    (void)LocalFree(asked);
    if (error != ERROR_SUCCESS) {
        out->kind = SidTypeUnknown;
        return error;
    }
    out->domain = kept(memory, domain);
    out->name = kept(memory, name);
    if (out->domain == NULL || out->name == NULL) {
        *out = (account_name){.kind = SidTypeUnknown};
        return ERROR_NOT_ENOUGH_MEMORY;
    }
    return ERROR_SUCCESS;
}

static const char *text_of_sid(arena *memory, PSID sid) {
    wchar_t *wide = NULL;
    if (sid == NULL || ConvertSidToStringSidW(sid, &wide) == FALSE) {
        return "";
    }
    const char *text = text_from_wide(memory, wide);
    (void)LocalFree(wide);
    return text;
}

/* ---- Groups ---- */

static bool add_members(const LOCALGROUP_MEMBERS_INFO_2 *list, DWORD count, arena_vector *out) {
    for (DWORD i = 0; i < count; i++) {
        group_member *member = arena_push(out);
        if (member == NULL) {
            return false;
        }
        const wchar_t *name = list[i].lgrmi2_domainandname;
        member->sid = text_of_sid(out->memory, list[i].lgrmi2_sid);
        member->name = name != NULL ? text_from_wide(out->memory, name) : "";
        member->kind = list[i].lgrmi2_sidusage;
    }
    return true;
}

DWORD account_ask_members(const account_library *library, const wchar_t *group, arena_vector *out) {
    enum { MEMBERS_MAX = 65536 };
    DWORD_PTR resume = 0;
    DWORD error = ERROR_MORE_DATA;
    while (error == ERROR_MORE_DATA) {
        BYTE *buffer = NULL;
        DWORD count = 0;
        DWORD total = 0;
        error = library->members_of(NULL, group, 2, &buffer, MAX_PREFERRED_LENGTH, &count, &total, &resume);
        bool listed = buffer != NULL && (error == NERR_Success || error == ERROR_MORE_DATA);
        if (listed && !add_members((const LOCALGROUP_MEMBERS_INFO_2 *)(const void *)buffer, count, out)) {
            error = ERROR_NOT_ENOUGH_MEMORY;
        }
        /* More, but nothing came: that would go on for ever. */
        if (error == ERROR_MORE_DATA && (!listed || count == 0 || out->count > MEMBERS_MAX)) {
            error = ERROR_INVALID_DATA;
        }
        if (buffer != NULL) {
            (void)library->buffer_free(buffer);
        }
    }
    return error;
}

DWORD account_ask_groups(const account_library *library, const wchar_t *account, const wchar_t *group,
                         bool *out) {
    BYTE *buffer = NULL;
    DWORD count = 0;
    DWORD total = 0;
    DWORD error = library->groups_of(NULL, account, 0, LG_INCLUDE_INDIRECT, &buffer, MAX_PREFERRED_LENGTH,
                                     &count, &total);
    bool listed = buffer != NULL && (error == NERR_Success || error == ERROR_MORE_DATA);
    const LOCALGROUP_USERS_INFO_0 *list = (const LOCALGROUP_USERS_INFO_0 *)(const void *)buffer;
    *out = false;
    for (DWORD i = 0; listed && i < count; i++) {
        const wchar_t *name = list[i].lgrui0_name;
        *out = *out || (name != NULL && CompareStringOrdinal(name, -1, group, -1, TRUE) == CSTR_EQUAL);
    }
    if (buffer != NULL) {
        (void)library->buffer_free(buffer);
    }
    return error;
}

/* ---- The machine ---- */

DWORD account_ask_own_domain(const account_library *library, arena *memory, const char **out) {
    BYTE *buffer = NULL;
    DWORD error = library->own_domain(NULL, 2, &buffer);
    *out = "";
    if (error == NERR_Success && buffer != NULL) {
        *out = text_of_sid(memory, ((const USER_MODALS_INFO_2 *)(const void *)buffer)->usrmod2_domain_id);
    }
    if (buffer != NULL) {
        (void)library->buffer_free(buffer);
    }
    return error == NERR_Success && !ascii_starts(*out, "S-1-5-21-") ? ERROR_INVALID_DATA : error;
}

DWORD account_ask_is_controller(const account_library *library, bool *out) {
    BYTE *buffer = NULL;
    DWORD error = library->role_of(NULL, DsRolePrimaryDomainInfoBasic, &buffer);
    *out = true;
    if (error == ERROR_SUCCESS && buffer != NULL) {
        DSROLE_MACHINE_ROLE role =
            ((const DSROLE_PRIMARY_DOMAIN_INFO_BASIC *)(const void *)buffer)->MachineRole;
        *out = role != DsRole_RoleStandaloneWorkstation && role != DsRole_RoleMemberWorkstation &&
               role != DsRole_RoleStandaloneServer && role != DsRole_RoleMemberServer;
    }
    if (buffer != NULL) {
        library->role_free(buffer);
    }
    return error;
}
