/* The Task Scheduler of the machine we run on. */
#include "host/win32/win32.h"

static fact_state not_here(const char *where, fact *why) {
    return win32_unknown(REASON_NOT_ON_HOST, where, "this build does not ask the Task Scheduler", why);
}

fact_state win32_task_list(host *machine, const char *folder, arena *memory, task_entry_list *out, fact *why) {
    (void)machine;
    *out = (task_entry_list){0};
    return not_here(arena_text(memory, folder), why);
}

fact_state win32_task_xml(host *machine, const char *path, arena *memory, bytes *out, fact *why) {
    (void)machine;
    *out = (bytes){0};
    return not_here(arena_text(memory, path), why);
}

fact_state win32_task_status(host *machine, const char *path, arena *memory, task_status *out, fact *why) {
    (void)machine;
    *out = (task_status){0};
    return not_here(arena_text(memory, path), why);
}
