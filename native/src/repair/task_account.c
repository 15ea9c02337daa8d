#include "repair/task_account.h"

#include "core/unicode.h"
#include "report/catalog.h"

#include <string.h>

const char *task_account(arena *memory, const char *account) {
    if (ascii_starts(account, "S-1-")) {
        return arena_printf(memory, "S%s", account + 1);
    }
    const char *sid = catalog_account_sid(account);
    return sid != NULL ? sid : account;
}

static bool is_one_of(const char *account, const char *const sids[], size_t count) {
    const char *sid =
        account == NULL || ascii_starts(account, "S-1-") ? account : catalog_account_sid(account);
    for (size_t i = 0; i < count && sid != NULL; i++) {
        if (ascii_equal(sid, sids[i])) {
            return true;
        }
    }
    return false;
}

bool task_principal_is_system(const task_principal *principal) {
    static const char *const sids[] = {TASK_SID_SYSTEM};
    return principal->group_id == NULL && is_one_of(principal->user_id, sids, 1);
}

bool task_principal_has_no_password(const task_principal *principal) {
    static const char *const service_accounts[] = {TASK_SID_SYSTEM, "S-1-5-19", "S-1-5-20"};
    if (principal->logon_type != NULL) {
        return strcmp(principal->logon_type, "S4U") == 0 ||
               strcmp(principal->logon_type, "InteractiveToken") == 0;
    }
    return principal->user_id == NULL ? principal->group_id != NULL
                                      : is_one_of(principal->user_id, service_accounts, 3);
}
