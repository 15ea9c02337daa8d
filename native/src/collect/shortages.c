/* Shortages of shadow storage that the agent's newest log reports. */
#include "collect/shortages.h"

#include "collect/read.h"
#include "parse/agent_log.h"

#define NEWEST_LOG "Temp\\CBEngineCurr.errlog"

enum {
    READ_AT_MOST =
        16 * 1024 * 1024, /* of the log's end: logs reach gigabytes, and the newest lines are last */
    GROWTH = 1024 * 1024, /* what a running server may add between the two calls */
    DAY_SECONDS = 86400,
    DAYS_LOOKED_AT = 7,
};

/* The end of the log, in an arena of its own. */
static fact_bytes read_end(collector *c, const char *path, arena *scratch) {
    fact_bytes content = {0};
    file_info info = {0};
    if (c->machine->read->file_info(c->machine, path, scratch, &info, &content.fact) != FACT_KNOWN) {
        return content;
    }
    uint64_t offset = info.size > READ_AT_MOST ? info.size - READ_AT_MOST : 0;
    (void)c->machine->read->file_read(c->machine, path, offset, READ_AT_MOST + GROWTH, scratch,
                                      &content.value, &content.fact);
    return content;
}

static void count_shortages(collector *c, const fact_bytes *log, int64_t now, shadow_evidence *shadow) {
    const char *text = (const char *)log->value.data;
    const char *where = arena_text(c->memory, log->fact.where);
    const char *line = NULL;
    size_t length = 0;
    size_t at = 0;
    pattern_match match;
    shadow->shortages = fact_number_known(0, where);
    shadow->last_shortage.fact = fact_absent(where);
    while (agent_log_next_line(text, log->value.size, &at, &line, &length)) {
        agent_log_line read = {0};
        if (pattern_find(c->patterns, PATTERN_SHADOW_SHORTAGE, line, length, 0, &match) != PATTERN_MATCHED ||
            !agent_log_line_read(line, length, &read)) {
            continue;
        }
        int64_t when = agent_log_instant(&read, now);
        if (when >= now - (int64_t)DAYS_LOOKED_AT * DAY_SECONDS) {
            shadow->shortages.value++;
            shadow->last_shortage = (fact_time){.fact = fact_known(where), .value = when};
        }
    }
}

void read_shortages(collector *c, shadow_evidence *shadow) {
    const fact_text *folder = &c->into->agent.folder;
    const fact_time *now = &c->into->source.as_of;
    const fact *needed = folder->fact.state != FACT_KNOWN ? &folder->fact
                         : now->fact.state != FACT_KNOWN  ? &now->fact
                                                          : NULL;
    if (needed != NULL) {
        shadow->shortages.fact = fact_depending_on(needed);
        shadow->last_shortage.fact = shadow->shortages.fact;
        return;
    }
    arena scratch = {0};
    fact_bytes log = read_end(c, path_join(c->memory, folder->value, NEWEST_LOG), &scratch);
    if (log.fact.state == FACT_KNOWN) {
        count_shortages(c, &log, now->value, shadow);
    } else {
        shadow->shortages.fact = fact_copy(c->memory, &log.fact);
        shadow->last_shortage.fact = shadow->shortages.fact;
    }
    if (arena_failed(&scratch)) {
        arena_set_failed(c->memory);
    }
    arena_free(&scratch);
}
