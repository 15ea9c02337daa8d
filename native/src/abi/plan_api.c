#include "abi/abi.h"

#include "core/error.h"
#include "repair/plan.h"

#include <string.h>

/* ---- Making and reading ---- */

static mars_status read_risk(int32_t given, operation_risk *out) {
    switch (given) {
    case 0:
    case MARS_RISK_LOW:
        *out = RISK_LOW;
        return MARS_OK;
    case MARS_RISK_MEDIUM:
        *out = RISK_MEDIUM;
        return MARS_OK;
    case MARS_RISK_HIGH:
        *out = RISK_HIGH;
        return MARS_OK;
    default:
        return error_set(MARS_E_INVALID_ARGUMENT, "options->include_risk is %d, which is no risk", given);
    }
}

static mars_status make(mars_plan **out, const mars_report *document, const mars_plan_options *wanted) {
    arena scratch = {0};
    check_selection selection = {0};
    plan_settings settings = {.sets = wanted->sets};
    mars_status status = read_risk(wanted->include_risk, &settings.include_risk);
    if (status == MARS_OK && wanted->checks != NULL) {
        status = check_select(wanted->checks, &scratch, &selection);
        settings.checks = &selection;
    }
    if (status == MARS_OK) {
        status = plan_make(out, document, &settings);
    }
    arena_free(&scratch);
    return status;
}

mars_status mars_plan_make(mars_plan **out, const mars_report *document, const mars_plan_options *options) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    mars_plan_options wanted = {0};
    status = abi_given(document, "report");
    if (status == MARS_OK) {
        status = abi_struct_in(&wanted, sizeof wanted, options, sizeof(mars_plan_options), "options");
    }
    if (status == MARS_OK) {
        status = abi_text_in(wanted.checks, "options->checks");
    }
    if (status == MARS_OK) {
        status = abi_text_in(wanted.sets, "options->sets");
    }
    return status == MARS_OK ? make(out, document, &wanted) : status;
}

mars_status mars_plan_load(mars_plan **out, const char *data, uint64_t size, const char *name) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(data, "data");
    if (status == MARS_OK) {
        status = abi_text_in(name, "name");
    }
    if (status == MARS_OK && size > SIZE_MAX) {
        status = error_set(MARS_E_TOO_LARGE, "size is more than this process can hold");
    }
    return status == MARS_OK ? plan_load(out, data, (size_t)size, name) : status;
}

/* ---- Looking at one ---- */

mars_status mars_plan_render(mars_text **out, const mars_plan *document, int32_t format, uint32_t flags) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(document, "plan");
    if (status == MARS_OK && (flags & ~MARS_RENDER_COLOR) != 0) {
        status = error_set(MARS_E_INVALID_ARGUMENT, "flags 0x%x has bits that mean nothing", flags);
    }
    if (status != MARS_OK) {
        return status;
    }
    text_builder built = {0};
    switch (format) {
    case MARS_FORMAT_TEXT:
        render_plan_text(&built, document, (flags & MARS_RENDER_COLOR) != 0);
        break;
    case MARS_FORMAT_JSON:
    case MARS_FORMAT_JSONL:
        render_plan_json(&built, document, format == MARS_FORMAT_JSON);
        break;
    default:
        return error_set(MARS_E_NOT_FOUND, "a plan has no format %d", format);
    }
    return abi_text_out(out, &built);
}

uint64_t mars_plan_count(const mars_plan *document) {
    return document != NULL ? document->step_count : 0;
}

mars_status mars_plan_step_at(mars_plan_step *out, const mars_plan *document, uint64_t index) {
    static const int32_t risks[] = {
        [RISK_LOW] = MARS_RISK_LOW, [RISK_MEDIUM] = MARS_RISK_MEDIUM, [RISK_HIGH] = MARS_RISK_HIGH};
    mars_status status = abi_struct_ready(out, sizeof(mars_plan_step), "out");
    if (status == MARS_OK) {
        status = abi_given(document, "plan");
    }
    if (status != MARS_OK) {
        return status;
    }
    if (index >= document->step_count) {
        return error_set(MARS_E_NOT_FOUND, "there is no step %llu: the plan has %zu",
                         (unsigned long long)index, document->step_count);
    }
    const plan_step *step = &document->steps[index];
    const mars_plan_step filled = {
        .risk = risks[step->risk],
        .taken = step->hold == PLAN_TAKEN,
        .undoable = step->offer.operation->undo == UNDO_EXACT,
        .asks = step->offer.operation->asks,
        .operation = step->offer.operation->id,
        .arguments = step->arguments_json,
        .title = step->title,
        .held = step->hold_reason,
    };
    abi_struct_out(out, &filled, sizeof filled);
    return MARS_OK;
}

void mars_plan_free(mars_plan *document) {
    plan_free(document);
}
