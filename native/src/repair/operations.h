/* Operations: typed functions that repair one thing. One dispatcher binds named, validated arguments to them,
 * whether these come from a plan, from JSON or from the typed functions of the ABI. */
#ifndef REPAIR_OPERATIONS_H
#define REPAIR_OPERATIONS_H

#include "marshealth.h"
#include "repair/argument_kinds.h"
#include "repair/operation_list.h"

typedef enum undo_class { UNDO_EXACT, UNDO_NONE } undo_class;
typedef enum operation_risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH } operation_risk;
typedef enum operation_needs { NEEDS_OFFLINE, NEEDS_RUNNING } operation_needs;

/* A run of operations on one machine: where changes go (change.h). */
typedef struct operation_run operation_run;

/* The typed functions. */
#define P(kind, name) , argument_type_##kind name
#define O(function, id, parameters, undo, risk, needs, restart)                                              \
    mars_status operation_##function(operation_run *run parameters(P));
OPERATIONS(O)
#undef O
#undef P

typedef struct operation_parameter {
    const char *name;
    argument_kind kind;
} operation_parameter;

typedef struct operation {
    const char *id;
    void (*call)(void);
    const operation_parameter *parameters;
    size_t count;
    undo_class undo;
    operation_risk risk;
    operation_needs needs;
    bool restart_advised;
} operation;

enum { OPERATION_PARAMETERS_MAX = 8 };

extern const operation all_operations[];
extern const size_t all_operations_count;

/* NULL if there is none. */
const operation *operation_find(const char *id);

/* Binds a JSON object's members to the operation's parameters by name. A missing, extra or unaccepted
 * argument: MARS_E_INVALID_ARGUMENT naming it, and nothing is done. values has room for
 * OPERATION_PARAMETERS_MAX. */
mars_status operation_bind(const operation *row, const json_t *arguments, arena *memory,
                           operation_value *values);
/* Calls the operation with values that were bound or accepted. */
mars_status operation_call(const operation *row, operation_run *run, const operation_value *values);

#endif
