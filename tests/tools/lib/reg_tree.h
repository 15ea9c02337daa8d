/* Registry keys and values in memory: what `.reg` texts describe before it becomes hives. */
#ifndef REG_TREE_H
#define REG_TREE_H

#include "core/arena.h"

typedef struct reg_value {
    const char *name; /* "": the key's default value */
    uint32_t type;
    bytes data;
} reg_value;

typedef struct reg_key reg_key;
struct reg_key {
    const char *name;
    bool timed; /* time was given; else the hive's own time holds */
    int64_t time;
    arena_vector keys;   /* of reg_key *, sorted as Windows sorts names */
    arena_vector values; /* of reg_value, in the order in which they were first set */
    size_t node;         /* for the writer: where the key ended up in the hive */
};

/* NULL if memory ran out. */
reg_key *reg_key_new(arena *memory, const char *name);
/* The sub-key of that name (case-insensitive), or NULL. */
reg_key *reg_key_find(const reg_key *parent, const char *name);
/* The sub-key of that name, made if it does not exist. NULL if memory ran out. */
reg_key *reg_key_make(arena *memory, reg_key *parent, const char *name);
/* Removes a sub-key with all below it; nothing if there is none. */
void reg_key_remove(reg_key *parent, const char *name);

/* Sets or replaces a value. False if memory ran out. */
bool reg_value_set(reg_key *key, const reg_value *value);
/* Removes a value; nothing if there is none. */
void reg_value_remove(reg_key *key, const char *name);

#endif
