#include "memory_tasks.h"

#include "core/error.h"
#include "core/text_builder.h"
#include "core/unicode.h"

#include <libxml/parser.h>
#include <libxml/tree.h>

#include <stdlib.h>
#include <string.h>

static memory_tasks *of(host *machine) {
    return (memory_tasks *)machine;
}

/* ---- What is not there ---- */

static fact_state absent(fact *why) {
    *why = fact_absent("memory");
    return FACT_ABSENT;
}

static fact_state no_value(host *machine, const registry_path *path, const char *name, arena *memory,
                           registry_value *out, fact *why) {
    (void)machine, (void)path, (void)name, (void)memory;
    *out = (registry_value){0};
    return absent(why);
}

static fact_state no_names(host *machine, const registry_path *path, arena *memory, text_list *out,
                           fact *why) {
    (void)machine, (void)path, (void)memory;
    *out = (text_list){0};
    return absent(why);
}

static fact_state key_time(host *machine, const registry_path *path, arena *memory, int64_t *out, fact *why) {
    (void)memory;
    *out = 0;
    if (!ascii_ends(path->key, "Microsoft Data Protection Manager\\DB")) {
        return absent(why);
    }
    fact_state state = of(machine)->backup_server;
    *why = state == FACT_UNKNOWN ? fact_unknown(REASON_ACCESS_DENIED, "memory", NULL)
           : state == FACT_KNOWN ? fact_known("memory")
                                 : fact_absent("memory");
    return state;
}

static fact_state no_info(host *machine, const char *path, arena *memory, file_info *out, fact *why) {
    (void)machine, (void)path, (void)memory;
    *out = (file_info){0};
    return absent(why);
}

static fact_state no_file(host *machine, const char *path, uint64_t offset, uint64_t max, arena *memory,
                          bytes *out, fact *why) {
    (void)machine, (void)path, (void)offset, (void)max, (void)memory;
    *out = (bytes){0};
    return absent(why);
}

static fact_state no_marks(host *machine, const char *path, arena *memory, file_marks *out, fact *why) {
    (void)machine, (void)path, (void)memory;
    *out = (file_marks){0};
    return absent(why);
}

static fact_state no_folder(host *machine, const char *path, folder_visitor visit, void *user, arena *memory,
                            fact *why) {
    (void)machine, (void)path, (void)visit, (void)user, (void)memory;
    return absent(why);
}

static fact_state no_service(host *machine, const char *name, arena *memory, service_info *out, fact *why) {
    (void)machine, (void)name, (void)memory;
    *out = (service_info){0};
    return absent(why);
}

static fact_state no_volumes(host *machine, arena *memory, volume_info_list *out, fact *why) {
    (void)machine, (void)memory;
    *out = (volume_info_list){0};
    return absent(why);
}

static fact_state no_console(host *machine, const console_tool *tool, arena *memory, const char **out,
                             fact *why) {
    (void)machine, (void)tool, (void)memory;
    *out = "";
    return absent(why);
}

static fact_state tell_administrator(host *machine, const char *sid, arena *memory, bool *out, fact *why) {
    (void)memory;
    memory_tasks *them = of(machine);
    them->asked = arena_text(&them->memory, sid);
    *out = them->administrator.value;
    *why = them->administrator.fact;
    return why->state;
}

static fact_state fixed_now(host *machine, arena *memory, int64_t *out, fact *why) {
    (void)machine, (void)memory;
    *out = 1772438400; /* 2026-03-02 */
    *why = fact_known("memory");
    return FACT_KNOWN;
}

static void close_nothing(host *machine) {
    (void)machine;
}

/* ---- Reading tasks ---- */

memory_task *memory_tasks_find(memory_tasks *them, const char *path) {
    for (size_t i = 0; i < them->count; i++) {
        if (windows_name_equal(them->tasks[i].path, path)) {
            return &them->tasks[i];
        }
    }
    return NULL;
}

static fact_state list_tasks(host *machine, const char *folder, arena *memory, task_entry_list *out,
                             fact *why) {
    memory_tasks *them = of(machine);
    *out = (task_entry_list){.items = arena_array(memory, them->count, sizeof *out->items)};
    *why = fact_known("memory");
    for (size_t i = 0; i < them->count && out->items != NULL; i++) {
        if (ascii_starts(them->tasks[i].path, folder)) {
            out->items[out->count++] =
                (task_entry){.path = arena_text(memory, them->tasks[i].path),
                             .defined = {.fact = fact_known("memory"), .value = true},
                             .registered = {.fact = fact_known("memory"), .value = true}};
        }
    }
    return FACT_KNOWN;
}

static fact_state read_xml(host *machine, const char *path, arena *memory, bytes *out, fact *why) {
    const memory_task *task = memory_tasks_find(of(machine), path);
    *out = (bytes){0};
    if (task == NULL) {
        return absent(why);
    }
    const uint8_t *copy = arena_copy(memory, task->xml.data, task->xml.size);
    if (copy == NULL) {
        *why = fact_unknown(REASON_NO_MEMORY, "memory", NULL);
        return FACT_UNKNOWN;
    }
    *out = (bytes){.data = copy, .size = task->xml.size};
    *why = fact_known("memory");
    return FACT_KNOWN;
}

static fact_state read_status(host *machine, const char *path, arena *memory, task_status *out, fact *why) {
    (void)memory;
    const memory_task *task = memory_tasks_find(of(machine), path);
    *out = (task_status){0};
    if (task == NULL) {
        return absent(why);
    }
    *out = (task_status){.running = task->running};
    *why = fact_known("memory");
    return FACT_KNOWN;
}

/* ---- Storing definitions ---- */

static xmlDocPtr parsed(bytes xml, int options) {
    return xmlReadMemory((const char *)xml.data, (int)xml.size, NULL, NULL,
                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | options);
}

static xmlNode *child_of(xmlNode *parent, const char *name) {
    xmlNode *node = parent->children;
    while (node != NULL && (node->type != XML_ELEMENT_NODE || strcmp((const char *)node->name, name) != 0)) {
        node = node->next;
    }
    return node;
}

/* The child, made last if there is none. */
static xmlNode *child_made(xmlNode *parent, const char *name, const char *text) {
    xmlNode *child = child_of(parent, name);
    return child != NULL ? child
                         : xmlNewTextChild(parent, parent->ns, (const xmlChar *)name, (const xmlChar *)text);
}

static void move_last(xmlNode *parent, const char *name) {
    xmlNode *child = child_of(parent, name);
    if (child != NULL) {
        xmlUnlinkNode(child);
        (void)xmlAddChild(parent, child);
    }
}

static void remove_comments(xmlNode *parent) {
    for (xmlNode *node = parent->children, *next = NULL; node != NULL; node = next) {
        next = node->next;
        if (node->type == XML_COMMENT_NODE) {
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        } else {
            remove_comments(node);
        }
    }
}

/* Done again it changes nothing. */
static void normalize(xmlNode *root, const char *path) {
    static const char *const order[] = {"RegistrationInfo", "Principals", "Settings",
                                        "Triggers",         "Actions",    "Data"};
    static const char *const settings_order[] = {"ExecutionTimeLimit", "MultipleInstancesPolicy", "Enabled",
                                                 "Hidden"};
    remove_comments(root);
    xmlNode *registration = child_made(root, "RegistrationInfo", NULL);
    (void)child_made(registration, "Date", "2026-03-02T08:00:00");
    (void)child_made(registration, "URI", path);
    xmlNode *settings = child_made(root, "Settings", NULL);
    (void)child_made(settings, "Enabled", "true");
    (void)child_made(settings, "Hidden", "false");
    for (size_t i = 0; i < sizeof settings_order / sizeof settings_order[0]; i++) {
        move_last(settings, settings_order[i]);
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        move_last(root, order[i]);
    }
}

/* UTF-16LE with a mark, as Windows has it. */
static bytes dumped(memory_tasks *them, xmlDocPtr document) {
    xmlChar *text = NULL;
    int size = 0;
    xmlDocDumpFormatMemoryEnc(document, &text, &size, "UTF-8", 1);
    const char *body = text != NULL ? strstr((const char *)text, "?>") : NULL;
    text_builder all = {0};
    text_add(&all, "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"UTF-16\"");
    text_add(&all, body != NULL ? body : "");
    xmlFree(text);
    bytes wide = {0};
    if (text_builder_failed(&all)) {
        arena_set_failed(&them->memory);
    } else {
        wide = utf16_from_utf8(&them->memory, all.data, all.length);
    }
    text_builder_free(&all);
    return wide;
}

static mars_status no_xml(const char *path) {
    return error_set(MARS_E_MALFORMED, "%s: the Task Scheduler does not take this XML", path);
}

/* The definition as libxml2 reads it by itself, by mark and declaration: not as the library under test does.
 */
static mars_status store(memory_tasks *them, const char *path, bytes xml) {
    memory_task *task = memory_tasks_find(them, path);
    xmlDocPtr document = parsed(xml, them->normalizes ? XML_PARSE_NOBLANKS : 0);
    if (document == NULL) {
        return no_xml(path);
    }
    bytes stored = {.data = arena_copy(&them->memory, xml.data, xml.size), .size = xml.size};
    if (them->normalizes) {
        normalize(xmlDocGetRootElement(document), path);
        stored = dumped(them, document);
    }
    xmlFreeDoc(document);
    const char *name = task == NULL ? arena_text(&them->memory, path) : task->path;
    if (arena_failed(&them->memory)) {
        them->memory.failed = false;
        return error_set(MARS_E_NO_MEMORY, "%s: memory ran out", path);
    }
    if (task == NULL) {
        task = &them->tasks[them->count++];
        *task = (memory_task){.path = name, .running = {.fact = fact_known("memory"), .value = false}};
    }
    task->xml = stored;
    return MARS_OK;
}

/* ---- Changing tasks ---- */

static mars_status failure(memory_tasks *them, const char *path) {
    mars_status status = them->fails;
    them->fails = MARS_OK;
    return status == MARS_OK ? MARS_OK : error_set(status, "%s: told to fail", path);
}

static mars_status task_register(host *machine, const char *path, bytes xml) {
    memory_tasks *them = of(machine);
    const char *instead = them->stores;
    bool fails = them->registers_but_fails;
    mars_status status = failure(them, path);
    if (status != MARS_OK) {
        return status;
    }
    them->stores = NULL;
    them->registers_but_fails = false;
    if (instead != NULL) {
        xml = (bytes){.data = (const uint8_t *)instead, .size = strlen(instead)};
    }
    status = store(them, path, xml);
    them->registrations += status == MARS_OK;
    return status == MARS_OK && fails
               ? error_set(MARS_E_UNWRITABLE, "%s was registered, but will not run", path)
               : status;
}

static mars_status task_enable(host *machine, const char *path, bool enabled) {
    memory_tasks *them = of(machine);
    memory_task *task = memory_tasks_find(them, path);
    mars_status status = failure(them, path);
    xmlDocPtr document = status == MARS_OK && task != NULL ? parsed(task->xml, 0) : NULL;
    if (document == NULL) {
        return status != MARS_OK ? status : no_xml(path);
    }
    xmlNode *settings = child_made(xmlDocGetRootElement(document), "Settings", NULL);
    xmlNodeSetContent(child_made(settings, "Enabled", NULL), (const xmlChar *)(enabled ? "true" : "false"));
    bytes changed = dumped(them, document);
    xmlFreeDoc(document);
    status = arena_failed(&them->memory) ? error_set(MARS_E_NO_MEMORY, "%s: memory ran out", path)
                                         : store(them, path, changed);
    them->memory.failed = false;
    them->enablings += status == MARS_OK;
    return status;
}

static fact_state tell_domain(host *machine, arena *memory, const char **out, fact *why) {
    (void)memory;
    *out = "S-1-5-21-1-2-3";
    *why = of(machine)->domain_known == FACT_KNOWN ? fact_known("memory")
                                                   : fact_unknown(REASON_UNREADABLE, "memory", "not told");
    return why->state;
}

/* ---- The machine ---- */

memory_tasks *memory_tasks_new(void) {
    memory_tasks *them = calloc(1, sizeof *them);
    if (them == NULL) {
        return NULL;
    }
    xmlInitParser();
    them->backup_server = FACT_ABSENT;
    them->domain_known = FACT_KNOWN;
    them->reader = (host_reader){
        .registry_read = no_value,
        .registry_keys = no_names,
        .registry_values = no_names,
        .registry_time = key_time,
        .file_info = no_info,
        .file_read = no_file,
        .file_marks = no_marks,
        .folder_each = no_folder,
        .task_list = list_tasks,
        .task_xml = read_xml,
        .task_status = read_status,
        .service_info = no_service,
        .volume_list = no_volumes,
        .console = no_console,
        .now = fixed_now,
        .account_is_administrator = tell_administrator,
        .own_domain = tell_domain,
        .close = close_nothing,
    };
    them->writer = (host_writer){.task_register = task_register, .task_enable = task_enable};
    them->machine = (host){.read = &them->reader,
                           .writer = &them->writer,
                           .capabilities = HOST_LIVE,
                           .source_kind = "live",
                           .source_name = "MEMORY",
                           .system_drive = "C:"};
    return them;
}

void memory_tasks_free(memory_tasks *them) {
    if (them != NULL) {
        arena_free(&them->memory);
    }
    free(them);
}

bool memory_tasks_add(memory_tasks *them, const char *path, bytes xml) {
    return them->count < MEMORY_TASKS_MAX && store(them, path, xml) == MARS_OK;
}
