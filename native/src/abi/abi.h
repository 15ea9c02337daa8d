/* What the functions of the ABI share: checking what a caller gives, and handing out texts. */
#ifndef ABI_ABI_H
#define ABI_ABI_H

#include "core/text_builder.h"
#include "evidence/evidence.h"
#include "host/host.h"
#include "marshealth.h"
#include "report/report.h"

#include <stdatomic.h>

struct mars_session {
    host *machine;
    mars_event_function on_event;
    void *user;
    atomic_bool busy;
    atomic_bool cancelled;
};

/* MARS_E_INVALID_ARGUMENT, naming the parameter, if it is NULL. */
mars_status abi_given(const void *argument, const char *parameter);
/* MARS_E_INVALID_ARGUMENT, naming the parameter, if it is not UTF-8. NULL is fine. */
mars_status abi_text_in(const char *text, const char *parameter);

/* Copies what the caller's struct has of ours (size bytes, zeroed first). NULL leaves the defaults.
 * version_1: the size the struct had in its first version. */
mars_status abi_struct_in(void *ours, size_t size, const void *given, size_t version_1,
                          const char *parameter);
/* Checks an output struct before it is filled; abi_struct_out then writes the smaller of the two sizes and
 * keeps the caller's struct_size. */
mars_status abi_struct_ready(const void *given, size_t version_1, const char *parameter);
void abi_struct_out(void *given, const void *ours, size_t size);

/* Makes a text of what was built and empties the builder. MARS_E_NO_MEMORY if building failed. */
mars_status abi_text_out(mars_text **out, text_builder *built);

/* One call at a time: MARS_E_BUSY, or MARS_E_CANCELLED if that was asked for before. Each success is to be
 * followed by session_leave. */
mars_status session_enter(mars_session *session);
void session_leave(mars_session *session);
/* For what asks and tells during a call; user is the session. Whether mars_session_cancel was called, once.
 */
bool session_cancelled(void *user);
void session_progress(void *user, const char *text, uint64_t done, uint64_t total);
void session_log(const mars_session *session, const text_list *sentences);

#endif
