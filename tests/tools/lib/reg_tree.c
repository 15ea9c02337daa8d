#include "reg_tree.h"

#include "core/unicode.h"

#include <string.h>

reg_key *reg_key_new(arena *memory, const char *name) {
    reg_key *key = arena_alloc(memory, sizeof *key);
    if (key == NULL) {
        return NULL;
    }
    key->name = name;
    key->keys = (arena_vector)ARENA_VECTOR(memory, reg_key *);
    key->values = (arena_vector)ARENA_VECTOR(memory, reg_value);
    return key;
}

/* Below zero, zero or above it, by upper-cased code points. */
static int compare_names(const char *a, const char *b) {
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    size_t i = 0;
    size_t j = 0;
    while (i < a_length && j < b_length) {
        uint32_t left = unicode_upper(utf8_next(a, a_length, &i));
        uint32_t right = unicode_upper(utf8_next(b, b_length, &j));
        if (left != right) {
            return left < right ? -1 : 1;
        }
    }
    return (i < a_length) - (j < b_length);
}

/* Index of the first sub-key whose name is not before name. */
static size_t place_of(const reg_key *parent, const char *name) {
    reg_key *const *keys = parent->keys.items;
    size_t low = 0;
    size_t high = parent->keys.count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_names(keys[middle]->name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool is_at(const reg_key *parent, size_t place, const char *name) {
    reg_key *const *keys = parent->keys.items;
    return place < parent->keys.count && compare_names(keys[place]->name, name) == 0;
}

reg_key *reg_key_find(const reg_key *parent, const char *name) {
    size_t place = place_of(parent, name);
    return is_at(parent, place, name) ? ((reg_key **)parent->keys.items)[place] : NULL;
}

reg_key *reg_key_make(arena *memory, reg_key *parent, const char *name) {
    size_t place = place_of(parent, name);
    if (is_at(parent, place, name)) {
        return ((reg_key **)parent->keys.items)[place];
    }
    reg_key *key = reg_key_new(memory, arena_text(memory, name));
    if (key == NULL || arena_push(&parent->keys) == NULL) {
        return NULL;
    }
    reg_key **keys = parent->keys.items;
    memmove(keys + place + 1, keys + place, (parent->keys.count - 1 - place) * sizeof(reg_key *));
    keys[place] = key;
    return key;
}

void reg_key_remove(reg_key *parent, const char *name) {
    size_t place = place_of(parent, name);
    if (!is_at(parent, place, name)) {
        return;
    }
    reg_key **keys = parent->keys.items;
    memmove(keys + place, keys + place + 1, (parent->keys.count - 1 - place) * sizeof(reg_key *));
    parent->keys.count--;
}

static reg_value *find_value(const reg_key *key, const char *name) {
    reg_value *values = key->values.items;
    for (size_t i = 0; i < key->values.count; i++) {
        if (windows_name_equal(values[i].name, name)) {
            return &values[i];
        }
    }
    return NULL;
}

bool reg_value_set(reg_key *key, const reg_value *value) {
    reg_value *place = find_value(key, value->name);
    if (place == NULL) {
        place = arena_push(&key->values);
    }
    if (place == NULL) {
        return false;
    }
    *place = *value;
    return true;
}

void reg_value_remove(reg_key *key, const char *name) {
    reg_value *value = find_value(key, name);
    if (value == NULL) {
        return;
    }
    size_t index = (size_t)(value - (reg_value *)key->values.items);
    memmove(value, value + 1, (key->values.count - 1 - index) * sizeof *value);
    key->values.count--;
}
