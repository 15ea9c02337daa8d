/* The journal of one run: what it changes, written down before it changes it. Invariants:
 *   I1 before a target changes, a durable record with its state before exists
 *   I2 one change is one atomic act on one target: it is "before", "after" or (files) "aside"
 *   I3 recovery and undo decide by reading the target, never by trusting a mark
 *   I4 undo is itself a run with a journal of its own: it can be interrupted, and can be undone
 *
 * A run is a folder named by its id, with run.jsonl and blobs/<n>. Every line of run.jsonl is a JSON object
 * whose last member "crc" is the CRC-32C of the bytes before it: one "run", then an "intent" and a "done" for
 * each change, at last "end". A torn last line is ignored (by I1 nothing followed it); a damaged line before
 * it is corruption, and the run is refused. */
#ifndef REPAIR_JOURNAL_H
#define REPAIR_JOURNAL_H

#include "core/arena.h"
#include "marshealth.h"
#include "repair/journal_storage.h"

typedef enum change_kind {
    CHANGE_REGISTRY_VALUE,
    CHANGE_FILE,
    CHANGE_FILE_MOVE,
    CHANGE_TASK,
    CHANGE_SERVICE_CONFIG,
    CHANGE_EVENT, /* a start, stop or resize: told, but cannot be taken back */
    CHANGE_KIND_COUNT,
} change_kind;
const char *change_kind_name(change_kind kind);

/* A target's state: absent, or its bytes: a registry value's data, a file's content, a task's XML, a
 * service's configuration as text. */
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
    uint32_t keys_created; /* of a registry value: how many keys above it did not exist */
    bool done;             /* a "done" followed; what it says was read back then */
    change_state read_back;
} change_record;

typedef struct journal_head {
    const char *id;
    const char *tool_version;
    const char *computer_name; /* NULL where unknown; likewise the next two */
    const char *machine_guid;
    const char *mars_machine_id;
    const char *undoes;    /* the run that this one takes back; NULL: none */
    const char *plan_hash; /* NULL: no plan */
    int64_t started;
} journal_head;

/* ---- Writing ---- */

typedef struct journal journal;

/* Begins a run: its folder, its first line, durable. */
mars_status journal_begin(journal **out, journal_storage *storage, const journal_head *head);
/* Durable when it returns MARS_OK; only then may the change be made. */
mars_status journal_intend(journal *run, const change_record *intent);
mars_status journal_done(journal *run, const change_state *read_back);
/* state: "applied", "stopped", ... Durable. */
mars_status journal_end(journal *run, const char *state);
void journal_close(journal *run);

/* ---- Reading ---- */

typedef struct journal_run {
    journal_head head;
    change_record *changes;
    size_t change_count;
    const char *end; /* the state of its "end" line; NULL: the run was interrupted */
    bool torn;       /* its last line is incomplete */
} journal_run;

/* MARS_E_NOT_FOUND, MARS_E_MALFORMED (corruption, naming the line), MARS_E_TOO_LARGE. */
mars_status journal_read(journal_storage *storage, const char *id, arena *memory, journal_run *out);

#endif
