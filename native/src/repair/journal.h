/* The journal of one run: what it changes, written down before it changes it. Invariants:
 *   I1 before a target changes, a durable record with its state before exists
 *   I2 one change is one atomic act on one target: it is "before" or "after"
 *   I3 recovery and undo decide by reading the target, never by trusting a mark
 *   I4 undo is itself a run with a journal of its own: it can be interrupted, and can be undone
 *
 * A run is a folder named by its id, with run.jsonl, blobs/<n> and kept/<n>: files as they were before the
 * run. Every line of run.jsonl is a JSON object whose last member "crc" is the CRC-32C of the bytes before
 * it: one "run", then an "intent" and a "done" for each change, at last "end". A "kept" line says that a file
 * that changes are made in (a registry hive) was kept before the first of them. A torn last line is ignored
 * (by I1 nothing followed it); a damaged line before it is corruption, and the run is refused.
 *
 * What recovery found of an interrupted run stands in recovered.jsonl beside it (one line of the same form),
 * so that what is changed later does not alter the answer; where that is torn, recovered-2.jsonl, and so on.
 */
#ifndef REPAIR_JOURNAL_H
#define REPAIR_JOURNAL_H

#include "core/arena.h"
#include "core/digest.h"
#include "marshealth.h"
#include "repair/journal_storage.h"

typedef enum change_kind {
    CHANGE_REGISTRY_VALUE,
    CHANGE_FILE,
    CHANGE_TASK,
    CHANGE_SERVICE_CONFIG,
    CHANGE_EVENT, /* a start, stop or resize: told, but cannot be taken back */
    CHANGE_KIND_COUNT,
} change_kind;
const char *change_kind_name(change_kind kind);

/* A target's state: absent, or its bytes: a registry value's data, the SHA-256 of a file, a task's XML, a
 * service's configuration as text, an event in words. */
typedef struct change_state {
    bool present;
    uint32_t type; /* of a registry value */
    bytes data;
} change_state;
bool change_state_equal(const change_state *a, const change_state *b);

typedef struct change_record {
    uint64_t step;
    change_kind kind;
    const char *target; /* tells the thing apart from all others of its kind */
    change_state before;
    change_state after;
    uint32_t parents_created; /* registry keys or folders above it that did not exist */
    uint32_t parents_removed; /* how many above it are to be removed after it, if they are empty */
    const char *kept;         /* of a file: what was there before, as "kept/<n>"; NULL: nothing */
    bool done;                /* a "done" followed, or recovery found it done; then what was read back: */
    change_state read_back;
    digest_value file; /* of a change in a kept file: that file afterwards. Empty: not in one */
} change_record;

/* A file that changes are made in, kept before the first of them. */
typedef struct journal_kept {
    const char *file; /* a path of the host */
    const char *name; /* "kept/<n>" */
    digest_value digest;
} journal_kept;

typedef struct journal_head {
    const char *id;
    const char *tool_version;
    const char *computer_name; /* NULL where unknown; likewise the next two */
    const char *machine_guid;
    const char *mars_machine_id;
    const char *undoes;    /* the run that this one takes back; NULL: none */
    const char *plan_hash; /* NULL: no plan */
    uint64_t planned;      /* how many changes it is to make, where that is known before; 0: not known */
    int64_t started;
} journal_head;

/* ---- Writing ---- */

typedef struct journal journal;

/* Begins a run: its folder, its first line, durable. */
mars_status journal_begin(journal **out, journal_storage *storage, const journal_head *head);
/* A name for the next file to be kept: "kept/<n>". NULL if memory ran out. */
const char *journal_new_kept(journal *run);
/* Says that a file was kept under that name; durable. */
mars_status journal_kept_file(journal *run, const journal_kept *kept);
/* Durable when it returns MARS_OK; only then may the change be made. */
mars_status journal_intend(journal *run, const change_record *intent);
/* What was read back, and the file it was made in (empty: in none). */
mars_status journal_done(journal *run, const change_state *read_back, const digest_value *file);
/* state: "applied", "stopped", ... Durable. */
mars_status journal_end(journal *run, const char *state);
void journal_close(journal *run);

/* ---- Recovery ---- */

typedef enum journal_found {
    FOUND_NOT_LOOKED = 0, /* nobody looked yet, or nothing is to be looked after */
    FOUND_BETWEEN,        /* no change was under way */
    FOUND_NOT_DONE,       /* its last change was not made */
    FOUND_DONE,           /* it was */
    FOUND_CONFLICT,       /* its target is neither as before nor as after it */
    FOUND_UNCLEAR,        /* it is an event, whose target has no state to be read */
    JOURNAL_FOUND_COUNT,
} journal_found;

typedef struct journal_recovery {
    journal_found found;
    digest_value file; /* FOUND_DONE: as in change_record */
} journal_recovery;

/* Writes down what was found of an interrupted run; durable. */
mars_status journal_recovered(journal_storage *storage, const char *id, const journal_recovery *recovery);

/* ---- Reading ---- */

typedef struct journal_run {
    journal_head head;
    change_record *changes; /* at most the last is not done; what recovery found is in them */
    size_t change_count;
    journal_kept *kept;
    size_t kept_count;
    const char *end;     /* the state of its "end" line; NULL: the run was interrupted */
    bool torn;           /* its last line is incomplete */
    journal_found found; /* by recovery, of an interrupted run */
} journal_run;

/* Whether a name is one that a run can have. */
bool journal_is_id(const char *name);
/* MARS_E_NOT_FOUND, MARS_E_MALFORMED (corruption, naming the line), MARS_E_TOO_LARGE, MARS_E_REFUSED (others
 * could have written it). */
mars_status journal_read(journal_storage *storage, const char *id, arena *memory, journal_run *out);

#endif
