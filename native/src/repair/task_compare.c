#include "repair/task_compare.h"

#include "core/text_builder.h"
#include "parse/task_xml.h"
#include "parse/xml_reader.h"
#include "repair/task_account.h"

#include <stdlib.h>
#include <string.h>

/* Definitions are compared in a canonical form: elements and attributes between control characters, which no
 * XML document can contain. */
enum {
    ELEMENT_BEGINS = 1,
    ATTRIBUTE_BEGINS = 2,
    VALUE_BEGINS = 3,
    CONTENT_BEGINS = 4,
    ELEMENT_ENDS = 5,
    NAME_SPACE_BEGINS = 6,
    CANONICAL_MAXIMUM = 4 * TASK_XML_TEXT_MAX, /* long name spaces could make it much longer than the text */
};

/* What an element is in the schema (MS-TSCH 2.5). */
typedef enum shape {
    SHAPE_DOCUMENT,
    SHAPE_TASK,
    SHAPE_REGISTRATION,
    SHAPE_SETTINGS,
    SHAPE_IDLE_SETTINGS,
    SHAPE_PRINCIPALS,
    SHAPE_PRINCIPAL,
    SHAPE_TRIGGERS,
    SHAPE_TRIGGER,
    SHAPE_REPETITION,
    SHAPE_SCHEDULE,
    SHAPE_NAMES, /* days, months: a set */
    SHAPE_ACTIONS,
    SHAPE_ACTION,
    SHAPE_OPAQUE, /* any other: its content counts as it stands */
    SHAPE_TOKEN,  /* a text; blanks around it do not count */
    SHAPE_FLAG,
    SHAPE_ACCOUNT,
    SHAPE_IGNORED,
    SHAPE_COUNT,
} shape;

static const struct {
    bool structural;      /* it has elements only; blanks between them do not count */
    bool any_order;       /* each of its elements may be there once, in any order */
    bool empty_is_absent; /* without content it says nothing */
    bool is_text;
} traits[SHAPE_COUNT] = {
    [SHAPE_TASK] = {.structural = true, .any_order = true},
    [SHAPE_REGISTRATION] = {.structural = true, .any_order = true, .empty_is_absent = true},
    [SHAPE_SETTINGS] = {.structural = true, .any_order = true, .empty_is_absent = true},
    [SHAPE_IDLE_SETTINGS] = {.structural = true, .any_order = true, .empty_is_absent = true},
    [SHAPE_PRINCIPALS] = {.structural = true},
    [SHAPE_PRINCIPAL] = {.structural = true, .any_order = true},
    [SHAPE_TRIGGERS] = {.structural = true, .empty_is_absent = true},
    [SHAPE_TRIGGER] = {.structural = true, .any_order = true},
    [SHAPE_REPETITION] = {.structural = true, .any_order = true},
    [SHAPE_SCHEDULE] = {.structural = true, .any_order = true},
    [SHAPE_NAMES] = {.structural = true, .any_order = true},
    [SHAPE_ACTIONS] = {.structural = true},
    [SHAPE_ACTION] = {.structural = true, .any_order = true},
    [SHAPE_TOKEN] = {.is_text = true},
    [SHAPE_FLAG] = {.is_text = true},
    [SHAPE_ACCOUNT] = {.is_text = true},
};

/* name NULL: any. fallback: the value that the element has where it is left out; NULL: none. */
static const struct {
    shape parent;
    shape is;
    const char *name;
    const char *fallback;
} schema[] = {
    {SHAPE_DOCUMENT, SHAPE_TASK, "Task", NULL},
    {SHAPE_TASK, SHAPE_REGISTRATION, "RegistrationInfo", NULL},
    {SHAPE_TASK, SHAPE_SETTINGS, "Settings", NULL},
    {SHAPE_TASK, SHAPE_PRINCIPALS, "Principals", NULL},
    {SHAPE_TASK, SHAPE_TRIGGERS, "Triggers", NULL},
    {SHAPE_TASK, SHAPE_ACTIONS, "Actions", NULL},
    {SHAPE_REGISTRATION, SHAPE_IGNORED, "URI", NULL},
    {SHAPE_REGISTRATION, SHAPE_IGNORED, "Date", NULL},
    {SHAPE_SETTINGS, SHAPE_FLAG, "Enabled", "true"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "Hidden", "false"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "AllowStartOnDemand", "true"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "AllowHardTerminate", "true"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "DisallowStartIfOnBatteries", "true"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "StopIfGoingOnBatteries", "true"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "StartWhenAvailable", "false"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "RunOnlyIfNetworkAvailable", "false"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "RunOnlyIfIdle", "false"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "WakeToRun", "false"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "DisallowStartOnRemoteAppSession", "false"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "UseUnifiedSchedulingEngine", "false"},
    {SHAPE_SETTINGS, SHAPE_FLAG, "Volatile", "false"},
    {SHAPE_SETTINGS, SHAPE_TOKEN, "MultipleInstancesPolicy", "IgnoreNew"},
    {SHAPE_SETTINGS, SHAPE_TOKEN, "ExecutionTimeLimit", "PT72H"},
    {SHAPE_SETTINGS, SHAPE_TOKEN, "Priority", "7"},
    {SHAPE_SETTINGS, SHAPE_TOKEN, "DeleteExpiredTaskAfter", NULL},
    {SHAPE_SETTINGS, SHAPE_IDLE_SETTINGS, "IdleSettings", NULL},
    {SHAPE_IDLE_SETTINGS, SHAPE_FLAG, "StopOnIdleEnd", "true"},
    {SHAPE_IDLE_SETTINGS, SHAPE_FLAG, "RestartOnIdle", "false"},
    {SHAPE_IDLE_SETTINGS, SHAPE_TOKEN, "Duration", "PT10M"},
    {SHAPE_IDLE_SETTINGS, SHAPE_TOKEN, "WaitTimeout", "PT1H"},
    {SHAPE_PRINCIPALS, SHAPE_PRINCIPAL, "Principal", NULL},
    {SHAPE_PRINCIPAL, SHAPE_ACCOUNT, "UserId", NULL},
    {SHAPE_PRINCIPAL, SHAPE_ACCOUNT, "GroupId", NULL},
    {SHAPE_PRINCIPAL, SHAPE_TOKEN, "LogonType", NULL},
    {SHAPE_PRINCIPAL, SHAPE_TOKEN, "RunLevel", "LeastPrivilege"},
    {SHAPE_TRIGGERS, SHAPE_TRIGGER, NULL, NULL},
    {SHAPE_TRIGGER, SHAPE_FLAG, "Enabled", "true"},
    {SHAPE_TRIGGER, SHAPE_TOKEN, "StartBoundary", NULL},
    {SHAPE_TRIGGER, SHAPE_TOKEN, "EndBoundary", NULL},
    {SHAPE_TRIGGER, SHAPE_TOKEN, "Delay", NULL},
    {SHAPE_TRIGGER, SHAPE_TOKEN, "RandomDelay", NULL},
    {SHAPE_TRIGGER, SHAPE_TOKEN, "ExecutionTimeLimit", NULL},
    {SHAPE_TRIGGER, SHAPE_REPETITION, "Repetition", NULL},
    {SHAPE_TRIGGER, SHAPE_SCHEDULE, "ScheduleByDay", NULL},
    {SHAPE_TRIGGER, SHAPE_SCHEDULE, "ScheduleByWeek", NULL},
    {SHAPE_TRIGGER, SHAPE_SCHEDULE, "ScheduleByMonth", NULL},
    {SHAPE_TRIGGER, SHAPE_SCHEDULE, "ScheduleByMonthDayOfWeek", NULL},
    {SHAPE_REPETITION, SHAPE_TOKEN, "Interval", NULL},
    {SHAPE_REPETITION, SHAPE_TOKEN, "Duration", NULL},
    {SHAPE_REPETITION, SHAPE_FLAG, "StopAtDurationEnd", "false"},
    {SHAPE_SCHEDULE, SHAPE_TOKEN, "DaysInterval", "1"},
    {SHAPE_SCHEDULE, SHAPE_TOKEN, "WeeksInterval", "1"},
    {SHAPE_SCHEDULE, SHAPE_NAMES, "DaysOfWeek", NULL},
    {SHAPE_SCHEDULE, SHAPE_NAMES, "Months", NULL},
    {SHAPE_ACTIONS, SHAPE_ACTION, NULL, NULL},
};
enum { SCHEMA_COUNT = sizeof schema / sizeof schema[0] };

typedef struct canonical {
    xml_reader reader;
    text_builder out;
    bool without_enabled; /* Settings/Enabled is left out */
    bool doubtful;        /* nothing can be said about the document */
} canonical;

static shape shape_of(const canonical *c, shape parent, const xmlNode *node, const char **fallback) {
    *fallback = NULL;
    for (size_t i = 0; i < SCHEMA_COUNT; i++) {
        if (schema[i].parent == parent && xml_is_element(&c->reader, node, schema[i].name)) {
            bool left_out = c->without_enabled && parent == SHAPE_SETTINGS &&
                            strcmp((const char *)node->name, "Enabled") == 0;
            *fallback = schema[i].fallback;
            return left_out ? SHAPE_IGNORED : schema[i].is;
        }
    }
    return SHAPE_OPAQUE;
}

static const char *name_space_of(const canonical *c, const xmlNs *space) {
    const char *name = space != NULL && space->href != NULL ? (const char *)space->href : "";
    return strcmp(name, c->reader.name_space) == 0 ? "the schema's" : name;
}

static void put_name(canonical *c, char sign, const xmlChar *name, const xmlNs *space) {
    text_add_char(&c->out, sign);
    text_add(&c->out, (const char *)name);
    text_add_char(&c->out, NAME_SPACE_BEGINS);
    text_add(&c->out, name_space_of(c, space));
    c->doubtful = c->doubtful || c->out.length > CANONICAL_MAXIMUM;
}

/* ---- Attributes ---- */

static int compare_names(const xmlChar *a, const xmlNs *a_space, const xmlChar *b, const xmlNs *b_space) {
    int order = strcmp((const char *)a, (const char *)b);
    if (order != 0) {
        return order;
    }
    return strcmp(a_space != NULL && a_space->href != NULL ? (const char *)a_space->href : "",
                  b_space != NULL && b_space->href != NULL ? (const char *)b_space->href : "");
}

typedef struct attribute_slot {
    const xmlAttr *at;
} attribute_slot;

static int compare_attributes(const void *a, const void *b) {
    const xmlAttr *left = ((const attribute_slot *)a)->at;
    const xmlAttr *right = ((const attribute_slot *)b)->at;
    return compare_names(left->name, left->ns, right->name, right->ns);
}

static void put_attributes(canonical *c, const xmlNode *element) {
    size_t count = 0;
    for (const xmlAttr *at = element->properties; at != NULL; at = at->next) {
        count++;
    }
    attribute_slot *sorted = count > 0 ? arena_array(c->reader.memory, count, sizeof *sorted) : NULL;
    if (sorted == NULL) {
        return;
    }
    size_t used = 0;
    for (const xmlAttr *at = element->properties; at != NULL; at = at->next) {
        sorted[used++].at = at;
    }
    qsort(sorted, count, sizeof *sorted, compare_attributes);
    for (size_t i = 0; i < count; i++) {
        put_name(c, ATTRIBUTE_BEGINS, sorted[i].at->name, sorted[i].at->ns);
        text_add_char(&c->out, VALUE_BEGINS);
        for (const xmlNode *part = sorted[i].at->children; part != NULL; part = part->next) {
            c->doubtful = c->doubtful || part->type != XML_TEXT_NODE;
            text_add(&c->out, part->content != NULL ? (const char *)part->content : "");
        }
    }
}

/* ---- Texts ---- */

static const char *meaning(canonical *c, shape kind, const char *token) {
    if (kind == SHAPE_FLAG && (strcmp(token, "0") == 0 || strcmp(token, "1") == 0)) {
        return token[0] == '0' ? "false" : "true";
    }
    return kind == SHAPE_ACCOUNT ? task_account(c->reader.memory, token) : token;
}

/* Whether the element only writes out what would hold without it. */
static bool put_text(canonical *c, const xmlNode *element, shape kind, const char *fallback) {
    const char *value = meaning(c, kind, xml_token(&c->reader, element));
    text_add(&c->out, value);
    return fallback != NULL && element->properties == NULL && strcmp(value, fallback) == 0;
}

/* ---- Elements ---- */

static void put_element(canonical *c, const xmlNode *element, shape parent);

typedef struct element_slot {
    const xmlNode *node;
} element_slot;

static int compare_elements(const void *a, const void *b) {
    const xmlNode *left = ((const element_slot *)a)->node;
    const xmlNode *right = ((const element_slot *)b)->node;
    return compare_names(left->name, left->ns, right->name, right->ns);
}

static void put_sorted(canonical *c, const xmlNode *parent, shape kind, size_t count) {
    element_slot *sorted = arena_array(c->reader.memory, count, sizeof *sorted);
    if (sorted == NULL) {
        return;
    }
    size_t used = 0;
    for (const xmlNode *node = parent->children; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE) {
            sorted[used++].node = node;
        }
    }
    qsort(sorted, count, sizeof *sorted, compare_elements);
    for (size_t i = 0; i < count && !c->doubtful; i++) {
        c->doubtful = i > 0 && compare_elements(&sorted[i - 1], &sorted[i]) == 0;
        put_element(c, sorted[i].node, kind);
    }
}

static void put_in_order(canonical *c, const xmlNode *parent, shape kind, bool blanks_count) {
    for (const xmlNode *node = parent->children; node != NULL && !c->doubtful; node = node->next) {
        bool text = node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
        if (node->type == XML_ELEMENT_NODE) {
            put_element(c, node, kind);
        } else if (text && (blanks_count || xmlIsBlankNode(node) != 1)) {
            text_add(&c->out, node->content != NULL ? (const char *)node->content : "");
        }
    }
}

/* Nodes that are neither element, text, comment nor instruction come from a document type, which is refused
 * before. */
static void put_content(canonical *c, const xmlNode *element, shape kind) {
    size_t elements = 0;
    for (const xmlNode *node = element->children; node != NULL; node = node->next) {
        elements += node->type == XML_ELEMENT_NODE;
        bool text = node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
        c->doubtful = c->doubtful || (traits[kind].structural && text && xmlIsBlankNode(node) != 1);
    }
    if (traits[kind].any_order && elements > 0) {
        put_sorted(c, element, kind, elements);
    } else {
        put_in_order(c, element, kind, !traits[kind].structural && elements == 0);
    }
}

/* Recursion is bounded by the depth that libxml2 reads, 256. */
static void put_element(canonical *c, const xmlNode *element, shape parent) {
    const char *fallback = NULL;
    shape kind = shape_of(c, parent, element, &fallback);
    if (kind == SHAPE_IGNORED) {
        return;
    }
    size_t start = c->out.length;
    put_name(c, ELEMENT_BEGINS, element->name, element->ns);
    put_attributes(c, element);
    text_add_char(&c->out, CONTENT_BEGINS);
    size_t content = c->out.length;
    bool says_nothing = false;
    if (traits[kind].is_text) {
        says_nothing = put_text(c, element, kind, fallback);
    } else {
        put_content(c, element, kind);
        says_nothing =
            traits[kind].empty_is_absent && element->properties == NULL && c->out.length == content;
    }
    text_add_char(&c->out, ELEMENT_ENDS);
    if (says_nothing) {
        c->out.length = start;
    }
}

/* False if the document has no canonical form. */
static bool canonical_make(canonical *c, arena *memory, bytes document, bool without_enabled) {
    *c = (canonical){.without_enabled = without_enabled};
    if (xml_reader_open(&c->reader, document.data, document.size, TASK_XML_TEXT_MAX, memory)) {
        c->reader.name_space = TASK_XML_NAME_SPACE;
        const xmlNode *root = xmlDocGetRootElement(c->reader.document);
        c->doubtful = !xml_is_element(&c->reader, root, "Task");
        if (!c->doubtful) {
            put_element(c, root, SHAPE_DOCUMENT);
        }
    }
    xml_reader_close(&c->reader);
    if (text_builder_failed(&c->out) || (c->reader.failed && c->reader.why.reason == REASON_NO_MEMORY)) {
        arena_set_failed(memory);
    }
    return !c->reader.failed && !c->doubtful && !arena_failed(memory);
}

static bool same(arena *memory, bytes a, bytes b, bool without_enabled) {
    canonical left;
    canonical right = {0};
    bool is_same = canonical_make(&left, memory, a, without_enabled) &&
                   canonical_make(&right, memory, b, without_enabled) &&
                   left.out.length == right.out.length &&
                   memcmp(left.out.data, right.out.data, left.out.length) == 0;
    text_builder_free(&left.out);
    text_builder_free(&right.out);
    return is_same;
}

bool task_document_same(arena *memory, bytes a, bytes b) {
    bool equal = a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
    return equal || same(memory, a, b, false);
}

bool task_document_same_but_enabled(arena *memory, bytes a, bytes b) {
    return !task_document_same(memory, a, b) && same(memory, a, b, true);
}
