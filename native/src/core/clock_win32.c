#include "core/clock.h"

#include <windows.h>

uint64_t clock_ticks(void) {
    FILETIME now;
    LARGE_INTEGER counter;
    GetSystemTimeAsFileTime(&now);
    (void)QueryPerformanceCounter(&counter);
    return ((uint64_t)now.dwHighDateTime << 32 | now.dwLowDateTime) + (uint64_t)counter.QuadPart;
}
