#include "core/error.h"
#include "core/unicode.h"
#include "host/image/image_write.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { KEY_DEPTH_LIMIT = 512, KEY_NAME_LIMIT = 255, VALUE_NAME_LIMIT = 16383 }; /* Windows' own */

/* What hivex is asked to do. */
typedef struct edit_work {
    hive_edit *edit;
    const image_hive *hive;
    hive_h *handle;
    arena *memory;
} edit_work;

static mars_status failed(const edit_work *work, const char *what) {
    const char *where = work->hive->state.where;
    return errno == ENOMEM || arena_failed(work->memory)
               ? error_set(MARS_E_NO_MEMORY, "memory ran out while %s was changed", where)
               : error_set(MARS_E_REFUSED, "%s: hivex does not %s \"%s\"", where, what, work->edit->key);
}

/* ---- Keys ---- */

static mars_status split(edit_work *work) {
    hive_edit *edit = work->edit;
    edit->names = arena_array(work->memory, strlen(edit->key) + 1, sizeof *edit->names);
    edit->depth = 0;
    const char *at = edit->key;
    while (*at != '\0' && edit->names != NULL) {
        size_t length = strcspn(at, "\\");
        if (length == 0 || edit->depth == KEY_DEPTH_LIMIT) {
            return error_set(MARS_E_INVALID_ARGUMENT, "\"%s\" is no key", edit->key);
        }
        edit->names[edit->depth++] = arena_text_n(work->memory, at, length);
        at += length + (at[length] == '\\');
    }
    return edit->names != NULL ? MARS_OK : failed(work, "take");
}

/* Finds the keys of the path that are there; nodes[0] is the root. The rest are to be made. */
static mars_status find_keys(edit_work *work, hive_node_h *nodes, size_t *found) {
    fact why;
    nodes[0] = hivex_root(work->handle);
    fact_state state = FACT_KNOWN;
    for (*found = 0; *found < work->edit->depth; ++*found) {
        const char *name = work->edit->names[*found];
        nodes[*found + 1] = nodes[*found];
        state = image_hive_child(work->hive, name, strlen(name), work->memory, &nodes[*found + 1], &why);
        if (state != FACT_KNOWN) {
            break;
        }
    }
    return state == FACT_UNKNOWN ? image_write_refuse(&why) : MARS_OK;
}

/* hivex hashes and sorts names beyond ASCII in another way than Windows, which would then not find the key.
 */
static bool can_be_made(const char *name) {
    size_t length = 0;
    for (; name[length] != '\0'; length++) {
        if ((unsigned char)name[length] < 0x20 || (unsigned char)name[length] > 0x7E) {
            return false;
        }
    }
    return length <= KEY_NAME_LIMIT;
}

static mars_status make_keys(edit_work *work, hive_node_h *node, size_t found) {
    hive_edit *edit = work->edit;
    for (size_t i = found; i < edit->depth; i++) {
        if (!can_be_made(edit->names[i])) {
            return error_set(MARS_E_UNSUPPORTED, "a key \"%s\" cannot be made on an image", edit->names[i]);
        }
        errno = 0;
        *node = hivex_node_add_child(work->handle, *node, edit->names[i]);
        if (*node == 0) {
            return failed(work, "make the key");
        }
        edit->made++;
        edit->changed = true;
    }
    return MARS_OK;
}

/* ---- Values ---- */

/* hivex sets all values of a key or none, so that the others have to be given as they are. */
typedef struct value_set {
    hive_set_value *items; /* names and data are malloc's */
    size_t count;
} value_set;

static void free_values(value_set *set) {
    for (size_t i = 0; i < set->count; i++) {
        free(set->items[i].key);
        free(set->items[i].value);
    }
    free(set->items);
}

/* A value as it is, whose cells are sound. */
static mars_status add_old(edit_work *work, hive_value_h value, value_set *set) {
    size_t size = cell_data_size(work->hive->data, value);
    const char *defect = cell_check_data(work->hive->data, value);
    if (defect != NULL) {
        return error_set(MARS_E_MALFORMED, "%s: \"%s\": %s", work->hive->state.where, work->edit->key,
                         defect);
    }
    if (size > REGISTRY_DATA_LIMIT) {
        return error_set(
            MARS_E_REFUSED,
            "%s: \"%s\" holds a value of %zu bytes, which hivex would write in a way that Windows does "
            "not read",
            work->hive->state.where, work->edit->key, size);
    }
    hive_set_value *item = &set->items[set->count];
    errno = 0;
    item->key = hivex_value_key(work->handle, value);
    item->value = NULL;
    set->count++;
    if (size == 0) {
        size_t length = 0;
        item->value = malloc(1);
        item->t = hive_t_REG_NONE;
        (void)hivex_value_type(work->handle, value, &item->t, &length);
        item->len = 0;
    } else {
        item->value = hivex_value_value(work->handle, value, &item->t, &item->len);
    }
    return item->key != NULL && item->value != NULL ? MARS_OK : failed(work, "read the values of");
}

static mars_status put(edit_work *work, const hive_value_edit *edit, hive_set_value *item) {
    size_t size = edit->value->data.size;
    char *data = malloc(size + 1);
    free(item->value);
    item->value = data;
    if (data == NULL || item->key == NULL) {
        errno = ENOMEM;
        return failed(work, "set the values of");
    }
    if (size > 0) {
        memcpy(data, edit->value->data.data, size);
    }
    item->t = (hive_type)edit->value->type;
    item->len = size;
    work->edit->changed = true;
    return MARS_OK;
}

static void drop(value_set *set, size_t at) {
    free(set->items[at].key);
    free(set->items[at].value);
    set->count--;
    memmove(set->items + at, set->items + at + 1, (set->count - at) * sizeof *set->items);
}

static bool is_same(const hive_set_value *item, const registry_value *value) {
    return (uint32_t)item->t == value->type && item->len == value->data.size &&
           (item->len == 0 || memcmp(item->value, value->data.data, item->len) == 0);
}

/* A value keeps the name that it has, whatever case the edit says. */
static mars_status edit_value(edit_work *work, const hive_value_edit *edit, value_set *set) {
    size_t at = 0;
    while (at < set->count && !windows_name_equal(set->items[at].key, edit->name)) {
        at++;
    }
    if (at == set->count && edit->value == NULL) {
        return MARS_OK;
    }
    if (at == set->count) {
        set->items[at] = (hive_set_value){.key = malloc(strlen(edit->name) + 1)};
        set->count++;
        if (set->items[at].key != NULL) {
            memcpy(set->items[at].key, edit->name, strlen(edit->name) + 1);
        }
        return put(work, edit, &set->items[at]);
    }
    if (edit->value == NULL) {
        drop(set, at);
        work->edit->changed = true;
        return MARS_OK;
    }
    return is_same(&set->items[at], edit->value) ? MARS_OK : put(work, edit, &set->items[at]);
}

/* The key's values, with room for the new ones. The cells of a key that was there are checked before hivex
 * reads them.
 */
static mars_status read_values(edit_work *work, hive_node_h node, bool is_new, value_set *set) {
    const char *defect = is_new ? NULL : cell_check_values(work->hive->data, node);
    if (defect != NULL) {
        return error_set(MARS_E_MALFORMED, "%s: \"%s\": %s", work->hive->state.where, work->edit->key,
                         defect);
    }
    errno = 0;
    hive_value_h *values = hivex_node_values(work->handle, node);
    if (values == NULL) {
        return failed(work, "read the values of");
    }
    size_t count = 0;
    while (values[count] != 0) {
        count++;
    }
    set->items = calloc(count + work->edit->value_count + 1, sizeof *set->items);
    if (set->items == NULL) {
        free(values);
        return failed(work, "read the values of");
    }
    mars_status status = MARS_OK;
    for (size_t i = 0; i < count && status == MARS_OK; i++) {
        status = add_old(work, values[i], set);
    }
    free(values);
    return status;
}

static mars_status edit_values(edit_work *work, hive_node_h node, bool is_new) {
    value_set set = {0};
    mars_status status = read_values(work, node, is_new, &set);
    for (size_t i = 0; i < work->edit->value_count && status == MARS_OK; i++) {
        status = edit_value(work, &work->edit->values[i], &set);
    }
    errno = 0;
    if (status == MARS_OK && work->edit->changed &&
        hivex_node_set_values(work->handle, node, set.count, set.items, 0) != 0) {
        status = failed(work, "set the values of");
    }
    free_values(&set);
    return status;
}

static mars_status check_edits(const hive_edit *edit, bool *sets) {
    for (size_t i = 0; i < edit->value_count; i++) {
        const hive_value_edit *value = &edit->values[i];
        size_t length = strlen(value->name);
        if (!utf8_valid(value->name, length) || length > VALUE_NAME_LIMIT) {
            return error_set(MARS_E_INVALID_ARGUMENT, "the name of a value is none");
        }
        if (value->value != NULL && value->value->data.size > REGISTRY_DATA_LIMIT) {
            return error_set(MARS_E_TOO_LARGE,
                             "%s [%s]: %zu bytes are more than the %d that a value can have", edit->key,
                             value->name, value->value->data.size, (int)REGISTRY_DATA_LIMIT);
        }
        *sets = *sets || value->value != NULL;
    }
    return MARS_OK;
}

/* ---- Removing keys ---- */

static bool is_empty(const edit_work *work, hive_node_h node, size_t removed) {
    const uint8_t *key = work->hive->data.data + node;
    return cell_u32(key + 0x18) == (removed > 0 ? 1u : 0u) && cell_u32(key + 0x28) == 0;
}

static mars_status prune(edit_work *work, const hive_node_h *nodes, size_t found) {
    hive_edit *edit = work->edit;
    size_t first = edit->prune < edit->depth ? edit->depth - edit->prune : 0;
    if (found < edit->depth) {
        /* What is not there any more needs no removing; keys above it may be empty now. */
        edit->depth = found;
    }
    for (size_t i = edit->depth; i > first && is_empty(work, nodes[i], edit->removed); i--) {
        errno = 0;
        if (hivex_node_delete_child(work->handle, nodes[i]) != 0) {
            return failed(work, "remove the key");
        }
        edit->removed++;
        edit->changed = true;
    }
    return MARS_OK;
}

mars_status hive_edit_apply(hive_edit *edit, const image_hive *hive, hive_h *handle, arena *memory) {
    edit_work work = {.edit = edit, .hive = hive, .handle = handle, .memory = memory};
    bool sets = false;
    size_t found = 0;
    mars_status status = check_edits(edit, &sets);
    status = status == MARS_OK ? split(&work) : status;
    hive_node_h *nodes = arena_array(memory, edit->depth + 1, sizeof *nodes);
    if (status != MARS_OK) {
        return status;
    }
    if (nodes == NULL) {
        return failed(&work, "take");
    }
    status = find_keys(&work, nodes, &found);
    if (status != MARS_OK) {
        return status;
    }
    if (edit->prune > 0) {
        return prune(&work, nodes, found);
    }
    if (found < edit->depth && edit->must_exist) {
        return error_set(MARS_E_NOT_FOUND, "%s: there is no key \"%s\"", hive->state.where, edit->key);
    }
    if (found < edit->depth && !sets) {
        return MARS_OK;
    }
    hive_node_h node = nodes[found];
    status = make_keys(&work, &node, found);
    return status == MARS_OK ? edit_values(&work, node, edit->made > 0) : status;
}
