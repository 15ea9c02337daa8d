#include "core/version.h"
#include "repair/machine_json.h"
#include "repair/plan.h"

static json_t *tool_json(json_builder *builder, const plan *document) {
    json_t *object = json_object();
    json_put(builder, object, "name", json_string("marshealth"));
    json_put(builder, object, "version", json_text(document->tool_version));
    return object;
}

static json_t *source_json(json_builder *builder, const plan *document) {
    json_t *object = json_object();
    json_put(builder, object, "kind", json_text(document->source_kind));
    json_put(builder, object, "name", json_text(document->source_name));
    return object;
}

static json_t *needs_json(json_builder *builder, const repair_offer *offer) {
    arena scratch = {0};
    text_list needs = offer_needs(&scratch, offer);
    json_t *array = json_texts(builder, &needs);
    builder->failed = builder->failed || arena_failed(&scratch);
    arena_free(&scratch);
    return array;
}

static json_t *reasons_json(json_builder *builder, const plan_step *step) {
    json_t *array = json_array();
    for (size_t i = 0; i < step->reason_count; i++) {
        const plan_reason *reason = &step->reasons[i];
        json_t *object = json_object();
        json_put(builder, object, "check", json_string(reason->check->id));
        json_put(builder, object, "subject", json_text(reason->subject));
        json_put(builder, object, "verdict", json_sprintf("%s/%s", reason->check->id, reason->verdict));
        json_add(builder, array, object);
    }
    return array;
}

static json_t *step_json(json_builder *builder, const plan_step *step, size_t number) {
    const operation *row = step->offer.operation;
    json_t *object = json_object();
    json_put(builder, object, "number", json_integer((json_int_t)number));
    json_put(builder, object, "operation", json_string(row->id));
    json_put(builder, object, "title", json_text(step->title));
    json_put(builder, object, "arguments", offer_arguments(&step->offer));
    json_put(builder, object, "needs", needs_json(builder, &step->offer));
    json_put(builder, object, "take", json_boolean(step->hold == PLAN_TAKEN));
    json_put(builder, object, "held", json_text(step->hold_reason));
    json_put(builder, object, "risk", json_string(operation_risk_name(step->risk)));
    json_put(builder, object, "undo", json_string(undo_class_name(row->undo)));
    json_put(builder, object, "asks", json_boolean(row->asks));
    json_put(builder, object, "restart_advised", json_boolean(row->restart_advised));
    json_put(builder, object, "for", reasons_json(builder, step));
    return object;
}

static json_t *steps_json(json_builder *builder, const plan *document) {
    json_t *array = json_array();
    for (size_t i = 0; i < document->step_count; i++) {
        json_add(builder, array, step_json(builder, &document->steps[i], i + 1));
    }
    return array;
}

void render_plan_json(text_builder *out, const plan *document, bool indent) {
    json_builder builder = {0};
    json_t *object = json_object();
    json_put(&builder, object, "schema", json_string(PLAN_SCHEMA));
    json_put(&builder, object, "tool", tool_json(&builder, document));
    json_put(&builder, object, "machine", machine_json(&builder, &document->machine));
    json_put(&builder, object, "source", source_json(&builder, document));
    json_put(&builder, object, "made", document->made != 0 ? json_time(document->made) : json_null());
    json_put(&builder, object, "steps", steps_json(&builder, document));
    json_put(&builder, object, "advice", json_texts(&builder, &document->advice));
    json_write(out, &builder, object, indent);
}
