/* Whose a file or folder is, and who else could have written it. */
#include "core/alloc.h"
#include "core/error.h"
#include "host/win32/win32.h"

static bool is_well_known(PSID sid, WELL_KNOWN_SID_TYPE type) {
    return IsWellKnownSid(sid, type) != FALSE;
}

/* Those who may do anything to this machine anyway; ourselves only if we are one of them. */
static bool is_trusted(bool elevated, PSID sid) {
    uint8_t user[WIN32_SID_ROOM];
    return is_well_known(sid, WinBuiltinAdministratorsSid) || is_well_known(sid, WinLocalSystemSid) ||
           (elevated && win32_user_sid(user) && EqualSid(sid, user) != FALSE);
}

/* CREATOR OWNER and OWNER RIGHTS: who makes something there, and whose it is. Only those who are trusted can
 * make anything there, and whose it is is asked by itself. */
static bool is_owner(PSID sid) {
    static const DWORD numbers[] = {0, 4};
    bool found = false;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        SID owner = {.Revision = SID_REVISION,
                     .SubAuthorityCount = 1,
                     .IdentifierAuthority = {SECURITY_CREATOR_SID_AUTHORITY},
                     .SubAuthority = {numbers[i]}};
        found = found || EqualSid(sid, &owner) != FALSE;
    }
    return found;
}

/* Entries for what is made in the folder later count like those for the folder itself. */
static bool allows_others(bool elevated, DWORD harmless, ACE_HEADER *entry) {
    if (entry->AceType == ACCESS_DENIED_ACE_TYPE) {
        return false;
    }
    if (entry->AceType != ACCESS_ALLOWED_ACE_TYPE) {
        return true;
    }
    ACCESS_ALLOWED_ACE *allowed = (ACCESS_ALLOWED_ACE *)(void *)entry;
    PSID sid = &allowed->SidStart;
    return (allowed->Mask & ~harmless) != 0 && !is_trusted(elevated, sid) && !is_owner(sid);
}

static bool dacl_is_narrow(bool elevated, DWORD harmless, PACL dacl) {
    for (DWORD i = 0; i < dacl->AceCount; i++) {
        void *entry = NULL;
        if (GetAce(dacl, i, &entry) == FALSE || allows_others(elevated, harmless, entry)) {
            return false;
        }
    }
    return true;
}

mars_status win32_check_descriptor(PSECURITY_DESCRIPTOR descriptor, bool elevated, win32_others others,
                                   const char *where) {
    const DWORD reading = FILE_GENERIC_READ | FILE_EXECUTE | GENERIC_READ | GENERIC_EXECUTE;
    PSID owner = NULL;
    PACL dacl = NULL;
    BOOL present = FALSE;
    BOOL ignored = FALSE;
    if (GetSecurityDescriptorOwner(descriptor, &owner, &ignored) == FALSE || owner == NULL ||
        !is_trusted(elevated, owner)) {
        return error_set(MARS_E_REFUSED,
                         "%s does not belong to the Administrators or SYSTEM: someone else made it", where);
    }
    if (GetSecurityDescriptorDacl(descriptor, &present, &dacl, &ignored) == FALSE || present == FALSE ||
        dacl == NULL || !dacl_is_narrow(elevated, others == OTHERS_MAY_READ ? reading : 0, dacl)) {
        return error_set(MARS_E_REFUSED, "%s is open to others than Administrators and SYSTEM", where);
    }
    return MARS_OK;
}

mars_status win32_check_opened(HANDLE opened, bool elevated, win32_others others, const char *where) {
    const SECURITY_INFORMATION wanted = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    DWORD size = 0;
    (void)GetKernelObjectSecurity(opened, wanted, NULL, 0, &size);
    void *descriptor = size > 0 ? mem_alloc(size) : NULL;
    mars_status status = MARS_OK;
    if (descriptor == NULL || GetKernelObjectSecurity(opened, wanted, descriptor, size, &size) == FALSE) {
        status =
            error_set(MARS_E_UNREADABLE, "whose %s is cannot be told (error %lu)", where, GetLastError());
    } else {
        status = win32_check_descriptor(descriptor, elevated, others, where);
    }
    mem_free(descriptor);
    return status;
}
