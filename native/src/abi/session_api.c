#include "abi/abi.h"

#include "core/alloc.h"
#include "core/error.h"

mars_status session_enter(mars_session *session) {
    if (atomic_exchange(&session->busy, true)) {
        return error_set(MARS_E_BUSY, "another call on this session is running");
    }
    if (atomic_exchange(&session->cancelled, false)) {
        session_leave(session);
        return error_set(MARS_E_CANCELLED, "the call was cancelled before it began");
    }
    return MARS_OK;
}

void session_leave(mars_session *session) {
    atomic_store(&session->busy, false);
}

bool session_cancelled(void *user) {
    mars_session *session = user;
    return atomic_exchange(&session->cancelled, false);
}

void session_progress(void *user, const char *text, uint64_t done, uint64_t total) {
    const mars_session *session = user;
    if (session->on_event != NULL) {
        const mars_event event = {.struct_size = sizeof event,
                                  .kind = MARS_EVENT_PROGRESS,
                                  .text = text,
                                  .done = done,
                                  .total = total};
        session->on_event(session->user, &event);
    }
}

void session_log(const mars_session *session, const text_list *sentences) {
    for (size_t i = 0; session->on_event != NULL && i < sentences->count; i++) {
        const mars_event event = {
            .struct_size = sizeof event, .kind = MARS_EVENT_LOG, .text = sentences->items[i]};
        session->on_event(session->user, &event);
    }
}

mars_status mars_session_open(mars_session **out, const mars_session_options *options) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    mars_session_options wanted = {0};
    status = abi_struct_in(&wanted, sizeof wanted, options, sizeof(mars_session_options), "options");
    if (status == MARS_OK) {
        status = abi_text_in(wanted.image_path, "options->image_path");
    }
    if (status != MARS_OK) {
        return status;
    }
    mars_session *session = mem_alloc(sizeof *session);
    if (session == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while opening");
    }
    session->on_event = wanted.on_event;
    session->user = wanted.user;
    status = wanted.image_path != NULL ? host_open_image(&session->machine, wanted.image_path)
                                       : host_open_live(&session->machine);
    if (status != MARS_OK) {
        mem_free(session);
        return status;
    }
    session_log(session, &session->machine->warnings);
    *out = session;
    return MARS_OK;
}

mars_status mars_session_cancel(mars_session *session) {
    mars_status status = abi_given(session, "session");
    if (status == MARS_OK) {
        atomic_store(&session->cancelled, true);
    }
    return status;
}

void mars_session_close(mars_session *session) {
    if (session != NULL) {
        host_close(session->machine);
        mem_free(session);
    }
}
