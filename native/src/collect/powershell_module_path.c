/* PSModulePath as the agent's tasks get it, and what its elements lead to. */
#include "collect/powershell.h"

#include "collect/read.h"
#include "core/unicode.h"

#include <string.h>

#define SESSION_ENVIRONMENT "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define VARIABLE            "PSModulePath"

enum { MAXIMUM_ELEMENTS = 200, MAXIMUM_VERSION_FOLDERS = 100, MAXIMUM_IMPORTS = 50 };

/* ---- One element ---- */

typedef struct version_folders {
    arena *memory;
    arena_vector names; /* of const char * */
} version_folders;

static bool is_version(const char *name) {
    return name[0] >= '0' && name[0] <= '9' && strspn(name, "0123456789.") == strlen(name);
}

static bool visit_version(void *user, const folder_entry *entry) {
    version_folders *folders = user;
    if (entry->kind == FILE_FOLDER && is_version(entry->name)) {
        const char **name = arena_push(&folders->names);
        if (name != NULL) {
            *name = arena_text(folders->memory, entry->name);
        }
    }
    return folders->names.count < MAXIMUM_VERSION_FOLDERS;
}

static fact_text file_as_text(collector *c, const char *path) {
    fact_flag present = read_file_present(c, path);
    if (fact_is_true(&present)) {
        return fact_text_known(path, present.fact.where);
    }
    return (fact_text){.fact = present.fact.state == FACT_UNKNOWN ? present.fact
                                                                  : fact_absent(present.fact.where)};
}

/* <element>\MSOnlineBackup\MSOnlineBackup.psd1, or the same below a folder named by a version. */
static fact_text find_manifest(collector *c, const char *element) {
    const char *module = path_join(c->memory, element, MODULE_NAME);
    fact_text manifest = file_as_text(c, path_join(c->memory, module, MODULE_NAME ".psd1"));
    if (manifest.fact.state != FACT_ABSENT) {
        return manifest;
    }
    version_folders folders = {.memory = c->memory, .names = ARENA_VECTOR(c->memory, const char *)};
    fact why = {0};
    if (c->machine->read->folder_each(c->machine, module, visit_version, &folders, c->memory, &why) ==
        FACT_UNKNOWN) {
        return (fact_text){.fact = why};
    }
    const char *const *names = folders.names.items;
    for (size_t i = 0; i < folders.names.count; i++) {
        const char *folder = path_join(c->memory, module, names[i]);
        fact_text versioned = file_as_text(c, path_join(c->memory, folder, MODULE_NAME ".psd1"));
        if (versioned.fact.state == FACT_KNOWN) {
            return versioned;
        }
    }
    return manifest;
}

/* A variable in a value that is not expanded is left as it is written. What begins with it is a path below
 * whatever folder PowerShell was started in, where no such folder is. */
static bool begins_unexpanded(const char *folder) {
    return folder[0] == '%' && strchr(folder + 1, '%') != NULL;
}

static void read_element(collector *c, const char *raw, bool expand, module_path_element *element) {
    const char *where = c->into->powershell.module_path.fact.where;
    const char *folder = path_clean(c->memory, expand ? environment_expand(c, raw) : raw);
    element->raw = fact_text_known(raw, where);
    element->folder = fact_text_known(folder, where);
    element->quoted = fact_flag_known(strchr(folder, '"') != NULL, where);
    if (fact_is_true(&element->quoted)) {
        /* No folder has a quote in its name. */
        element->present = fact_flag_known(false, where);
        element->manifest.fact = fact_absent(where);
        return;
    }
    element->present =
        !expand && begins_unexpanded(folder) ? fact_flag_known(false, where) : read_folder_present(c, folder);
    if (fact_is_true(&element->present)) {
        element->manifest = find_manifest(c, folder);
    } else {
        element->manifest.fact = element->present.fact.state == FACT_KNOWN
                                     ? fact_absent(element->present.fact.where)
                                     : element->present.fact;
    }
}

static void read_elements(collector *c, const char *value, bool expand, fact_list *list) {
    arena_vector elements = ARENA_VECTOR(c->memory, module_path_element);
    const char *where = list->fact.where;
    for (const char *at = value; *at != '\0';) {
        size_t length = strcspn(at, ";");
        const char *raw = arena_text_n(c->memory, at, length);
        at += length + (at[length] == ';');
        if (path_clean(c->memory, raw)[0] == '\0') {
            continue;
        }
        if (elements.count == MAXIMUM_ELEMENTS) {
            list->fact = fact_unknown(REASON_TOO_LARGE, where, "PSModulePath has more than 200 elements");
            break;
        }
        module_path_element *element = arena_push(&elements);
        if (element == NULL) {
            return;
        }
        read_element(c, raw, expand, element);
    }
    list->items = elements.items;
    list->count = elements.count;
}

/* ---- The variable ---- */

static const char *type_name(uint32_t type) {
    return type == REGISTRY_EXPAND_SZ ? "REG_EXPAND_SZ" : "REG_SZ";
}

static void read_variable(collector *c, powershell_evidence *powershell) {
    static const registry_path machine = {REGISTRY_MACHINE, REGISTRY_64, SESSION_ENVIRONMENT};
    static const registry_path account = {REGISTRY_SYSTEM_ACCOUNT, REGISTRY_64, "Environment"};
    uint32_t machine_type = REGISTRY_NONE;
    uint32_t account_type = REGISTRY_NONE;
    powershell->machine_module_path = read_text(c, &machine, VARIABLE, &machine_type);
    powershell->system_module_path = read_text(c, &account, VARIABLE, &account_type);
    /* A variable of the account's own replaces the machine's. */
    bool own = powershell->system_module_path.fact.state != FACT_ABSENT;
    const fact_text *value = own ? &powershell->system_module_path : &powershell->machine_module_path;
    uint32_t type = own ? account_type : machine_type;
    powershell->module_path_written = read_key_time(c, own ? &account : &machine);
    powershell->module_path.fact = value->fact;
    powershell->module_path_type.fact = value->fact;
    if (value->fact.state == FACT_KNOWN) {
        powershell->module_path_type.value = type_name(type);
        read_elements(c, value->value, type == REGISTRY_EXPAND_SZ, &powershell->module_path);
    }
}

/* ---- Modules that tasks import by path ---- */

static bool has_drive(const char *path) {
    return ((path[0] >= 'A' && path[0] <= 'Z') || (path[0] >= 'a' && path[0] <= 'z')) && path[1] == ':' &&
           (path[2] == '\\' || path[2] == '/');
}

/* The file itself, a file of that name with a module's extension, or the module in the folder of that name.
 */
static fact_text find_import(collector *c, const char *import) {
    const char *path = path_clean(c->memory, environment_expand(c, import));
    if (!has_drive(path)) {
        return (fact_text){.fact = fact_unknown(REASON_NOT_ON_HOST, NULL,
                                                arena_printf(c->memory, "%s is no path on a drive", path))};
    }
    const char *leaf = strrchr(path, '\\') + 1;
    static const char *const extensions[] = {"", ".psd1", ".psm1", ".dll"};
    for (size_t i = 0; i < sizeof extensions / sizeof extensions[0]; i++) {
        fact_text file = file_as_text(c, arena_printf(c->memory, "%s%s", path, extensions[i]));
        if (file.fact.state == FACT_ABSENT && extensions[i][0] != '\0') {
            file = file_as_text(c, arena_printf(c->memory, "%s\\%s%s", path, leaf, extensions[i]));
        }
        if (file.fact.state != FACT_ABSENT) {
            return file;
        }
    }
    return (fact_text){.fact = fact_absent(path)};
}

static bool is_listed(const arena_vector *imports, const char *path) {
    const module_import *items = imports->items;
    for (size_t i = 0; i < imports->count; i++) {
        if (strcmp(items[i].path.value, path) == 0) {
            return true;
        }
    }
    return false;
}

static void read_action_imports(collector *c, const action_facts *action, arena_vector *imports) {
    for (size_t i = 0; i < action->imports.value.count && imports->count < MAXIMUM_IMPORTS; i++) {
        const char *path = action->imports.value.items[i];
        if (strpbrk(path, "\\/:") == NULL || is_listed(imports, path)) {
            continue;
        }
        module_import *import = arena_push(imports);
        if (import != NULL) {
            import->path = fact_text_known(path, action->imports.fact.where);
            import->resolved = find_import(c, path);
        }
    }
}

static void read_imports(collector *c, powershell_evidence *powershell) {
    const fact_list *tasks = &c->into->schedule.tasks;
    arena_vector imports = ARENA_VECTOR(c->memory, module_import);
    const scheduled_task *items = tasks->items;
    for (size_t t = 0; t < tasks->count; t++) {
        const action_facts *actions = items[t].actions.items;
        for (size_t a = 0; a < items[t].actions.count; a++) {
            read_action_imports(c, &actions[a], &imports);
        }
    }
    powershell->imports = fact_list_known(&imports, tasks->fact.where);
    if (tasks->fact.state == FACT_UNKNOWN) {
        powershell->imports.fact = fact_depending_on(&tasks->fact);
    }
}

void collect_module_path(collector *c, powershell_evidence *powershell) {
    read_variable(c, powershell);
    read_imports(c, powershell);
}
