/* What it takes to take a run back, found by reading every target. A registry file that still is what the run
 * left is put back as a whole; else its values are set back one by one. */
#ifndef REPAIR_UNDO_PLAN_H
#define REPAIR_UNDO_PLAN_H

#include "repair/history.h"
#include "repair/target.h"

typedef struct undo_item {
    change_kind kind;
    const char *target;
    change_state now;
    change_state back;    /* what it is to be again */
    const char *kept;     /* of a file: a path of the host to be put back; NULL: it is removed */
    uint32_t parents;     /* how many keys or folders above it are to be removed after it if they are empty */
    arena_vector values;  /* of const char *: what comes back with a registry file, in words */
    bool restart;         /* running programs see it only after they restart */
    bool is_back;         /* it is so already; only what is above it may be left to be removed */
    const char *conflict; /* why it cannot be taken back without more ado: a sentence without its end; NULL */
    bool impossible;      /* nor by force */
} undo_item;

typedef struct undo_plan {
    undo_item *items; /* in the order in which they are to be taken back */
    size_t count;
    size_t conflicts;
    size_t to_do;       /* items that are not back and have no conflict */
    arena_vector notes; /* of const char *: what cannot be taken back, or not byte for byte */
} undo_plan;

/* What an undo is made from. */
typedef struct undo_source {
    host *machine;
    arena *memory;
    const char *journal_path;
    const history_run *runs;
    size_t count;
} undo_source;

/* MARS_E_REFUSED if the journal names what no repair changes. */
mars_status undo_plan_make(const undo_source *source, size_t run, undo_plan *out);
/* The run whose undo takes back what this one did: itself, or the last of the chain of runs that took it back
 * and took that back, and so on. */
size_t undo_tip(const undo_source *source, size_t run);

#endif
