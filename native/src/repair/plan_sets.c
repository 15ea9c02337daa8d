#include "repair/plan_sets.h"

#include "core/error.h"

#include <string.h>

/* "powershell.restore-module.source": an operation's name has dots, an argument's has none. False, with the
 * error recorded, if it names no argument. */
static bool read_name(const char *name, plan_set *out) {
    char operation_name[64] = "";
    const char *dot = strrchr(name, '.');
    size_t length = dot != NULL ? (size_t)(dot - name) : 0;
    if (length > 0 && length < sizeof operation_name) {
        memcpy(operation_name, name, length);
        out->operation = operation_find(operation_name);
    }
    if (out->operation == NULL) {
        (void)error_set(MARS_E_INVALID_ARGUMENT, "\"%s\" does not begin with the name of an operation", name);
        return false;
    }
    out->parameter = operation_parameter_index(out->operation, dot + 1);
    if (out->parameter == out->operation->count) {
        (void)error_set(MARS_E_INVALID_ARGUMENT, "%s has no argument \"%s\"", operation_name, dot + 1);
        return false;
    }
    return true;
}

static bool is_set(const arena_vector *sets, const plan_set *wanted) {
    const plan_set *items = sets->items;
    for (size_t i = 0; i < sets->count; i++) {
        if (items[i].operation == wanted->operation && items[i].parameter == wanted->parameter) {
            return true;
        }
    }
    return false;
}

static mars_status read_line(arena_vector *sets, const char *line) {
    const char *equals = strchr(line, '=');
    if (equals == NULL) {
        return error_set(MARS_E_INVALID_ARGUMENT, "\"%s\" is not OPERATION.ARGUMENT=VALUE", line);
    }
    plan_set set = {0};
    const char *name = arena_text_n(sets->memory, line, (size_t)(equals - line));
    if (!read_name(name, &set)) {
        return MARS_E_INVALID_ARGUMENT;
    }
    const operation_parameter *parameter = &set.operation->parameters[set.parameter];
    if (is_set(sets, &set)) {
        return error_set(MARS_E_INVALID_ARGUMENT, "%s is set twice", name);
    }
    if (!argument_from_text(parameter->kind, equals + 1, sets->memory, &set.value)) {
        return arena_failed(sets->memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out")
                                          : error_set(MARS_E_INVALID_ARGUMENT, "%s must be %s", name,
                                                      argument_types[parameter->kind].words);
    }
    plan_set *place = arena_push(sets);
    if (place == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out");
    }
    *place = set;
    return MARS_OK;
}

mars_status plan_sets_read(plan_sets *out, arena *memory, const char *lines) {
    arena_vector sets = ARENA_VECTOR(memory, plan_set);
    for (const char *at = lines; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, "\n");
        size_t content = length > 0 && at[length - 1] == '\r' ? length - 1 : length;
        mars_status status = content > 0 ? read_line(&sets, arena_text_n(memory, at, content)) : MARS_OK;
        if (status != MARS_OK) {
            return status;
        }
        at += length + (at[length] == '\n');
    }
    *out = (plan_sets){.items = sets.items, .count = sets.count};
    return MARS_OK;
}

/* What a finding is about is not for anybody to choose: another one would be changed for its reasons. */
static bool names_subject(argument_kind kind) {
    return kind == ARGUMENT_TASK || kind == ARGUMENT_SERVICE || kind == ARGUMENT_VOLUME;
}

mars_status plan_sets_apply(const plan_sets *sets, repair_offer *offer) {
    for (size_t i = 0; i < sets->count; i++) {
        const plan_set *set = &sets->items[i];
        if (set->operation != offer->operation) {
            continue;
        }
        const operation_parameter *parameter = &offer->operation->parameters[set->parameter];
        if (offer->known[set->parameter] && names_subject(parameter->kind)) {
            return error_set(MARS_E_INVALID_ARGUMENT, "%s.%s comes from the finding and cannot be set",
                             offer->operation->id, parameter->name);
        }
        offer->known[set->parameter] = true;
        offer->values[set->parameter] = set->value;
    }
    return MARS_OK;
}

bool plan_sets_name(const plan_sets *sets, const operation *row) {
    for (size_t i = 0; i < sets->count; i++) {
        if (sets->items[i].operation == row) {
            return true;
        }
    }
    return false;
}
