#include "abi/changing.h"

#include "core/error.h"
#include "repair/history.h"

mars_status mars_plan_apply(mars_outcome **out, mars_session *session, const mars_plan *document,
                            const mars_apply_options *options) {
    changing call;
    mars_status status = changing_enter(&call, out, session, options, APPLY_FLAGS);
    if (status != MARS_OK) {
        return status;
    }
    const apply_settings settings = changing_apply_settings(&call);
    status = abi_given(document, "plan");
    if (status == MARS_OK) {
        status = apply_plan(out, session->machine, document, &settings);
    }
    changing_leave(&call, *out);
    return status;
}

/* A run's id, or its beginning. */
static mars_status check_run_id(const char *run_id) {
    if (run_id != NULL && run_id[0] == '\0') {
        return error_set(MARS_E_INVALID_ARGUMENT, "run_id is empty");
    }
    return abi_text_in(run_id, "run_id");
}

mars_status mars_undo(mars_outcome **out, mars_session *session, const char *run_id,
                      const mars_apply_options *options) {
    changing call;
    mars_status status = changing_enter(&call, out, session, options, UNDO_FLAGS);
    if (status != MARS_OK) {
        return status;
    }
    const undo_settings settings = changing_undo_settings(&call);
    status = check_run_id(run_id);
    if (status == MARS_OK && settings.force && settings.partial) {
        status = error_set(MARS_E_INVALID_ARGUMENT,
                           "options->flags: MARS_UNDO_FORCE and MARS_UNDO_PARTIAL exclude each other");
    }
    if (status == MARS_OK) {
        status = undo_run(out, session->machine, run_id, &settings);
    }
    changing_leave(&call, *out);
    return status;
}

static bool write_history(text_builder *to, const history *document, int32_t format) {
    switch (format) {
    case MARS_FORMAT_TEXT:
        render_history_text(to, document);
        return true;
    case MARS_FORMAT_JSON:
    case MARS_FORMAT_JSONL:
        render_history_json(to, document, format == MARS_FORMAT_JSON);
        return true;
    default:
        return false;
    }
}

static mars_status read_history(mars_text **out, mars_session *session, int32_t format) {
    history *document = NULL;
    mars_status status = session_enter(session);
    if (status != MARS_OK) {
        return status;
    }
    status = history_read(&document, session->machine);
    if (status == MARS_OK) {
        session_log(session, &document->notes);
    }
    session_leave(session);
    if (status != MARS_OK) {
        return status;
    }
    text_builder built = {0};
    bool known = write_history(&built, document, format);
    history_free(document);
    return known ? abi_text_out(out, &built)
                 : error_set(MARS_E_NOT_FOUND, "there is no history format %d", format);
}

mars_status mars_history(mars_text **out, mars_session *session, int32_t format) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(session, "session");
    return status == MARS_OK ? read_history(out, session, format) : status;
}
