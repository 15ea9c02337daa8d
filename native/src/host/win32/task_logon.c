#include "host/win32/task_logon.h"

#include "core/error.h"
#include "host/win32/win32.h"
#include "parse/task_xml.h"

#include <string.h>

static bool is_service_account(const char *account, arena *memory) {
    static const WELL_KNOWN_SID_TYPE service_accounts[] = {WinLocalSystemSid, WinLocalServiceSid,
                                                           WinNetworkServiceSid};
    union {
        SID sid;
        uint8_t room[WIN32_SID_ROOM];
    } found;
    bool is = false;
    if (win32_account_sid(account, memory, found.room)) {
        for (size_t i = 0; i < sizeof service_accounts / sizeof service_accounts[0]; i++) {
            is = is || IsWellKnownSid(&found.sid, service_accounts[i]) != FALSE;
        }
    }
    return is;
}

/* False if a password may be stored. */
static bool logon_of(const task_principal *principal, arena *memory, task_logon *out) {
    static const struct {
        const char *word;
        task_logon logon;
    } words[] = {{"S4U", LOGON_S4U}, {"InteractiveToken", LOGON_INTERACTIVE_TOKEN}};
    *out = LOGON_NONE;
    if (principal->user_id == NULL) {
        *out = principal->group_id != NULL ? LOGON_GROUP : LOGON_NONE;
    } else if (is_service_account(principal->user_id, memory)) {
        *out = LOGON_SERVICE_ACCOUNT;
    } else if (principal->logon_type != NULL) {
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
            *out = strcmp(words[i].word, principal->logon_type) == 0 ? words[i].logon : *out;
        }
    }
    return *out != LOGON_NONE;
}

mars_status task_logon_read(const char *path, bytes xml, arena *memory, task_logon *out) {
    task_definition definition = {0};
    fact why;
    if (!task_xml_read(xml.data, xml.size, memory, &definition, &why)) {
        why.where = path;
        return win32_write_refuse(&why);
    }
    if (definition.principal == NULL) {
        return error_set(MARS_E_REFUSED,
                         "%s: the definition does not tell which account its actions run under", path);
    }
    if (!logon_of(definition.principal, memory, out)) {
        return error_set(MARS_E_REFUSED,
                         "%s: its account's password may be stored with the task, and registering it again "
                         "would lose that; change it in the Task Scheduler, which asks for the password",
                         path);
    }
    return MARS_OK;
}
