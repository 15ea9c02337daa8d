/* States of targets, for people. */
#ifndef REPAIR_CHANGE_TEXT_H
#define REPAIR_CHANGE_TEXT_H

#include "repair/journal.h"

/* The state before or after a change: a registry value's text in quotes, a number, "absent", a file's
 * SHA-256, "manual start", an event in its own words. Texts live in the arena. */
const char *change_state_text(arena *memory, change_kind kind, const change_state *state);

#endif
