#include "abi/changing.h"

#include "core/error.h"

mars_status changing_enter(changing *call, mars_outcome **out, mars_session *session,
                           const mars_apply_options *options, uint32_t allowed) {
    *call = (changing){.session = session};
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(session, "session");
    if (status == MARS_OK) {
        status = abi_struct_in(&call->options, sizeof call->options, options, sizeof(mars_apply_options),
                               "options");
    }
    if (status == MARS_OK && (call->options.flags & ~allowed) != 0) {
        return error_set(MARS_E_INVALID_ARGUMENT, "options->flags 0x%x has bits that mean nothing here",
                         call->options.flags);
    }
    if (status == MARS_OK) {
        status = abi_text_in(call->options.baseline, "options->baseline");
    }
    return status == MARS_OK ? session_enter(session) : status;
}

void changing_leave(const changing *call, const mars_outcome *result) {
    if (result != NULL) {
        session_log(call->session, &result->notes);
    }
    session_leave(call->session);
}

static bool is_cancelled(void *user) {
    return session_cancelled(((changing *)user)->session);
}

static void tell_progress(void *user, const char *title, uint64_t done, uint64_t total) {
    session_progress(((changing *)user)->session, title, done, total);
}

static bool ask(void *user, const char *name, const char *text) {
    const mars_apply_options *options = &((changing *)user)->options;
    return options->confirm(options->user, name, text) == 1;
}

static bool ask_for_undo(void *user, const char *text) {
    return ask(user, NULL, text);
}

/* What MARS_APPLY_CONFIRMED stands for. */
static bool is_confirmed_already(void *user, const char *name, const char *text) {
    (void)user;
    (void)name;
    (void)text;
    return true;
}

apply_settings changing_apply_settings(changing *call) {
    const mars_apply_options *options = &call->options;
    return (apply_settings){
        .what_if = (options->flags & MARS_APPLY_WHAT_IF) != 0,
        .any_machine = (options->flags & MARS_APPLY_ANY_MACHINE) != 0,
        .baseline = options->baseline,
        .confirm = options->confirm != NULL                       ? ask
                   : (options->flags & MARS_APPLY_CONFIRMED) != 0 ? is_confirmed_already
                                                                  : NULL,
        .progress = tell_progress,
        .cancelled = is_cancelled,
        .user = call,
    };
}

undo_settings changing_undo_settings(changing *call) {
    const mars_apply_options *options = &call->options;
    return (undo_settings){
        .what_if = (options->flags & MARS_APPLY_WHAT_IF) != 0,
        .any_machine = (options->flags & MARS_APPLY_ANY_MACHINE) != 0,
        .force = (options->flags & MARS_UNDO_FORCE) != 0,
        .partial = (options->flags & MARS_UNDO_PARTIAL) != 0,
        .cancelled = is_cancelled,
        .user = call,
        .confirm = options->confirm != NULL ? ask_for_undo : NULL,
    };
}
