#include "report/report.h"

#include "checks/judgement.h"
#include "core/alloc.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

int finding_urgency(finding_status status) {
    static const int urgency[] = {
        [STATUS_FAIL] = 0, [STATUS_WARN] = 1, [STATUS_UNKNOWN] = 2,
        [STATUS_INFO] = 3, [STATUS_PASS] = 4, [STATUS_SKIPPED] = 5,
    };
    return urgency[status];
}

const char *finding_status_name(finding_status status) {
    static const char *const names[] = {
        [STATUS_PASS] = "pass", [STATUS_INFO] = "info",       [STATUS_WARN] = "warn",
        [STATUS_FAIL] = "fail", [STATUS_UNKNOWN] = "unknown", [STATUS_SKIPPED] = "skipped",
    };
    return names[status];
}

static judgement judge_check(const check *row, const evidence *e, const check_settings *settings,
                             arena *memory) {
    judgement j = {
        .memory = memory, .check = row, .settings = settings, .said = ARENA_VECTOR(memory, said *)};
    row->judge(&j, e);
    return j;
}

static bool agent_missing(const evidence *e, const check_settings *settings, arena *memory) {
    arena scratch = {0};
    judgement j = judge_check(check_find("agent.installed"), e, settings, &scratch);
    said *const *all = j.said.items;
    bool missing = false;
    for (size_t i = 0; i < j.said.count && !arena_failed(&scratch); i++) {
        missing = missing || all[i]->verdict->status == STATUS_FAIL;
    }
    if (arena_failed(&scratch)) {
        arena_set_failed(memory);
    }
    arena_free(&scratch);
    return missing;
}

static const char *filled(arena *memory, const char *text, const said *s) {
    return text != NULL && text[0] != '\0' ? fill_text(memory, text, s->values.items, s->values.count) : NULL;
}

static const char *filled_command(arena *memory, const char *text, const said *s) {
    return text != NULL && text[0] != '\0' ? fill_command(memory, text, s->values.items, s->values.count)
                                           : NULL;
}

static finding_part make_part(arena *memory, const check *row, const said *s) {
    const catalog_verdict *texts = catalog_verdict_find(row->id, s->verdict->slug);
    return (finding_part){
        .verdict = s->verdict,
        .code = arena_printf(memory, "%s/%s", row->id, s->verdict->slug),
        .title = texts != NULL ? filled(memory, texts->title, s) : s->verdict->slug,
        .cause = texts != NULL ? filled(memory, texts->cause, s) : NULL,
        .advice = texts != NULL ? filled(memory, texts->advice, s) : NULL,
        .command = texts != NULL ? filled_command(memory, texts->command, s) : NULL,
        .values = s->values.items,
        .value_count = s->values.count,
        .where = {.items = s->where.items, .count = s->where.count},
        .offers = texts != NULL ? offers_for(memory, texts, s->subject, s->values.items, s->values.count)
                                : (repair_offer_list){0},
    };
}

static bool same_subject(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static const char *join_lines(arena *memory, const text_list *lines) {
    const char *joined = NULL;
    for (size_t i = 0; i < lines->count; i++) {
        joined = joined == NULL ? lines->items[i] : arena_printf(memory, "%s\n%s", joined, lines->items[i]);
    }
    return joined;
}

/* What was said, as it is ordered: by where its subject was said first, then the most urgent, then as said.
 * A check may say something about tens of thousands of subjects, so they are sorted and not searched. */
typedef struct said_place {
    said *said;
    size_t index;
    size_t first; /* index of the first that has the same subject */
} said_place;

static int by_subject(const void *left, const void *right) {
    const said_place *a = left;
    const said_place *b = right;
    const char *one = a->said->subject;
    const char *other = b->said->subject;
    int order = one == NULL || other == NULL ? (one != NULL) - (other != NULL) : strcmp(one, other);
    return order != 0 ? order : (a->index > b->index) - (a->index < b->index);
}

static int by_first_and_urgency(const void *left, const void *right) {
    const said_place *a = left;
    const said_place *b = right;
    int urgency = finding_urgency(a->said->verdict->status) - finding_urgency(b->said->verdict->status);
    return a->first != b->first ? (a->first > b->first) - (a->first < b->first)
           : urgency != 0       ? urgency
                                : (a->index > b->index) - (a->index < b->index);
}

/* NULL if memory ran out, or nothing was said. */
static said_place *order_said(const judgement *j) {
    size_t count = j->said.count;
    said *const *all = j->said.items;
    said_place *places = count > 0 ? arena_array(j->memory, count, sizeof *places) : NULL;
    if (places == NULL) {
        return NULL;
    }
    for (size_t i = 0; i < count; i++) {
        places[i] = (said_place){.said = all[i], .index = i};
    }
    qsort(places, count, sizeof *places, by_subject);
    for (size_t i = 0; i < count; i++) {
        bool same = i > 0 && same_subject(places[i - 1].said->subject, places[i].said->subject);
        places[i].first = same ? places[i - 1].first : places[i].index;
    }
    qsort(places, count, sizeof *places, by_first_and_urgency);
    return places;
}

static bool is_offered(const arena_vector *offers, const repair_offer *offer) {
    const repair_offer *items = offers->items;
    for (size_t i = 0; i < offers->count; i++) {
        if (offer_equal(&items[i], offer)) {
            return true;
        }
    }
    return false;
}

/* A finding may have very many parts, so only so many different offers are looked through. */
enum { OFFERS_MAX = 100 };

static repair_offer_list join_offers(arena *memory, const finding_part *parts, size_t count) {
    arena_vector offers = ARENA_VECTOR(memory, repair_offer);
    for (size_t i = 0; i < count; i++) {
        for (size_t o = 0; o < parts[i].offers.count && offers.count < OFFERS_MAX; o++) {
            const repair_offer *offer = &parts[i].offers.items[o];
            repair_offer *copy = is_offered(&offers, offer) ? NULL : arena_push(&offers);
            if (copy != NULL) {
                *copy = *offer;
            }
        }
    }
    return (repair_offer_list){.items = offers.items, .count = offers.count};
}

/* One finding from all that was said about a subject. */
static void add_finding(arena_vector *findings, const judgement *j, const said_place *places, size_t count) {
    finding_part *parts = arena_array(j->memory, count, sizeof *parts);
    finding *result = parts != NULL ? arena_push(findings) : NULL;
    if (result == NULL) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        parts[i] = make_part(j->memory, j->check, places[i].said);
    }
    static const char *const none[] = {NULL};
    const catalog_check *entry = catalog_check_find(j->check->id);
    *result = (finding){
        .check = j->check,
        .subject = places[0].said->subject,
        .parts = parts,
        .part_count = count,
        .sources = entry != NULL ? entry->sources : none,
        .where_lines = join_lines(j->memory, &parts[0].where),
        .values_json = values_text(j->memory, &parts[0]),
        .offers = join_offers(j->memory, parts, count),
    };
    result->repairs_json = repairs_text(j->memory, result);
}

static void add_findings(arena_vector *findings, const judgement *j) {
    const said_place *places = arena_failed(j->memory) ? NULL : order_said(j);
    size_t count = places != NULL ? j->said.count : 0;
    for (size_t start = 0, end = 0; start < count; start = end) {
        while (end < count && places[end].first == places[start].first) {
            end++;
        }
        add_finding(findings, j, places + start, end - start);
    }
}

static void judge_one(arena_vector *findings, const check *row, const evidence *e,
                      const check_settings *settings, bool no_agent) {
    judgement j = {.memory = findings->memory,
                   .check = row,
                   .settings = settings,
                   .said = ARENA_VECTOR(findings->memory, said *)};
    if (no_agent && row->needs_agent) {
        say_where(judge_say(&j, NULL, "no-agent"), &e->agent.install_path.fact);
    } else {
        row->judge(&j, e);
    }
    add_findings(findings, &j);
}

static const char *copied(arena *memory, const fact_text *text) {
    return text->fact.state == FACT_KNOWN ? arena_text(memory, text->value) : NULL;
}

static void copy_head(report *document, const evidence *e) {
    arena *memory = &document->memory;
    document->tool_version = e->tool_version != NULL ? arena_text(memory, e->tool_version) : NULL;
    document->computer_name = copied(memory, &e->machine.computer_name);
    document->machine_guid = copied(memory, &e->machine.machine_guid);
    document->mars_machine_id = copied(memory, &e->machine.mars_machine_id);
    document->os_name = copied(memory, &e->machine.product_name);
    document->os_build = copied(memory, &e->machine.build);
    document->source_kind = copied(memory, &e->source.kind);
    document->source_name = copied(memory, &e->source.name);
    document->collected = e->source.collected.value;
    document->has_as_of = e->source.as_of.fact.state == FACT_KNOWN;
    document->as_of = e->source.as_of.value;
    text_list warnings = e->source.warnings.value;
    const char **copies = arena_array(memory, warnings.count, sizeof *copies);
    for (size_t i = 0; copies != NULL && i < warnings.count; i++) {
        copies[i] = arena_text(memory, warnings.items[i]);
    }
    document->warnings = (text_list){.items = copies, .count = copies != NULL ? warnings.count : 0};
}

static void summarise(report *document) {
    for (size_t i = 0; i < document->finding_count; i++) {
        const finding *f = &document->findings[i];
        finding_status status = f->parts[0].verdict->status;
        document->summary.count[status]++;
        document->summary.unknown_blocking += f->check->blocking && status == STATUS_UNKNOWN;
    }
    document->next_backup = next_backup_expected(document);
}

mars_status report_make(report **out, const evidence *e, const check_selection *selection,
                        const check_settings *settings) {
    *out = NULL;
    report *document = mem_alloc(sizeof *document);
    if (document == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while judging");
    }
    copy_head(document, e);
    arena_vector findings = ARENA_VECTOR(&document->memory, finding);
    bool no_agent = agent_missing(e, settings, &document->memory);
    for (size_t i = 0; i < selection->count; i++) {
        judge_one(&findings, selection->items[i], e, settings, no_agent);
    }
    document->findings = findings.items;
    document->finding_count = findings.count;
    summarise(document);
    if (arena_failed(&document->memory)) {
        report_free(document);
        return error_set(MARS_E_NO_MEMORY, "memory ran out while judging");
    }
    *out = document;
    return MARS_OK;
}

void report_free(report *document) {
    if (document != NULL) {
        arena_free(&document->memory);
        mem_free(document);
    }
}
