#include "evidence/evidence_schema.h"

#include "evidence/json_text.h"

const char *const field_kind_names[] = {
    [FIELD_text] = "text", [FIELD_number] = "number", [FIELD_flag] = "flag",
    [FIELD_time] = "time", [FIELD_texts] = "texts",   [FIELD_list] = "list",
};

/* What "value" holds, for each kind but lists. */
static const char *const value_schemas[] = {
    [FIELD_text] = "{\"type\": \"string\"}",
    [FIELD_number] = "{\"type\": \"integer\", \"minimum\": -9223372036854775808, "
                     "\"maximum\": 9223372036854775807}",
    [FIELD_flag] = "{\"type\": \"boolean\"}",
    [FIELD_time] = "{\"type\": \"string\", \"format\": \"date-time\", "
                   "\"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$\"}",
    [FIELD_texts] = "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}",
};

enum { PLAIN_KINDS = sizeof value_schemas / sizeof value_schemas[0] };

static void start_fact(text_builder *out, int depth) {
    text_add(out, "{");
    json_line_add(out, depth + 1);
    text_add(out, "\"type\": \"object\",");
    json_line_add(out, depth + 1);
    text_add(out, "\"properties\": {\"value\": ");
}

static void end_fact(text_builder *out, int depth) {
    text_add(out, ", \"absent\": {\"const\": true}, \"unknown\": {\"$ref\": \"#/$defs/reason\"}, "
                  "\"where\": {\"type\": \"string\"}, \"detail\": {\"type\": \"string\"}},");
    json_line_add(out, depth + 1);
    text_add(out, "\"oneOf\": [{\"required\": [\"value\"]}, {\"required\": [\"absent\"]}, "
                  "{\"required\": [\"unknown\"]}]");
    json_line_add(out, depth);
    text_add(out, "}");
}

static void add_reasons(text_builder *out) {
    text_add(out, "\n  \"reason\": {\n   \"description\": \"Why a fact is unknown\",\n   \"enum\": [");
    for (int i = 0; i < REASON_COUNT; i++) {
        text_add(out, i > 0 ? ", " : "");
        json_text_add(out, unknown_reason_slug((unknown_reason)i));
    }
    text_add(out, "]\n  }");
}

static void add_field(text_builder *out, const field *f, int depth) {
    text_addf(out, "\"%s\": {", f->name);
    json_line_add(out, depth + 1);
    text_add(out, "\"description\": ");
    json_text_add(out, f->doc);
    text_add_char(out, ',');
    json_line_add(out, depth + 1);
    text_addf(out, "\"$ref\": \"#/$defs/%s%s\"", f->item != NULL ? f->item->name : field_kind_names[f->kind],
              f->item != NULL ? "_list" : "");
    json_line_add(out, depth);
    text_add_char(out, '}');
}

static void add_record(text_builder *out, const record *table, int depth) {
    text_add_char(out, '{');
    json_line_add(out, depth + 1);
    text_add(out, "\"description\": ");
    json_text_add(out, table->doc);
    text_add_char(out, ',');
    json_line_add(out, depth + 1);
    text_add(out, "\"type\": \"object\",");
    json_line_add(out, depth + 1);
    text_add(out, "\"properties\": {");
    for (size_t i = 0; i < table->count; i++) {
        text_add(out, i > 0 ? "," : "");
        json_line_add(out, depth + 2);
        add_field(out, &table->fields[i], depth + 2);
    }
    json_line_add(out, depth + 1);
    text_add_char(out, '}');
    json_line_add(out, depth);
    text_add_char(out, '}');
}

static void add_definitions(text_builder *out) {
    text_add(out, " \"$defs\": {");
    add_reasons(out);
    for (int kind = 0; kind < PLAIN_KINDS; kind++) {
        text_addf(out, ",\n  \"%s\": ", field_kind_names[kind]);
        start_fact(out, 2);
        text_add(out, value_schemas[kind]);
        end_fact(out, 2);
    }
    for (size_t i = 0; i < EVIDENCE_RECORD_COUNT; i++) {
        const record *table = evidence_records[i];
        text_addf(out, ",\n  \"%s\": ", table->name);
        add_record(out, table, 2);
        text_addf(out, ",\n  \"%s_list\": ", table->name);
        start_fact(out, 2);
        text_addf(out, "{\"type\": \"array\", \"items\": {\"$ref\": \"#/$defs/%s\"}}", table->name);
        end_fact(out, 2);
    }
    text_add(out, "\n }");
}

void evidence_schema(text_builder *out) {
    text_addf(
        out,
        "{\n \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
        " \"title\": \"%s\",\n"
        " \"description\": \"What MarsHealth read of one machine\",\n"
        " \"type\": \"object\",\n \"required\": [\"schema\"],\n \"properties\": {\n"
        "  \"schema\": {\"const\": \"%s\"},\n"
        "  \"tool\": {\n   \"description\": \"What collected it\",\n   \"type\": \"object\",\n"
        "   \"properties\": {\"name\": {\"type\": \"string\"}, \"version\": {\"type\": \"string\"}}\n  }",
        EVIDENCE_SCHEMA, EVIDENCE_SCHEMA);
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        text_addf(out, ",\n  \"%s\": ", evidence_group_rows[i].name);
        add_record(out, evidence_group_rows[i].record, 2);
    }
    text_add(out, "\n },\n");
    add_definitions(out);
    text_add(out, "\n}\n");
}
