/* Evidence made and compared by walking the field tables, so that no field can be forgotten. */
#ifndef EVIDENCE_TOOLS_H
#define EVIDENCE_TOOLS_H

#include "evidence/evidence.h"

enum { FILL_KNOWN, FILL_ABSENT, FILL_MIXED, FILL_UNKNOWN /* + a reason */ };

/* Gives every field of the record a fact of that way: known values are all different, with awkward characters
 * in texts; mixed takes turns through known, absent and every reason, and lists of 0 to 3 items. *number
 * counts the facts. */
void fill_record(arena *memory, const record *table, void *into, int way, int *number);
evidence *filled_evidence(int way);

/* Text to be freed with free(): where two records differ first, or NULL if they do not. */
char *record_difference(const record *table, const void *a, const void *b);
char *evidence_difference(const evidence *a, const evidence *b);

#endif
