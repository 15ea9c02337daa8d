#include "sample_report.h"

static const verdict sample_verdicts[] = {
    {"all-well", STATUS_PASS}, {"worth-knowing", STATUS_INFO}, {"shaky", STATUS_WARN},
    {"broken", STATUS_FAIL},   {"unknown", STATUS_UNKNOWN},    {"no-agent", STATUS_SKIPPED},
    {NULL, STATUS_UNKNOWN},
};
static const check sample_check = {
    .id = "sample.check", .blocking = true, .needs_agent = true, .verdicts = sample_verdicts};

static void fill_part(arena *memory, finding_part *part, const verdict *v, const char *text) {
    finding_value *values = arena_array(memory, 5, sizeof *values);
    const char **where = arena_array(memory, 2, sizeof *where);
    if (values == NULL || where == NULL) {
        return;
    }
    where[0] = text;
    where[1] = "HKLM\\SOFTWARE\\Sample";
    values[0] = (finding_value){.name = "text", .kind = VALUE_TEXT, .text = text};
    values[1] = (finding_value){.name = "number", .kind = VALUE_NUMBER, .number = -7};
    values[2] = (finding_value){.name = "size", .kind = VALUE_BYTES, .number = 1536};
    values[3] = (finding_value){.name = "time", .kind = VALUE_TIME, .number = 1772438400};
    values[4] = (finding_value){.name = "texts", .kind = VALUE_TEXTS, .texts = {.items = where, .count = 2}};
    bool bad = v->status == STATUS_FAIL || v->status == STATUS_WARN;
    *part = (finding_part){
        .verdict = v,
        .code = arena_printf(memory, "sample.check/%s", v->slug),
        .title = arena_printf(memory, "It is %s: %s", v->slug, text),
        .cause = bad ? arena_printf(memory, "Because of %s and nothing else.", text) : NULL,
        .advice = bad ? arena_printf(memory, "Do something about %s soon.", text) : NULL,
        .command = v->status == STATUS_FAIL ? "repair.exe /now" : NULL,
        .values = values,
        .value_count = 5,
        .where = {.items = where, .count = 2},
    };
}

void sample_report_fill(report *document, const char *text) {
    static const char *const sources[] = {"https://example.org/a", NULL};
    enum { FINDINGS = 6 };
    arena *memory = &document->memory;
    finding *findings = arena_array(memory, FINDINGS, sizeof *findings);
    for (size_t i = 0; findings != NULL && i < FINDINGS; i++) {
        const verdict *v = &sample_verdicts[i];
        size_t parts_count = v->status == STATUS_FAIL ? 2 : 1;
        finding_part *parts = arena_array(memory, parts_count, sizeof *parts);
        if (parts == NULL) {
            return;
        }
        fill_part(memory, &parts[0], v, text);
        if (parts_count > 1) {
            fill_part(memory, &parts[1], &sample_verdicts[1], text);
        }
        findings[i] = (finding){.check = &sample_check,
                                .subject = i == 0 ? NULL : arena_printf(memory, "%zu %s", i, text),
                                .parts = parts,
                                .part_count = parts_count,
                                .sources = sources};
        document->summary.count[v->status]++;
    }
    document->summary.unknown_blocking = 1;
    const char **warnings = arena_array(memory, 1, sizeof *warnings);
    if (warnings != NULL) {
        warnings[0] = text;
        document->warnings = (text_list){.items = warnings, .count = 1};
    }
    document->findings = findings;
    document->finding_count = findings != NULL ? FINDINGS : 0;
    document->next_backup = NEXT_BACKUP_FAILS;
    document->computer_name = document->source_name = document->os_name = text;
    document->source_kind = "image";
    document->os_build = "17763";
    document->has_as_of = true;
    document->as_of = document->collected = 1772438400;
}
