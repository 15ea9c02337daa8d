#include "abi/abi.h"

#include "core/error.h"
#include "evidence/evidence_schema.h"
#include "repair/outcome.h"
#include "repair/plan.h"
#include "repair/render_operations.h"

#include <string.h>

mars_status mars_catalog_checks(mars_text **out, int32_t format) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    text_builder built = {0};
    switch (format) {
    case MARS_FORMAT_TEXT:
        render_checks_text(&built);
        break;
    case MARS_FORMAT_JSON:
        render_checks_json(&built);
        break;
    default:
        return error_set(MARS_E_NOT_FOUND, "the list of checks has no format %d", format);
    }
    return abi_text_out(out, &built);
}

mars_status mars_catalog_operations(mars_text **out, int32_t format) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    text_builder built = {0};
    switch (format) {
    case MARS_FORMAT_TEXT:
        render_operations_text(&built);
        break;
    case MARS_FORMAT_JSON:
        render_operations_json(&built);
        break;
    default:
        return error_set(MARS_E_NOT_FOUND, "the list of operations has no format %d", format);
    }
    return abi_text_out(out, &built);
}

static const struct {
    const char *name;
    void (*write)(text_builder *out);
} schemas[] = {
    {"evidence", evidence_schema},
    {"report", render_report_schema},
    {"outcome", render_outcome_schema},
    {"plan", render_plan_schema},
};

mars_status mars_schema(mars_text **out, const char *name) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(name, "name");
    if (status == MARS_OK) {
        status = abi_text_in(name, "name");
    }
    if (status != MARS_OK) {
        return status;
    }
    for (size_t i = 0; i < sizeof schemas / sizeof schemas[0]; i++) {
        if (strcmp(schemas[i].name, name) == 0) {
            text_builder built = {0};
            schemas[i].write(&built);
            return abi_text_out(out, &built);
        }
    }
    return error_set(MARS_E_NOT_FOUND, "there is no schema \"%s\"", name);
}
