#include "core/unicode.h"
#include "host/image/image.h"
#include "parse/task_cache.h"

#include <stdlib.h>
#include <string.h>

#define TASK_CACHE "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache"

enum { TASKS_LIMIT = 10000, DEPTH_LIMIT = 16, XML_LIMIT = 4 * 1024 * 1024 };

typedef struct found_task {
    const char *path; /* "\\Microsoft\\..." */
    fact fact;        /* known: it is there; unknown: something is, but what could not be told */
} found_task;

typedef struct task_folder {
    const char *path;
    size_t depth;
} task_folder;

/* One of the two places where tasks are: files, or keys of the registry. */
typedef struct task_place {
    image *self;
    arena *memory;
    arena_vector found;   /* found_task, sorted by path in the end */
    arena_vector folders; /* task_folder: those still to be read */
    size_t reading;       /* index in folders */
    fact state;           /* unknown as soon as a part could not be read */
    const char *(*where)(const struct task_place *place, const char *path);
} task_place;

/* ---- Paths ---- */

/* "Microsoft\\X" of "\\Microsoft\\X\\". */
static const char *without_slashes(const char *path, arena *memory) {
    path += strspn(path, "\\");
    size_t length = strlen(path);
    while (length > 0 && path[length - 1] == '\\') {
        length--;
    }
    return arena_text_n(memory, path, length);
}

static const char *file_path(const image *self, const char *task, arena *memory) {
    return arena_printf(memory, "%s\\Windows\\System32\\Tasks\\%s", self->system_drive,
                        without_slashes(task, memory));
}

static const char *tree_key(const char *task, arena *memory) {
    const char *rest = without_slashes(task, memory);
    return arena_printf(memory, TASK_CACHE "\\Tree%s%s", rest[0] == '\0' ? "" : "\\", rest);
}

static registry_path machine_key(const char *key) {
    return (registry_path){.root = REGISTRY_MACHINE, .view = REGISTRY_64, .key = key};
}

static const char *where_file(const task_place *place, const char *path) {
    return file_path(place->self, path, place->memory);
}

static const char *where_key(const task_place *place, const char *path) {
    registry_path key = machine_key(tree_key(path, place->memory));
    return registry_path_text(place->memory, &key, NULL);
}

/* ---- Looking through one place ---- */

static void incomplete(task_place *place, const fact *why) {
    if (place->state.state != FACT_UNKNOWN) {
        place->state = *why;
    }
}

/* False if there are too many. */
static bool has_room(task_place *place) {
    if (place->found.count + place->folders.count < TASKS_LIMIT) {
        return true;
    }
    fact why =
        fact_unknown(REASON_TOO_LARGE, place->state.where, "there are more than 10,000 tasks and folders");
    incomplete(place, &why);
    return false;
}

static bool add_task(task_place *place, const char *path, const fact *state) {
    found_task *task = has_room(place) ? arena_push(&place->found) : NULL;
    if (task == NULL) {
        return false;
    }
    *task = (found_task){.path = path, .fact = *state};
    task->fact.where = place->where(place, path);
    return true;
}

static bool add_folder(task_place *place, const char *path, size_t depth) {
    if (depth > DEPTH_LIMIT) {
        fact why =
            fact_unknown(REASON_TOO_LARGE, place->where(place, path), "folders lie too deep in each other");
        incomplete(place, &why);
        return true;
    }
    task_folder *folder = has_room(place) ? arena_push(&place->folders) : NULL;
    if (folder == NULL) {
        return false;
    }
    *folder = (task_folder){.path = path, .depth = depth};
    return true;
}

static task_folder current_folder(const task_place *place) {
    return ((const task_folder *)place->folders.items)[place->reading];
}

static bool visit_file(void *user, const folder_entry *entry) {
    task_place *place = user;
    task_folder folder = current_folder(place);
    const char *path = arena_printf(place->memory, "%s\\%s", folder.path, entry->name);
    fact state = fact_known(NULL);
    switch (entry->kind) {
    case FILE_FOLDER:
        return add_folder(place, path, folder.depth + 1);
    case FILE_OTHER:
        state = fact_unknown(REASON_OUTSIDE, NULL, "a link or special file, which is not followed");
        break;
    case FILE_REGULAR:
    default:
        break;
    }
    return add_task(place, path, &state);
}

static fact_state read_files(task_place *place, const char *folder, fact *why) {
    return image_folder_each(&place->self->base, file_path(place->self, folder, place->memory), visit_file,
                             place, place->memory, why);
}

/* A key with an Id is a task, one without a folder. */
static bool visit_key(task_place *place, const char *name) {
    task_folder folder = current_folder(place);
    const char *path = arena_printf(place->memory, "%s\\%s", folder.path, name);
    registry_path key = machine_key(tree_key(path, place->memory));
    registry_value id;
    fact state;
    return image_registry_read(&place->self->base, &key, "Id", place->memory, &id, &state) == FACT_ABSENT
               ? add_folder(place, path, folder.depth + 1)
               : add_task(place, path, &state);
}

static fact_state read_keys(task_place *place, const char *folder, fact *why) {
    registry_path key = machine_key(tree_key(folder, place->memory));
    text_list names;
    fact_state state = image_registry_keys(&place->self->base, &key, place->memory, &names, why);
    for (size_t i = 0; state == FACT_KNOWN && i < names.count; i++) {
        if (!visit_key(place, names.items[i])) {
            break;
        }
    }
    return state;
}

static int by_path(const void *left, const void *right) {
    return windows_name_compare(((const found_task *)left)->path, ((const found_task *)right)->path);
}

/* Fills the place: its state is absent if the folder is not there. */
static void look_through(task_place *place, const char *folder,
                         fact_state (*read)(task_place *place, const char *folder, fact *why)) {
    place->found = (arena_vector)ARENA_VECTOR(place->memory, found_task);
    place->folders = (arena_vector)ARENA_VECTOR(place->memory, task_folder);
    place->state = fact_known(place->where(place, folder));
    (void)add_folder(place, folder, 0);
    for (; place->reading < place->folders.count; place->reading++) {
        fact why;
        fact_state state = read(place, current_folder(place).path, &why);
        if (state == FACT_UNKNOWN || (state == FACT_ABSENT && place->reading == 0)) {
            incomplete(place, &why);
        }
    }
    if (place->found.count > 1) {
        qsort(place->found.items, place->found.count, sizeof(found_task), by_path);
    }
}

/* ---- Both places together ---- */

/* What a place says of a task: its items from *at on are equal, or none is. Takes those it has. */
static fact_flag take(task_place *place, const char *path, size_t *at) {
    const found_task *items = place->found.items;
    size_t first = *at;
    while (*at < place->found.count && windows_name_compare(items[*at].path, path) == 0) {
        (*at)++;
    }
    if (*at == first) {
        fact_flag none = {.fact = place->state};
        if (place->state.state != FACT_UNKNOWN) {
            none.fact = fact_known(place->where(place, path));
        }
        return none;
    }
    fact_flag flag = {.fact = items[first].fact, .value = true};
    if (*at - first > 1) {
        (void)image_unknown(REASON_AMBIGUOUS, flag.fact.where, "two names differ only by case", &flag.fact);
    }
    return flag;
}

static const char *path_at(const task_place *place, size_t at) {
    return at < place->found.count ? ((const found_task *)place->found.items)[at].path : NULL;
}

static void merge(task_place *files, task_place *keys, task_entry_list *out) {
    arena_vector entries = ARENA_VECTOR(files->memory, task_entry);
    size_t file = 0;
    size_t key = 0;
    while (path_at(files, file) != NULL || path_at(keys, key) != NULL) {
        const char *path = path_at(files, file);
        const char *other = path_at(keys, key);
        if (path == NULL || (other != NULL && windows_name_compare(other, path) < 0)) {
            path = other;
        }
        task_entry *entry = arena_push(&entries);
        if (entry == NULL) {
            return;
        }
        entry->path = path;
        entry->defined = take(files, path, &file);
        entry->registered = take(keys, path, &key);
    }
    *out = (task_entry_list){.items = entries.items, .count = entries.count};
}

fact_state image_task_list(host *machine, const char *folder, arena *memory, task_entry_list *out,
                           fact *why) {
    *out = (task_entry_list){0};
    const char *name = without_slashes(folder, memory);
    const char *path = name[0] == '\0' ? "" : arena_printf(memory, "\\%s", name);
    task_place files = {.self = image_of(machine), .memory = memory, .where = where_file};
    task_place keys = {.self = image_of(machine), .memory = memory, .where = where_key};
    look_through(&files, path, read_files);
    look_through(&keys, path, read_keys);
    merge(&files, &keys, out);
    const task_place *unread = files.state.state == FACT_UNKNOWN ? &files : &keys;
    if (unread->state.state == FACT_UNKNOWN &&
        (out->count == 0 || unread->state.reason == REASON_TOO_LARGE)) {
        *out = (task_entry_list){0};
        *why = unread->state;
        return FACT_UNKNOWN;
    }
    if (files.state.state == FACT_ABSENT && keys.state.state == FACT_ABSENT) {
        return image_absent(files.state.where, memory, why);
    }
    return image_known(files.state.where, memory, why);
}

fact_state image_task_xml(host *machine, const char *path, arena *memory, bytes *out, fact *why) {
    return image_file_read(machine, file_path(image_of(machine), path, memory), 0, XML_LIMIT, memory, out,
                           why);
}

fact_state image_task_status(host *machine, const char *path, arena *memory, task_status *out, fact *why) {
    *out = (task_status){0};
    fact_text id = image_registry_text(image_of(machine), tree_key(path, memory), "Id", memory);
    if (id.fact.state != FACT_KNOWN) {
        *why = id.fact;
        return id.fact.state;
    }
    registry_path key = machine_key(arena_printf(memory, TASK_CACHE "\\Tasks\\%s", id.value));
    registry_value value;
    fact_state state = image_registry_read(machine, &key, "DynamicInfo", memory, &value, why);
    const char *where = why->where;
    if (state == FACT_ABSENT) {
        return image_unknown(REASON_MALFORMED, where, "the task is registered, but this value is missing",
                             why);
    }
    if (state != FACT_KNOWN) {
        return state;
    }
    task_dynamic_info info;
    if (!task_dynamic_info_read(value.data.data, value.data.size, where, memory, &info, why)) {
        why->where = where;
        return FACT_UNKNOWN;
    }
    *out = (task_status){
        .last_run = info.last_run,
        .last_result = info.last_result,
        .last_success = info.last_success,
        .running = {.fact = fact_unknown(REASON_NOT_ON_HOST, where, NULL)},
    };
    return image_known(where, memory, why);
}
