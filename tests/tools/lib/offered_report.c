#include "offered_report.h"

#include <stdlib.h>

enum { FINDINGS_MAX = 1200 };

void offered_report_begin(report *document, bool live) {
    *document = (report){.computer_name = "SRV01",
                         .machine_guid = "6f0c2b5e-0000-4000-8000-000000000001",
                         .source_kind = live ? "live" : "image",
                         .source_name = live ? "SRV01" : "/mnt/server",
                         .collected = 1772438400};
    document->findings = arena_array(&document->memory, FINDINGS_MAX, sizeof(finding));
}

void offered_report_add(report *document, const char *check_id, const char *slug, const char *subject,
                        const offered_value *values) {
    arena *memory = &document->memory;
    const check *row = check_find(check_id);
    const verdict *v = row != NULL ? check_verdict(row, slug) : NULL;
    const catalog_verdict *texts = catalog_verdict_find(check_id, slug);
    finding *all = (finding *)document->findings;
    arena_vector given = ARENA_VECTOR(memory, finding_value);
    if (v == NULL || texts == NULL || all == NULL || document->finding_count == FINDINGS_MAX) {
        abort();
    }
    for (; values != NULL && values->name != NULL; values++) {
        finding_value *value = arena_push(&given);
        if (value != NULL) {
            *value = (finding_value){.name = values->name,
                                     .kind = values->text != NULL ? VALUE_TEXT : VALUE_BYTES,
                                     .text = values->text,
                                     .number = values->bytes};
        }
    }
    finding_part *part = arena_alloc(memory, sizeof *part);
    if (part == NULL) {
        abort();
    }
    *part = (finding_part){.verdict = v,
                           .code = arena_printf(memory, "%s/%s", check_id, slug),
                           .title = texts->title,
                           .advice = texts->advice,
                           .values = given.items,
                           .value_count = given.count,
                           .offers = offers_for(memory, texts, subject, given.items, given.count)};
    all[document->finding_count++] =
        (finding){.check = row, .subject = subject, .parts = part, .part_count = 1, .offers = part->offers};
}
