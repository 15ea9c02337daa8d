/* Reading scheduled tasks. */
#include "core/instant.h"
#include "core/unicode.h"
#include "host/win32/task_service.h"

#include <stdlib.h>
#include <string.h>

enum {
    TASKS_LIMIT = 10000,               /* tasks and folders */
    XML_UNITS_LIMIT = 4 * 1024 * 1024, /* of a definition, in UTF-16 */
};

/* ---- Listing ---- */

typedef struct task_listing {
    const win32_host *self;
    const task_service *opened;
    arena *memory;
    arena_vector tasks;   /* task_entry */
    arena_vector folders; /* const char *: their paths */
    fact state;           /* known, or what went wrong first */
} task_listing;

static void incomplete(task_listing *listing, HRESULT result, const char *path) {
    fact why;
    if (listing->state.state == FACT_KNOWN &&
        task_failure(listing->self, result, task_where(listing->memory, path), listing->memory, &why) !=
            FACT_ABSENT) {
        listing->state = why;
    }
}

static bool has_room(task_listing *listing) {
    if (listing->tasks.count + listing->folders.count < TASKS_LIMIT) {
        return true;
    }
    (void)win32_unknown(REASON_TOO_LARGE, listing->state.where,
                        "there are more than 10,000 tasks and folders", &listing->state);
    return false;
}

static bool add_folder(task_listing *listing, const char *path) {
    const char **folder = has_room(listing) ? arena_push(&listing->folders) : NULL;
    if (folder != NULL) {
        *folder = path;
    }
    return folder != NULL;
}

/* What the Task Scheduler lists is registered, and it gives the definition: there is no difference here. */
static bool add_task(task_listing *listing, const char *path) {
    task_entry *entry = has_room(listing) ? arena_push(&listing->tasks) : NULL;
    if (entry != NULL) {
        const fact_flag there = {.fact = fact_known(task_where(listing->memory, path)), .value = true};
        *entry = (task_entry){.path = path, .defined = there, .registered = there};
    }
    return entry != NULL;
}

static VARIANT index_of(LONG number) {
    VARIANT index = {0};
    V_VT(&index) = VT_I4;
    V_I4(&index) = number;
    return index;
}

static bool list_task(task_listing *listing, IRegisteredTaskCollection *tasks, LONG number,
                      const char *folder) {
    IRegisteredTask *task = NULL;
    BSTR path = NULL;
    HRESULT result = tasks->lpVtbl->get_Item(tasks, index_of(number), &task);
    if (SUCCEEDED(result)) {
        result = task->lpVtbl->get_Path(task, &path);
        (void)task->lpVtbl->Release(task);
    }
    if (FAILED(result)) {
        incomplete(listing, result, folder);
        return true;
    }
    return add_task(listing, task_text(listing->memory, path));
}

/* Their numbers start at one. */
static HRESULT list_tasks(task_listing *listing, ITaskFolder *folder, const char *path) {
    IRegisteredTaskCollection *tasks = NULL;
    LONG count = 0;
    HRESULT result = folder->lpVtbl->GetTasks(folder, TASK_ENUM_HIDDEN, &tasks);
    if (FAILED(result)) {
        return result;
    }
    result = tasks->lpVtbl->get_Count(tasks, &count);
    for (LONG i = 1; SUCCEEDED(result) && i <= count; i++) {
        if (!list_task(listing, tasks, i, path)) {
            break;
        }
    }
    (void)tasks->lpVtbl->Release(tasks);
    return result;
}

static bool list_folder(task_listing *listing, ITaskFolderCollection *folders, LONG number,
                        const char *parent) {
    ITaskFolder *folder = NULL;
    BSTR path = NULL;
    HRESULT result = folders->lpVtbl->get_Item(folders, index_of(number), &folder);
    if (SUCCEEDED(result)) {
        result = folder->lpVtbl->get_Path(folder, &path);
        (void)folder->lpVtbl->Release(folder);
    }
    if (FAILED(result)) {
        incomplete(listing, result, parent);
        return true;
    }
    return add_folder(listing, task_text(listing->memory, path));
}

static HRESULT list_folders(task_listing *listing, ITaskFolder *folder, const char *path) {
    ITaskFolderCollection *folders = NULL;
    LONG count = 0;
    HRESULT result = folder->lpVtbl->GetFolders(folder, 0, &folders);
    if (FAILED(result)) {
        return result;
    }
    result = folders->lpVtbl->get_Count(folders, &count);
    for (LONG i = 1; SUCCEEDED(result) && i <= count; i++) {
        if (!list_folder(listing, folders, i, path)) {
            break;
        }
    }
    (void)folders->lpVtbl->Release(folders);
    return result;
}

static HRESULT look_into(task_listing *listing, const char *path) {
    ITaskFolder *folder = NULL;
    HRESULT result = task_service_folder(listing->opened, path, listing->memory, &folder);
    if (FAILED(result)) {
        return result;
    }
    HRESULT of_tasks = list_tasks(listing, folder, path);
    HRESULT of_folders = list_folders(listing, folder, path);
    (void)folder->lpVtbl->Release(folder);
    return FAILED(of_tasks) ? of_tasks : of_folders;
}

static int by_path(const void *left, const void *right) {
    return windows_name_compare(((const task_entry *)left)->path, ((const task_entry *)right)->path);
}

/* Who is no administrator is not told of tasks that he may not read, nor of their folders: they look as if
 * they were not there. */
static fact_state nothing_seen(const task_listing *listing, fact_state state, const char *where, fact *why) {
    return listing->self->elevated || state == FACT_UNKNOWN
               ? state
               : win32_failure(listing->self, ERROR_ACCESS_DENIED, where, listing->memory, why);
}

static fact_state list_all(task_listing *listing, const char *path, fact *why) {
    const char *where = task_where(listing->memory, path);
    listing->state = fact_known(where);
    HRESULT result = look_into(listing, path);
    if (FAILED(result)) {
        fact_state state = task_failure(listing->self, result, where, listing->memory, why);
        return nothing_seen(listing, state, where, why);
    }
    for (size_t i = 0; i < listing->folders.count; i++) {
        const char *folder = ((const char *const *)listing->folders.items)[i];
        result = look_into(listing, folder);
        if (FAILED(result)) {
            incomplete(listing, result, folder);
        }
    }
    if (listing->state.state == FACT_UNKNOWN &&
        (listing->tasks.count == 0 || listing->state.reason == REASON_TOO_LARGE)) {
        *why = listing->state;
        return FACT_UNKNOWN;
    }
    if (listing->tasks.count > 1) {
        qsort(listing->tasks.items, listing->tasks.count, sizeof(task_entry), by_path);
    }
    fact_state state = win32_known(where, listing->memory, why);
    return listing->tasks.count == 0 ? nothing_seen(listing, state, where, why) : state;
}

/* "\\Microsoft\\X" of "Microsoft\\X\\". */
static const char *folder_path(arena *memory, const char *folder) {
    folder += strspn(folder, "\\");
    size_t length = strlen(folder);
    while (length > 0 && folder[length - 1] == '\\') {
        length--;
    }
    return length > 0 ? arena_printf(memory, "\\%s", arena_text_n(memory, folder, length)) : "";
}

fact_state win32_task_list(host *machine, const char *folder, arena *memory, task_entry_list *out,
                           fact *why) {
    *out = (task_entry_list){0};
    task_service opened;
    task_listing listing = {
        .self = win32_of(machine),
        .opened = &opened,
        .memory = memory,
        .tasks = ARENA_VECTOR(memory, task_entry),
        .folders = ARENA_VECTOR(memory, const char *),
    };
    const char *path = folder_path(memory, folder);
    HRESULT result = task_service_open(&opened);
    fact_state state = SUCCEEDED(result)
                           ? list_all(&listing, path, why)
                           : task_failure(listing.self, result, task_where(memory, path), memory, why);
    task_service_close(&opened);
    if (state == FACT_KNOWN) {
        *out = (task_entry_list){.items = listing.tasks.items, .count = listing.tasks.count};
    }
    return state;
}

/* ---- One task ---- */

/* Opens a task for one reading. Both are to be closed, whatever it says. */
static fact_state open_task(host *machine, const char *path, arena *memory, task_service *opened,
                            IRegisteredTask **task, fact *why) {
    const win32_host *self = win32_of(machine);
    const char *where = task_where(memory, path);
    *task = NULL;
    HRESULT result = task_service_open(opened);
    if (SUCCEEDED(result)) {
        result = task_service_task(opened, path, memory, task);
    }
    if (SUCCEEDED(result)) {
        return win32_known(where, memory, why);
    }
    fact_state state = task_failure(self, result, where, memory, why);
    return state == FACT_ABSENT && !self->elevated
               ? win32_failure(self, ERROR_ACCESS_DENIED, where, memory, why)
               : state;
}

static void close_task(task_service *opened, IRegisteredTask *task) {
    if (task != NULL) {
        (void)task->lpVtbl->Release(task);
    }
    task_service_close(opened);
}

/* As it lies in System32\Tasks: with a byte order mark. */
static bytes with_mark(const wchar_t *text, size_t units, arena *memory) {
    static const uint8_t mark[] = {0xFF, 0xFE};
    size_t size = sizeof mark + units * sizeof *text;
    uint8_t *data = arena_alloc(memory, size);
    if (data == NULL) {
        return (bytes){0};
    }
    memcpy(data, mark, sizeof mark);
    memcpy(data + sizeof mark, text, units * sizeof *text);
    return (bytes){.data = data, .size = size};
}

fact_state win32_task_xml(host *machine, const char *path, arena *memory, bytes *out, fact *why) {
    *out = (bytes){0};
    task_service opened;
    IRegisteredTask *task = NULL;
    BSTR xml = NULL;
    fact_state state = open_task(machine, path, memory, &opened, &task, why);
    if (state == FACT_KNOWN && task != NULL) {
        const char *where = why->where;
        HRESULT result = task_definition_text(task, &xml);
        if (FAILED(result)) {
            state = task_failure(win32_of(machine), result, where, memory, why);
        } else if (SysStringLen(xml) > XML_UNITS_LIMIT) {
            state = win32_unknown(REASON_TOO_LARGE, where, "the definition is larger than 8 MiB", why);
        } else {
            *out = with_mark(xml, SysStringLen(xml), memory);
            state = win32_known(where, memory, why);
        }
    }
    SysFreeString(xml);
    close_task(&opened, task);
    return state;
}

/* ---- Status ---- */

/* A task that never ran has no date, or the one that stands for none: a date of zeros, which COM takes for
 * the last day of November 1999. */
static bool is_never(DATE date) {
    return date < 1.0 || date == 36494.0;
}

/* Dates are in local time. In the hour that is there twice when summer time ends, the Task Scheduler does not
 * say which one it means; Windows decides. */
static bool instant_of(DATE date, int64_t *out) {
    SYSTEMTIME local;
    SYSTEMTIME utc;
    FILETIME time;
    if (VariantTimeToSystemTime(date, &local) == FALSE ||
        TzSpecificLocalTimeToSystemTime(NULL, &local, &utc) == FALSE ||
        SystemTimeToFileTime(&utc, &time) == FALSE) {
        return false;
    }
    *out = instant_from_filetime((uint64_t)time.dwHighDateTime << 32 | time.dwLowDateTime);
    return true;
}

static fact_time last_run_of(const win32_host *self, IRegisteredTask *task, const char *where,
                             arena *memory) {
    fact_time run = {0};
    DATE date = 0;
    HRESULT result = task->lpVtbl->get_LastRunTime(task, &date);
    if (FAILED(result)) {
        (void)task_failure(self, result, where, memory, &run.fact);
    } else if (result == SCHED_S_TASK_HAS_NOT_RUN || is_never(date)) {
        run.fact = fact_absent(where);
    } else if (instant_of(date, &run.value)) {
        run.fact = fact_known(where);
    } else {
        run.fact = fact_unknown(REASON_MALFORMED, where, "the Task Scheduler's date of the last run is none");
    }
    return run;
}

static fact_number last_result_of(const win32_host *self, IRegisteredTask *task, const char *where,
                                  arena *memory) {
    fact_number last = {0};
    LONG code = 0;
    HRESULT result = task->lpVtbl->get_LastTaskResult(task, &code);
    if (FAILED(result)) {
        (void)task_failure(self, result, where, memory, &last.fact);
    } else {
        last = (fact_number){.fact = fact_known(where), .value = (uint32_t)code};
    }
    return last;
}

/* A queued run starts as soon as it can, so it counts. In the other states no run is under way, as they are
 * documented: a disabled task has neither running nor queued ones. */
static fact_flag running_of(const win32_host *self, IRegisteredTask *task, const char *where, arena *memory) {
    fact_flag running = {0};
    TASK_STATE state = TASK_STATE_UNKNOWN;
    HRESULT result = task->lpVtbl->get_State(task, &state);
    if (FAILED(result)) {
        (void)task_failure(self, result, where, memory, &running.fact);
    } else if (state == TASK_STATE_UNKNOWN) {
        running.fact =
            fact_unknown(REASON_UNREADABLE, where, "the Task Scheduler does not know the task's state");
    } else {
        running.fact = fact_known(where);
        running.value = state == TASK_STATE_RUNNING || state == TASK_STATE_QUEUED;
    }
    return running;
}

/* Only the last run is told of. If that one went well and is over, it is the last success as well. */
static fact_time last_success_of(const task_status *status, const char *where) {
    fact_time success = {
        .fact = fact_unknown(REASON_NOT_ON_HOST, where, "the Task Scheduler tells of the last run only")};
    if (status->last_run.fact.state == FACT_ABSENT ||
        (status->last_run.fact.state == FACT_KNOWN && status->last_result.fact.state == FACT_KNOWN &&
         status->last_result.value == 0 && fact_is_false(&status->running))) {
        success = status->last_run;
    }
    return success;
}

fact_state win32_task_status(host *machine, const char *path, arena *memory, task_status *out, fact *why) {
    *out = (task_status){0};
    const win32_host *self = win32_of(machine);
    task_service opened;
    IRegisteredTask *task = NULL;
    fact_state state = open_task(machine, path, memory, &opened, &task, why);
    if (state == FACT_KNOWN && task != NULL) {
        out->last_run = last_run_of(self, task, why->where, memory);
        out->last_result = last_result_of(self, task, why->where, memory);
        out->running = running_of(self, task, why->where, memory);
        out->last_success = last_success_of(out, why->where);
        state = win32_known(why->where, memory, why);
    }
    close_task(&opened, task);
    return state;
}
