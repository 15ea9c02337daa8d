/* Walks two hives side by side, on their cells and without hivex: it is hivex's work that is judged here. */
#include "core/alloc.h"
#include "core/unicode.h"
#include "host/image/image_write.h"

#include <string.h>

enum {
    DEPTH_LIMIT = 512, /* Windows' own */
    AT_ROOT = 0x24,
    AT_FLAGS = 6, /* flags, time of the last write and access bits */
    FLAGS_SIZE = 14,
    AT_PARENT = 0x14,
    AT_VOLATILE = 0x1C,
    AT_LONGEST = 0x38, /* the longest names and data in the key */
    LONGEST_SIZE = 16,
};

typedef struct walk {
    bytes before;
    bytes after;
    const hive_edit *edit; /* NULL: none */
    const bytes *names;    /* of the edit's key, in UTF-16LE */
    arena *memory;
    size_t keys_left; /* a sound hive has no more */
    uint64_t values_left;
    uint64_t bytes_left; /* of data, classes and security descriptors */
    const char *defect;
} walk;

/* Always false. */
static bool differ(walk *w, const char *what, size_t key) {
    if (w->defect == NULL) {
        w->defect = arena_printf(w->memory, "%s (key at offset 0x%zx)", what, key);
    }
    return false;
}

/* Takes what is to be looked at from what there can be: cells that many others lead to would be looked at for
 * ever. */
static bool spend(walk *w, uint64_t *left, uint64_t count, size_t key) {
    if (count > *left) {
        return differ(w,
                      "the hive's keys or values share what they hold, or say that they hold more than the "
                      "hive has room for",
                      key);
    }
    *left -= count;
    return true;
}

static bool same_bytes(bytes a, bytes b) {
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static uint32_t unit_of(const cell_name *name, size_t i) {
    return name->wide ? (uint32_t)name->data[2 * i] | (uint32_t)name->data[2 * i + 1] << 8 : name->data[i];
}

/* hivex may store a name that is Latin-1 as such, which makes no difference. */
static bool same_name(const cell_name *a, const cell_name *b) {
    bool same = a->units == b->units;
    for (size_t i = 0; i < a->units && same; i++) {
        same = unit_of(a, i) == unit_of(b, i);
    }
    return same;
}

/* Windows searches keys by halves: they must be in its order. */
static bool in_order(const cell_name *a, const cell_name *b) {
    for (size_t i = 0; i < a->units && i < b->units; i++) {
        uint32_t left = unicode_upper(unit_of(a, i));
        uint32_t right = unicode_upper(unit_of(b, i));
        if (left != right) {
            return left < right;
        }
    }
    return a->units < b->units;
}

/* ---- Values ---- */

static bytes rest_of(bytes of, size_t from) {
    return (bytes){.data = of.data + from, .size = of.size - from};
}

static bool same_data(bytes a, size_t value_a, bytes b, size_t value_b) {
    size_t size = cell_data_size(a, value_a);
    bool same = size == cell_data_size(b, value_b);
    cell_data from_a = cell_data_of(a, value_a);
    cell_data from_b = cell_data_of(b, value_b);
    bytes left = {0};
    bytes right = {0};
    for (size_t at = 0; same && at < size;) {
        left = left.size == 0 ? cell_data_next(a, &from_a) : left;
        right = right.size == 0 ? cell_data_next(b, &from_b) : right;
        size_t count = left.size < right.size ? left.size : right.size;
        same = memcmp(left.data, right.data, count) == 0;
        left = rest_of(left, count);
        right = rest_of(right, count);
        at += count;
    }
    return same;
}

static uint32_t type_of(bytes hive, size_t value) {
    return cell_u32(hive.data + value + 16);
}

static bool same_value(const walk *w, size_t before, size_t after) {
    cell_name a = cell_value_name(w->before, before);
    cell_name b = cell_value_name(w->after, after);
    return same_name(&a, &b) && type_of(w->before, before) == type_of(w->after, after) &&
           same_data(w->before, before, w->after, after);
}

static bool has_data(const walk *w, size_t value, const registry_value *wanted) {
    cell_data from = cell_data_of(w->after, value);
    size_t left = from.left;
    bytes data = cell_data_next(w->after, &from);
    return type_of(w->after, value) == wanted->type && left == data.size && same_bytes(data, wanted->data);
}

/* What one key's values are to be judged by. */
typedef struct value_lists {
    size_t *before;
    size_t before_count;
    size_t *after;
    size_t after_count;
    size_t at; /* how many of after are as expected */
} value_lists;

/* The edit that concerns a value that was there, if it is the first of that name. */
static const hive_value_edit *edit_of(walk *w, size_t value, bool *used) {
    cell_name name = cell_value_name(w->before, value);
    for (size_t i = 0; i < w->edit->value_count; i++) {
        const char *text = w->edit->values[i].name;
        bytes wanted = utf16_from_utf8(w->memory, text, strlen(text));
        if (!used[i] && image_hive_name_equal(&name, wanted)) {
            used[i] = true;
            return &w->edit->values[i];
        }
    }
    return NULL;
}

static bool next_is(walk *w, value_lists *lists, const cell_name *name, const registry_value *value) {
    if (lists->at == lists->after_count) {
        return false;
    }
    size_t found = lists->after[lists->at++];
    cell_name other = cell_value_name(w->after, found);
    return same_name(&other, name) && has_data(w, found, value);
}

static bool edited_values(walk *w, value_lists *lists) {
    bool *used = arena_array(w->memory, w->edit->value_count, sizeof *used);
    bool good = used != NULL;
    for (size_t i = 0; i < lists->before_count && good; i++) {
        const hive_value_edit *edit = edit_of(w, lists->before[i], used);
        cell_name name = cell_value_name(w->before, lists->before[i]);
        if (edit == NULL) {
            good = lists->at < lists->after_count && same_value(w, lists->before[i], lists->after[lists->at]);
            lists->at += good;
        } else if (edit->value != NULL) {
            good = next_is(w, lists, &name, edit->value);
        }
    }
    for (size_t i = 0; i < w->edit->value_count && good; i++) {
        const hive_value_edit *edit = &w->edit->values[i];
        if (!used[i] && edit->value != NULL) {
            bytes text = utf16_from_utf8(w->memory, edit->name, strlen(edit->name));
            cell_name name = {.data = text.data, .units = text.size / 2, .wide = true};
            good = next_is(w, lists, &name, edit->value);
        }
    }
    return good && lists->at == lists->after_count;
}

static bool sound_values(walk *w, bytes hive, const size_t *values, size_t count, size_t key) {
    for (size_t i = 0; i < count; i++) {
        if (!spend(w, &w->bytes_left, cell_data_size(hive, values[i]), key)) {
            return false;
        }
        const char *defect = cell_check_data(hive, values[i]);
        if (defect != NULL) {
            return differ(w, defect, key);
        }
    }
    return true;
}

static bool judge_values(walk *w, value_lists *lists, size_t before, size_t after, bool edited) {
    cell_list_values(w->after, after, lists->after);
    if (lists->before_count > 0) {
        cell_list_values(w->before, before, lists->before);
    }
    if (!sound_values(w, w->before, lists->before, lists->before_count, before) ||
        !sound_values(w, w->after, lists->after, lists->after_count, after)) {
        return false;
    }
    bool same = edited ? edited_values(w, lists) : lists->before_count == lists->after_count;
    for (size_t i = 0; i < lists->before_count && !edited && same; i++) {
        same = same_value(w, lists->before[i], lists->after[i]);
    }
    return same || differ(w, "a value is another", after);
}

/* The values of a key that was there, or (before 0) was not. */
static bool compare_values(walk *w, size_t before, size_t after, bool edited) {
    uint64_t count = cell_value_count(w->after, after);
    count += before != 0 ? cell_value_count(w->before, before) : 0;
    if (!spend(w, &w->values_left, count, after)) {
        return false;
    }
    const char *defect = before != 0 ? cell_check_values(w->before, before) : NULL;
    defect = defect == NULL ? cell_check_values(w->after, after) : defect;
    if (defect != NULL) {
        return differ(w, defect, after);
    }
    value_lists lists = {.before_count = before != 0 ? cell_value_count(w->before, before) : 0,
                         .after_count = cell_value_count(w->after, after)};
    if (lists.before_count == 0 && lists.after_count == 0 && !edited) {
        return true;
    }
    lists.before = mem_alloc((lists.before_count + lists.after_count + 1) * sizeof *lists.before);
    if (lists.before == NULL) {
        arena_set_failed(w->memory);
        return false;
    }
    lists.after = lists.before + lists.before_count;
    bool same = judge_values(w, &lists, before, after, edited);
    mem_free(lists.before);
    return same;
}

/* ---- Keys ---- */

static bool has_name(bytes hive, size_t key, bytes wanted) {
    cell_name name = cell_key_name(hive, key);
    return image_hive_name_equal(&name, wanted);
}

/* The edit's key, or one above it. */
static bool is_edits_last(const walk *w, size_t depth) {
    return w->edit != NULL && depth == w->edit->depth;
}

static bool keys_change_below(const walk *w, size_t depth, size_t count) {
    return w->edit != NULL && count > 0 && depth == w->edit->depth - count;
}

/* What a key has besides its lists. changed: its own lists are another, and so what is noted of them. */
static bool same_key(walk *w, size_t before, size_t after, bool changed) {
    cell_name a = cell_key_name(w->before, before);
    cell_name b = cell_key_name(w->after, after);
    const uint8_t *old = w->before.data + before;
    const uint8_t *new = w->after.data + after;
    bytes left;
    bytes right;
    bool same = same_name(&a, &b) && memcmp(old + AT_FLAGS, new + AT_FLAGS, FLAGS_SIZE) == 0 &&
                cell_u32(old + AT_VOLATILE) == cell_u32(new + AT_VOLATILE) &&
                (changed || memcmp(old + AT_LONGEST, new + AT_LONGEST, LONGEST_SIZE) == 0);
    if (!same) {
        return differ(w, "a key is another", after);
    }
    if (!cell_key_class(w->before, before, &left) || !cell_key_class(w->after, after, &right)) {
        return differ(w, "a key's class is outside the hive", after);
    }
    if (!spend(w, &w->bytes_left, left.size + right.size, after)) {
        return false;
    }
    if (!same_bytes(left, right)) {
        return differ(w, "a key's class is another", after);
    }
    if (!cell_key_security(w->before, before, &left) || !cell_key_security(w->after, after, &right)) {
        return differ(w, "a key's security descriptor is damaged", after);
    }
    return spend(w, &w->bytes_left, left.size + right.size, after) &&
           (same_bytes(left, right) || differ(w, "a key's security descriptor is another", after));
}

/* A key that was made: it has what its parent has, the edit's values if it is the last, else the next key. */
static bool made_key(walk *w, size_t parent, size_t key, size_t depth) {
    bytes left;
    bytes right;
    for (;; depth++) {
        bool last = is_edits_last(w, depth);
        const char *defect = cell_check_keys(w->after, key);
        if (defect != NULL) {
            return differ(w, defect, key);
        }
        bool good = cell_u32(w->after.data + key + AT_PARENT) + (size_t)CELLS_BASE_BLOCK == parent &&
                    cell_key_security(w->after, parent, &left) && cell_key_security(w->after, key, &right) &&
                    same_bytes(left, right) && cell_key_class(w->after, key, &left) && left.size == 0 &&
                    cell_key_count(w->after, key) == (last ? 0 : 1) && !cell_key_is_link(w->after, key);
        if (!good) {
            return differ(w, "a key was not made as it should be", key);
        }
        if (!compare_values(w, 0, key, last)) {
            return false;
        }
        if (last) {
            return true;
        }
        parent = key;
        cell_list_keys(w->after, parent, &key);
        if (!has_name(w->after, key, w->names[depth])) {
            return differ(w, "a key was made under another name", key);
        }
    }
}

/* A key that was removed had nothing but the next one. */
static bool removed_key(walk *w, size_t key, size_t depth) {
    for (;; depth++) {
        bool last = is_edits_last(w, depth);
        if (cell_check_keys(w->before, key) != NULL || cell_value_count(w->before, key) != 0 ||
            cell_key_count(w->before, key) != (last ? 0 : 1)) {
            return differ(w, "a key was removed that is not empty", key);
        }
        if (last) {
            return true;
        }
        cell_list_keys(w->before, key, &key);
    }
}

typedef struct key_lists {
    size_t *before;
    size_t before_count;
    size_t *after;
    size_t after_count;
} key_lists;

static bool compare_keys(walk *w, size_t before, size_t after, size_t depth, bool on_path);

static bool in_place(walk *w, const key_lists *lists, size_t at) {
    cell_name name = cell_key_name(w->after, lists->after[at]);
    cell_name left = at > 0 ? cell_key_name(w->after, lists->after[at - 1]) : name;
    cell_name right = at + 1 < lists->after_count ? cell_key_name(w->after, lists->after[at + 1]) : name;
    bool good =
        (at == 0 || in_order(&left, &name)) && (at + 1 == lists->after_count || in_order(&name, &right));
    return good || differ(w, "a key was made where Windows would not find it", lists->after[at]);
}

static bool match_lists(walk *w, const key_lists *lists, size_t after, size_t depth, bool on_path) {
    const bytes *name = on_path && depth < w->edit->depth ? &w->names[depth] : NULL;
    bool made = name == NULL || !keys_change_below(w, depth, w->edit->made);
    bool removed = name == NULL || !keys_change_below(w, depth, w->edit->removed);
    size_t i = 0;
    size_t j = 0;
    while (i < lists->before_count || j < lists->after_count) {
        if (!made && j < lists->after_count && has_name(w->after, lists->after[j], *name)) {
            made = true;
            if (!in_place(w, lists, j) || !made_key(w, after, lists->after[j], depth + 1)) {
                return false;
            }
            j++;
        } else if (!removed && i < lists->before_count && has_name(w->before, lists->before[i], *name)) {
            removed = true;
            if (!removed_key(w, lists->before[i], depth + 1)) {
                return false;
            }
            i++;
        } else if (i == lists->before_count || j == lists->after_count) {
            return differ(w, "a key was lost or made", after);
        } else {
            bool next = name != NULL && has_name(w->before, lists->before[i], *name);
            if (!compare_keys(w, lists->before[i++], lists->after[j++], depth + 1, next)) {
                return false;
            }
        }
    }
    return (made && removed) || differ(w, "a key was not made or removed", after);
}

static bool compare_lists(walk *w, size_t before, size_t after, size_t depth, bool on_path) {
    const char *defect = cell_check_keys(w->before, before);
    defect = defect == NULL ? cell_check_keys(w->after, after) : defect;
    if (defect != NULL) {
        return differ(w, defect, after);
    }
    key_lists lists = {.before_count = cell_key_count(w->before, before),
                       .after_count = cell_key_count(w->after, after)};
    if (lists.before_count + lists.after_count == 0) {
        return !(on_path && keys_change_below(w, depth, w->edit->made)) ||
               differ(w, "a key was not made", after);
    }
    lists.before = mem_alloc((lists.before_count + lists.after_count) * sizeof *lists.before);
    if (lists.before == NULL) {
        arena_set_failed(w->memory);
        return false;
    }
    lists.after = lists.before + lists.before_count;
    cell_list_keys(w->before, before, lists.before);
    cell_list_keys(w->after, after, lists.after);
    bool same = match_lists(w, &lists, after, depth, on_path);
    mem_free(lists.before);
    return same;
}

/* depth: how many names of the path lead here; on_path: they are the edit's. */
static bool compare_keys(walk *w, size_t before, size_t after, size_t depth, bool on_path) {
    if (depth > DEPTH_LIMIT || w->keys_left == 0) {
        return differ(w, "the hive's keys contain each other", after);
    }
    w->keys_left--;
    bool last = on_path && is_edits_last(w, depth);
    bool changed = last || (on_path && (keys_change_below(w, depth, w->edit->made) ||
                                        keys_change_below(w, depth, w->edit->removed)));
    return same_key(w, before, after, changed) &&
           compare_values(w, before, after, last && w->edit->value_count > 0) &&
           compare_lists(w, before, after, depth, on_path);
}

/* What the base block says, but for the sequence numbers, the size and the checksum. */
static bool same_base(bytes before, bytes after) {
    enum { VERSION = 0x14, SIZE = 0x28, NAME = 0x2C, CHECKSUM = 0x1FC };
    return memcmp(before.data + VERSION, after.data + VERSION, SIZE - VERSION) == 0 &&
           memcmp(before.data + NAME, after.data + NAME, CHECKSUM - NAME) == 0;
}

static const bytes *names_of(const hive_edit *edit, arena *memory) {
    bytes *names = arena_array(memory, edit->depth + 1, sizeof *names);
    for (size_t i = 0; i < edit->depth && names != NULL; i++) {
        names[i] = utf16_from_utf8(memory, edit->names[i], strlen(edit->names[i]));
    }
    return names;
}

const char *hive_compare(bytes before, bytes after, const hive_edit *edit, arena *memory) {
    /* Keys do share security descriptors: these have a few hundred bytes, and a key of its own has 80. */
    enum { SMALLEST_KEY = 0x50, SMALLEST_VALUE = 0x18, SHARED = 16 };
    uint64_t both = (uint64_t)before.size + after.size;
    walk w = {.before = before, .after = after, .edit = edit, .memory = memory};
    w.keys_left = before.size / SMALLEST_KEY + 1;
    w.values_left = both / SMALLEST_VALUE;
    w.bytes_left = both * SHARED;
    w.names = edit != NULL ? names_of(edit, memory) : NULL;
    size_t old_root = (size_t)cell_u32(before.data + AT_ROOT) + CELLS_BASE_BLOCK;
    size_t new_root = (size_t)cell_u32(after.data + AT_ROOT) + CELLS_BASE_BLOCK;
    const char *defect = cell_check_key(before, old_root);
    defect = defect == NULL ? cell_check_key(after, new_root) : defect;
    if (defect == NULL && !same_base(before, after)) {
        defect = "the header is another";
    }
    if (defect == NULL && !arena_failed(memory) && !compare_keys(&w, old_root, new_root, 0, edit != NULL)) {
        defect = w.defect;
    }
    return arena_failed(memory) ? "memory ran out" : defect;
}
