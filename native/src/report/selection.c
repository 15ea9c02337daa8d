#include "report/report.h"

#include "core/error.h"

#include <string.h>

/* "schedule" names every "schedule.*", "schedule.enabled" itself. */
static bool named_by(const check *row, const char *name, size_t length) {
    return strncmp(row->id, name, length) == 0 && (row->id[length] == '\0' || row->id[length] == '.');
}

static bool names_any(const char *name, size_t length) {
    for (size_t i = 0; i < all_checks_count; i++) {
        if (named_by(&all_checks[i], name, length)) {
            return true;
        }
    }
    return false;
}

static bool selected(const char *list, const check *row) {
    for (const char *name = list; *name != '\0';) {
        size_t length = strcspn(name, ",");
        if (named_by(row, name, length)) {
            return true;
        }
        name += length + (name[length] == ',');
    }
    return false;
}

mars_status check_select(const char *list, arena *memory, check_selection *out) {
    for (const char *name = list; name != NULL && *name != '\0';) {
        size_t length = strcspn(name, ",");
        if (length == 0 || !names_any(name, length)) {
            return error_set(MARS_E_NOT_FOUND, "there is no check \"%.*s\"", (int)length, name);
        }
        name += length + (name[length] == ',');
    }
    /* An array of pointers is meant. NOLINTNEXTLINE(bugprone-sizeof-expression) */
    const check **items = arena_array(memory, all_checks_count, sizeof *items);
    if (items == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out");
    }
    bool everything = list == NULL || list[0] == '\0';
    size_t count = 0;
    for (size_t i = 0; i < all_checks_count; i++) {
        bool wanted = everything ? !all_checks[i].only_when_asked : selected(list, &all_checks[i]);
        if (wanted) {
            items[count++] = &all_checks[i];
        }
    }
    *out = (check_selection){.items = items, .count = count};
    return MARS_OK;
}

evidence_groups check_selection_needs(const check_selection *selection) {
    evidence_groups needs = GROUP(source) | GROUP(machine);
    for (size_t i = 0; i < selection->count; i++) {
        needs |= selection->items[i]->needs | (selection->items[i]->needs_agent ? GROUP(agent) : 0);
    }
    return needs;
}
