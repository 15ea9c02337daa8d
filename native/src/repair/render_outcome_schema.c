/* The outcome's JSON Schema, made from one table per object. */
#include "repair/outcome.h"
#include "report/json_builder.h"

/* A member: its name, its JSON Schema but for what the code puts in, and what it is. */
typedef struct member {
    const char *name;
    const char *schema;
    const char *doc;
} member;

#define TEXT         "{\"type\": \"string\"}"
#define TEXT_OR_NULL "{\"type\": [\"string\", \"null\"]}"
#define FLAG         "{\"type\": \"boolean\"}"
#define TEXTS        "{\"type\": \"array\", \"items\": {\"type\": \"string\"}}"

static const member tool_members[] = {
    {"name", TEXT, "The program that made the changes"},
    {"version", TEXT, "Its version"},
    {0},
};

static const member change_members[] = {
    {"kind", TEXT, "What was changed: a registry-value, file, task, service or event"},
    {"target", TEXT, "Which one"},
    {"before", TEXT, "What was there, readable"},
    {"after", TEXT, "What is there now, or with what_if would be"},
    {"undoable", FLAG, "Whether undo takes it back"},
    {0},
};

static const member step_members[] = {
    {"number", "{\"type\": \"integer\", \"minimum\": 1}", "Its place in the plan"},
    {"operation", TEXT, "The operation; undo where a run is taken back"},
    {"arguments", "{\"type\": \"object\"}", "Its arguments"},
    {"title", TEXT, "What it does"},
    {"state", TEXT, "What became of it"},
    {"message", TEXT_OR_NULL, "Why it was held, refused or failed, or what else is to be known"},
    {"changes", "{\"type\": \"array\"}", "What it changed"},
    {0},
};

static const member outcome_members[] = {
    {"schema", "{\"const\": \"" OUTCOME_SCHEMA "\"}", "Name and version of this format"},
    {"tool", "{\"type\": \"object\"}", "Who made the changes"},
    {"state", TEXT, "What became of the whole"},
    {"what_if", FLAG, "Whether nothing was changed, only told"},
    {"run_id", TEXT_OR_NULL, "The run that undo takes back; null: nothing was changed"},
    {"undoes", TEXT_OR_NULL, "The run that was taken back"},
    {"restart_advised", FLAG, "Whether running programs see the changes only after they restart"},
    {"message", TEXT_OR_NULL, "What stopped it, and the way back"},
    {"steps", "{\"type\": \"array\"}", "The steps, in order"},
    {"notes", TEXTS, "What else is to be known"},
    {0},
};

/* Members that a later version adds do no harm, so others are allowed. */
static json_t *object_of(json_builder *builder, const member *members) {
    json_t *properties = json_object();
    json_t *required = json_array();
    for (const member *m = members; m->name != NULL; m++) {
        json_t *schema = json_loads(m->schema, 0, NULL);
        json_put(builder, schema, "description", json_string(m->doc));
        json_put(builder, properties, m->name, schema);
        json_add(builder, required, json_string(m->name));
    }
    json_t *object = json_object();
    json_put(builder, object, "type", json_string("object"));
    json_put(builder, object, "properties", properties);
    json_put(builder, object, "required", required);
    return object;
}

static json_t *property(const json_t *object, const char *name) {
    return json_object_get(json_object_get(object, "properties"), name);
}

static json_t *outcome_states(json_builder *builder) {
    json_t *names = json_array();
    for (int state = OUTCOME_APPLIED; state <= OUTCOME_NEEDS_RECOVERY; state++) {
        json_add(builder, names, json_string(outcome_state_name((outcome_state)state)));
    }
    return names;
}

static json_t *step_states(json_builder *builder) {
    json_t *names = json_array();
    for (int state = STEP_DONE; state <= STEP_NOT_REACHED; state++) {
        json_add(builder, names, json_string(step_state_name((step_state)state)));
    }
    return names;
}

void render_outcome_schema(text_builder *out) {
    json_builder builder = {0};
    json_t *step = object_of(&builder, step_members);
    json_put(&builder, property(step, "state"), "enum", step_states(&builder));
    json_put(&builder, property(step, "changes"), "items", object_of(&builder, change_members));
    json_t *schema = object_of(&builder, outcome_members);
    json_put(&builder, schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    json_put(&builder, schema, "$id", json_string("urn:marshealth:outcome:1"));
    json_put(&builder, schema, "title", json_string("MarsHealth outcome"));
    json_put(&builder, property(schema, "state"), "enum", outcome_states(&builder));
    json_put(&builder, property(schema, "steps"), "items", step);
    json_t *tool = property(schema, "tool");
    json_t *tool_object = object_of(&builder, tool_members);
    if (json_object_update_missing(tool, tool_object) != 0) {
        builder.failed = true;
    }
    json_decref(tool_object);
    json_write(out, &builder, schema, true);
}
