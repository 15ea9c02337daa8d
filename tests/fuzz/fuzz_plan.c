/* Whatever loads as a plan must be the same after writing and loading again, and can be shown. */
#include "repair/plan.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    plan *document = NULL;
    if (plan_load(&document, (const char *)data, size, "fuzz") != MARS_OK) {
        require(document == NULL);
        return 0;
    }
    text_builder json = {0};
    text_builder again = {0};
    text_builder text = {0};
    plan *copy = NULL;
    render_plan_json(&json, document, true);
    require(!text_builder_failed(&json));
    require(plan_load(&copy, json.data, json.length, "again") == MARS_OK);
    render_plan_json(&again, copy, true);
    require(strcmp(text_builder_text(&json), text_builder_text(&again)) == 0);
    require(strcmp(document->hash, copy->hash) == 0);
    render_plan_text(&text, document, true);
    require(!text_builder_failed(&text));
    for (size_t i = 0; i < document->step_count; i++) {
        require(document->steps[i].hold != PLAN_TAKEN || offer_complete(&document->steps[i].offer));
        require(document->steps[i].reason_count > 0);
    }
    text_builder_free(&text);
    text_builder_free(&again);
    text_builder_free(&json);
    plan_free(copy);
    plan_free(document);
    return 0;
}
