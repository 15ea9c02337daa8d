#include "repair/operations.h"

#include "core/error.h"
#include "repair/service_ending.h"
#include "report/catalog.h"

#include <string.h>

/* Each operation's parameters, in a table named like it. */
#define P(kind_, name_) {.name = #name_, .kind = ARGUMENT_##kind_},
#define O(function, id, parameters, undo, risk, needs, asks, restart, title)                                 \
    static const operation_parameter function##_parameters[] = {parameters(P)};
OPERATIONS(O)
#undef O
#undef P

const operation all_operations[] = {
#define O(function, id_, parameters_, undo_, risk_, needs_, asks_, restart_, title_)                         \
    {.id = (id_),                                                                                            \
     .call = (void (*)(void))operation_##function,                                                           \
     .parameters = function##_parameters,                                                                    \
     .count = sizeof function##_parameters / sizeof function##_parameters[0],                                \
     .undo = UNDO_##undo_,                                                                                   \
     .risk = RISK_##risk_,                                                                                   \
     .needs = NEEDS_##needs_,                                                                                \
     .asks = (asks_) != 0,                                                                                   \
     .restart_advised = (restart_) != 0,                                                                     \
     .title = (title_)},
    OPERATIONS(O)
#undef O
};
const size_t all_operations_count = sizeof all_operations / sizeof all_operations[0];

#define O(function, id, parameters, undo, risk, needs, asks, restart, title)                                 \
    _Static_assert(                                                                                          \
        sizeof function##_parameters / sizeof function##_parameters[0] <= OPERATION_PARAMETERS_MAX, id);
OPERATIONS(O)
#undef O

const operation *operation_find(const char *id) {
    for (size_t i = 0; i < all_operations_count; i++) {
        if (strcmp(all_operations[i].id, id) == 0) {
            return &all_operations[i];
        }
    }
    return NULL;
}

size_t operation_parameter_index(const operation *row, const char *name) {
    size_t i = 0;
    while (i < row->count && strcmp(row->parameters[i].name, name) != 0) {
        i++;
    }
    return i;
}

/* ---- Names ---- */

const char *undo_class_name(undo_class undo) {
    return undo == UNDO_EXACT ? "exact" : "none";
}

static const char *const risk_names[] = {[RISK_LOW] = "low", [RISK_MEDIUM] = "medium", [RISK_HIGH] = "high"};

const char *operation_risk_name(operation_risk risk) {
    return risk_names[risk];
}

bool operation_risk_named(const char *name, operation_risk *out) {
    for (int risk = RISK_LOW; risk <= RISK_HIGH; risk++) {
        if (strcmp(risk_names[risk], name) == 0) {
            *out = (operation_risk)risk;
            return true;
        }
    }
    return false;
}

const char *operation_needs_reason(operation_needs needs) {
    static const char *const reasons[] = {
#define N(name, reason) [NEEDS_##name] = (reason),
        OPERATION_NEEDS(N)
#undef N
    };
    return reasons[needs];
}

/* ---- Arguments ---- */

static mars_status refuse(const operation *row, const operation_parameter *parameter) {
    return error_set(MARS_E_INVALID_ARGUMENT, "%s: the argument \"%s\" must be %s", row->id, parameter->name,
                     argument_types[parameter->kind].words);
}

mars_status operation_bind(const operation *row, const json_t *arguments, arena *memory,
                           operation_value *values) {
    if (!json_is_object(arguments)) {
        return error_set(MARS_E_INVALID_ARGUMENT, "%s: the arguments must be a JSON object", row->id);
    }
    const char *name = NULL;
    json_t *value = NULL;
    json_object_foreach((json_t *)arguments, name, value) {
        if (operation_parameter_index(row, name) == row->count) {
            return error_set(MARS_E_INVALID_ARGUMENT, "%s has no argument \"%s\"", row->id, name);
        }
    }
    for (size_t i = 0; i < row->count; i++) {
        const operation_parameter *parameter = &row->parameters[i];
        const json_t *given = json_object_get(arguments, parameter->name);
        if (given == NULL && argument_types[parameter->kind].optional) {
            values[i] = (operation_value){.number = 0};
            continue;
        }
        if (given == NULL) {
            return error_set(MARS_E_INVALID_ARGUMENT, "%s: the argument \"%s\" is missing: %s", row->id,
                             parameter->name, argument_types[parameter->kind].words);
        }
        if (!argument_from_json(parameter->kind, given, memory, &values[i])) {
            return arena_failed(memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out")
                                        : refuse(row, parameter);
        }
    }
    return MARS_OK;
}

mars_status operation_accept(const operation *row, const operation_value *values) {
    for (size_t i = 0; i < row->count; i++) {
        if (!argument_accepted(row->parameters[i].kind, &values[i])) {
            return refuse(row, &row->parameters[i]);
        }
    }
    return MARS_OK;
}

json_t *operation_arguments(const operation *row, const operation_value *values) {
    json_t *object = json_object();
    for (size_t i = 0; i < row->count; i++) {
        const operation_parameter *parameter = &row->parameters[i];
        if (!argument_is_default(parameter->kind, &values[i]) &&
            json_object_set_new(object, parameter->name, argument_to_json(parameter->kind, &values[i])) !=
                0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

/* NULL: it stops none. */
static const char *stopped_service(const operation *row, const operation_value *values) {
    size_t index = operation_parameter_index(row, "service");
    return row->asks && index < row->count ? values[index].text : NULL;
}

/* Stopping a service that others would notice. */
static bool stops_a_delicate_service(const operation *row, const operation_value *values) {
    const char *name = stopped_service(row, values);
    const catalog_service *service = name != NULL ? catalog_service_find(name) : NULL;
    return service != NULL && service->restart != CATALOG_RESTART_YES;
}

operation_risk operation_risk_with(const operation *row, const operation_value *values) {
    if (stops_a_delicate_service(row, values)) {
        return RISK_HIGH;
    }
    size_t baseline = operation_parameter_index(row, "baseline");
    return baseline < row->count && values[baseline].text != NULL ? RISK_LOW : row->risk;
}

const char *operation_consequence(const operation *row, const operation_value *values) {
    const char *service = stopped_service(row, values);
    const service_ending *ending = service != NULL ? service_ending_find(service) : NULL;
    return ending != NULL ? ending->consequence : NULL;
}

const char *operation_restarted_service(const operation *row, const operation_value *values) {
    return strcmp(row->id, "service.restart") == 0 ? stopped_service(row, values) : NULL;
}

mars_status operation_call(const operation *row, operation_run *run, const operation_value *values) {
    ffi_cif interface;
    ffi_type *types[OPERATION_PARAMETERS_MAX + 1] = {&ffi_type_pointer};
    void *arguments[OPERATION_PARAMETERS_MAX + 1] = {&run};
    for (size_t i = 0; i < row->count; i++) {
        types[i + 1] = argument_types[row->parameters[i].kind].ffi;
        arguments[i + 1] = (void *)&values[i];
    }
    if (ffi_prep_cif(&interface, FFI_DEFAULT_ABI, (unsigned)row->count + 1, &ffi_type_sint32, types) !=
        FFI_OK) {
        return error_set(MARS_E_UNSUPPORTED, "%s cannot be called on this processor", row->id);
    }
    ffi_arg result = 0; /* libffi widens a small result to a whole register */
    ffi_call(&interface, FFI_FN(row->call), &result, arguments);
    return (mars_status)result;
}
