#include "random_evidence.h"

typedef struct source {
    arena *memory;
    uint64_t state;
} source;

/* Xorshift; the quality of the randomness does not matter here. */
static uint64_t next(source *s) {
    s->state ^= s->state << 13;
    s->state ^= s->state >> 7;
    s->state ^= s->state << 17;
    return s->state;
}

static size_t below(source *s, size_t limit) {
    return (size_t)(next(s) >> 33) % limit;
}

/* Words that checks compare with, so that chance reaches their branches. */
static const char *const words[] = {
    "",
    "2.0.9083.0",
    "2.0.8000.0",
    "2.0.9259.0",
    "not a version",
    "C:\\Program Files\\Microsoft Azure Recovery Services Agent",
    "C:\\Program Files\\Microsoft Azure Recovery Services Agent\\bin\\Modules",
    "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup",
    "\\Microsoft\\OnlineBackup\\OB-a",
    "MSOnlineBackup",
    "Exec",
    "ComHandler",
    "CalendarTrigger",
    "2026-03-02T08:00:00",
    "2020-01-01T00:00:00Z",
    "IgnoreNew",
    "Parallel",
    "Queue",
    "StopExisting",
    "S-1-5-18",
    "S-1-5-19",
    "S-1-5-21-1-2-3-500",
    "S-1-5-32-544",
    "SYSTEM",
    "HighestAvailable",
    "LeastPrivilege",
    "Password",
    "ServiceAccount",
    "InteractiveToken",
    "Restricted",
    "AllSigned",
    "RemoteSigned",
    "Unrestricted",
    "Bypass",
    "Undefined",
    "program",
    "script",
    "manifest",
    "none",
    "matches",
    "differs",
    "malformed",
    "C:",
    "D:",
    "e8132975-6f93-4464-a53e-1050253ae220",
    "d61d61c8-d73a-4eee-8cdd-f6f9786b7124",
    "image",
    "live",
};

static const int64_t numbers[] = {
    0,
    1,
    2,
    3,
    4,
    5,
    8,
    10,
    100,
    -1,
    320 << 20,
    INT64_C(1) << 30,
    INT64_C(1) << 40,
    1772438400,
    0x80070005,
    INT64_MAX,
    INT64_MIN,
};

static const char *word(source *s) {
    return words[below(s, sizeof words / sizeof words[0])];
}

static int64_t number(source *s) {
    return numbers[below(s, sizeof numbers / sizeof numbers[0])];
}

static fact random_fact(source *s) {
    switch (below(s, 8)) {
    case 0:
        return fact_absent("an absent place");
    case 1:
        return fact_unknown((unknown_reason)below(s, REASON_COUNT), "a place",
                            below(s, 2) ? "a detail" : NULL);
    default:
        return fact_known("a known place");
    }
}

static text_list random_texts(source *s) {
    size_t count = below(s, 4);
    const char **items = arena_array(s->memory, count, sizeof *items);
    for (size_t i = 0; items != NULL && i < count; i++) {
        items[i] = word(s);
    }
    return (text_list){.items = items, .count = items != NULL ? count : 0};
}

static void fill_record(source *s, const record *row, uint8_t *at);

/* Lists nest two deep. */
static fact_list random_list(source *s, const record *item) {
    size_t count = below(s, 4);
    uint8_t *items = arena_array(s->memory, count, item->size);
    for (size_t i = 0; items != NULL && i < count; i++) {
        fill_record(s, item, items + i * item->size);
    }
    return (fact_list){.items = items, .count = items != NULL ? count : 0};
}

/* The value only where the fact is known: elsewhere nothing may be read from it. */
static void fill_field(source *s, const field *f, void *at) {
    fact state = random_fact(s);
    bool known = state.state == FACT_KNOWN;
    switch (f->kind) {
    case FIELD_text:
        *(fact_text *)at = (fact_text){state, known ? word(s) : NULL};
        break;
    case FIELD_number:
        *(fact_number *)at = (fact_number){state, known ? number(s) : 0};
        break;
    case FIELD_flag:
        *(fact_flag *)at = (fact_flag){state, known && below(s, 2) == 1};
        break;
    case FIELD_time:
        *(fact_time *)at = (fact_time){state, known ? number(s) : 0};
        break;
    case FIELD_texts:
        *(fact_texts *)at = (fact_texts){state, known ? random_texts(s) : (text_list){0}};
        break;
    case FIELD_list:
        *(fact_list *)at = known ? random_list(s, f->item) : (fact_list){0};
        ((fact_list *)at)->fact = state;
        break;
    }
}

static void fill_record(source *s, const record *row, uint8_t *at) {
    for (size_t i = 0; i < row->count; i++) {
        fill_field(s, &row->fields[i], at + row->fields[i].offset);
    }
}

evidence *random_evidence(uint64_t seed) {
    evidence *document = evidence_new();
    if (document == NULL) {
        return NULL;
    }
    source s = {.memory = &document->memory, .state = seed * UINT64_C(0x9E3779B97F4A7C15) + 1};
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        fill_record(&s, evidence_group_rows[i].record, (uint8_t *)document + evidence_group_rows[i].offset);
    }
    return document;
}
