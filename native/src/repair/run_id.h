/* Ids of runs: the time in UTC and four more digits, such as 20261121T132859Z-3f9a. Their order is that of
 * the runs. */
#ifndef REPAIR_RUN_ID_H
#define REPAIR_RUN_ID_H

#include "core/arena.h"

/* An id for a run that begins at this time; newest: the greatest one there is so far, NULL if there is none.
 * random: any 16 bits. Behind newest even if the clock was set back, or in the same second. */
const char *run_id_new(arena *memory, int64_t now, uint16_t random, const char *newest);

#endif
