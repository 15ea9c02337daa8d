#include "recorded_storage.h"

#include "core/error.h"

#include <stdlib.h>
#include <string.h>

typedef enum act_kind { ACT_FOLDER, ACT_CREATE, ACT_APPEND, ACT_FLUSH, ACT_FLUSH_FOLDER } act_kind;

typedef struct act {
    act_kind kind;
    const char *path;
    bytes data;
} act;

typedef struct recorded_storage {
    journal_storage base;
    arena memory;
    arena_vector acts; /* of act */
    size_t fail_at;
} recorded_storage;

static recorded_storage *recorded(const journal_storage *storage) {
    return (recorded_storage *)(void *)storage;
}

static bool exists(const recorded_storage *s, const char *path) {
    const act *acts = s->acts.items;
    for (size_t i = 0; i < s->acts.count; i++) {
        if ((acts[i].kind == ACT_FOLDER || acts[i].kind == ACT_CREATE) && strcmp(acts[i].path, path) == 0) {
            return true;
        }
    }
    return path[0] == '\0';
}

static mars_status record_act(journal_storage *storage, act_kind kind, const char *path, bytes data) {
    recorded_storage *s = recorded(storage);
    if (s->fail_at > 0 && --s->fail_at == 0) {
        return error_set(MARS_E_UNREADABLE, "%s: this act was told to fail", path);
    }
    bool makes = kind == ACT_FOLDER || kind == ACT_CREATE;
    if (exists(s, path) == makes) {
        return error_set(makes ? MARS_E_UNREADABLE : MARS_E_NOT_FOUND, "%s %s", path,
                         makes ? "is there" : "is not there");
    }
    const act whole = {
        .kind = kind,
        .path = arena_text(&s->memory, path),
        .data = {.data = arena_copy(&s->memory, data.data, data.size), .size = data.size},
    };
    act *kept = arena_failed(&s->memory) ? NULL : arena_push(&s->acts);
    if (kept == NULL) {
        s->memory.failed = false; /* a test made it run out, and goes on */
        return error_set(MARS_E_NO_MEMORY, "memory ran out");
    }
    *kept = whole;
    return MARS_OK;
}

static mars_status make_folder(journal_storage *storage, const char *path) {
    return record_act(storage, ACT_FOLDER, path, (bytes){0});
}

static mars_status create(journal_storage *storage, const char *path, uint64_t reserve) {
    (void)reserve;
    return record_act(storage, ACT_CREATE, path, (bytes){0});
}

static mars_status append(journal_storage *storage, const char *path, bytes data) {
    return record_act(storage, ACT_APPEND, path, data);
}

static mars_status flush(journal_storage *storage, const char *path) {
    return record_act(storage, ACT_FLUSH, path, (bytes){0});
}

static mars_status flush_folder(journal_storage *storage, const char *path) {
    return record_act(storage, ACT_FLUSH_FOLDER, path, (bytes){0});
}

static mars_status read_file(journal_storage *storage, const char *path, uint64_t max, arena *memory,
                             bytes *out) {
    const recorded_storage *s = recorded(storage);
    const act *acts = s->acts.items;
    size_t size = 0;
    if (!exists(s, path)) {
        return error_set(MARS_E_NOT_FOUND, "%s is not there", path);
    }
    for (size_t i = 0; i < s->acts.count; i++) {
        size += acts[i].kind == ACT_APPEND && strcmp(acts[i].path, path) == 0 ? acts[i].data.size : 0;
    }
    if (size > max) {
        return error_set(MARS_E_TOO_LARGE, "%s is too large", path);
    }
    uint8_t *data = arena_alloc(memory, size);
    size_t at = 0;
    if (data == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out");
    }
    for (size_t i = 0; i < s->acts.count; i++) {
        if (acts[i].kind == ACT_APPEND && strcmp(acts[i].path, path) == 0 && acts[i].data.size > 0) {
            memcpy(data + at, acts[i].data.data, acts[i].data.size);
            at += acts[i].data.size;
        }
    }
    *out = (bytes){.data = data, .size = at};
    return MARS_OK;
}

static mars_status list(journal_storage *storage, arena *memory, text_list *out) {
    const recorded_storage *s = recorded(storage);
    const act *acts = s->acts.items;
    arena_vector names = ARENA_VECTOR(memory, const char *);
    for (size_t i = 0; i < s->acts.count; i++) {
        if (acts[i].kind == ACT_FOLDER && strchr(acts[i].path, '/') == NULL) {
            const char **name = arena_push(&names);
            *name = arena_text(memory, acts[i].path);
        }
    }
    *out = (text_list){.items = names.items, .count = names.count};
    return MARS_OK;
}

static void close_storage(journal_storage *storage) {
    recorded_storage *s = recorded(storage);
    arena_free(&s->memory);
    free(s);
}

journal_storage *recorded_storage_new(void) {
    recorded_storage *s = calloc(1, sizeof *s);
    if (s == NULL) {
        abort();
    }
    s->acts = (arena_vector)ARENA_VECTOR(&s->memory, act);
    s->base = (journal_storage){
        .make_folder = make_folder,
        .create = create,
        .append = append,
        .flush = flush,
        .flush_folder = flush_folder,
        .read = read_file,
        .list = list,
        .close = close_storage,
    };
    return &s->base;
}

size_t recorded_acts(const journal_storage *storage) {
    return recorded(storage)->acts.count;
}

void recorded_storage_fail_at(journal_storage *storage, size_t n) {
    recorded(storage)->fail_at = n;
}

/* The folder a path lies in: "" for the storage's own. */
static bool lies_in(const char *path, const char *folder) {
    const char *slash = strrchr(path, '/');
    size_t length = slash != NULL ? (size_t)(slash - path) : 0;
    return strlen(folder) == length && strncmp(path, folder, length) == 0;
}

/* Whether an act is on the disk for certain: a later one flushed what it did. */
static bool made_durable(const act *acts, size_t index, size_t count) {
    for (size_t i = index + 1; i < count; i++) {
        bool data = acts[index].kind == ACT_APPEND && acts[i].kind == ACT_FLUSH &&
                    strcmp(acts[i].path, acts[index].path) == 0;
        bool name = acts[index].kind != ACT_APPEND && acts[i].kind == ACT_FLUSH_FOLDER &&
                    lies_in(acts[index].path, acts[i].path);
        if (data || name) {
            return true;
        }
    }
    return false;
}

journal_storage *recorded_storage_after(const journal_storage *storage, size_t acts, storage_loss loss) {
    const act *all = recorded(storage)->acts.items;
    journal_storage *left = recorded_storage_new();
    for (size_t i = 0; i < acts; i++) {
        bool durable = loss == LOSE_NOTHING || made_durable(all, i, acts);
        bytes data = all[i].data;
        if (all[i].kind == ACT_FLUSH || all[i].kind == ACT_FLUSH_FOLDER ||
            (!durable && loss == LOSE_UNFLUSHED)) {
            continue;
        }
        if (!durable && all[i].kind == ACT_APPEND) {
            data.size /= 2;
        }
        /* What lies in a folder that is lost is lost with it. */
        const char *slash = strrchr(all[i].path, '/');
        char folder[256] = "";
        if (slash != NULL) {
            memcpy(folder, all[i].path, (size_t)(slash - all[i].path));
        }
        if (exists(recorded(left), folder)) {
            (void)record_act(left, all[i].kind, all[i].path, data);
        }
    }
    return left;
}
