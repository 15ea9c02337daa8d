#include "repair/folder_guard.h"

#include "collect/collect.h"
#include "collect/read.h"
#include "core/error.h"
#include "core/unicode.h"
#include "parse/sddl.h"
#include "repair/change.h"

#include <string.h>

static mars_status refuse_missing(const operation_run *run, const char *folder) {
    file_info info = {0};
    fact why = {0};
    host *machine = run->machine;
    fact_state state = machine->read->file_info(machine, folder, run->memory, &info, &why);
    if (state == FACT_KNOWN && info.kind == FILE_FOLDER) {
        return MARS_OK;
    }
    if (state != FACT_UNKNOWN) {
        return error_set(MARS_E_REFUSED, "%s is %s", folder,
                         state == FACT_ABSENT ? "not there" : "no folder");
    }
    return error_set(MARS_E_REFUSED, "%s cannot be looked at: %s", folder,
                     why.detail != NULL ? why.detail : unknown_reason_sentence(why.reason));
}

/* ---- Where Windows itself guards ---- */

static bool is_below(const char *path, const char *folder) {
    size_t length = strlen(folder);
    return length > strlen("C:\\") && strlen(path) > length && path[length] == '\\' &&
           windows_name_equal_n(path, length, folder, length);
}

/* Folders below the Windows folder in which Windows lets everyone write, or put files. */
static bool is_open_place(const collector *c, const char *folder) {
    static const char *const open_places[] = {
        "Temp",
        "Tasks",
        "tracing",
        "debug",
        "PLA",
        "Registration",
        "ServiceProfiles",
        "System32\\Tasks",
        "System32\\spool",
        "System32\\com",
        "System32\\FxsTmp",
        "System32\\LogFiles",
        "System32\\Microsoft",
        "SysWOW64\\Tasks",
        "SysWOW64\\com",
        "SysWOW64\\FxsTmp",
    };
    const char *windows = environment_value(c, "SystemRoot");
    for (size_t i = 0; i < sizeof open_places / sizeof open_places[0]; i++) {
        const char *place = path_join(c->memory, windows, open_places[i]);
        if (windows_name_equal(folder, place) || is_below(folder, place)) {
            return true;
        }
    }
    return false;
}

/* The folder above this one where Windows by default lets only administrators write, as this machine names
 * it; NULL if there is none. */
static const char *protected_folder(const operation_run *run, const char *folder) {
    static const char *const variables[] = {"ProgramFiles", "ProgramFiles(x86)", "SystemRoot"};
    collector c = {.machine = run->machine,
                   .memory = run->memory,
                   .environment = ARENA_VECTOR(run->memory, environment_variable)};
    environment_read(&c);
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        const char *value = environment_value(&c, variables[i]);
        const char *place = value != NULL ? path_clean(run->memory, value) : "";
        if (is_below(folder, place) && !is_open_place(&c, folder)) {
            return place;
        }
    }
    return NULL;
}

/* ---- What is known of it and of those above ---- */

static mars_status judge_folder(const operation_run *run, const char *folder, const char *judged,
                                const char *sddl, bool own) {
    const char *who = NULL;
    fact why = {0};
    uint32_t rights = own ? FOLDER_RIGHTS_WRITE : FOLDER_RIGHTS_REPLACE;
    if (!sddl_others_granted(sddl, rights, own, run->memory, &who, &why)) {
        return error_set(MARS_E_REFUSED, "whether only administrators can write to %s cannot be told: %s: %s",
                         folder, judged, why.detail);
    }
    if (who == NULL) {
        return MARS_OK;
    }
    return error_set(
        MARS_E_REFUSED,
        "%s is no folder for programs of the SYSTEM account: others than administrators (%s) can "
        "%s %s",
        folder, who, own ? "write to" : "replace what is in", judged);
}

/* The folder above a path without its last name; false at the drive's root. */
static bool step_up(char *path) {
    char *last = strrchr(path, '\\');
    if (last == NULL || last[1] == '\0') {
        return false;
    }
    last[last == path + 2 ? 1 : 0] = '\0'; /* "C:\" keeps its backslash */
    return true;
}

/* One step of the way up. *known: whether a list was found that decides on the folder. */
static mars_status judge_step(const operation_run *run, const char *folder, const char *path,
                              const char *protected_by, bool *known) {
    host *machine = run->machine;
    file_marks marks = {0};
    fact why = {0};
    if (machine->read->file_marks(machine, path, run->memory, &marks, &why) != FACT_KNOWN) {
        return MARS_OK;
    }
    if (marks.attributes.fact.state == FACT_KNOWN &&
        (marks.attributes.value & FILE_ATTR_REPARSE_POINT) != 0) {
        return error_set(MARS_E_REFUSED, "%s cannot be judged: %s is a link to another folder", folder, path);
    }
    if (marks.security.fact.state != FACT_KNOWN) {
        return MARS_OK;
    }
    /* What lies above Program Files says nothing about it: it does not inherit from there. */
    bool own = !*known && (protected_by == NULL || windows_name_equal(path, protected_by) ||
                           is_below(path, protected_by));
    *known = *known || own;
    return judge_folder(run, folder, path, marks.security.value, own);
}

static mars_status judge_all(const operation_run *run, const char *folder, const char *protected_by,
                             bool *known) {
    char *path = arena_copy(run->memory, folder, strlen(folder) + 1);
    if (path == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was looked at", folder);
    }
    mars_status status = MARS_OK;
    do {
        status = judge_step(run, folder, path, protected_by, known);
    } while (status == MARS_OK && step_up(path));
    return status;
}

mars_status folder_guard(operation_run *run, const char *folder) {
    bool known = false;
    const char *place = protected_folder(run, folder);
    mars_status status = refuse_missing(run, folder);
    if (status == MARS_OK) {
        status = judge_all(run, folder, place, &known);
    }
    if (status == MARS_OK && arena_failed(run->memory)) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was looked at", folder);
    }
    if (status != MARS_OK || known) {
        return status;
    }
    if (place == NULL) {
        return error_set(MARS_E_REFUSED,
                         "who can write to %s is not known, and it is neither below Program Files nor below "
                         "the Windows folder",
                         folder);
    }
    change_note(run, arena_printf(run->memory,
                                  "Who can write to %s is not known; it lies below %s, where by default only "
                                  "administrators can.",
                                  folder, place));
    return MARS_OK;
}
