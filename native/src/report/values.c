#include "report/values.h"

static json_t *value_json(json_builder *builder, const finding_value *value) {
    switch (value->kind) {
    case VALUE_NUMBER:
    case VALUE_BYTES:
        return json_integer(value->number);
    case VALUE_TIME:
        return json_time(value->number);
    case VALUE_TEXTS:
        return json_texts(builder, &value->texts);
    case VALUE_TEXT:
        break;
    }
    return json_text(value->text);
}

json_t *values_json(json_builder *builder, const finding_part *part) {
    json_t *object = json_object();
    for (size_t i = 0; i < part->value_count; i++) {
        json_put(builder, object, part->values[i].name, value_json(builder, &part->values[i]));
    }
    return object;
}

const char *values_text(arena *memory, const finding_part *part) {
    json_builder builder = {0};
    return json_line(memory, &builder, values_json(&builder, part));
}

/* ---- Repairs ---- */

static json_t *needs_json(json_builder *builder, const repair_offer *offer) {
    arena scratch = {0};
    text_list needs = offer_needs(&scratch, offer);
    json_t *array = json_texts(builder, &needs);
    builder->failed = builder->failed || arena_failed(&scratch);
    arena_free(&scratch);
    return array;
}

json_t *repairs_json(json_builder *builder, const repair_offer_list *offers) {
    json_t *array = json_array();
    for (size_t i = 0; i < offers->count; i++) {
        const repair_offer *offer = &offers->items[i];
        json_t *object = json_object();
        json_put(builder, object, "operation", json_string(offer->operation->id));
        json_put(builder, object, "arguments", offer_arguments(offer));
        json_put(builder, object, "needs", needs_json(builder, offer));
        json_put(builder, object, "undo", json_string(undo_class_name(offer->operation->undo)));
        json_put(builder, object, "risk", json_string(operation_risk_name(offer_risk(offer))));
        json_add(builder, array, object);
    }
    return array;
}

const char *repairs_text(arena *memory, const finding *f) {
    json_builder builder = {0};
    return json_line(memory, &builder, repairs_json(&builder, &f->offers));
}
