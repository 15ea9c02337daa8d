/* Operations called by themselves: with JSON, or each by its own typed function, made from the same list as
 * the operations. The compiler compares them with marshealth.h. */
#include "abi/changing.h"

#include "core/error.h"

#include <string.h>

enum { ARGUMENTS_SIZE_LIMIT = 64 * 1024 };

static mars_status call_row(mars_outcome **out, mars_session *session, const operation *row,
                            const operation_value *values, const mars_apply_options *options) {
    changing call;
    mars_status status = changing_enter(&call, out, session, options, APPLY_FLAGS);
    if (status != MARS_OK) {
        return status;
    }
    const apply_settings settings = changing_apply_settings(&call);
    status = apply_operation(out, session->machine, row, values, &settings);
    changing_leave(&call, *out);
    return status;
}

static mars_status parse_arguments(const char *text, json_t **out) {
    size_t size = strlen(text);
    if (size > ARGUMENTS_SIZE_LIMIT) {
        return error_set(MARS_E_TOO_LARGE, "arguments has more than %d bytes", ARGUMENTS_SIZE_LIMIT);
    }
    json_error_t error = {0};
    *out = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
    if (*out != NULL) {
        return MARS_OK;
    }
    return json_error_code(&error) == json_error_out_of_memory
               ? error_set(MARS_E_NO_MEMORY, "memory ran out while arguments was read")
               : error_set(MARS_E_INVALID_ARGUMENT, "arguments is no JSON object: line %d: %s", error.line,
                           error.text);
}

static mars_status call_with_json(mars_outcome **out, mars_session *session, const char *name,
                                  const char *text, const mars_apply_options *options) {
    const operation *row = operation_find(name);
    if (row == NULL) {
        return error_set(MARS_E_NOT_FOUND, "there is no operation \"%s\"", name);
    }
    json_t *arguments = NULL;
    arena memory = {0};
    operation_value values[OPERATION_PARAMETERS_MAX];
    mars_status status = parse_arguments(text, &arguments);
    if (status == MARS_OK) {
        status = operation_bind(row, arguments, &memory, values);
    }
    if (status == MARS_OK) {
        status = call_row(out, session, row, values, options);
    }
    json_decref(arguments);
    arena_free(&memory);
    return status;
}

mars_status mars_operation_call(mars_outcome **out, mars_session *session, const char *name,
                                const char *arguments, const mars_apply_options *options) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(session, "session");
    if (status == MARS_OK) {
        status = abi_given(name, "operation");
    }
    if (status == MARS_OK) {
        status = abi_text_in(name, "operation");
    }
    if (status == MARS_OK) {
        status = abi_given(arguments, "arguments");
    }
    if (status == MARS_OK) {
        status = abi_text_in(arguments, "arguments");
    }
    return status == MARS_OK ? call_with_json(out, session, name, arguments, options) : status;
}

/* ---- By their own names ---- */

static operation_value value_of_text(const char *text) {
    return (operation_value){.text = text};
}

static operation_value value_of_number(uint64_t number) {
    return (operation_value){.number = number};
}

static operation_value value_of_flag(int32_t flag) {
    return (operation_value){.flag = flag};
}

#define P(kind, name) , argument_type_##kind name
#define VALUE(kind, name)                                                                                    \
    _Generic((name), const char * : value_of_text, uint64_t : value_of_number, int32_t : value_of_flag)(name),
#define O(function, id, parameters, undo, risk, needs, asks, restart, title)                                 \
    mars_status mars_##function(mars_outcome **out, mars_session *session parameters(P),                     \
                                const mars_apply_options *options) {                                         \
        const operation_value values[] = {parameters(VALUE)};                                                \
        return call_row(out, session, operation_find(id), values, options);                                  \
    }
OPERATIONS(O)
#undef O
#undef VALUE
#undef P
