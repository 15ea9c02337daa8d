/* One status line for monitoring: what is wrong, the most urgent first, until the room is used; then the
 * counts as performance data. The word agrees with the exit code of `marshealth test`. */
#include "report/display.h"
#include "report/label.h"

/* Remediation consoles cut at 2,048 bytes; the titles leave room for the performance data. */
enum { TITLES_END = 1800, TITLE_COLUMNS = 200 };

static const char *state_word(const report_summary *summary) {
    return summary->count[STATUS_FAIL] > 0   ? "CRITICAL"
           : summary->count[STATUS_WARN] > 0 ? "WARNING"
           : summary->unknown_blocking > 0   ? "UNKNOWN"
                                             : "OK";
}

/* A long title is cut; one that is still too long for the room that is left gives way to those behind it. */
static void add_titles(text_builder *out, const report *document, const size_t *order) {
    const uint64_t *count = document->summary.count;
    size_t urgent = (size_t)(count[STATUS_FAIL] + count[STATUS_WARN] + count[STATUS_UNKNOWN]);
    const char *separator = ": ";
    bool all = true;
    for (size_t i = 0; i < urgent; i++) {
        const finding *f = &document->findings[order[i]];
        text_builder title = {0};
        text_builder shown = {0};
        label_add(&title, f);
        text_addf(&title, ": %s", f->parts[0].title);
        display_add(&shown, text_builder_text(&title), TITLE_COLUMNS);
        if (out->length + shown.length <= TITLES_END) {
            text_addf(out, "%s%s", separator, text_builder_text(&shown));
            separator = "; ";
        } else {
            all = false;
        }
        out->failed = out->failed || text_builder_failed(&title) || text_builder_failed(&shown);
        text_builder_free(&title);
        text_builder_free(&shown);
    }
    if (!all) {
        text_addf(out, "%sand more", separator);
    }
}

static void add_performance_data(text_builder *out, const report_summary *summary) {
    static const finding_status shown[] = {STATUS_FAIL, STATUS_WARN, STATUS_UNKNOWN, STATUS_PASS};
    text_add(out, " |");
    for (size_t i = 0; i < sizeof shown / sizeof shown[0]; i++) {
        text_addf(out, " %s=%llu", finding_status_name(shown[i]),
                  (unsigned long long)summary->count[shown[i]]);
    }
    text_add_char(out, '\n');
}

void render_nagios(text_builder *out, const report *document) {
    arena scratch = {0};
    text_builder line = {0};
    const size_t *order = findings_by_urgency(&scratch, document);
    text_addf(&line, "MARSHEALTH %s - ", state_word(&document->summary));
    counts_add(&line, document);
    if (order != NULL) {
        add_titles(&line, document, order);
    }
    /* A bar in the text would begin the performance data. */
    for (size_t i = 0; i < line.length; i++) {
        if (line.data[i] == '|') {
            line.data[i] = '/';
        }
    }
    text_add(out, text_builder_text(&line));
    add_performance_data(out, &document->summary);
    out->failed = out->failed || arena_failed(&scratch) || text_builder_failed(&line);
    text_builder_free(&line);
    arena_free(&scratch);
}
