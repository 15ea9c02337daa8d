/* The error record of this thread: a status code and one sentence. Set where the error happens, never on the way up. */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

#include "core/arena.h"
#include "marshealth.h"

/* Records the error and returns its code, so that a failing function can end with `return error_set(...)`. */
mars_status error_set(mars_status code, const char *format, ...) PRINTF_LIKE(2, 3);
/* The code and message recorded last on this thread; code 0 and "" if none ever was. */
mars_status error_code(void);
const char *error_message(void);
/* The stable name of a code ("no-memory"), or NULL for one that does not exist. */
const char *error_name(mars_status code);

#endif
