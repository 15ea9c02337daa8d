/* Calls to Windows that fail with an error which a test chooses: what Wine never refuses. */
#ifndef FAILING_CALLS_H
#define FAILING_CALLS_H

#include <windows.h>

/* From now on this call fails with that error. The test fails unless it is one of those in failing_calls.c.
 */
void call_fails(const char *name, DWORD error);
/* All of them work again. */
void calls_work(void);

#endif
