#include "checks/checks.h"
#include "core/unicode.h"

typedef struct view {
    arena_vector reasons; /* of const char * */
    arena_vector places;  /* of const fact * */
    const fact *unread;   /* NULL: none */
} view;

static void add(view *v, const char *reason, const fact *read) {
    const char **text = arena_push(&v->reasons);
    if (text != NULL) {
        *text = reason;
    }
    const fact **place = arena_push(&v->places);
    if (place != NULL) {
        *place = read;
    }
}

static void look_at(view *v, const fact_flag *mark, const char *reason) {
    if (fact_is_true(mark)) {
        add(v, reason, &mark->fact);
    } else if (!fact_is_false(mark) && v->unread == NULL) {
        v->unread = &mark->fact;
    }
}

static void look_at_name(view *v, const machine_evidence *machine) {
    const fact_text *active = &machine->computer_name;
    const fact_text *configured = &machine->configured_name;
    if (active->fact.state == FACT_KNOWN && configured->fact.state == FACT_KNOWN &&
        !ascii_equal(active->value, configured->value)) {
        add(v, "the computer's new name", &configured->fact);
    }
}

void judge_prereq_pending_reboot(judgement *j, const evidence *e) {
    const prereq_evidence *prereq = &e->prereq;
    const fact_number *renames = &prereq->file_renames;
    view v = {.reasons = ARENA_VECTOR(judge_memory(j), const char *),
              .places = ARENA_VECTOR(judge_memory(j), const fact *)};
    look_at(&v, &prereq->servicing_reboot, "component servicing");
    look_at(&v, &prereq->update_reboot, "Windows Update");
    look_at(&v, &prereq->join_reboot, "joining or leaving a domain");
    look_at_name(&v, &e->machine);
    if (v.reasons.count > 0) {
        said *s = judge_say(j, NULL, "pending");
        say_texts(s, "reasons", &(text_list){.items = v.reasons.items, .count = v.reasons.count});
        for (size_t i = 0; i < v.places.count; i++) {
            say_where(s, ((const fact *const *)v.places.items)[i]);
        }
        return;
    }
    if (v.unread == NULL && renames->fact.state != FACT_KNOWN) {
        v.unread = &renames->fact;
    }
    if (v.unread != NULL) {
        judge_unknown(j, NULL, "whether Windows waits for a restart", v.unread);
        return;
    }
    said *s = judge_say(j, NULL, renames->value > 0 ? "file-renames" : "none");
    say_number(s, "files", renames->value);
    say_where(s, &renames->fact);
}
