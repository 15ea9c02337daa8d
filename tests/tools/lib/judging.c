#include "judging.h"

#include <inttypes.h>
#include <string.h>

void judging_run(judging *run, const char *check_id, const evidence *e, const check_settings *settings) {
    static const check_settings none = {0};
    memset(run, 0, sizeof *run);
    run->result = (judgement){
        .memory = &run->memory,
        .check = check_find(check_id),
        .settings = settings != NULL ? settings : &none,
        .said = ARENA_VECTOR(&run->memory, said *),
    };
    run->result.check->judge(&run->result, e);
}

void judging_free(judging *run) {
    arena_free(&run->memory);
}

const char *judging_verdicts(judging *run) {
    said *const *all = run->result.said.items;
    const char *text = "";
    for (size_t i = 0; i < run->result.said.count; i++) {
        const char *subject = all[i]->subject;
        /* A check that says what its table lacks shows as "?". */
        text =
            arena_printf(&run->memory, "%s%s%s%s%s", text, i > 0 ? "; " : "", subject != NULL ? subject : "",
                         subject != NULL ? ": " : "", all[i]->verdict != NULL ? all[i]->verdict->slug : "?");
    }
    return text;
}

static const char *value_text(arena *memory, const finding_value *value) {
    if (value->kind == VALUE_TEXT) {
        return value->text;
    }
    if (value->kind != VALUE_TEXTS) {
        return arena_printf(memory, "%" PRId64, value->number);
    }
    const char *text = "";
    for (size_t i = 0; i < value->texts.count; i++) {
        text = arena_printf(memory, "%s%s%s", text, i > 0 ? ", " : "", value->texts.items[i]);
    }
    return text;
}

const char *judging_value(judging *run, size_t n, const char *name) {
    if (n >= run->result.said.count) {
        return NULL;
    }
    const said *s = ((said *const *)run->result.said.items)[n];
    const finding_value *values = s->values.items;
    for (size_t i = 0; i < s->values.count; i++) {
        if (strcmp(values[i].name, name) == 0) {
            return value_text(&run->memory, &values[i]);
        }
    }
    return NULL;
}
