/* The journal of one run: what it changes, before it changes it. Invariants:
 *   I1 before a target changes, a durable record with its state before exists
 *   I2 one change is one atomic act on one target: it is "before", "after" or (files) "aside"
 *   I3 recovery and undo decide by reading the target, never by trusting a mark
 *   I4 undo is itself a run with a journal of its own: it can be interrupted, and can be undone
 *
 * A run is a folder <journal>/<id>/ with run.jsonl and blobs/<n>. Lines are JSON objects, each ended by a CRC-32C of what is
 * before it: one "run", then "intent" and "done" pairs, at last "end". A torn last line is ignored (nothing followed it, by
 * I1); a damaged line before it is corruption, and the run is refused. */
#ifndef REPAIR_JOURNAL_H
#define REPAIR_JOURNAL_H

#include "core/arena.h"
#include "marshealth.h"

/* The five acts a journal stands on, so that a test can record them and lose what was not flushed. */
typedef struct journal_storage journal_storage;
struct journal_storage {
    mars_status (*create)(journal_storage *, const char *path, uint64_t reserve); /* a new file; exclusive */
    mars_status (*append)(journal_storage *, const char *path, bytes data);
    mars_status (*flush)(journal_storage *, const char *path);
    mars_status (*rename)(journal_storage *, const char *from, const char *to);
    mars_status (*sync_folder)(journal_storage *, const char *path);
};

typedef enum change_kind {
    CHANGE_REGISTRY_VALUE,
    CHANGE_FILE,
    CHANGE_FILE_MOVE,
    CHANGE_TASK,
    CHANGE_SERVICE_CONFIG,
    CHANGE_EVENT, /* a start, stop or resize: told, but cannot be undone */
} change_kind;

/* A target's state: absent, or its bytes (a registry value's data with its type, a file's content, a task's XML, a service's
 * configuration as text). Large ones live in blobs/, named by number, with their SHA-256 in the record. */
typedef struct change_state {
    bool present;
    uint32_t type; /* of a registry value */
    bytes data;
} change_state;

typedef struct change_record {
    uint64_t step;
    change_kind kind;
    const char *target; /* as people write it; unique for a thing of that kind */
    change_state before;
    change_state after;
    uint32_t keys_created;
    bool done; /* a "done" line followed */
    change_state read_back;
} change_record;

typedef struct journal_head {
    const char *id; /* the run's folder: time and a random part */
    const char *tool_version;
    const char *computer_name; /* whose machine it is; NULL where unknown */
    const char *machine_guid;
    const char *mars_machine_id;
    const char *undoes; /* the run this one takes back; NULL: none */
    const char *plan_hash;
    int64_t started;
} journal_head;

#endif
