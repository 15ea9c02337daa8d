/* The time more finely than in seconds. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>

/* Ticks that are much shorter than a second, since a point that is always the same one; for what must differ from one
 * call to the next. */
uint64_t clock_ticks(void);

#endif
