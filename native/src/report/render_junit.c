/* JUnit XML for build servers: the report is a test suite, a finding a test case, its check's group the
 * class. fail is a failure, unknown an error, skipped is skipped. A warning passes, as info does, and says
 * its text in system-out: a pipeline that should stop at warnings has the exit code. */
#include "report/label.h"

#include "core/instant.h"
#include "core/unicode.h"

#include <string.h>

static bool xml_forbids(uint32_t code_point) {
    return (code_point < 0x20 && code_point != '\t' && code_point != '\n' && code_point != '\r') ||
           code_point == 0xFFFE || code_point == 0xFFFF;
}

/* Fit for attributes and content alike. */
static void add_escaped(text_builder *out, const char *text) {
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t c = utf8_next(text, length, &at);
        if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'' || c == '\t' || c == '\n' ||
            c == '\r') {
            text_addf(out, "&#%u;", (unsigned)c);
        } else {
            char encoded[4];
            text_add_n(out, encoded, utf8_encode(xml_forbids(c) ? 0xFFFD : c, encoded));
        }
    }
}

static void add_attribute(text_builder *out, const char *name, const char *value) {
    text_addf(out, " %s=\"", name);
    add_escaped(out, value);
    text_add_char(out, '"');
}

static void add_line(text_builder *out, const char *label, const char *text) {
    if (text != NULL) {
        text_add(out, label);
        add_escaped(out, text);
        text_add_char(out, '\n');
    }
}

/* What is known of a finding, a line each. */
static void add_details(text_builder *out, const finding *f) {
    for (size_t i = 0; i < f->part_count; i++) {
        const finding_part *part = &f->parts[i];
        text_add(out, i > 0 ? "also " : "");
        text_add(out, finding_status_name(part->verdict->status));
        add_line(out, " ", part->title);
        for (size_t w = 0; w < part->where.count; w++) {
            add_line(out, "where: ", part->where.items[w]);
        }
        add_line(out, "why: ", part->cause);
        add_line(out, "do: ", part->advice);
        add_line(out, "run: ", part->command);
    }
}

static void add_outcome(text_builder *out, const finding *f, const char *element) {
    text_addf(out, "      <%s", element);
    add_attribute(out, "type", f->parts[0].code);
    add_attribute(out, "message", f->parts[0].title);
    text_add(out, ">");
    add_details(out, f);
    text_addf(out, "</%s>\n", element);
}

static void add_case_result(text_builder *out, const finding *f) {
    switch (f->parts[0].verdict->status) {
    case STATUS_FAIL:
        add_outcome(out, f, "failure");
        break;
    case STATUS_UNKNOWN:
        add_outcome(out, f, "error");
        break;
    case STATUS_SKIPPED:
        text_add(out, "      <skipped");
        add_attribute(out, "message", f->parts[0].title);
        text_add(out, "/>\n");
        break;
    case STATUS_WARN:
    case STATUS_INFO:
        text_add(out, f->parts[0].verdict->status == STATUS_WARN ? "      <system-out>WARN: "
                                                                 : "      <system-out>INFO: ");
        add_details(out, f);
        text_add(out, "</system-out>\n");
        break;
    case STATUS_PASS:
        break;
    }
}

static void add_case(text_builder *out, const finding *f) {
    text_builder name = {0};
    label_add(&name, f);
    text_addf(out, "    <testcase classname=\"%.*s\"", (int)strcspn(f->check->id, "."), f->check->id);
    add_attribute(out, "name", text_builder_text(&name));
    text_add(out, ">\n");
    add_case_result(out, f);
    text_add(out, "    </testcase>\n");
    out->failed = out->failed || text_builder_failed(&name);
    text_builder_free(&name);
}

static void add_suite(text_builder *out, const report *document) {
    const uint64_t *count = document->summary.count;
    text_add(out, "  <testsuite");
    add_attribute(out, "name", report_name(document));
    text_addf(out, " tests=\"%llu\" failures=\"%llu\" errors=\"%llu\" skipped=\"%llu\"",
              (unsigned long long)document->finding_count, (unsigned long long)count[STATUS_FAIL],
              (unsigned long long)count[STATUS_UNKNOWN], (unsigned long long)count[STATUS_SKIPPED]);
    if (document->has_as_of) {
        char as_of[INSTANT_TEXT_SIZE];
        instant_format(document->as_of, as_of);
        add_attribute(out, "timestamp", as_of);
    }
    text_add(out, ">\n");
    for (size_t i = 0; i < document->finding_count; i++) {
        add_case(out, &document->findings[i]);
    }
    text_add(out, "  </testsuite>\n");
}

void render_junit(text_builder *out, const report *document, bool part) {
    if (part) {
        add_suite(out, document);
        return;
    }
    text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n");
    add_suite(out, document);
    text_add(out, "</testsuites>\n");
}
