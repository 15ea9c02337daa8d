/* Operations: typed functions that repair one thing. One dispatcher binds named, validated arguments to them,
 * whether these come from a plan, from JSON or from the typed functions of the ABI. */
#ifndef REPAIR_OPERATIONS_H
#define REPAIR_OPERATIONS_H

#include "marshealth.h"
#include "repair/argument_kinds.h"
#include "repair/operation_list.h"

typedef enum undo_class { UNDO_EXACT, UNDO_NONE } undo_class;
const char *undo_class_name(undo_class undo); /* "exact", "none" */
typedef enum operation_risk { RISK_LOW, RISK_MEDIUM, RISK_HIGH } operation_risk;
const char *operation_risk_name(operation_risk risk); /* "low", "medium", "high" */
/* False if it names none. */
bool operation_risk_named(const char *name, operation_risk *out);

typedef enum operation_needs {
#define N(name, reason) NEEDS_##name,
    OPERATION_NEEDS(N)
#undef N
        OPERATION_NEEDS_COUNT
} operation_needs;
/* Why an image cannot take such an operation; "" if it can. */
const char *operation_needs_reason(operation_needs needs);

/* A run of operations on one machine: where changes go (change.h). */
typedef struct operation_run operation_run;

/* The typed functions. */
#define P(kind, name) , argument_type_##kind name
#define O(function, id, parameters, undo, risk, needs, asks, restart, title)                                 \
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
    bool asks;
    bool restart_advised;
    const char *title; /* {name} is an argument */
} operation;

enum { OPERATION_PARAMETERS_MAX = 8 };

/* In the order in which a plan takes them. */
extern const operation all_operations[];
extern const size_t all_operations_count;

/* NULL if there is none. */
const operation *operation_find(const char *id);
/* The index of a parameter; row->count if there is none of that name. */
size_t operation_parameter_index(const operation *row, const char *name);

/* Binds a JSON object's members to the operation's parameters by name. A missing (unless its kind is
 * optional), extra or unaccepted argument: MARS_E_INVALID_ARGUMENT naming it, and nothing is done. values has
 * room for OPERATION_PARAMETERS_MAX. */
mars_status operation_bind(const operation *row, const json_t *arguments, arena *memory,
                           operation_value *values);
/* The same check for values that did not come from JSON. */
mars_status operation_accept(const operation *row, const operation_value *values);
/* The arguments as a JSON object, in the order of the parameters; optional ones that say nothing are left
 * out. NULL if memory ran out. */
json_t *operation_arguments(const operation *row, const operation_value *values);
/* Its risk with these arguments: restoring from a source that a baseline vouches for is a low one, stopping a
 * service that others would notice a high one. */
operation_risk operation_risk_with(const operation *row, const operation_value *values);
/* What else may end with it although no guard refuses it: a sentence for whoever is to confirm it; NULL:
 * nothing. */
const char *operation_consequence(const operation *row, const operation_value *values);
/* The service that is restarted, and with it what runs and depends on it; NULL: none. */
const char *operation_restarted_service(const operation *row, const operation_value *values);
/* Calls the operation with values that were bound or accepted. */
mars_status operation_call(const operation *row, operation_run *run, const operation_value *values);

#endif
