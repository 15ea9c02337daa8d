#include "parse/task_xml.h"

#include "parse/xml_reader.h"

#include <string.h>

typedef struct word_bit {
    const char *word;
    uint32_t bit;
} word_bit;

static const word_bit day_names[] = {{"Sunday", 1u << 0},    {"Monday", 1u << 1},   {"Tuesday", 1u << 2},
                                     {"Wednesday", 1u << 3}, {"Thursday", 1u << 4}, {"Friday", 1u << 5},
                                     {"Saturday", 1u << 6}};
static const word_bit month_names[] = {{"January", 1u << 1},  {"February", 1u << 2},  {"March", 1u << 3},
                                       {"April", 1u << 4},    {"May", 1u << 5},       {"June", 1u << 6},
                                       {"July", 1u << 7},     {"August", 1u << 8},    {"September", 1u << 9},
                                       {"October", 1u << 10}, {"November", 1u << 11}, {"December", 1u << 12}};

/* Makes room for the elements in a parent: *count is how many there are. NULL if there are none, too many or
 * no memory. */
static void *room_for(xml_reader *reader, const xmlNode *parent, const char *name, size_t item_size,
                      size_t *count) {
    *count = 0;
    for (const xmlNode *node = parent == NULL ? NULL : parent->children; node != NULL; node = node->next) {
        *count += xml_is_element(reader, node, name);
    }
    if (*count > TASK_XML_ITEMS_MAX) {
        xml_reader_fail(
            reader, REASON_TOO_LARGE,
            arena_printf(reader->memory, "%s has more than 1024 elements", (const char *)parent->name));
    }
    void *items = *count == 0 || reader->failed ? NULL : arena_array(reader->memory, *count, item_size);
    if (items == NULL) {
        *count = 0;
    }
    return items;
}

/* Where to begin to fill the items that room_for gave. */
static const xmlNode *first_of(const void *items, const xmlNode *parent) {
    return items == NULL || parent == NULL ? NULL : parent->children;
}

static void read_settings(xml_reader *reader, const xmlNode *settings, task_definition *out) {
    static const struct {
        const char *word;
        task_instances value;
    } policies[] = {{"Parallel", TASK_INSTANCES_PARALLEL},
                    {"Queue", TASK_INSTANCES_QUEUE},
                    {"IgnoreNew", TASK_INSTANCES_IGNORE_NEW},
                    {"StopExisting", TASK_INSTANCES_STOP_EXISTING}};
    out->enabled = xml_child_flag(reader, settings, "Enabled", true);
    out->hidden = xml_child_flag(reader, settings, "Hidden", false);
    out->disallow_start_on_batteries = xml_child_flag(reader, settings, "DisallowStartIfOnBatteries", true);
    out->stop_on_batteries = xml_child_flag(reader, settings, "StopIfGoingOnBatteries", true);
    out->run_only_if_network = xml_child_flag(reader, settings, "RunOnlyIfNetworkAvailable", false);
    out->run_only_if_idle = xml_child_flag(reader, settings, "RunOnlyIfIdle", false);
    out->start_when_available = xml_child_flag(reader, settings, "StartWhenAvailable", false);
    const char *limit = xml_child_token(reader, settings, "ExecutionTimeLimit");
    out->execution_time_limit = limit != NULL ? limit : "PT72H";
    const xmlNode *instances = xml_child(reader, settings, "MultipleInstancesPolicy");
    out->multiple_instances_given = instances != NULL;
    out->multiple_instances_text = instances != NULL ? xml_token(reader, instances) : "IgnoreNew";
    for (size_t i = 0; i < sizeof policies / sizeof policies[0]; i++) {
        if (strcmp(out->multiple_instances_text, policies[i].word) == 0) {
            out->multiple_instances = policies[i].value;
        }
    }
}

static void read_principals(xml_reader *reader, const xmlNode *principals, task_definition *out) {
    out->principals =
        room_for(reader, principals, "Principal", sizeof *out->principals, &out->principal_count);
    size_t count = 0;
    for (const xmlNode *node = first_of(out->principals, principals); node != NULL; node = node->next) {
        if (!xml_is_element(reader, node, "Principal")) {
            continue;
        }
        task_principal *principal = &out->principals[count++];
        const char *run_level = xml_child_token(reader, node, "RunLevel");
        *principal = (task_principal){
            .id = xml_attribute(reader, node, "id"),
            .user_id = xml_child_token(reader, node, "UserId"),
            .group_id = xml_child_token(reader, node, "GroupId"),
            .logon_type = xml_child_token(reader, node, "LogonType"),
            .run_level = run_level != NULL ? run_level : "LeastPrivilege",
        };
    }
}

/* The principal that the actions name, else the only one there is. */
static const task_principal *principal_of(const task_definition *task) {
    if (task->actions_context == NULL) {
        return task->principal_count == 1 ? &task->principals[0] : NULL;
    }
    const task_principal *found = NULL;
    for (size_t i = 0; i < task->principal_count; i++) {
        const char *id = task->principals[i].id;
        if (id != NULL && strcmp(id, task->actions_context) == 0) {
            if (found != NULL) {
                return NULL;
            }
            found = &task->principals[i];
        }
    }
    return found;
}

/* The names of the empty elements in a set, as bits. */
static uint32_t bits_of_names(xml_reader *reader, const xmlNode *set, const word_bit *words, size_t count) {
    uint32_t bits = 0;
    for (const xmlNode *node = set == NULL ? NULL : set->children; node != NULL; node = node->next) {
        for (size_t i = 0; i < count && xml_is_element(reader, node, NULL); i++) {
            bits |= strcmp((const char *)node->name, words[i].word) == 0 ? words[i].bit : 0;
        }
    }
    return bits;
}

/* A small whole number; false if it is anything else. */
static bool small_number(const char *text, uint32_t max, uint32_t *out) {
    uint32_t value = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9' && value <= max; at++) {
        value = value * 10 + (uint32_t)(*at - '0');
    }
    *out = value;
    return at != text && *at == '\0' && value <= max;
}

/* <Day>1</Day> and the like; "Last" is bit 0. */
static uint32_t bits_of_numbers(xml_reader *reader, const xmlNode *set, const char *name, uint32_t max) {
    uint32_t bits = 0;
    for (const xmlNode *node = set == NULL ? NULL : set->children; node != NULL; node = node->next) {
        if (!xml_is_element(reader, node, name)) {
            continue;
        }
        const char *token = xml_token(reader, node);
        uint32_t number = 0;
        if (strcmp(token, "Last") == 0) {
            bits |= 1;
        } else if (small_number(token, max, &number) && number > 0) {
            bits |= 1u << number;
        } else {
            xml_reader_fail(reader, REASON_MALFORMED,
                            arena_printf(reader->memory, "%s is \"%.40s\"", name, token));
        }
    }
    return bits;
}

static void read_interval(xml_reader *reader, const xmlNode *schedule, const char *name, task_schedule *out) {
    const char *token = xml_child_token(reader, schedule, name);
    out->interval = 1;
    if (token != NULL && (!small_number(token, 365, &out->interval) || out->interval == 0)) {
        xml_reader_fail(reader, REASON_MALFORMED,
                        arena_printf(reader->memory, "%s is \"%.40s\"", name, token));
    }
}

#define NAMES_IN(reader, parent, name, words)                                                                \
    bits_of_names(reader, xml_child(reader, parent, name), words, sizeof(words) / sizeof(words)[0])

static void read_schedule(xml_reader *reader, const xmlNode *trigger, task_schedule *out) {
    static const char *const kinds[] = {"ScheduleByDay", "ScheduleByWeek", "ScheduleByMonth",
                                        "ScheduleByMonthDayOfWeek"};
    const xmlNode *schedule = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && schedule == NULL; i++) {
        schedule = xml_child(reader, trigger, kinds[i]);
        out->kind = schedule != NULL ? kinds[i] : NULL;
    }
    if (schedule == NULL) {
        return;
    }
    bool weekly = strcmp(out->kind, "ScheduleByWeek") == 0;
    read_interval(reader, schedule, weekly ? "WeeksInterval" : "DaysInterval", out);
    out->days_of_week = NAMES_IN(reader, schedule, "DaysOfWeek", day_names);
    out->months = NAMES_IN(reader, schedule, "Months", month_names);
    out->days_of_month = bits_of_numbers(reader, xml_child(reader, schedule, "DaysOfMonth"), "Day", 31);
    out->weeks_of_month = bits_of_numbers(reader, xml_child(reader, schedule, "Weeks"), "Week", 4);
}

static void read_trigger(xml_reader *reader, const xmlNode *node, task_trigger *out) {
    const xmlNode *repetition = xml_child(reader, node, "Repetition");
    *out = (task_trigger){
        .kind = arena_text(reader->memory, (const char *)node->name),
        .enabled = xml_child_flag(reader, node, "Enabled", true),
        .start_boundary = xml_child_token(reader, node, "StartBoundary"),
        .end_boundary = xml_child_token(reader, node, "EndBoundary"),
        .repetition_interval = xml_child_token(reader, repetition, "Interval"),
        .repetition_duration = xml_child_token(reader, repetition, "Duration"),
        .random_delay = xml_child_token(reader, node, "RandomDelay"),
    };
    read_schedule(reader, node, &out->schedule);
}

static void read_triggers(xml_reader *reader, const xmlNode *triggers, task_definition *out) {
    out->triggers = room_for(reader, triggers, NULL, sizeof *out->triggers, &out->trigger_count);
    size_t count = 0;
    for (const xmlNode *node = first_of(out->triggers, triggers); node != NULL; node = node->next) {
        if (xml_is_element(reader, node, NULL)) {
            read_trigger(reader, node, &out->triggers[count++]);
        }
    }
}

static void read_actions(xml_reader *reader, const xmlNode *actions, task_definition *out) {
    out->actions = room_for(reader, actions, NULL, sizeof *out->actions, &out->action_count);
    out->actions_context = actions == NULL ? NULL : xml_attribute(reader, actions, "Context");
    size_t count = 0;
    for (const xmlNode *node = first_of(out->actions, actions); node != NULL; node = node->next) {
        if (!xml_is_element(reader, node, NULL)) {
            continue;
        }
        bool runs = xml_is_element(reader, node, "Exec");
        out->actions[count++] = (task_action){
            .kind = arena_text(reader->memory, (const char *)node->name),
            .command = runs ? xml_child_text(reader, node, "Command") : NULL,
            .arguments = runs ? xml_child_text(reader, node, "Arguments") : NULL,
            .working_directory = runs ? xml_child_text(reader, node, "WorkingDirectory") : NULL,
            .class_id = runs ? NULL : xml_child_token(reader, node, "ClassId"),
        };
    }
}

static void read_task(xml_reader *reader, task_definition *out) {
    const xmlNode *task = xmlDocGetRootElement(reader->document);
    if (!xml_is_element(reader, task, "Task")) {
        xml_reader_fail(reader, REASON_MALFORMED, "the root element is not Task of the task schema");
        return;
    }
    const xmlNode *registration = xml_child(reader, task, "RegistrationInfo");
    out->version = xml_attribute(reader, task, "version");
    out->author = xml_child_token(reader, registration, "Author");
    out->date = xml_child_token(reader, registration, "Date");
    read_settings(reader, xml_child(reader, task, "Settings"), out);
    read_principals(reader, xml_child(reader, task, "Principals"), out);
    read_triggers(reader, xml_child(reader, task, "Triggers"), out);
    read_actions(reader, xml_child(reader, task, "Actions"), out);
    out->principal = principal_of(out);
}

bool task_xml_read(const uint8_t *data, size_t size, arena *memory, task_definition *out, fact *why) {
    *out = (task_definition){0};
    xml_reader reader;
    if (xml_reader_open(&reader, data, size, TASK_XML_TEXT_MAX, memory)) {
        reader.name_space = TASK_XML_NAME_SPACE;
        read_task(&reader, out);
    }
    xml_reader_close(&reader);
    if (arena_failed(memory)) {
        xml_reader_fail(&reader, REASON_NO_MEMORY, NULL);
    }
    if (reader.failed) {
        *out = (task_definition){0};
    }
    *why = reader.why;
    return !reader.failed;
}
