/* The report's JSON Schema, made from one table per object. */
#include "report/report.h"
#include "report/schema_shape.h"

static const char *const schema_name[] = {REPORT_SCHEMA, NULL};
static const char *const statuses[] = {"pass", "info", "warn", "fail", "unknown", "skipped", NULL};
static const char *const answers[] = {"yes", "no", "unknown", NULL};
static const char *const undo_names[] = {"exact", "none", NULL};
static const char *const risk_names[] = {"low", "medium", "high", NULL};

static const shape tool_shape = SHAPE({"name", MEMBER_TEXT, false, "The program that judged", NULL, NULL},
                                      {"version", MEMBER_TEXT, false, "Its version", NULL, NULL},
                                      {"evidence_version", MEMBER_TEXT, true,
                                       "The version of the program that collected the facts", NULL, NULL});

static const shape machine_shape =
    SHAPE({"computer_name", MEMBER_TEXT, true, "The active computer name", NULL, NULL},
          {"machine_guid", MEMBER_TEXT, true, "MachineGuid of the Windows installation", NULL, NULL},
          {"mars_machine_id", MEMBER_TEXT, true, "The id under which the agent is registered", NULL, NULL},
          {"os", MEMBER_TEXT, true, "Name of the Windows edition", NULL, NULL},
          {"build", MEMBER_TEXT, true, "Its build number", NULL, NULL});

static const shape source_shape =
    SHAPE({"kind", MEMBER_TEXT, true, "What was read: image or live", NULL, NULL},
          {"name", MEMBER_TEXT, true, "The image's path, or the computer's name", NULL, NULL},
          {"as_of", MEMBER_TIME, true, "The time against which ages are judged", NULL, NULL},
          {"warnings", MEMBER_TEXTS, false, "What to know of the source", NULL, NULL});

static const shape next_backup_shape =
    SHAPE({"starts", MEMBER_CHOICE, false, "Whether the next scheduled backup starts", NULL, answers},
          {"because", MEMBER_TEXTS, false, "The checks that keep it from starting, or leave it unknown", NULL,
           NULL});

#define PART_MEMBERS                                                                                          \
    {"verdict", MEMBER_TEXT, false, "Check and stable slug, e.g. schedule.enabled/disabled", NULL, NULL},     \
        {"status", MEMBER_CHOICE, false, "How bad it is", NULL, statuses},                                    \
        {"title", MEMBER_TEXT, false, "What is the case, one line", NULL, NULL},                              \
        {"values", MEMBER_VALUES, false, "The figures behind it; sizes in bytes, times as text", NULL, NULL}, \
        {"where", MEMBER_TEXTS, false, "Where the facts were read", NULL, NULL},                              \
        {"cause", MEMBER_TEXT, true, "Why it matters", NULL, NULL},                                           \
        {"advice", MEMBER_TEXT, true, "What to do", NULL, NULL}, {                                            \
        "command", MEMBER_TEXT, true, "The command that does it", NULL, NULL                                  \
    }

static const shape part_shape = SHAPE(PART_MEMBERS);
static const shape repair_shape =
    SHAPE({"operation", MEMBER_TEXT, false, "The repairing operation", NULL, NULL},
          {"arguments", MEMBER_VALUES, false, "Its arguments", NULL, NULL},
          {"needs", MEMBER_TEXTS, false, "Arguments that someone has to supply", NULL, NULL},
          {"undo", MEMBER_CHOICE, false, "Whether it can be taken back", NULL, undo_names},
          {"risk", MEMBER_CHOICE, false, "Only low ones are in a plan by default", NULL, risk_names});

static const shape finding_shape = SHAPE(
    {"check", MEMBER_TEXT, false, "The check's id", NULL, NULL},
    {"subject", MEMBER_TEXT, true, "What was judged where a check judges several; null: the machine", NULL,
     NULL},
    {"blocking", MEMBER_FLAG, false, "Whether the check decides that the next backup starts", NULL, NULL},
    PART_MEMBERS, {"repairs", MEMBER_OBJECTS, false, "What would repair it", &repair_shape, NULL},
    {"also", MEMBER_OBJECTS, false, "Further, less urgent verdicts on the subject", &part_shape, NULL},
    {"sources", MEMBER_TEXTS, false, "Addresses of the articles behind the check", NULL, NULL});

static const shape summary_shape = SHAPE({"pass", MEMBER_COUNT, false, "Findings that are good", NULL, NULL},
                                         {"info", MEMBER_COUNT, false, "Worth knowing", NULL, NULL},
                                         {"warn", MEMBER_COUNT, false, "Someone should act", NULL, NULL},
                                         {"fail", MEMBER_COUNT, false, "Broken, or will be", NULL, NULL},
                                         {"unknown", MEMBER_COUNT, false, "Could not be judged", NULL, NULL},
                                         {"skipped", MEMBER_COUNT, false, "Does not apply", NULL, NULL});

static const shape report_shape = SHAPE(
    {"schema", MEMBER_CHOICE, false, "Name and version of this format", NULL, schema_name},
    {"tool", MEMBER_OBJECT, false, "Who judged", &tool_shape, NULL},
    {"machine", MEMBER_OBJECT, false, "Which machine was judged", &machine_shape, NULL},
    {"source", MEMBER_OBJECT, false, "Where the facts come from", &source_shape, NULL},
    {"collected", MEMBER_TIME, true, "When the facts were read", NULL, NULL},
    {"next_backup", MEMBER_OBJECT, false, "What the blocking checks say together", &next_backup_shape, NULL},
    {"findings", MEMBER_OBJECTS, false, "One per check and subject, in the order of the catalogue",
     &finding_shape, NULL},
    {"summary", MEMBER_OBJECT, false, "How many findings have each status", &summary_shape, NULL});

void render_report_schema(text_builder *out) {
    schema_write(out, "urn:marshealth:report:1", "MarsHealth report", &report_shape);
}
