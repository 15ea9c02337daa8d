/* The outcome's JSON Schema. */
#include "repair/machine_json.h"
#include "repair/outcome.h"

static const char *const schema_name[] = {OUTCOME_SCHEMA, NULL};
static const char *const kinds[] = {"registry-value", "file", "task", "service", "event", NULL};
static const char *const outcome_states[] = {"applied", "nothing-to-do", "would-change",   "stopped",
                                             "cancelled", "needs-recovery", NULL};
static const char *const step_states[] = {"done",   "already-good", "would-change", "held", "refused",
                                          "failed", "not-reached",  NULL};

static const shape tool_shape =
    SHAPE({"name", MEMBER_TEXT, false, "The program that made the changes", NULL, NULL},
          {"version", MEMBER_TEXT, false, "Its version", NULL, NULL});

static const shape change_shape =
    SHAPE({"kind", MEMBER_CHOICE, false, "What kind of thing was changed", NULL, kinds},
          {"target", MEMBER_TEXT, false, "Which one", NULL, NULL},
          {"before", MEMBER_TEXT, false, "What was there, readable", NULL, NULL},
          {"after", MEMBER_TEXT, false, "What is there now, or with what_if would be", NULL, NULL},
          {"undoable", MEMBER_FLAG, false, "Whether undo takes it back", NULL, NULL});

static const shape step_shape =
    SHAPE({"number", MEMBER_COUNT, false, "Its place in the plan, from 1", NULL, NULL},
          {"operation", MEMBER_TEXT, false, "What it called; undo where a run is taken back", NULL, NULL},
          {"arguments", MEMBER_VALUES, false, "The operation's arguments", NULL, NULL},
          {"title", MEMBER_TEXT, false, "What it does", NULL, NULL},
          {"state", MEMBER_CHOICE, false, "What became of it", NULL, step_states},
          {"message", MEMBER_TEXT, true, "Why it was held, refused or failed, or what else is to be known",
           NULL, NULL},
          {"changes", MEMBER_OBJECTS, false, "What it changed", &change_shape, NULL});

static const shape outcome_shape =
    SHAPE({"schema", MEMBER_CHOICE, false, "Name and version of this format", NULL, schema_name},
          {"tool", MEMBER_OBJECT, false, "Who made the changes", &tool_shape, NULL},
          {"machine", MEMBER_OBJECT, false, "Which machine it was done on", &machine_shape, NULL},
          {"state", MEMBER_CHOICE, false, "What became of the whole", NULL, outcome_states},
          {"what_if", MEMBER_FLAG, false, "Whether nothing was changed, only told", NULL, NULL},
          {"run_id", MEMBER_TEXT, true, "The run that recorded it, for undo, which takes back what is undoable; null: nothing was changed",
           NULL, NULL},
          {"undoes", MEMBER_TEXT, true, "The run that was taken back", NULL, NULL},
          {"restart_advised", MEMBER_FLAG, false,
           "Whether running programs see the changes only after they restart", NULL, NULL},
          {"message", MEMBER_TEXT, true, "What stopped it, and the way back", NULL, NULL},
          {"steps", MEMBER_OBJECTS, false, "In the order in which they were taken", &step_shape, NULL},
          {"notes", MEMBER_TEXTS, false, "What else is to be known", NULL, NULL});

void render_outcome_schema(text_builder *out) {
    schema_write(out, "urn:marshealth:outcome:1", "MarsHealth outcome", &outcome_shape);
}
