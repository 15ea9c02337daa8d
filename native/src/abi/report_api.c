#include "abi/abi.h"

#include "checks/baseline.h"
#include "core/error.h"

#include <string.h>

static mars_status judge(mars_report **out, const mars_evidence *document, const mars_check_options *wanted) {
    arena scratch = {0};
    check_selection selection = {0};
    check_settings settings = {0};
    mars_status status = check_select(wanted->checks, &scratch, &selection);
    if (status == MARS_OK && wanted->baseline != NULL) {
        status = baseline_read(&settings.baseline, &scratch, wanted->baseline, strlen(wanted->baseline));
    }
    if (status == MARS_OK) {
        status = report_make(out, document, &selection, &settings);
    }
    arena_free(&scratch);
    return status;
}

mars_status mars_check(mars_report **out, const mars_evidence *document, const mars_check_options *options) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    mars_check_options wanted = {0};
    status = abi_given(document, "evidence");
    if (status == MARS_OK) {
        status = abi_struct_in(&wanted, sizeof wanted, options, sizeof(mars_check_options), "options");
    }
    if (status == MARS_OK) {
        status = abi_text_in(wanted.checks, "options->checks");
    }
    if (status == MARS_OK) {
        status = abi_text_in(wanted.baseline, "options->baseline");
    }
    return status == MARS_OK ? judge(out, document, &wanted) : status;
}

uint64_t mars_report_count(const mars_report *document) {
    return document != NULL ? document->finding_count : 0;
}

mars_status mars_report_finding(mars_finding *out, const mars_report *document, uint64_t index) {
    mars_status status = abi_struct_ready(out, sizeof(mars_finding), "out");
    if (status == MARS_OK) {
        status = abi_given(document, "report");
    }
    if (status != MARS_OK) {
        return status;
    }
    if (index >= document->finding_count) {
        return error_set(MARS_E_NOT_FOUND, "there is no finding %llu: the report has %zu",
                         (unsigned long long)index, document->finding_count);
    }
    const finding *f = &document->findings[index];
    const mars_finding filled = {
        .status = (int32_t)f->parts[0].verdict->status,
        .blocking = f->check->blocking,
        .check = f->check->id,
        .subject = f->subject,
        .verdict = f->parts[0].code,
        .title = f->parts[0].title,
        .cause = f->parts[0].cause,
        .advice = f->parts[0].advice,
        .where = f->where_lines,
        .values = f->values_json,
        .repairs = f->repairs_json,
    };
    abi_struct_out(out, &filled, sizeof filled);
    return MARS_OK;
}

mars_status mars_report_summary(mars_summary *out, const mars_report *document) {
    mars_status status = abi_struct_ready(out, sizeof(mars_summary), "out");
    if (status == MARS_OK) {
        status = abi_given(document, "report");
    }
    if (status != MARS_OK) {
        return status;
    }
    const uint64_t *count = document->summary.count;
    const mars_summary filled = {
        .pass = count[STATUS_PASS],
        .info = count[STATUS_INFO],
        .warn = count[STATUS_WARN],
        .fail = count[STATUS_FAIL],
        .unknown = count[STATUS_UNKNOWN],
        .skipped = count[STATUS_SKIPPED],
        .unknown_blocking = document->summary.unknown_blocking,
    };
    abi_struct_out(out, &filled, sizeof filled);
    return MARS_OK;
}

mars_status mars_report_render(mars_text **out, const mars_report *document, int32_t format, uint32_t flags) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(document, "report");
    if (status == MARS_OK && (flags & ~(MARS_RENDER_COLOR | MARS_RENDER_ALL | MARS_RENDER_PART)) != 0) {
        status = error_set(MARS_E_INVALID_ARGUMENT, "flags 0x%x has bits that mean nothing", flags);
    }
    if (status != MARS_OK) {
        return status;
    }
    const render_options options = {.color = (flags & MARS_RENDER_COLOR) != 0,
                                    .all = (flags & MARS_RENDER_ALL) != 0};
    text_builder built = {0};
    switch (format) {
    case MARS_FORMAT_TEXT:
        render_text(&built, document, &options);
        break;
    case MARS_FORMAT_JSON:
    case MARS_FORMAT_JSONL:
        render_json(&built, document, format == MARS_FORMAT_JSON);
        break;
    case MARS_FORMAT_JUNIT:
        render_junit(&built, document, (flags & MARS_RENDER_PART) != 0);
        break;
    case MARS_FORMAT_NAGIOS:
        render_nagios(&built, document);
        break;
    default:
        return error_set(MARS_E_NOT_FOUND, "there is no report format %d", format);
    }
    return abi_text_out(out, &built);
}

void mars_report_free(mars_report *document) {
    report_free(document);
}
