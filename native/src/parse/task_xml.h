/* A scheduled task's definition: the XML of System32\Tasks, of an export, or of IRegisteredTask::get_Xml.
 * Defaults are those of the task schema (MS-TSCH 2.5). */
#ifndef PARSE_TASK_XML_H
#define PARSE_TASK_XML_H

#include "core/fact.h"

#define TASK_XML_NAME_SPACE "http://schemas.microsoft.com/windows/2004/02/mit/task"

enum {
    TASK_XML_TEXT_MAX = 4 * 1024 * 1024, /* of the text as UTF-8 */
    TASK_XML_ITEMS_MAX = 1024,           /* triggers, actions or principals; the schema allows 48, 32 and 1 */
};

typedef struct task_principal {
    const char *id;         /* NULL: none given */
    const char *user_id;    /* a SID or a name in the server's language; NULL: none */
    const char *group_id;   /* likewise */
    const char *logon_type; /* "S4U", "Password", "InteractiveToken", ...; NULL: not given */
    const char *run_level;  /* "LeastPrivilege" (also when not given) or "HighestAvailable" */
} task_principal;

typedef enum task_instances {
    TASK_INSTANCES_OTHER = 0, /* a word that the schema does not know */
    TASK_INSTANCES_PARALLEL,
    TASK_INSTANCES_QUEUE,
    TASK_INSTANCES_IGNORE_NEW,
    TASK_INSTANCES_STOP_EXISTING,
} task_instances;

/* How a calendar trigger recurs. */
typedef struct task_schedule {
    const char *kind;  /* "ScheduleByDay", "ScheduleByWeek", "ScheduleByMonth", "ScheduleByMonthDayOfWeek";
                          NULL: none */
    uint32_t interval; /* of days or weeks; 1 if not given */
    uint32_t days_of_week;   /* bit 0 Sunday ... bit 6 Saturday */
    uint32_t days_of_month;  /* bit 1 the first ... bit 31; bit 0: the last day */
    uint32_t weeks_of_month; /* bit 1 the first ... bit 4; bit 0: the last week */
    uint32_t months;         /* bit 1 January ... bit 12 */
} task_schedule;

typedef struct task_trigger {
    const char *kind; /* element name: "CalendarTrigger", "TimeTrigger", "BootTrigger", ... */
    bool enabled;
    const char *start_boundary;      /* as written; NULL: none */
    const char *end_boundary;        /* as written; NULL: none */
    const char *repetition_interval; /* a duration, "PT1H"; NULL: no repetition */
    const char *repetition_duration; /* NULL: without end */
    const char *random_delay;        /* NULL: none */
    task_schedule schedule;
} task_trigger;

typedef struct task_action {
    const char *kind;              /* element name: "Exec", "ComHandler", "SendEmail", "ShowMessage" */
    const char *command;           /* Exec only, as written; else NULL */
    const char *arguments;         /* NULL: none */
    const char *working_directory; /* NULL: none */
    const char *class_id;          /* ComHandler only, else NULL */
} task_action;

typedef struct task_definition {
    const char *version; /* of the root element, NULL: not given */
    const char *author;  /* NULL: not given */
    const char *date;    /* as written, NULL: not given */

    bool enabled; /* Settings/Enabled; a trigger has its own */
    bool hidden;
    task_instances multiple_instances;
    const char *multiple_instances_text; /* the word, "IgnoreNew" if there is none */
    bool multiple_instances_given;
    bool disallow_start_on_batteries;
    bool stop_on_batteries;
    bool run_only_if_network;
    bool run_only_if_idle;
    bool start_when_available;
    const char *execution_time_limit; /* a duration, "PT72H" if not given; "PT0S": none */

    task_principal *principals;
    size_t principal_count;
    const char *actions_context; /* the principal that Actions name; NULL: none */
    const task_principal
        *principal; /* the one the actions run under: the one named, else the only one; NULL: unclear */

    task_trigger *triggers;
    size_t trigger_count;
    task_action *actions;
    size_t action_count;
} task_definition;

/* data: as stored. Its encoding is told by byte order mark and NULs (UTF-16 of either order, UTF-8), never by
 * the XML declaration, which may say UTF-16 in an 8-bit file. A document type is refused before anything is
 * expanded, nothing is loaded, nothing is printed. False: *why tells the reason (too large, not UTF-8, not
 * well-formed, not a task, a flag that is neither true nor false, an element that may be there once and is
 * there twice); *out is empty. */
bool task_xml_read(const uint8_t *data, size_t size, arena *memory, task_definition *out, fact *why);

#endif
