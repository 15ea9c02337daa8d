/* What a repair may ever change. A journal is believed only if nobody else could have written it, and an
 * operation's arguments are validated; this stands behind both, below operations and above the writer: were
 * one of them to fail, there is still nothing that could be changed but what repairs are about. */
#include "repair/target.h"

#include "core/error.h"
#include "core/unicode.h"

#include <string.h>

/* A new operation's keys have to be named here. A prefix ends where a key's name does. */
static const struct {
    const char *prefix;
    bool restart; /* programs read it once, when they start */
} allowed_keys[] = {
    {"HKLM\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\", false},
    {"HKLM\\SOFTWARE\\Microsoft\\.NETFramework\\", true},
    {"HKLM32\\SOFTWARE\\Microsoft\\.NETFramework\\", true},
    {"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment\\", true},
};
enum { ALLOWED_KEYS = sizeof allowed_keys / sizeof allowed_keys[0] };

/* Files of PowerShell modules of this name, wherever they are. */
static const char module_folder[] = "\\Modules\\MSOnlineBackup\\";
static const char hive_folder[] = "\\Windows\\System32\\config\\";
static const char *const hives[] = {"SYSTEM", "SOFTWARE", "DEFAULT"};
static const char task_folder[] = "\\Microsoft\\OnlineBackup\\";

enum { PATH_MAXIMUM = 1024, SERVICE_MAXIMUM = 256 };

/* The key's index; ALLOWED_KEYS if it is none of them. */
static size_t allowed_key(const char *target) {
    size_t i = 0;
    while (i < ALLOWED_KEYS && !ascii_starts(target, allowed_keys[i].prefix)) {
        i++;
    }
    return i;
}

static bool is_allowed_value(const char *target) {
    return allowed_key(target) < ALLOWED_KEYS;
}

/* No part is empty, "." or "..", or ends as Windows drops it. */
static bool parts_are_plain(const char *path) {
    for (;;) {
        size_t length = strcspn(path, "\\");
        if (length == 0 || path[length - 1] == '.' || path[length - 1] == ' ') {
            return false;
        }
        if (path[length] == '\0') {
            return true;
        }
        path += length + 1;
    }
}

static bool contains(const char *text, const char *part) {
    for (; *text != '\0'; text++) {
        if (ascii_starts(text, part)) {
            return true;
        }
    }
    return false;
}

static bool is_hive(const char *path) {
    size_t folder = sizeof hive_folder - 1;
    for (size_t i = 0; i < sizeof hives / sizeof hives[0]; i++) {
        if (ascii_starts(path + 2, hive_folder) && ascii_equal(path + 2 + folder, hives[i])) {
            return true;
        }
    }
    return false;
}

static bool is_allowed_file(const char *target) {
    char letter = ascii_lower(target[0]);
    return strlen(target) <= PATH_MAXIMUM && letter >= 'a' && letter <= 'z' && target[1] == ':' &&
           target[2] == '\\' && strpbrk(target + 2, "/:*?\"<>|") == NULL && parts_are_plain(target + 3) &&
           (contains(target, module_folder) || is_hive(target));
}

static bool is_allowed_task(const char *target) {
    return strlen(target) <= PATH_MAXIMUM && ascii_starts(target, task_folder) &&
           strpbrk(target, "/:*?\"<>|") == NULL && parts_are_plain(target + 1);
}

static bool is_allowed_service(const char *target) {
    return target[0] != '\0' && strlen(target) <= SERVICE_MAXIMUM && strpbrk(target, "\\/ \"") == NULL;
}

mars_status target_allowed(change_kind kind, const char *target) {
    static bool (*const allowed[CHANGE_KIND_COUNT])(const char *target) = {
        [CHANGE_REGISTRY_VALUE] = is_allowed_value,
        [CHANGE_FILE] = is_allowed_file,
        [CHANGE_TASK] = is_allowed_task,
        [CHANGE_SERVICE_CONFIG] = is_allowed_service,
    };
    return allowed[kind] != NULL && allowed[kind](target)
               ? MARS_OK
               : error_set(MARS_E_REFUSED, "%s is nothing that a repair changes", target);
}

bool target_needs_restart(change_kind kind, const char *target) {
    size_t key = kind == CHANGE_REGISTRY_VALUE ? allowed_key(target) : ALLOWED_KEYS;
    return key < ALLOWED_KEYS && allowed_keys[key].restart;
}
