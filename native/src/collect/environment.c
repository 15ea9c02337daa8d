/* The machine's environment as a SYSTEM process sees it, read from the registry: the machine's variables,
 * then those of the SYSTEM account, which replace them (Path is joined), and the few that Windows itself
 * provides. */
#include "collect/read.h"

#include "core/text_builder.h"
#include "core/unicode.h"

#include <string.h>

#define SESSION_ENVIRONMENT "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define WINDOWS_NT          "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define WINDOWS             "SOFTWARE\\Microsoft\\Windows\\CurrentVersion"

enum {
    MAXIMUM_EXPANDED = 64 * 1024,
    MAXIMUM_VARIABLES = 1000, /* of one key; servers have some dozens, and finding each takes time */
};

static environment_variable *find(const collector *c, const char *name, size_t length) {
    environment_variable *variables = c->environment.items;
    for (size_t i = 0; i < c->environment.count; i++) {
        if (windows_name_equal_n(variables[i].name, strlen(variables[i].name), name, length)) {
            return &variables[i];
        }
    }
    return NULL;
}

const char *environment_value(const collector *c, const char *name) {
    const environment_variable *variable = find(c, name, strlen(name));
    return variable != NULL ? variable->value : NULL;
}

static void set(collector *c, const char *name, const char *value) {
    environment_variable *variable = find(c, name, strlen(name));
    if (variable == NULL) {
        variable = arena_push(&c->environment);
        if (variable == NULL) {
            return;
        }
        variable->name = name;
    }
    variable->value = value;
}

/* The name between two percent signs at text, or 0. */
static size_t variable_length(const char *text) {
    const char *end = text[0] == '%' ? strchr(text + 1, '%') : NULL;
    return end != NULL ? (size_t)(end - text) - 1 : 0;
}

const char *environment_expand(const collector *c, const char *text) {
    text_builder expanded = {0};
    while (*text != '\0' && expanded.length < MAXIMUM_EXPANDED) {
        size_t name = variable_length(text);
        const environment_variable *variable = name > 0 ? find(c, text + 1, name) : NULL;
        if (variable != NULL) {
            text_add(&expanded, variable->value);
            text += name + 2;
        } else {
            size_t plain = strcspn(text + 1, "%") + 1;
            text_add_n(&expanded, text, plain);
            text += plain;
        }
    }
    const char *result = arena_text(c->memory, text_builder_text(&expanded));
    if (text_builder_failed(&expanded)) {
        arena_set_failed(c->memory);
    }
    text_builder_free(&expanded);
    return result;
}

typedef struct stored_variable {
    fact_text text;
    bool expandable;
} stored_variable;

static void set_stored(collector *c, registry_root root, const char *name, const stored_variable *stored) {
    const char *value = stored->expandable ? environment_expand(c, stored->text.value) : stored->text.value;
    const char *before = environment_value(c, name);
    if (root == REGISTRY_SYSTEM_ACCOUNT && ascii_equal(name, "Path") && before != NULL) {
        value = arena_printf(c->memory, "%s;%s", before, value);
    }
    set(c, name, value);
}

static void read_variables(collector *c, registry_root root, const char *key) {
    registry_path path = {.root = root, .view = REGISTRY_64, .key = key};
    text_list names = {0};
    fact why = {0};
    if (c->machine->read->registry_values(c->machine, &path, c->memory, &names, &why) != FACT_KNOWN) {
        return;
    }
    size_t count = names.count < MAXIMUM_VARIABLES ? names.count : MAXIMUM_VARIABLES;
    stored_variable *stored = arena_array(c->memory, count, sizeof *stored);
    for (size_t i = 0; stored != NULL && i < count; i++) {
        uint32_t type = REGISTRY_NONE;
        stored[i].text = read_text(c, &path, names.items[i], &type);
        stored[i].expandable = type == REGISTRY_EXPAND_SZ;
    }
    /* Plain texts first: expandable ones may refer to them. */
    for (int expandable = 0; expandable < 2; expandable++) {
        for (size_t i = 0; stored != NULL && i < count; i++) {
            if (stored[i].text.fact.state == FACT_KNOWN && stored[i].expandable == (expandable == 1)) {
                set_stored(c, root, names.items[i], &stored[i]);
            }
        }
    }
}

static void set_from_registry(collector *c, const char *variable, const char *key, const char *name) {
    fact_text text = read_machine_text(c, key, name);
    if (text.fact.state == FACT_KNOWN) {
        set(c, variable, environment_expand(c, text.value));
    }
}

void environment_read(collector *c) {
    set(c, "SystemDrive", c->machine->system_drive);
    set(c, "SystemRoot", arena_printf(c->memory, "%s\\Windows", c->machine->system_drive));
    set_from_registry(c, "SystemRoot", WINDOWS_NT, "SystemRoot");
    set(c, "windir", environment_value(c, "SystemRoot"));
    set_from_registry(c, "ProgramFiles", WINDOWS, "ProgramFilesDir");
    set_from_registry(c, "ProgramW6432", WINDOWS, "ProgramW6432Dir");
    set_from_registry(c, "ProgramFiles(x86)", WINDOWS, "ProgramFilesDir (x86)");
    set_from_registry(c, "CommonProgramFiles", WINDOWS, "CommonFilesDir");
    set_from_registry(c, "ProgramData", WINDOWS_NT "\\ProfileList", "ProgramData");
    set_from_registry(c, "ALLUSERSPROFILE", WINDOWS_NT "\\ProfileList", "ProgramData");
    set(c, "USERPROFILE",
        arena_printf(c->memory, "%s\\system32\\config\\systemprofile", environment_value(c, "SystemRoot")));
    set_from_registry(c, "PUBLIC", WINDOWS_NT "\\ProfileList", "Public");
    read_variables(c, REGISTRY_MACHINE, SESSION_ENVIRONMENT);
    read_variables(c, REGISTRY_SYSTEM_ACCOUNT, "Environment");
}
