#include "host/win32/process.h"

#include "core/error.h"

#include <windows.h>

mars_status process_check(void) {
    BOOL is_32_on_64 = FALSE;
    if (IsWow64Process(GetCurrentProcess(), &is_32_on_64) == FALSE || is_32_on_64 == FALSE) {
        return MARS_OK;
    }
    return error_set(
        MARS_E_UNSUPPORTED,
        "this is a 32-bit process on 64-bit Windows and sees another registry than the agent: start "
        "the 64-bit program, or Windows PowerShell from %%SystemRoot%%\\Sysnative");
}
