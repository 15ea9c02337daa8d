/* What must be so of the process we are in. */
#ifndef HOST_WIN32_PROCESS_H
#define HOST_WIN32_PROCESS_H

#include "marshealth.h"

/* MARS_E_UNSUPPORTED in a 32-bit process on 64-bit Windows, whose registry, System32 and PowerShell are other
 * ones than those the agent uses; the message says what to start instead. */
mars_status process_check(void);

#endif
