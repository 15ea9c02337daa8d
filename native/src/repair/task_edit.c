#include "repair/task_edit.h"

#include "core/error.h"
#include "core/text_builder.h"
#include "core/unicode.h"
#include "parse/task_xml.h"
#include "parse/xml_reader.h"
#include "repair/task_account.h"

#include <libxml/xmlsave.h>

#include <string.h>

typedef struct editor {
    xml_reader reader;
    const task_definition *task;
    xmlNode *root;
} editor;

/* ---- The tree ---- */

static void no_memory(editor *e) {
    xml_reader_fail(&e->reader, REASON_NO_MEMORY, NULL);
}

static xmlNode *first_child(const editor *e, xmlNode *parent, const char *name) {
    xmlNode *node = parent != NULL ? parent->children : NULL;
    while (node != NULL && !xml_is_element(&e->reader, node, name)) {
        node = node->next;
    }
    return node;
}

static bool is_blank(const xmlNode *node) {
    return node != NULL && node->type == XML_TEXT_NODE && xmlIsBlankNode(node) == 1;
}

static void set_text(editor *e, xmlNode *element, const char *text) {
    if (element == NULL) {
        return;
    }
    xmlNodeSetContent(element, (const xmlChar *)text);
    if (element->children == NULL) {
        no_memory(e);
    }
}

/* Adds an element in front of all others, indented as the one that was first. */
static xmlNode *add_first(editor *e, xmlNode *parent, const char *name) {
    xmlNode *added =
        parent != NULL ? xmlNewDocNode(e->reader.document, parent->ns, (const xmlChar *)name, NULL) : NULL;
    if (added == NULL) {
        no_memory(e);
        return NULL;
    }
    xmlNode *first = parent->children;
    xmlNode *indent = is_blank(first) ? xmlCopyNode(first, 0) : NULL;
    if (first == NULL) {
        (void)xmlAddChild(parent, added);
    } else {
        (void)xmlAddPrevSibling(first, added);
    }
    if (indent != NULL) {
        (void)xmlAddPrevSibling(added, indent);
    }
    return added;
}

static void set_child(editor *e, xmlNode *parent, const char *name, const char *text) {
    xmlNode *child = first_child(e, parent, name);
    set_text(e, child != NULL ? child : add_first(e, parent, name), text);
}

static void take_out(xmlNode *node) {
    xmlNode *indent = node->prev;
    if (is_blank(indent)) {
        xmlUnlinkNode(indent);
        xmlFreeNode(indent);
    }
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

static void remove_children(const editor *e, xmlNode *parent, const char *name) {
    xmlNode *child = NULL;
    while ((child = first_child(e, parent, name)) != NULL) {
        take_out(child);
    }
}

/* ---- The edits ---- */

static void set_enabled(editor *e, const char *flag) {
    xmlNode *settings = first_child(e, e->root, "Settings");
    set_child(e, settings != NULL ? settings : add_first(e, e->root, "Settings"), "Enabled", flag);
}

static bool is_enabled(const task_definition *task) {
    return task->enabled;
}

static void enable(editor *e) {
    set_enabled(e, "true");
}

static bool is_disabled(const task_definition *task) {
    return !task->enabled;
}

static void disable(editor *e) {
    set_enabled(e, "false");
}

static bool triggers_are_enabled(const task_definition *task) {
    size_t enabled = 0;
    for (size_t i = 0; i < task->trigger_count; i++) {
        enabled += task->triggers[i].enabled;
    }
    return enabled == task->trigger_count;
}

/* A trigger without the element is enabled, so that none needs to be added. */
static void enable_triggers(editor *e) {
    xmlNode *triggers = first_child(e, e->root, "Triggers");
    size_t i = 0;
    for (xmlNode *node = triggers != NULL ? triggers->children : NULL; node != NULL; node = node->next) {
        if (xml_is_element(&e->reader, node, NULL) && !e->task->triggers[i++].enabled) {
            set_text(e, first_child(e, node, "Enabled"), "true");
        }
    }
}

/* SYSTEM has all rights at either run level, so that the run level alone is no reason to register anew. */
static bool runs_as_system(const task_definition *task) {
    return task_principal_is_system(task->principal);
}

/* The element that the definition's principal was read from. */
static xmlNode *principal_element(const editor *e) {
    xmlNode *principals = first_child(e, e->root, "Principals");
    size_t left = (size_t)(e->task->principal - e->task->principals);
    for (xmlNode *node = principals != NULL ? principals->children : NULL; node != NULL; node = node->next) {
        if (xml_is_element(&e->reader, node, "Principal") && left-- == 0) {
            return node;
        }
    }
    return NULL;
}

static void run_as_system(editor *e) {
    xmlNode *principal = principal_element(e);
    if (principal == NULL) {
        return;
    }
    remove_children(e, principal, "LogonType");
    remove_children(e, principal, "GroupId");
    remove_children(e, principal, "DisplayName"); /* it may show the old account's name */
    set_child(e, principal, "RunLevel", "HighestAvailable");
    set_child(e, principal, "UserId", TASK_SID_SYSTEM);
}

static bool ignores_new(const task_definition *task) {
    return task->multiple_instances == TASK_INSTANCES_IGNORE_NEW;
}

static void ignore_new(editor *e) {
    set_child(e, first_child(e, e->root, "Settings"), "MultipleInstancesPolicy", "IgnoreNew");
}

static const struct {
    bool (*is_so)(const task_definition *task);
    void (*make_so)(editor *e);
    bool of_principal;
} edits[TASK_EDIT_COUNT] = {
    [TASK_EDIT_ENABLE] = {is_enabled, enable, false},
    [TASK_EDIT_DISABLE] = {is_disabled, disable, false},
    [TASK_EDIT_ENABLE_TRIGGERS] = {triggers_are_enabled, enable_triggers, false},
    [TASK_EDIT_RUN_AS_SYSTEM] = {runs_as_system, run_as_system, true},
    [TASK_EDIT_IGNORE_NEW] = {ignores_new, ignore_new, false},
};

/* ---- Writing ---- */

static void add_with_line_ends(text_builder *to, const char *text, size_t length) {
    size_t from = 0;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '\n') {
            text_add_n(to, text + from, i - from);
            text_add(to, "\r\n");
            from = i + 1;
        }
    }
    text_add_n(to, text + from, length - from);
}

/* The document as UTF-8 without a declaration; a CR that is part of a text is written as a reference, so that
 * every line's end can be written anew. */
static bool serialize(const editor *e, text_builder *to) {
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlSaveCtxtPtr save =
        buffer != NULL ? xmlSaveToBuffer(buffer, "UTF-8", XML_SAVE_NO_DECL | XML_SAVE_AS_XML) : NULL;
    bool good = save != NULL && xmlSaveDoc(save, e->reader.document) != -1;
    good = save != NULL && xmlSaveClose(save) != -1 && good;
    if (good) {
        add_with_line_ends(to, (const char *)xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
    }
    xmlBufferFree(buffer);
    return good && !text_builder_failed(to);
}

static bytes with_mark(arena *memory, bytes text) {
    uint8_t *marked = arena_alloc(memory, text.size + 2);
    if (marked == NULL) {
        return (bytes){0};
    }
    marked[0] = 0xFF;
    marked[1] = 0xFE;
    if (text.size > 0) {
        memcpy(marked + 2, text.data, text.size);
    }
    return (bytes){.data = marked, .size = text.size + 2};
}

static void write_out(editor *e, bytes *out) {
    arena *memory = e->reader.memory;
    text_builder text = {0};
    text_add(&text, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n");
    if (!serialize(e, &text)) {
        no_memory(e);
    } else if (text.length > TASK_XML_TEXT_MAX) {
        xml_reader_fail(&e->reader, REASON_TOO_LARGE, "the edited definition is larger than what is read");
    } else {
        *out = with_mark(memory, utf16_from_utf8(memory, text.data, text.length));
    }
    text_builder_free(&text);
}

static bool edit(const uint8_t *data, size_t size, task_edit_kind kind, const task_definition *task,
                 arena *memory, task_edited *out, fact *why) {
    editor e = {.task = task};
    if (xml_reader_open(&e.reader, data, size, TASK_XML_TEXT_MAX, memory)) {
        e.reader.name_space = TASK_XML_NAME_SPACE;
        e.root = xmlDocGetRootElement(e.reader.document);
        edits[kind].make_so(&e);
    }
    if (!e.reader.failed) {
        write_out(&e, &out->definition);
    }
    xml_reader_close(&e.reader);
    if (arena_failed(memory)) {
        no_memory(&e);
    }
    *why = e.reader.why;
    return !e.reader.failed;
}

bool task_edit(const uint8_t *data, size_t size, task_edit_kind kind, arena *memory, task_edited *out,
               fact *why) {
    task_definition task;
    *out = (task_edited){.definition = {.data = data, .size = size}};
    bool good = task_xml_read(data, size, memory, &task, why);
    if (good && edits[kind].of_principal && task.principal == NULL) {
        *why = fact_unknown(REASON_MALFORMED, NULL,
                            "the definition does not tell which of its principals the actions run under");
        good = false;
    }
    if (good && !edits[kind].is_so(&task)) {
        out->changed = true;
        good = edit(data, size, kind, &task, memory, out, why);
    }
    if (!good) {
        *out = (task_edited){0};
    }
    return good;
}

mars_status task_definition_error(mars_status code, const char *task, const fact *why) {
    if (why->reason == REASON_NO_MEMORY) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while %s was read", task);
    }
    return error_set(code, "the definition of %s cannot be read: %s%s%s", task,
                     unknown_reason_sentence(why->reason), why->detail != NULL ? "; " : "",
                     why->detail != NULL ? why->detail : "");
}
