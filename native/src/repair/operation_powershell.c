#include "repair/change.h"

#include "core/error.h"
#include "core/unicode.h"
#include "repair/folder_guard.h"

#include <string.h>

#define POLICIES            "Software\\Policies\\Microsoft\\Windows\\PowerShell"
#define MACHINE_POLICIES    "SOFTWARE\\Policies\\Microsoft\\Windows\\PowerShell"
#define SHELL               "SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"
#define SESSION_ENVIRONMENT "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define DEFAULT_FOLDERS                                                                                      \
    "%ProgramFiles%\\WindowsPowerShell\\Modules;%SystemRoot%\\system32\\WindowsPowerShell\\v1.0\\Modules"
#define OWN_FOLDER "\\WindowsPowerShell\\v1.0\\Modules"

/* Longer values make programs that start fail to take over their environment. */
enum { MODULE_PATH_MAXIMUM = 32000 };

/* A text with its terminator, as the registry keeps it. */
static registry_value text_value(operation_run *run, uint32_t type, const char *text) {
    return (registry_value){.type = type, .data = utf16_from_utf8(run->memory, text, strlen(text) + 1)};
}

/* ---- powershell.set-execution-policy ---- */

static mars_status refuse_under_policy(operation_run *run, const registry_path *path) {
    registry_value value = {0};
    fact why = {0};
    switch (
        run->machine->read->registry_read(run->machine, path, "EnableScripts", run->memory, &value, &why)) {
    case FACT_ABSENT:
        return MARS_OK;
    case FACT_KNOWN:
        return error_set(MARS_E_REFUSED, "group policy decides the execution policy (%s): change it there",
                         why.where);
    case FACT_UNKNOWN:
        break;
    }
    return error_set(MARS_E_UNREADABLE,
                     "whether group policy decides the execution policy cannot be read (%s)",
                     why.where != NULL ? why.where : path->key);
}

mars_status operation_set_execution_policy(operation_run *run, const char *policy) {
    const registry_path machine_policy = {REGISTRY_MACHINE, REGISTRY_64, MACHINE_POLICIES};
    const registry_path account_policy = {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, POLICIES};
    const registry_path shell = {REGISTRY_MACHINE, REGISTRY_64, SHELL};
    mars_status status = refuse_under_policy(run, &machine_policy);
    if (status == MARS_OK) {
        status = refuse_under_policy(run, &account_policy);
    }
    const registry_value value = text_value(run, REGISTRY_SZ, policy);
    return status == MARS_OK ? change_registry_value(run, &shell, "ExecutionPolicy", &value) : status;
}

/* ---- powershell.add-module-path ---- */

/* The next element of a path list, without surrounding blanks and trailing backslashes. */
static bool next_element(const char **at, const char **element, size_t *length) {
    if (**at == '\0') {
        return false;
    }
    *element = *at;
    *length = strcspn(*at, ";");
    *at += *length + ((*at)[*length] == ';');
    while (*length > 0 && **element == ' ') {
        (*element)++;
        (*length)--;
    }
    while (*length > 0 && ((*element)[*length - 1] == ' ' || (*element)[*length - 1] == '\\')) {
        (*length)--;
    }
    return true;
}

static bool has_element(const char *list, const char *folder) {
    const char *element = NULL;
    size_t length = 0;
    while (next_element(&list, &element, &length)) {
        if (windows_name_equal_n(element, length, folder, strlen(folder))) {
            return true;
        }
    }
    return false;
}

static bool has_own_folder(const char *list) {
    const char *element = NULL;
    size_t length = 0;
    size_t own = strlen(OWN_FOLDER);
    while (next_element(&list, &element, &length)) {
        if (length >= own && ascii_equal_n(element + length - own, OWN_FOLDER, own)) {
            return true;
        }
    }
    return false;
}

/* The type and the unexpanded text stay; the folder goes to the end. */
static mars_status extend(operation_run *run, const registry_path *path, const registry_value *old,
                          const char *folder) {
    const char *list = NULL;
    if (!registry_value_text(old, run->memory, &list)) {
        return error_set(MARS_E_REFUSED,
                         "PSModulePath is of registry type %u, which is no text: set it by hand", old->type);
    }
    if (has_element(list, folder)) {
        return MARS_OK;
    }
    if (!has_own_folder(list)) {
        return error_set(
            MARS_E_REFUSED,
            "PSModulePath does not hold PowerShell's own folder, so what it is meant to be cannot be "
            "told: set it by hand");
    }
    size_t length = strlen(list);
    const char *separator = length > 0 && list[length - 1] == ';' ? "" : ";";
    const registry_value value =
        text_value(run, old->type, arena_printf(run->memory, "%s%s%s", list, separator, folder));
    if (value.data.size / 2 > MODULE_PATH_MAXIMUM) {
        return error_set(MARS_E_REFUSED, "PSModulePath would become longer than %d characters",
                         MODULE_PATH_MAXIMUM);
    }
    return change_registry_value(run, path, "PSModulePath", &value);
}

mars_status operation_add_module_path(operation_run *run, const char *folder) {
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64, SESSION_ENVIRONMENT};
    registry_value old = {0};
    fact why = {0};
    mars_status status = folder_guard(run, folder);
    if (status != MARS_OK) {
        return status;
    }
    fact_state state =
        run->machine->read->registry_read(run->machine, &path, "PSModulePath", run->memory, &old, &why);
    if (state == FACT_UNKNOWN) {
        return error_set(MARS_E_UNREADABLE, "PSModulePath cannot be read (%s)",
                         why.where != NULL ? why.where : path.key);
    }
    if (state == FACT_KNOWN) {
        return extend(run, &path, &old, folder);
    }
    /* Without a value PowerShell uses its defaults; with one it uses nothing else, so they must be in it. */
    const registry_value value =
        text_value(run, REGISTRY_EXPAND_SZ, arena_printf(run->memory, "%s;%s", DEFAULT_FOLDERS, folder));
    return change_registry_value(run, &path, "PSModulePath", &value);
}
