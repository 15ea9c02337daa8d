/* The plan's JSON Schema. It describes what is written; what is read is held to more (plan_load.c). */
#include "repair/machine_json.h"
#include "repair/plan.h"

static const char *const schema_name[] = {PLAN_SCHEMA, NULL};
static const char *const undo_names[] = {"exact", "none", NULL};
static const char *const risk_names[] = {"low", "medium", "high", NULL};

static const shape tool_shape =
    SHAPE({"name", MEMBER_TEXT, false, "The program that made the plan", NULL, NULL},
          {"version", MEMBER_TEXT, true, "Its version", NULL, NULL});

static const shape source_shape =
    SHAPE({"kind", MEMBER_TEXT, true, "What was read: image or live", NULL, NULL},
          {"name", MEMBER_TEXT, true, "The image's path, or the computer's name", NULL, NULL});

static const shape reason_shape =
    SHAPE({"check", MEMBER_TEXT, false, "The check's id", NULL, NULL},
          {"subject", MEMBER_TEXT, true, "What was judged; null: the machine", NULL, NULL},
          {"verdict", MEMBER_TEXT, false, "What must still be so when the step is taken", NULL, NULL});

static const shape step_shape = SHAPE(
    {"number", MEMBER_COUNT, false, "Its place in the plan, from 1", NULL, NULL},
    {"operation", MEMBER_TEXT, false, "What repairs it", NULL, NULL},
    {"title", MEMBER_TEXT, false, "What it does", NULL, NULL},
    {"arguments", MEMBER_VALUES, false, "The operation's arguments", NULL, NULL},
    {"needs", MEMBER_TEXTS, false, "Arguments that someone has to supply before it can be taken", NULL, NULL},
    {"take", MEMBER_FLAG, false, "Whether applying the plan takes it; to be edited", NULL, NULL},
    {"held", MEMBER_TEXT, true, "Why it is not taken", NULL, NULL},
    {"risk", MEMBER_CHOICE, false, "Only low ones are taken unless more is asked for", NULL, risk_names},
    {"undo", MEMBER_CHOICE, false, "Whether it can be taken back", NULL, undo_names},
    {"asks", MEMBER_FLAG, false, "Whether it wants a confirmation of its own", NULL, NULL},
    {"restart_advised", MEMBER_FLAG, false, "Whether running programs see the change only after they restart",
     NULL, NULL},
    {"for", MEMBER_OBJECTS, false, "The findings that it answers", &reason_shape, NULL});

static const shape plan_shape =
    SHAPE({"schema", MEMBER_CHOICE, false, "Name and version of this format", NULL, schema_name},
          {"tool", MEMBER_OBJECT, false, "Who made the plan", &tool_shape, NULL},
          {"machine", MEMBER_OBJECT, false, "Which machine it is for", &machine_shape, NULL},
          {"source", MEMBER_OBJECT, false, "What was read", &source_shape, NULL},
          {"made", MEMBER_TIME, true, "When the findings were collected", NULL, NULL},
          {"steps", MEMBER_OBJECTS, false, "In the order in which they are taken", &step_shape, NULL},
          {"advice", MEMBER_TEXTS, false, "What no operation answers, and what to do about it", NULL, NULL});

void render_plan_schema(text_builder *out) {
    schema_write(out, "urn:marshealth:plan:1", "MarsHealth plan", &plan_shape);
}
