/* Stands between the product, which is linked into the test program, and a function of the system. */
#ifndef WRAPPED_CALL_H
#define WRAPPED_CALL_H

#include <windows.h>

typedef struct wrapped_call {
    const char *name; /* as it is imported */
    FARPROC wrapper;
    FARPROC *real; /* is set to the system's own */
} wrapped_call;

/* From now on, in the whole program; once for each function. The test fails if it is not imported. */
void wrap_call(const wrapped_call *call);

#endif
