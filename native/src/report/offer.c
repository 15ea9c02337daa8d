#include "report/offer.h"

#include "report/report.h"

#include <string.h>

static const finding_value *value_named(const finding_value *values, size_t count, const char *name,
                                        size_t length) {
    for (size_t i = 0; i < count; i++) {
        if (strlen(values[i].name) == length && strncmp(values[i].name, name, length) == 0) {
            return &values[i];
        }
    }
    return NULL;
}

/* ---- Conditions ---- */

static bool holds(const catalog_condition *condition, const finding_value *values, size_t count) {
    const finding_value *value = value_named(values, count, condition->name, strlen(condition->name));
    return value != NULL && (condition->text == NULL ||
                             (value->kind == VALUE_TEXT && strcmp(value->text, condition->text) == 0));
}

static bool is_offered(const catalog_repair *repair, const finding_value *values, size_t count) {
    return (repair->when.name == NULL || holds(&repair->when, values, count)) &&
           (repair->unless.name == NULL || !holds(&repair->unless, values, count));
}

/* ---- Arguments ---- */

/* "{name}": the name's length; 0 for a literal. */
static size_t place_length(const char *text) {
    size_t length = strlen(text);
    return length > 2 && text[0] == '{' && text[length - 1] == '}' ? length - 2 : 0;
}

static bool from_value(argument_kind kind, const finding_value *value, arena *memory, operation_value *out) {
    switch (value->kind) {
    case VALUE_TEXT:
        return argument_from_text(kind, value->text, memory, out);
    case VALUE_NUMBER:
    case VALUE_BYTES:
        *out = (operation_value){.number = (uint64_t)value->number};
        return kind == ARGUMENT_BYTES && value->number >= 0 && argument_accepted(kind, out);
    case VALUE_TIME:
    case VALUE_TEXTS:
        break;
    }
    return false;
}

static bool bind_argument(argument_kind kind, const char *text, const char *subject,
                          const finding_value *values, size_t count, arena *memory, operation_value *out) {
    size_t name = place_length(text);
    if (name == 0) {
        return argument_from_text(kind, text, memory, out);
    }
    const finding_value whole = {.kind = VALUE_TEXT, .text = subject};
    bool is_subject = strcmp(text, "{subject}") == 0;
    const finding_value *value = is_subject ? &whole : value_named(values, count, text + 1, name);
    return value != NULL && !(is_subject && subject == NULL) && from_value(kind, value, memory, out);
}

static repair_offer bind_offer(const catalog_repair *repair, const operation *row, const char *subject,
                               const finding_value *values, size_t count, arena *memory) {
    repair_offer offer = {.operation = row};
    for (size_t i = 0; i < repair->argument_count; i++) {
        const catalog_argument *argument = &repair->arguments[i];
        size_t at = operation_parameter_index(row, argument->name);
        if (at == row->count) {
            continue;
        }
        operation_value bound = {.number = 0};
        offer.known[at] =
            bind_argument(row->parameters[at].kind, argument->text, subject, values, count, memory, &bound);
        offer.values[at] = offer.known[at] ? bound : (operation_value){.number = 0};
    }
    return offer;
}

repair_offer_list offers_for(arena *memory, const catalog_verdict *texts, const char *subject,
                             const finding_value *values, size_t count) {
    arena_vector offers = ARENA_VECTOR(memory, repair_offer);
    for (size_t i = 0; i < texts->repair_count; i++) {
        const operation *row = operation_find(texts->repairs[i].operation);
        bool offered = row != NULL && is_offered(&texts->repairs[i], values, count);
        repair_offer *offer = offered ? arena_push(&offers) : NULL;
        if (offer != NULL) {
            *offer = bind_offer(&texts->repairs[i], row, subject, values, count, memory);
        }
    }
    return (repair_offer_list){.items = offers.items, .count = offers.count};
}

/* ---- What an offer says ---- */

bool offer_complete(const repair_offer *offer) {
    for (size_t i = 0; i < offer->operation->count; i++) {
        if (!offer->known[i] && !argument_types[offer->operation->parameters[i].kind].optional) {
            return false;
        }
    }
    return true;
}

operation_risk offer_risk(const repair_offer *offer) {
    return offer_complete(offer) ? operation_risk_with(offer->operation, offer->values)
                                 : offer->operation->risk;
}

bool offer_equal(const repair_offer *a, const repair_offer *b) {
    if (a->operation != b->operation) {
        return false;
    }
    for (size_t i = 0; i < a->operation->count; i++) {
        if (a->known[i] != b->known[i] || (a->known[i] && !argument_equal(a->operation->parameters[i].kind,
                                                                          &a->values[i], &b->values[i]))) {
            return false;
        }
    }
    return true;
}

json_t *offer_arguments(const repair_offer *offer) {
    json_t *object = json_object();
    for (size_t i = 0; i < offer->operation->count; i++) {
        const operation_parameter *parameter = &offer->operation->parameters[i];
        if (offer->known[i] && !argument_is_default(parameter->kind, &offer->values[i]) &&
            json_object_set_new(object, parameter->name,
                                argument_to_json(parameter->kind, &offer->values[i])) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

text_list offer_needs(arena *memory, const repair_offer *offer) {
    const char **names = arena_array(memory, OPERATION_PARAMETERS_MAX, sizeof *names);
    text_list needs = {.items = names};
    for (size_t i = 0; names != NULL && i < offer->operation->count; i++) {
        const operation_parameter *parameter = &offer->operation->parameters[i];
        if (!offer->known[i] && !argument_types[parameter->kind].optional) {
            names[needs.count++] = parameter->name;
        }
    }
    return needs;
}

const char *offer_title(arena *memory, const repair_offer *offer) {
    finding_value values[OPERATION_PARAMETERS_MAX] = {0};
    size_t count = 0;
    for (size_t i = 0; i < offer->operation->count; i++) {
        const operation_parameter *parameter = &offer->operation->parameters[i];
        if (offer->known[i] && parameter->kind != ARGUMENT_FLAG &&
            !argument_is_default(parameter->kind, &offer->values[i])) {
            bool number = parameter->kind == ARGUMENT_BYTES;
            values[count++] = (finding_value){
                .name = parameter->name,
                .kind = number ? VALUE_NUMBER : VALUE_TEXT,
                .text = number ? NULL : offer->values[i].text,
                .number = number ? (int64_t)offer->values[i].number : 0,
            };
        }
    }
    return fill_text(memory, offer->operation->title, values, count);
}
