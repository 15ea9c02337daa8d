#include "collect/collect.h"

#include "collect/read.h"
#include "core/error.h"
#include "core/version.h"

#include <time.h>

static const struct {
    const char *name;
    evidence_groups group;
    void (*collect)(collector *c);
} steps[] = {
#define G(group, type, fields, doc) {#group, GROUP(group), collect_##group},
    EVIDENCE_GROUPS(G)
#undef G
};
enum { STEP_COUNT = sizeof steps / sizeof steps[0] };

void collect_source(collector *c) {
    source_evidence *source = &c->into->source;
    source->kind = fact_text_known(c->machine->source_kind, NULL);
    source->name = fact_text_known(arena_text(c->memory, c->machine->source_name), NULL);
    source->collected = (fact_time){.fact = fact_known(NULL), .value = (int64_t)time(NULL)};
    (void)c->machine->read->now(c->machine, c->memory, &source->as_of.value, &source->as_of.fact);
    arena_vector warnings = ARENA_VECTOR(c->memory, const char *);
    for (size_t i = 0; i < c->machine->warnings.count; i++) {
        const char **copy = arena_push(&warnings);
        if (copy != NULL) {
            *copy = arena_text(c->memory, c->machine->warnings.items[i]);
        }
    }
    source->warnings.fact = fact_known(NULL);
    source->warnings.value = (text_list){.items = warnings.items, .count = warnings.count};
}

static bool is_cancelled(const collect_watch *watch) {
    return watch != NULL && watch->cancelled != NULL && watch->cancelled(watch->user);
}

static mars_status run_steps(collector *c, evidence_groups groups, const collect_watch *watch) {
    for (size_t i = 0; i < STEP_COUNT; i++) {
        if ((groups & steps[i].group) == 0) {
            continue;
        }
        if (is_cancelled(watch)) {
            return error_set(MARS_E_CANCELLED, "collecting was cancelled");
        }
        if (watch != NULL && watch->progress != NULL) {
            watch->progress(watch->user, steps[i].name, i, STEP_COUNT);
        }
        steps[i].collect(c);
    }
    if (is_cancelled(watch)) { /* the last one may have been cut short */
        return error_set(MARS_E_CANCELLED, "collecting was cancelled");
    }
    /* A reader that ran out of memory must not look like a server that cannot be read. */
    bool failed = arena_failed(c->memory) || evidence_says(c->into, REASON_NO_MEMORY);
    return failed ? error_set(MARS_E_NO_MEMORY, "memory ran out while collecting") : MARS_OK;
}

mars_status collect(evidence **out, host *machine, evidence_groups groups, const collect_watch *watch) {
    *out = NULL;
    evidence *document = evidence_new();
    pattern_set *patterns = pattern_set_new();
    mars_status status = MARS_OK;
    if (document == NULL || patterns == NULL) {
        status = error_set(MARS_E_NO_MEMORY, "memory ran out while collecting");
    } else {
        collector c = {
            .machine = machine,
            .into = document,
            .memory = &document->memory,
            .patterns = patterns,
            .environment = ARENA_VECTOR(&document->memory, environment_variable),
        };
        document->tool_version = MARSHEALTH_VERSION;
        environment_read(&c);
        status = run_steps(&c, groups | GROUP(source) | GROUP(machine), watch);
    }
    pattern_set_free(patterns);
    if (status != MARS_OK) {
        evidence_free(document);
        return status;
    }
    *out = document;
    return MARS_OK;
}
