/* Comparing definitions of scheduled tasks by what they say. Windows does not keep a definition as it was
 * registered byte for byte: the encoding, white space, the order of elements where any is allowed, comments,
 * and whether a default is written out may all change, names of well-known accounts become SIDs, and it adds
 * RegistrationInfo/URI and Date. All else counts, what nobody here knows included: two definitions that
 * differ in an action, a trigger, a principal or a setting are never the same. Where it is doubtful (an
 * element twice that may be there once, a definition that cannot be read) only equal bytes are. If memory
 * runs out the arena has failed, and the answer means nothing. */
#ifndef REPAIR_TASK_COMPARE_H
#define REPAIR_TASK_COMPARE_H

#include "core/arena.h"

bool task_document_same(arena *memory, bytes a, bytes b);
/* Whether Settings/Enabled is all that they differ in. */
bool task_document_same_but_enabled(arena *memory, bytes a, bytes b);

#endif
