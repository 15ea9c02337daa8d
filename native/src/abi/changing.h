/* What the functions of the ABI that change a machine share. */
#ifndef ABI_CHANGING_H
#define ABI_CHANGING_H

#include "abi/abi.h"
#include "repair/apply.h"
#include "repair/undo.h"

/* A call under way: the session is entered, and what the caller gave is checked. Its address must not change
 * until changing_leave: the settings hold it. */
typedef struct changing {
    mars_session *session;
    mars_apply_options options; /* as the library knows them */
} changing;

enum {
    APPLY_FLAGS = MARS_APPLY_WHAT_IF | MARS_APPLY_ANY_MACHINE | MARS_APPLY_CONFIRMED,
    UNDO_FLAGS = APPLY_FLAGS | MARS_UNDO_FORCE | MARS_UNDO_PARTIAL,
};

/* Sets *out to NULL, checks the options, of which `allowed` are the flags that mean something, and enters the
 * session. Each success is to be followed by changing_leave. */
mars_status changing_enter(changing *call, mars_outcome **out, mars_session *session,
                           const mars_apply_options *options, uint32_t allowed);
/* Tells whoever watches what the outcome notes (NULL: there is none), and leaves the session. */
void changing_leave(const changing *call, const mars_outcome *result);

apply_settings changing_apply_settings(changing *call);
undo_settings changing_undo_settings(changing *call);

#endif
