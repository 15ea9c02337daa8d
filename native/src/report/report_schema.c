/* The report's JSON Schema, made from one table per object. */
#include "report/json_builder.h"
#include "report/report.h"

typedef enum member_kind {
    MEMBER_TEXT,
    MEMBER_TIME,
    MEMBER_FLAG,
    MEMBER_COUNT,
    MEMBER_STATUS,
    MEMBER_STARTS,  /* whether the next backup starts */
    MEMBER_SCHEMA,  /* the report's own name */
    MEMBER_VALUES,  /* an object with members of any name */
    MEMBER_TEXTS,   /* an array of texts */
    MEMBER_OBJECT,  /* of the shape */
    MEMBER_OBJECTS, /* an array of the shape */
} member_kind;

typedef struct shape shape;
typedef struct member {
    const char *name;
    member_kind kind;
    bool nullable;
    const char *doc;
    const shape *of;
} member;
struct shape {
    const member *members; /* ended by a row without name */
};
#define SHAPE(...)                                                                                           \
    {                                                                                                        \
        (const member[]) {                                                                                   \
            __VA_ARGS__, {                                                                                   \
                0                                                                                            \
            }                                                                                                \
        }                                                                                                    \
    }

static const shape tool_shape = SHAPE(
    {"name", MEMBER_TEXT, false, "The program that judged", NULL},
    {"version", MEMBER_TEXT, false, "Its version", NULL},
    {"evidence_version", MEMBER_TEXT, true, "The version of the program that collected the facts", NULL});

static const shape machine_shape =
    SHAPE({"computer_name", MEMBER_TEXT, true, "The active computer name", NULL},
          {"machine_guid", MEMBER_TEXT, true, "MachineGuid of the Windows installation", NULL},
          {"mars_machine_id", MEMBER_TEXT, true, "The id under which the agent is registered", NULL},
          {"os", MEMBER_TEXT, true, "Name of the Windows edition", NULL},
          {"build", MEMBER_TEXT, true, "Its build number", NULL});

static const shape source_shape =
    SHAPE({"kind", MEMBER_TEXT, true, "What was read: image or live", NULL},
          {"name", MEMBER_TEXT, true, "The image's path, or the computer's name", NULL},
          {"as_of", MEMBER_TIME, true, "The time against which ages are judged", NULL},
          {"warnings", MEMBER_TEXTS, false, "What to know of the source", NULL});

static const shape next_backup_shape = SHAPE(
    {"starts", MEMBER_STARTS, false, "Whether the next scheduled backup starts", NULL},
    {"because", MEMBER_TEXTS, false, "The checks that keep it from starting, or leave it unknown", NULL});

#define PART_MEMBERS                                                                                         \
    {"verdict", MEMBER_TEXT, false, "Check and stable slug, e.g. schedule.enabled/disabled", NULL},          \
        {"status", MEMBER_STATUS, false, "How bad it is", NULL},                                             \
        {"title", MEMBER_TEXT, false, "What is the case, one line", NULL},                                   \
        {"values", MEMBER_VALUES, false, "The figures behind it; sizes in bytes, times as text", NULL},      \
        {"where", MEMBER_TEXTS, false, "Where the facts were read", NULL},                                   \
        {"cause", MEMBER_TEXT, true, "Why it matters", NULL},                                                \
        {"advice", MEMBER_TEXT, true, "What to do", NULL}, {                                                 \
        "command", MEMBER_TEXT, true, "The command that does it", NULL                                       \
    }

static const shape part_shape = SHAPE(PART_MEMBERS);
static const shape repair_shape =
    SHAPE({"operation", MEMBER_TEXT, false, "The repairing operation", NULL},
          {"arguments", MEMBER_VALUES, false, "Its arguments", NULL},
          {"needs", MEMBER_TEXTS, false, "Arguments that someone has to supply", NULL},
          {"undo", MEMBER_TEXT, false, "Whether it can be taken back: exact or none", NULL});

static const shape finding_shape = SHAPE(
    {"check", MEMBER_TEXT, false, "The check's id", NULL},
    {"subject", MEMBER_TEXT, true, "What was judged where a check judges several; null: the machine", NULL},
    {"blocking", MEMBER_FLAG, false, "Whether the check decides that the next backup starts", NULL},
    PART_MEMBERS, {"repairs", MEMBER_OBJECTS, false, "What would repair it", &repair_shape},
    {"also", MEMBER_OBJECTS, false, "Further, less urgent verdicts on the subject", &part_shape},
    {"sources", MEMBER_TEXTS, false, "Addresses of the articles behind the check", NULL});

static const shape summary_shape = SHAPE({"pass", MEMBER_COUNT, false, "Findings that are good", NULL},
                                         {"info", MEMBER_COUNT, false, "Worth knowing", NULL},
                                         {"warn", MEMBER_COUNT, false, "Someone should act", NULL},
                                         {"fail", MEMBER_COUNT, false, "Broken, or will be", NULL},
                                         {"unknown", MEMBER_COUNT, false, "Could not be judged", NULL},
                                         {"skipped", MEMBER_COUNT, false, "Does not apply", NULL});

static const shape report_shape =
    SHAPE({"schema", MEMBER_SCHEMA, false, "Name and version of this format", NULL},
          {"tool", MEMBER_OBJECT, false, "Who judged", &tool_shape},
          {"machine", MEMBER_OBJECT, false, "Which machine was judged", &machine_shape},
          {"source", MEMBER_OBJECT, false, "Where the facts come from", &source_shape},
          {"collected", MEMBER_TIME, true, "When the facts were read", NULL},
          {"next_backup", MEMBER_OBJECT, false, "What the blocking checks say together", &next_backup_shape},
          {"findings", MEMBER_OBJECTS, false, "One per check and subject, in the order of the catalogue",
           &finding_shape},
          {"summary", MEMBER_OBJECT, false, "How many findings have each status", &summary_shape});

static json_t *shape_json(json_builder *builder, const shape *s);

static void put_enum(json_builder *builder, json_t *object, const char *const *names, size_t count) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        json_add(builder, array, json_string(names[i]));
    }
    json_put(builder, object, "enum", array);
}

static void put_type(json_builder *builder, json_t *object, const member *m) {
    static const char *const types[] = {
        [MEMBER_TEXT] = "string",   [MEMBER_TIME] = "string",   [MEMBER_FLAG] = "boolean",
        [MEMBER_COUNT] = "integer", [MEMBER_STATUS] = "string", [MEMBER_STARTS] = "string",
        [MEMBER_SCHEMA] = "string", [MEMBER_VALUES] = "object", [MEMBER_TEXTS] = "array",
        [MEMBER_OBJECT] = "object", [MEMBER_OBJECTS] = "array",
    };
    json_t *type = json_string(types[m->kind]);
    if (m->nullable) {
        json_t *either = json_array();
        json_add(builder, either, type);
        json_add(builder, either, json_string("null"));
        type = either;
    }
    json_put(builder, object, "type", type);
}

static void put_limits(json_builder *builder, json_t *object, const member *m) {
    static const char *const starts[] = {"yes", "no", "unknown"};
    static const char *const statuses[] = {"pass", "info", "warn", "fail", "unknown", "skipped"};
    switch (m->kind) {
    case MEMBER_TIME:
        json_put(builder, object, "format", json_string("date-time"));
        break;
    case MEMBER_COUNT:
        json_put(builder, object, "minimum", json_integer(0));
        break;
    case MEMBER_STATUS:
        put_enum(builder, object, statuses, sizeof statuses / sizeof statuses[0]);
        break;
    case MEMBER_STARTS:
        put_enum(builder, object, starts, sizeof starts / sizeof starts[0]);
        break;
    case MEMBER_SCHEMA:
        json_put(builder, object, "const", json_string(REPORT_SCHEMA));
        break;
    case MEMBER_TEXTS:
        json_put(builder, object, "items", json_pack("{ss}", "type", "string"));
        break;
    case MEMBER_OBJECTS:
        json_put(builder, object, "items", shape_json(builder, m->of));
        break;
    case MEMBER_TEXT:
    case MEMBER_FLAG:
    case MEMBER_VALUES:
    case MEMBER_OBJECT:
        break;
    }
}

static json_t *member_json(json_builder *builder, const member *m) {
    json_t *object = m->kind == MEMBER_OBJECT ? shape_json(builder, m->of) : json_object();
    put_type(builder, object, m);
    put_limits(builder, object, m);
    json_put(builder, object, "description", json_string(m->doc));
    return object;
}

/* Members that a later version adds do no harm, so others are allowed. Shapes nest three deep at most. */
static json_t *shape_json(json_builder *builder, const shape *s) {
    json_t *object = json_object();
    json_t *properties = json_object();
    json_t *required = json_array();
    for (const member *m = s->members; m->name != NULL; m++) {
        json_put(builder, properties, m->name, member_json(builder, m));
        json_add(builder, required, json_string(m->name));
    }
    json_put(builder, object, "type", json_string("object"));
    json_put(builder, object, "properties", properties);
    json_put(builder, object, "required", required);
    return object;
}

void render_report_schema(text_builder *out) {
    json_builder builder = {0};
    json_t *schema = json_object();
    json_put(&builder, schema, "$schema", json_string("https://json-schema.org/draft/2020-12/schema"));
    json_put(&builder, schema, "$id", json_string("urn:marshealth:report:1"));
    json_put(&builder, schema, "title", json_string("MarsHealth report"));
    json_t *shape_of_report = shape_json(&builder, &report_shape);
    if (json_object_update(schema, shape_of_report) != 0) {
        builder.failed = true;
    }
    json_decref(shape_of_report);
    json_write(out, &builder, schema, true);
}
