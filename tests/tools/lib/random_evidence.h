/* Evidence filled at random through the field tables: every fact known, absent or unknown. */
#ifndef RANDOM_EVIDENCE_H
#define RANDOM_EVIDENCE_H

#include "evidence/evidence.h"

/* The same seed gives the same document. Free with evidence_free. NULL if memory ran out. */
evidence *random_evidence(uint64_t seed);

#endif
