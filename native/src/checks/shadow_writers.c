#include "checks/checks.h"
#include "checks/schedule_tasks.h"
#include "report/catalog.h"

#include <stdlib.h>
#include <string.h>

/* VSS_WRITER_STATE */
enum {
    STATE_UNKNOWN = 0,
    STATE_STABLE = 1,
    STATE_FIRST_WAITING = 2,
    STATE_LAST_WAITING = 5,
    STATE_LAST_FAILED = 15
};

/* ---- Names ---- */

static const char *name_of(const shadow_writer *writer) {
    return fact_text_or(&writer->name, fact_text_or(&writer->id, "?"));
}

static int compare_names(const void *left, const void *right) {
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names of all writers, sorted. */
static text_list sorted_names(arena *memory, const fact_list *writers) {
    const char **names = arena_array(memory, writers->count, sizeof *names);
    for (size_t i = 0; names != NULL && i < writers->count; i++) {
        names[i] = name_of((const shadow_writer *)writers->items + i);
    }
    if (names != NULL) {
        qsort(names, writers->count, sizeof *names, compare_names);
    }
    return (text_list){.items = names, .count = names != NULL ? writers->count : 0};
}

/* Writers may have several instances, e.g. one per SQL Server: then the instance tells them apart. */
static const char *subject_of(judgement *j, const text_list *names, const shadow_writer *writer) {
    const char *name = name_of(writer);
    const char **found =
        names->count > 0 ? bsearch(&name, names->items, names->count, sizeof name, compare_names) : NULL;
    if (found == NULL) {
        return name;
    }
    bool shared = (found > names->items && strcmp(found[-1], name) == 0) ||
                  (found + 1 < names->items + names->count && strcmp(found[1], name) == 0);
    return shared ? arena_printf(judge_memory(j), "%s %s", name, fact_text_or(&writer->instance, "?")) : name;
}

/* What one writer is judged with. */
typedef struct writers_view {
    text_list names;
    bool system_state; /* is protected */
} writers_view;

/* Whether the service may be restarted for its writer: "yes", "ask", "never". */
static const char *restart_word(const char *service) {
    static const char *const words[] = {
        [CATALOG_RESTART_YES] = "yes", [CATALOG_RESTART_ASK] = "ask", [CATALOG_RESTART_NEVER] = "never"};
    const catalog_service *known = catalog_service_find(service);
    return words[known != NULL ? known->restart : CATALOG_RESTART_NEVER];
}

static void judge_writer(judgement *j, const writers_view *view, const shadow_writer *writer) {
    int64_t state = writer->state.value;
    const catalog_writer *known = catalog_writer_find(fact_text_or(&writer->id, ""));
    const char *subject = subject_of(j, &view->names, writer);
    if (writer->state.fact.state != FACT_KNOWN || state < STATE_UNKNOWN || state > STATE_LAST_FAILED) {
        fact why = writer->state.fact;
        if (why.state == FACT_KNOWN) {
            why = fact_unknown(
                REASON_MALFORMED, why.where,
                arena_printf(judge_memory(j), "state %lld is not a known one", (long long)state));
        }
        judge_unknown(j, subject, "how the writer is", &why);
        return;
    }
    bool waiting = state >= STATE_FIRST_WAITING && state <= STATE_LAST_WAITING;
    bool grave = known != NULL && known->system == 1 && view->system_state;
    const char *service = known != NULL ? known->service : NULL;
    const char *slug = waiting           ? "waiting"
                       : grave           ? (service != NULL ? "failed-system" : "failed-system-no-service")
                       : service != NULL ? "failed"
                                         : "failed-no-service";
    said *s = judge_say(j, subject, slug);
    say_text(s, "writer", fact_text_or(&writer->name, subject));
    say_text(s, "id", fact_text_or(&writer->id, ""));
    say_number(s, "state", state);
    say_text(s, "state_text", fact_text_or(&writer->state_text, ""));
    say_text(s, "error", fact_text_or(&writer->error_text, ""));
    say_text(s, "service", service != NULL ? service : "");
    if (service != NULL) {
        say_text(s, "restart", restart_word(service));
    }
    say_where(s, &writer->state.fact);
}

void judge_shadow_writers(judgement *j, const evidence *e) {
    const fact_list *writers = &e->shadow.writers;
    if (writers->fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "how the VSS writers are", &writers->fact);
        return;
    }
    if (writers->count == 0) {
        fact why = fact_unknown(REASON_MALFORMED, writers->fact.where,
                                "no writer is listed, though Windows has some of its own");
        judge_unknown(j, NULL, "how the VSS writers are", &why);
        return;
    }
    writers_view view = {
        .names = sorted_names(judge_memory(j), writers),
        .system_state = system_state_protected(e),
    };
    size_t stable = 0;
    for (size_t i = 0; i < writers->count; i++) {
        const shadow_writer *writer = (const shadow_writer *)writers->items + i;
        if (writer->state.fact.state == FACT_KNOWN && writer->state.value == STATE_STABLE) {
            stable++;
        } else {
            judge_writer(j, &view, writer);
        }
    }
    if (stable == writers->count) {
        said *s = judge_say(j, NULL, "stable");
        say_number(s, "writers", (int64_t)stable);
        say_where(s, &writers->fact);
    }
}
