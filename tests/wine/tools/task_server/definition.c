#include "definition_rules.h"
#include "definition_write.h"
#include "task_server.h"

#include <libxml/parser.h>
#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMESPACE "http://schemas.microsoft.com/windows/2004/02/mit/task"

/* ---- Reading ---- */

/* Text in UTF-16 that says it is something else is refused, as Windows refuses it. */
static bool says_other_encoding(const wchar_t *xml) {
    const wchar_t *end = wcsncmp(xml, L"<?xml", 5) == 0 ? wcsstr(xml, L"?>") : NULL;
    const wchar_t *encoding = end != NULL ? wcsstr(xml, L"encoding=") : NULL;
    return encoding != NULL && encoding < end && _wcsnicmp(encoding + 10, L"UTF-16", 6) != 0;
}

static HRESULT parse(const wchar_t *xml, xmlDoc **out) {
    size_t size = wcslen(xml) * sizeof *xml;
    *out = NULL;
    if (says_other_encoding(xml) || size > INT_MAX) {
        return MALFORMED_XML;
    }
    *out = xmlReadMemory((const char *)xml, (int)size, NULL, "UTF-16LE",
                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NOCDATA);
    if (*out == NULL) {
        return MALFORMED_XML;
    }
    const xmlNode *root = xmlDocGetRootElement(*out);
    return root->ns != NULL && strcmp((const char *)root->ns->href, NAMESPACE) == 0 ? S_OK
                                                                                    : UNKNOWN_NAMESPACE;
}

static bool is_element(const xmlNode *node, const char *name) {
    return node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static xmlNode *child_of(const xmlNode *parent, const char *name) {
    xmlNode *child = parent != NULL ? parent->children : NULL;
    while (child != NULL && !is_element(child, name)) {
        child = child->next;
    }
    return child;
}

static unsigned count_of(const xmlNode *parent, const char *name) {
    unsigned count = 0;
    for (const xmlNode *child = parent->children; child != NULL; child = child->next) {
        count += is_element(child, name);
    }
    return count;
}

/* ---- Values ---- */

static bool is_bool(const char *value) {
    return strcmp(value, "true") == 0 || strcmp(value, "false") == 0 || strcmp(value, "1") == 0 ||
           strcmp(value, "0") == 0;
}

static bool is_number(const char *value) {
    return value[0] != '\0' && strspn(value, "0123456789") == strlen(value);
}

/* P, then numbers with their units, T before those of the time of day. */
static bool is_duration(const char *value) {
    return value[0] == 'P' && strlen(value) > 2 && strspn(value, "PT0123456789YMDHS.") == strlen(value) &&
           strpbrk(value, "0123456789") != NULL && strchr("YMDHS", value[strlen(value) - 1]) != NULL;
}

static bool is_time(const char *value) {
    static const char form[] = "dddd-dd-ddTdd:dd:dd";
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (form[i] == 'd' ? value[i] < '0' || value[i] > '9' : value[i] != form[i]) {
            return false;
        }
    }
    return strspn(value + sizeof form - 1, "0123456789.:+-Z") == strlen(value + sizeof form - 1);
}

static bool is_word(const char *value, const char *words) {
    char wanted[64];
    return snprintf(wanted, sizeof wanted, " %s ", value) < (int)sizeof wanted &&
           strstr(words, wanted) != NULL;
}

static HRESULT check_value(const xmlNode *node, const element_rule *rule) {
    xmlChar *content = xmlNodeGetContent(node);
    const char *value = content != NULL ? (const char *)content : "";
    bool valid = true;
    switch (rule->kind) {
    case VALUE_BOOL:
        valid = is_bool(value);
        break;
    case VALUE_NUMBER:
        valid = is_number(value);
        break;
    case VALUE_DURATION:
        valid = is_duration(value);
        break;
    case VALUE_TIME:
        valid = is_time(value);
        break;
    case VALUE_WORD:
        valid = is_word(value, rule->words);
        break;
    case VALUE_GROUP:
    case VALUE_TEXT:
    case VALUE_ANY:
        break;
    }
    xmlFree(content);
    return valid ? S_OK : INVALID_VALUE;
}

/* ---- Elements ---- */

static bool has_parent(const element_rule *rule, const char *parent) {
    const char *part = rule->parent;
    if (part[0] != '*') {
        return strcmp(part, parent) == 0;
    }
    size_t length = strlen(part + 1);
    return strlen(parent) > length && strcmp(parent + strlen(parent) - length, part + 1) == 0;
}

static const element_rule *rule_of(const char *parent, const char *name) {
    for (size_t i = 0; i < element_rule_count; i++) {
        if (has_parent(&element_rules[i], parent) && strcmp(element_rules[i].name, name) == 0) {
            return &element_rules[i];
        }
    }
    return NULL;
}

static HRESULT check_counts(const xmlNode *node) {
    for (size_t i = 0; i < element_rule_count; i++) {
        const element_rule *rule = &element_rules[i];
        if (has_parent(rule, (const char *)node->name)) {
            unsigned count = count_of(node, rule->name);
            if (rule->required && count == 0) {
                return MISSING_NODE;
            }
            if (count > (rule->most > 0 ? rule->most : 1)) {
                return TOO_MANY_NODES;
            }
        }
    }
    return S_OK;
}

static HRESULT check_node(const xmlNode *node) {
    HRESULT result = check_counts(node);
    for (const xmlNode *child = node->children; child != NULL && SUCCEEDED(result); child = child->next) {
        if (child->type != XML_ELEMENT_NODE) {
            continue;
        }
        const element_rule *rule = rule_of((const char *)node->name, (const char *)child->name);
        if (child->ns != node->ns &&
            (child->ns == NULL || strcmp((const char *)child->ns->href, NAMESPACE) != 0)) {
            result = UNKNOWN_NAMESPACE;
        } else if (rule == NULL) {
            result = UNEXPECTED_NODE;
        } else {
            result = rule->kind == VALUE_GROUP ? check_node(child) : check_value(child, rule);
        }
    }
    return result;
}

/* ---- What the table does not say ---- */

static bool has_one_of(const xmlNode *node, const char *const *names) {
    unsigned count = 0;
    for (; *names != NULL; names++) {
        count += count_of(node, *names);
    }
    return count == 1;
}

static HRESULT check_triggers(const xmlNode *triggers) {
    static const char *const schedules[] = {"ScheduleByDay", "ScheduleByWeek", "ScheduleByMonth",
                                            "ScheduleByMonthDayOfWeek", NULL};
    for (const xmlNode *trigger = triggers != NULL ? triggers->children : NULL; trigger != NULL;
         trigger = trigger->next) {
        bool calendar = is_element(trigger, "CalendarTrigger");
        if ((calendar || is_element(trigger, "TimeTrigger")) && child_of(trigger, "StartBoundary") == NULL) {
            return MISSING_NODE;
        }
        if (calendar && !has_one_of(trigger, schedules)) {
            return MISSING_NODE;
        }
    }
    return S_OK;
}

static HRESULT check_principal(const xmlNode *root) {
    static const char *const accounts[] = {"UserId", "GroupId", NULL};
    const xmlNode *principal = child_of(child_of(root, "Principals"), "Principal");
    return principal == NULL || has_one_of(principal, accounts) ? S_OK : MISSING_NODE;
}

static HRESULT check(const xmlNode *root) {
    if (!is_element(root, "Task")) {
        return UNEXPECTED_NODE;
    }
    HRESULT result = check_node(root);
    if (SUCCEEDED(result)) {
        result = check_triggers(child_of(root, "Triggers"));
    }
    if (SUCCEEDED(result)) {
        result = check_principal(root);
    }
    const xmlNode *actions = child_of(root, "Actions");
    return SUCCEEDED(result) && !xmlFirstElementChild((xmlNode *)actions) ? MISSING_NODE : result;
}

/* ---- What Windows makes of it ---- */

static xmlNode *add_child(xmlNode *parent, const char *name, const char *value) {
    return xmlNewTextChild(parent, parent->ns, (const xmlChar *)name,
                           value[0] != '\0' ? (const xmlChar *)value : NULL);
}

static void set_child(xmlNode *parent, const char *name, const char *value) {
    xmlNode *old = child_of(parent, name);
    if (old != NULL) {
        xmlUnlinkNode(old);
        xmlFreeNode(old);
    }
    (void)add_child(parent, name, value);
}

static bool is_repeated(const char *name) {
    return strcmp(name, "Triggers") == 0 || strcmp(name, "Actions") == 0;
}

/* Elements in the order of the rules; those that stand there in a row of their own keep that. */
static void put_in_order(xmlNode *node) {
    const char *name = (const char *)node->name;
    for (size_t i = 0; i < element_rule_count && !is_repeated(name); i++) {
        xmlNode *child = has_parent(&element_rules[i], name) ? child_of(node, element_rules[i].name) : NULL;
        if (child != NULL) {
            xmlUnlinkNode(child);
            (void)xmlAddChild(node, child);
        }
    }
}

static void write_out(xmlNode *node) {
    for (size_t i = 0; i < element_rule_count; i++) {
        const element_rule *rule = &element_rules[i];
        if (rule->written_out != NULL && has_parent(rule, (const char *)node->name) &&
            child_of(node, rule->name) == NULL) {
            (void)add_child(node, rule->name, rule->written_out);
        }
    }
    put_in_order(node);
    for (xmlNode *child = node->children; child != NULL; child = child->next) {
        const element_rule *rule = child->type == XML_ELEMENT_NODE
                                       ? rule_of((const char *)node->name, (const char *)child->name)
                                       : NULL;
        if (rule != NULL && rule->kind == VALUE_GROUP) {
            write_out(child);
        }
    }
}

/* A name becomes a SID. One that is nobody's is refused. */
static HRESULT resolve(xmlNode *principal, const char *element) {
    uint8_t sid[SECURITY_MAX_SID_SIZE];
    char domain[256];
    DWORD size = sizeof sid;
    DWORD domain_size = sizeof domain;
    SID_NAME_USE use = SidTypeUnknown;
    char *text = NULL;
    const xmlNode *node = child_of(principal, element);
    xmlChar *account = node != NULL ? xmlNodeGetContent(node) : NULL;
    HRESULT result = S_OK;
    if (account != NULL && _strnicmp((const char *)account, "S-1-", 4) != 0) {
        if (LookupAccountNameA(NULL, (const char *)account, sid, &size, domain, &domain_size, &use) ==
                FALSE ||
            ConvertSidToStringSidA(sid, &text) == FALSE) {
            result = windows_error(ERROR_NONE_MAPPED);
        } else {
            set_child(principal, element, text);
            (void)LocalFree(text);
        }
    }
    xmlFree(account);
    return result;
}

static HRESULT normalise(xmlDoc *document, const wchar_t *task) {
    char uri[PATH_ROOM];
    xmlNode *root = xmlDocGetRootElement(document);
    xmlNode *principal = child_of(child_of(root, "Principals"), "Principal");
    HRESULT result = principal != NULL ? resolve(principal, "UserId") : S_OK;
    if (SUCCEEDED(result) && principal != NULL) {
        result = resolve(principal, "GroupId");
    }
    if (xmlHasProp(root, (const xmlChar *)"version") == NULL) {
        (void)xmlNewProp(root, (const xmlChar *)"version", (const xmlChar *)"1.2");
    }
    write_out(root);
    (void)snprintf(uri, sizeof uri, "%ls", task);
    set_child(child_of(root, "RegistrationInfo"), "URI", uri);
    put_in_order(child_of(root, "RegistrationInfo"));
    return result;
}

HRESULT definition_normalise(const wchar_t *xml, const wchar_t *task, BSTR *out) {
    xmlDoc *document = NULL;
    *out = NULL;
    HRESULT result = parse(xml, &document);
    if (SUCCEEDED(result)) {
        result = check(xmlDocGetRootElement(document));
    }
    if (SUCCEEDED(result)) {
        result = normalise(document, task);
    }
    if (SUCCEEDED(result)) {
        *out = definition_write(document);
        result = *out != NULL ? S_OK : E_OUTOFMEMORY;
    }
    xmlFreeDoc(document);
    return result;
}

HRESULT definition_enable(const wchar_t *xml, const wchar_t *task, bool enabled, BSTR *out) {
    xmlDoc *document = NULL;
    *out = NULL;
    HRESULT result = parse(xml, &document);
    if (SUCCEEDED(result)) {
        result = normalise(document, task);
    }
    if (SUCCEEDED(result)) {
        xmlNode *settings = child_of(xmlDocGetRootElement(document), "Settings");
        set_child(settings, "Enabled", enabled ? "true" : "false");
        put_in_order(settings);
        *out = definition_write(document);
    }
    xmlFreeDoc(document);
    return result;
}

/* ---- Facts ---- */

static bool says(const xmlNode *parent, const char *name, const char *const *values) {
    const xmlNode *node = child_of(parent, name);
    xmlChar *content = node != NULL ? xmlNodeGetContent(node) : NULL;
    bool found = false;
    for (; content != NULL && *values != NULL && !found; values++) {
        found = _stricmp((const char *)content, *values) == 0;
    }
    xmlFree(content);
    return found;
}

HRESULT definition_read(const wchar_t *xml, definition_facts *out) {
    static const char *const no[] = {"false", "0", NULL};
    static const char *const yes[] = {"true", "1", NULL};
    static const char *const services[] = {"S-1-5-18", "S-1-5-19", "S-1-5-20", NULL};
    static const char *const passwords[] = {"Password", "InteractiveTokenOrPassword", NULL};
    xmlDoc *document = NULL;
    HRESULT result = parse(xml, &document);
    *out = (definition_facts){0};
    if (SUCCEEDED(result)) {
        const xmlNode *root = xmlDocGetRootElement(document);
        const xmlNode *principal = child_of(child_of(root, "Principals"), "Principal");
        out->enabled = !says(child_of(root, "Settings"), "Enabled", no);
        out->hidden = says(child_of(root, "Settings"), "Hidden", yes);
        out->service_account = says(principal, "UserId", services);
        out->has_password = says(principal, "LogonType", passwords);
    }
    xmlFreeDoc(document);
    return result;
}
