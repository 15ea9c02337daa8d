#include "core/error.h"
#include "host/win32/task_service.h"

/* Codes of the Task Scheduler that the compiler's headers lack. */
#define RESULT(code) ((HRESULT)(code))

/* What one who asked is to make of it. */
typedef enum meaning {
    MEANS_UNREADABLE = 0,
    MEANS_ABSENT,
    MEANS_DENIED,
    MEANS_DEFINITION, /* the definition that was given is refused */
    MEANS_NO_MEMORY,
} meaning;

/* Each "what" continues "Windows says that ...". */
static const struct {
    HRESULT result;
    meaning meaning;
    const char *what;
} table[] = {
    {RESULT(0x80070002), MEANS_ABSENT, "there is no such task or folder"},
    {RESULT(0x80070003), MEANS_ABSENT, "there is no such task or folder"},
    {RESULT(0x80070005), MEANS_DENIED, "access is denied"},
    {RESULT(0x80070522), MEANS_DENIED, "a privilege is missing"},
    {RESULT(0x800702E4), MEANS_DENIED, "this needs an elevated process"},
    {RESULT(0x8007000E), MEANS_NO_MEMORY, "memory ran out"},
    {RESULT(0x8007007B), MEANS_UNREADABLE, "this is no name that a task can have"},
    {RESULT(0x80070532), MEANS_UNREADABLE, "the password of the task's account has expired"},
    {RESULT(0x80070534), MEANS_DEFINITION, "the task's account does not exist"},
    {RESULT(0x8007052E), MEANS_UNREADABLE, "the task's account needs a password that is not known here"},
    {RESULT(0x80070569), MEANS_UNREADABLE, "the task's account may not log on as a batch job"},
    {RESULT(0x80040154), MEANS_UNREADABLE, "there is no Task Scheduler on this machine"},
    {RESULT(0x800401F0), MEANS_UNREADABLE, "COM is not ready"},
    {RESULT(0x800706BA), MEANS_UNREADABLE, "the Task Scheduler's service does not answer"},
    {RESULT(0x800706D9), MEANS_UNREADABLE, "the Task Scheduler's service does not answer"},
    {RESULT(0x80070422), MEANS_UNREADABLE, "the Task Scheduler's service is disabled"},
    {RESULT(0x80041315), MEANS_UNREADABLE, "the Task Scheduler's service does not run"},
    {RESULT(0x80041322), MEANS_UNREADABLE, "the Task Scheduler's service is not available"},
    {RESULT(0x80041323), MEANS_UNREADABLE, "the Task Scheduler's service is too busy; try again"},
    {RESULT(0x8004130D), MEANS_UNREADABLE, "the task cannot be opened"},
    {RESULT(0x8004130E), MEANS_UNREADABLE, "what is stored of the task is damaged"},
    {RESULT(0x80041311), MEANS_UNREADABLE, "the store of the tasks' accounts is damaged"},
    {RESULT(0x80041321), MEANS_UNREADABLE,
     "what is stored of the task was changed by something else than the Task Scheduler"},
    {RESULT(0x8004130F), MEANS_DEFINITION, "the task's account needs a password"},
    {RESULT(0x80041310), MEANS_DEFINITION, "the task's account does not exist"},
    {RESULT(0x80041314), MEANS_DEFINITION, "the task cannot run under that account"},
    {RESULT(0x80041316), MEANS_DEFINITION, "the definition has an element that is not expected there"},
    {RESULT(0x80041317), MEANS_DEFINITION, "the definition has an element of an unknown name space"},
    {RESULT(0x80041318), MEANS_DEFINITION, "the definition has a value that is not allowed"},
    {RESULT(0x80041319), MEANS_DEFINITION, "the definition lacks an element or attribute"},
    {RESULT(0x8004131A), MEANS_DEFINITION, "the definition is not well-formed XML"},
    {RESULT(0x8004131D), MEANS_DEFINITION, "the definition has too many elements of one kind"},
    {RESULT(0x8004131E), MEANS_DEFINITION, "the task's end lies in the past"},
    {RESULT(0x80041327), MEANS_DEFINITION, "the definition needs a newer version of the Task Scheduler"},
    {RESULT(0x80041328), MEANS_DEFINITION, "the task may not be started on demand"},
    {RESULT(0x00041302), MEANS_UNREADABLE, "the task is disabled and will not run"},
    {RESULT(0x00041304), MEANS_UNREADABLE, "the task has no more runs ahead"},
    {RESULT(0x00041305), MEANS_UNREADABLE, "the task lacks what it needs to run on a schedule"},
    {RESULT(0x00041307), MEANS_UNREADABLE, "the task has no trigger that could start it"},
    {RESULT(0x0004131B), MEANS_UNREADABLE, "not all of the task's triggers will start it"},
    {RESULT(0x0004131C), MEANS_UNREADABLE,
     "the task may fail to start, because its account may not log on as a batch job"},
};
enum { ROW_COUNT = sizeof table / sizeof table[0] };

static size_t row_of(HRESULT result) {
    size_t i = 0;
    while (i < ROW_COUNT && table[i].result != result) {
        i++;
    }
    return i;
}

static meaning meaning_of(HRESULT result) {
    size_t row = row_of(result);
    return row < ROW_COUNT ? table[row].meaning : MEANS_UNREADABLE;
}

const char *task_result_text(arena *memory, HRESULT result) {
    size_t row = row_of(result);
    return row < ROW_COUNT ? arena_printf(memory, "Windows says that %s (0x%08lX)", table[row].what,
                                          (unsigned long)result)
                           : arena_printf(memory, "Windows answered with 0x%08lX", (unsigned long)result);
}

/* The same words as for everything else that is denied. */
static fact_state denied(const win32_host *self, const char *where, arena *memory, fact *why) {
    return win32_failure(self, ERROR_ACCESS_DENIED, where, memory, why);
}

fact_state task_failure(const win32_host *self, HRESULT result, const char *where, arena *memory, fact *why) {
    switch (meaning_of(result)) {
    case MEANS_ABSENT:
        return win32_absent(where, memory, why);
    case MEANS_DENIED:
        return denied(self, where, memory, why);
    case MEANS_NO_MEMORY:
        return win32_unknown(REASON_NO_MEMORY, where, NULL, why);
    case MEANS_UNREADABLE:
    case MEANS_DEFINITION:
    default:
        return win32_unknown(REASON_UNREADABLE, where, task_result_text(memory, result), why);
    }
}

mars_status task_write_failed(const win32_host *self, HRESULT result, const char *task, arena *memory) {
    switch (meaning_of(result)) {
    case MEANS_ABSENT:
        return win32_write_failed(self, ERROR_FILE_NOT_FOUND, task);
    case MEANS_DENIED:
        return win32_write_failed(self, ERROR_ACCESS_DENIED, task);
    case MEANS_NO_MEMORY:
        return win32_no_memory();
    case MEANS_DEFINITION:
        return error_set(MARS_E_MALFORMED, "%s: %s", task, task_result_text(memory, result));
    case MEANS_UNREADABLE:
    default:
        return error_set(MARS_E_UNWRITABLE, "%s: %s", task, task_result_text(memory, result));
    }
}
