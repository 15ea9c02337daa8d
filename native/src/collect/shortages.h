#ifndef COLLECT_SHORTAGES_H
#define COLLECT_SHORTAGES_H

#include "collect/collect.h"

/* Fills shortages and last_shortage. The agent's and the source's facts must have been collected before. */
void read_shortages(collector *c, shadow_evidence *shadow);

#endif
