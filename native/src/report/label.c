#include "report/label.h"

static const finding_status by_urgency[] = {STATUS_FAIL, STATUS_WARN, STATUS_UNKNOWN,
                                            STATUS_INFO, STATUS_PASS, STATUS_SKIPPED};
enum { STATUS_COUNT = sizeof by_urgency / sizeof by_urgency[0] };

void label_add(text_builder *out, const finding *f) {
    text_add(out, f->check->id);
    if (f->subject != NULL) {
        text_add(out, " [");
        text_add(out, f->subject);
        text_add_char(out, ']');
    }
}

const size_t *findings_by_urgency(arena *memory, const report *document) {
    size_t *order = arena_array(memory, document->finding_count, sizeof *order);
    size_t count = 0;
    for (size_t s = 0; order != NULL && s < STATUS_COUNT; s++) {
        for (size_t i = 0; i < document->finding_count; i++) {
            if (document->findings[i].parts[0].verdict->status == by_urgency[s]) {
                order[count++] = i;
            }
        }
    }
    return order;
}

const char *report_name(const report *document) {
    return document->computer_name != NULL ? document->computer_name
           : document->source_name != NULL ? document->source_name
                                           : "unnamed computer";
}

void counts_add(text_builder *out, const report *document) {
    bool first = true;
    for (size_t s = 0; s < STATUS_COUNT; s++) {
        uint64_t count = document->summary.count[by_urgency[s]];
        if (count > 0) {
            text_addf(out, "%s%llu %s", first ? "" : ", ", (unsigned long long)count,
                      finding_status_name(by_urgency[s]));
            first = false;
        }
    }
    text_add(out, first ? "nothing judged" : "");
}
