/* Events that the agent's newest log reports: one pass over its end counts them all. */
#include "collect/agent_events.h"

#include "collect/read.h"
#include "parse/agent_log.h"

#include <string.h>

#define NEWEST_LOG "Temp\\CBEngineCurr.errlog"

enum {
    READ_AT_MOST =
        16 * 1024 * 1024, /* of the log's end: logs reach gigabytes, and the newest lines are last */
    GROWTH = 1024 * 1024, /* what a running server may add between the two calls */
    DAY_SECONDS = 86400,
    DAYS_LOOKED_AT = 7,
    MINUTE_SECONDS = 60,
    LARGEST_BIAS = 24 * 60,
};

#define TIME_ZONE "SYSTEM\\CurrentControlSet\\Control\\TimeZoneInformation"

/* A bare number may stand for anything in a line that reports no trouble. */
static const struct {
    pattern_id pattern;
    bool trouble_only;
} events[AGENT_EVENT_COUNT] = {
    [AGENT_EVENT_SHADOW_SHORTAGE] = {PATTERN_SHADOW_SHORTAGE, false},
    [AGENT_EVENT_REGISTRATION_MISMATCH] = {PATTERN_REGISTRATION_MISMATCH, true},
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

static void set_all(collector *c, const fact *times, const fact *last) {
    for (size_t i = 0; i < AGENT_EVENT_COUNT; i++) {
        c->agent_events[i].times = (fact_number){.fact = *times};
        c->agent_events[i].last = (fact_time){.fact = *last};
    }
}

static bool is_trouble(const agent_log_line *read) {
    static const char normal[] = "NORMAL";
    return read->level_length != sizeof normal - 1 || memcmp(read->level, normal, read->level_length) != 0;
}

/* Seconds from the server's local time, which the log is written in, to UTC: with what is in force when the
 * server is read, as the change to or from summer time matters little to a week. 0 if it cannot be read. */
static int64_t local_to_utc(collector *c) {
    fact_number stored = read_machine_number(c, TIME_ZONE, "ActiveTimeBias");
    /* A negative number is stored as an unsigned one. */
    int64_t bias = stored.value > INT32_MAX ? stored.value - UINT32_MAX - 1 : stored.value;
    bool sound = stored.fact.state == FACT_KNOWN && bias >= -LARGEST_BIAS && bias <= LARGEST_BIAS;
    return sound ? bias * MINUTE_SECONDS : 0;
}

/* What a line is judged by. */
typedef struct log_clock {
    int64_t now;
    int64_t to_utc;
} log_clock;

static void count_in_line(collector *c, const char *line, size_t length, const log_clock *clock,
                          const char *where) {
    for (size_t i = 0; i < AGENT_EVENT_COUNT; i++) {
        agent_log_line read = {0};
        pattern_match match;
        if (pattern_find(c->patterns, events[i].pattern, line, length, 0, &match) != PATTERN_MATCHED ||
            !agent_log_line_read(line, length, &read) || (events[i].trouble_only && !is_trouble(&read))) {
            continue;
        }
        int64_t when = agent_log_instant(&read, clock->now) + clock->to_utc;
        if (when >= clock->now - (int64_t)DAYS_LOOKED_AT * DAY_SECONDS) {
            c->agent_events[i].times.value++;
            c->agent_events[i].last = (fact_time){.fact = fact_known(where), .value = when};
        }
    }
}

static void count_events(collector *c, const fact_bytes *log, int64_t now) {
    const char *text = (const char *)log->value.data;
    const char *where = arena_text(c->memory, log->fact.where);
    const fact none = fact_known(where);
    const fact never = fact_absent(where);
    const log_clock clock = {.now = now, .to_utc = local_to_utc(c)};
    const char *line = NULL;
    size_t length = 0;
    size_t at = 0;
    set_all(c, &none, &never);
    while (agent_log_next_line(text, log->value.size, &at, &line, &length)) {
        count_in_line(c, line, length, &clock, where);
    }
}

static void read_events(collector *c) {
    const fact_text *folder = &c->into->agent.folder;
    const fact_time *now = &c->into->source.as_of;
    const fact *needed = folder->fact.state != FACT_KNOWN ? &folder->fact
                         : now->fact.state != FACT_KNOWN  ? &now->fact
                                                          : NULL;
    if (needed != NULL) {
        fact why = fact_depending_on(needed);
        set_all(c, &why, &why);
        return;
    }
    arena scratch = {0};
    fact_bytes log = read_end(c, path_join(c->memory, folder->value, NEWEST_LOG), &scratch);
    if (log.fact.state == FACT_KNOWN) {
        count_events(c, &log, now->value);
    } else {
        fact why = fact_copy(c->memory, &log.fact);
        set_all(c, &why, &why);
    }
    if (arena_failed(&scratch)) {
        arena_set_failed(c->memory);
    }
    arena_free(&scratch);
}

agent_event_count agent_events(collector *c, agent_event which) {
    if (!c->agent_events_read) {
        c->agent_events_read = true;
        read_events(c);
    }
    return c->agent_events[which];
}
