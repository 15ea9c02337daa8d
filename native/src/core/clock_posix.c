#include "core/clock.h"

#include <time.h>

uint64_t clock_ticks(void) {
    struct timespec now = {0};
    (void)timespec_get(&now, TIME_UTC);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
