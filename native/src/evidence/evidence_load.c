#include "core/error.h"
#include "core/instant.h"
#include "core/json_document.h"
#include "evidence/evidence_json.h"

#include <string.h>

static void add_place(text_builder *out, const evidence_place *at) {
    if (at->up != NULL) {
        add_place(out, at->up);
    }
    if (at->key == NULL) {
        text_addf(out, "[%zu]", at->index);
    } else {
        text_addf(out, at->up != NULL ? ".%s" : "%s", at->key);
    }
}

/* Records that what stands at a place is not what it must be. False, for callers to return. */
static bool refuse(evidence_loader *l, mars_status code, const evidence_place *at, const char *complaint) {
    text_builder path = {0};
    add_place(&path, at);
    l->status = error_set(code, "%s: %s: %s", l->name, text_builder_text(&path), complaint);
    text_builder_free(&path);
    return false;
}

static bool expected(evidence_loader *l, const evidence_place *at, const char *what) {
    return refuse(l, MARS_E_MALFORMED, at, what);
}

static bool copy_text(evidence_loader *l, const evidence_place *at, const json_t *json, const char **out) {
    if (!json_is_string(json)) {
        return expected(l, at, "expected a text");
    }
    *out = arena_text_n(l->memory, json_string_value(json), json_string_length(json));
    return true;
}

static bool text_value(evidence_loader *l, const evidence_place *at, const json_t *json, const field *f,
                       void *into) {
    (void)f;
    return copy_text(l, at, json, &((fact_text *)into)->value);
}

static bool number_value(evidence_loader *l, const evidence_place *at, const json_t *json, const field *f,
                         void *into) {
    (void)f;
    ((fact_number *)into)->value = (int64_t)json_integer_value(json);
    return json_is_integer(json) || expected(l, at, "expected a whole number");
}

static bool flag_value(evidence_loader *l, const evidence_place *at, const json_t *json, const field *f,
                       void *into) {
    (void)f;
    ((fact_flag *)into)->value = json_is_true(json);
    return json_is_boolean(json) || expected(l, at, "expected true or false");
}

/* Only the form that saving writes, so that a time has one text. */
static bool time_value(evidence_loader *l, const evidence_place *at, const json_t *json, const field *f,
                       void *into) {
    (void)f;
    int64_t *instant = &((fact_time *)into)->value;
    const char *text = json_string_value(json);
    bool has_zone = false;
    char again[INSTANT_TEXT_SIZE] = "";
    if (text != NULL && instant_parse(text, instant, &has_zone)) {
        instant_format(*instant, again);
    }
    return (text != NULL && strcmp(text, again) == 0) ||
           expected(l, at, "expected a time such as 2026-03-02T08:00:00Z");
}

/* Zeroed items for an array, or NULL. */
static void *new_items(evidence_loader *l, const evidence_place *at, const json_t *json, size_t item_size) {
    if (!json_is_array(json)) {
        (void)expected(l, at, "expected an array");
        return NULL;
    }
    if (json_array_size(json) > EVIDENCE_ITEMS_MAX) {
        (void)refuse(l, MARS_E_TOO_LARGE, at, "it has more than 65,536 items");
        return NULL;
    }
    void *items = arena_array(l->memory, json_array_size(json), item_size);
    if (items == NULL) {
        (void)refuse(l, MARS_E_NO_MEMORY, at, "memory ran out");
    }
    return items;
}

static bool texts_value(evidence_loader *l, const evidence_place *at, const json_t *json, const field *f,
                        void *into) {
    (void)f;
    text_list *texts = &((fact_texts *)into)->value;
    texts->items = new_items(l, at, json, sizeof *texts->items);
    if (texts->items == NULL) {
        return false;
    }
    texts->count = json_array_size(json);
    for (size_t i = 0; i < texts->count; i++) {
        evidence_place item = {.up = at, .index = i};
        if (!copy_text(l, &item, json_array_get(json, i), &texts->items[i])) {
            return false;
        }
    }
    return true;
}

static bool list_value(evidence_loader *l, const evidence_place *at, const json_t *json, const field *f,
                       void *into) {
    fact_list *list = into;
    list->items = new_items(l, at, json, f->item->size);
    if (list->items == NULL) {
        return false;
    }
    list->count = json_array_size(json);
    for (size_t i = 0; i < list->count; i++) {
        evidence_place item = {.up = at, .index = i};
        if (!evidence_load_record(l, &item, json_array_get(json, i), f->item,
                                  (char *)list->items + i * f->item->size)) {
            return false;
        }
    }
    return true;
}

static bool (*const value_loaders[])(evidence_loader *, const evidence_place *, const json_t *, const field *,
                                     void *) = {
    [FIELD_text] = text_value, [FIELD_number] = number_value, [FIELD_flag] = flag_value,
    [FIELD_time] = time_value, [FIELD_texts] = texts_value,   [FIELD_list] = list_value,
};

static bool load_reason(evidence_loader *l, const evidence_place *at, const json_t *json,
                        unknown_reason *out) {
    return (json_is_string(json) && unknown_reason_from_slug(json_string_value(json), out)) ||
           expected(l, at, "expected a known reason");
}

static bool load_optional(evidence_loader *l, const evidence_place *up, const json_t *json, const char *key,
                          const char **out) {
    const json_t *text = json_object_get(json, key);
    evidence_place at = {.up = up, .key = key};
    return text == NULL || copy_text(l, &at, text, out);
}

static bool load_fact(evidence_loader *l, const evidence_place *at, const json_t *json, const field *f,
                      void *into) {
    fact *of = into;
    if (!json_is_object(json)) {
        return expected(l, at, "expected an object");
    }
    const json_t *value = json_object_get(json, "value");
    const json_t *absent = json_object_get(json, "absent");
    const json_t *unknown = json_object_get(json, "unknown");
    if ((value != NULL) + (absent != NULL) + (unknown != NULL) != 1) {
        return expected(l, at, "expected exactly one of value, absent and unknown");
    }
    evidence_place below = {.up = at, .key = value != NULL ? "value" : absent != NULL ? "absent" : "unknown"};
    of->state = value != NULL ? FACT_KNOWN : absent != NULL ? FACT_ABSENT : FACT_UNKNOWN;
    bool loaded = value != NULL    ? value_loaders[f->kind](l, &below, value, f, into)
                  : absent != NULL ? json_is_true(absent) || expected(l, &below, "expected true")
                                   : load_reason(l, &below, unknown, &of->reason);
    return loaded && load_optional(l, at, json, "where", &of->where) &&
           load_optional(l, at, json, "detail", &of->detail);
}

bool evidence_load_record(evidence_loader *l, const evidence_place *at, const json_t *json,
                          const record *table, void *into) {
    if (!json_is_object(json)) {
        return expected(l, at, "expected an object");
    }
    for (size_t i = 0; i < table->count; i++) {
        const field *f = &table->fields[i];
        const json_t *of = json_object_get(json, f->name);
        evidence_place below = {.up = at, .key = f->name};
        if (of != NULL && !load_fact(l, &below, of, f, (char *)into + f->offset)) {
            return false;
        }
    }
    return true;
}

/* "marshealth/evidence/" and a larger number than ours. */
static bool is_newer_schema(const char *schema) {
    size_t prefix = strlen(EVIDENCE_SCHEMA) - 1;
    const char *number = schema + prefix;
    return strncmp(schema, EVIDENCE_SCHEMA, prefix) == 0 && number[0] >= '1' && number[0] <= '9' &&
           strspn(number, "0123456789") == strlen(number);
}

static bool load_schema(evidence_loader *l, const json_t *json) {
    const evidence_place at = {.key = "schema"};
    const char *schema = json_string_value(json_object_get(json, "schema"));
    if (schema != NULL && strcmp(schema, EVIDENCE_SCHEMA) == 0) {
        return true;
    }
    if (schema != NULL && is_newer_schema(schema)) {
        return refuse(l, MARS_E_UNSUPPORTED, &at, "it is newer than " EVIDENCE_SCHEMA ", which is read here");
    }
    return expected(l, &at, "expected \"" EVIDENCE_SCHEMA "\"");
}

static bool load_tool(evidence_loader *l, const json_t *json, const char **version) {
    const evidence_place at = {.key = "tool"};
    const json_t *tool = json_object_get(json, "tool");
    return tool == NULL || (json_is_object(tool) ? load_optional(l, &at, tool, "version", version)
                                                 : expected(l, &at, "expected an object"));
}

static bool load_document(evidence_loader *l, const json_t *json, evidence *into) {
    if (!json_is_object(json)) {
        l->status = error_set(MARS_E_MALFORMED, "%s: expected an object", l->name);
        return false;
    }
    if (!load_schema(l, json) || !load_tool(l, json, &into->tool_version)) {
        return false;
    }
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        const evidence_group_row *row = &evidence_group_rows[i];
        const json_t *group = json_object_get(json, row->name);
        evidence_place at = {.key = row->name};
        if (group != NULL && !evidence_load_record(l, &at, group, row->record, (char *)into + row->offset)) {
            return false;
        }
    }
    return true;
}

static const json_limits limits = {
    .size = EVIDENCE_SIZE_MAX,
    .size_words = "64 MiB",
    .values = EVIDENCE_VALUES_MAX,
    .values_words = "a million",
};

mars_status evidence_load(evidence **out, const char *data, size_t size, const char *name) {
    *out = NULL;
    json_t *json = NULL;
    mars_status status = json_document_parse(&json, data, size, &limits, name);
    if (status != MARS_OK) {
        return status;
    }
    evidence *document = evidence_new();
    evidence_loader l = {.memory = document != NULL ? &document->memory : NULL, .name = name};
    bool loaded = document != NULL && load_document(&l, json, document);
    json_decref(json);
    if (document == NULL || arena_failed(&document->memory)) {
        l.status = error_set(MARS_E_NO_MEMORY, "memory ran out while reading %s", name);
        loaded = false;
    }
    if (!loaded) {
        evidence_free(document);
        return l.status;
    }
    *out = document;
    return MARS_OK;
}
