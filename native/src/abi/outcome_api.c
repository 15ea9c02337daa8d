#include "abi/abi.h"

#include "core/error.h"
#include "repair/outcome.h"

int32_t mars_outcome_state(const mars_outcome *document) {
    return document != NULL ? (int32_t)document->state : 0;
}

const char *mars_outcome_run_id(const mars_outcome *document) {
    return document != NULL ? document->run_id : NULL;
}

int32_t mars_outcome_restart_advised(const mars_outcome *document) {
    return document != NULL && document->restart_advised;
}

mars_status mars_outcome_render(mars_text **out, const mars_outcome *document, int32_t format,
                                uint32_t flags) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(document, "outcome");
    if (status == MARS_OK && (flags & ~MARS_RENDER_COLOR) != 0) {
        status = error_set(MARS_E_INVALID_ARGUMENT, "flags 0x%x has bits that mean nothing here", flags);
    }
    if (status != MARS_OK) {
        return status;
    }
    text_builder built = {0};
    switch (format) {
    case MARS_FORMAT_TEXT:
        render_outcome_text(&built, document, (flags & MARS_RENDER_COLOR) != 0);
        break;
    case MARS_FORMAT_JSON:
    case MARS_FORMAT_JSONL:
        render_outcome_json(&built, document, format == MARS_FORMAT_JSON);
        break;
    default:
        return error_set(MARS_E_NOT_FOUND, "there is no outcome format %d", format);
    }
    return abi_text_out(out, &built);
}

void mars_outcome_free(mars_outcome *document) {
    outcome_free(document);
}

uint64_t mars_outcome_count(const mars_outcome *document) {
    return document != NULL ? document->step_count : 0;
}

/* The step of that index; NULL with the error set if there is none. */
static const step_outcome *step_at(const mars_outcome *document, uint64_t index) {
    if (abi_given(document, "outcome") != MARS_OK) {
        return NULL;
    }
    if (index >= document->step_count) {
        (void)error_set(MARS_E_NOT_FOUND, "there is no step %llu: the outcome has %zu",
                        (unsigned long long)index, document->step_count);
        return NULL;
    }
    return &document->steps[index];
}

mars_status mars_outcome_step(mars_step_outcome *out, const mars_outcome *document, uint64_t index) {
    mars_status status = abi_struct_ready(out, sizeof(mars_step_outcome), "out");
    if (status != MARS_OK) {
        return status;
    }
    const step_outcome *step = step_at(document, index);
    if (step == NULL) {
        return error_code();
    }
    const mars_step_outcome filled = {
        .state = (int32_t)step->state,
        .number = step->number,
        .changes = step->change_count,
        .operation = step->operation,
        .arguments = step->arguments,
        .title = step->title,
        .message = step->message,
    };
    abi_struct_out(out, &filled, sizeof filled);
    return MARS_OK;
}

mars_status mars_outcome_change(mars_change *out, const mars_outcome *document, uint64_t step,
                                uint64_t index) {
    mars_status status = abi_struct_ready(out, sizeof(mars_change), "out");
    if (status != MARS_OK) {
        return status;
    }
    const step_outcome *owner = step_at(document, step);
    if (owner == NULL) {
        return error_code();
    }
    if (index >= owner->change_count) {
        return error_set(MARS_E_NOT_FOUND, "there is no change %llu: the step made %zu",
                         (unsigned long long)index, owner->change_count);
    }
    const change_outcome *change = &owner->changes[index];
    const mars_change filled = {
        .undoable = change->undoable,
        .kind = change->kind,
        .target = change->target,
        .before = change->before,
        .after = change->after,
    };
    abi_struct_out(out, &filled, sizeof filled);
    return MARS_OK;
}
