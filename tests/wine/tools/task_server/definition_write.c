#include "definition_write.h"

#include <stdlib.h>
#include <string.h>

typedef struct text {
    char *data;
    size_t size;
    size_t room;
} text;

static void append_n(text *to, const char *more, size_t length) {
    if (to->size + length + 1 > to->room) {
        size_t room = (to->size + length + 1) * 2;
        char *grown = realloc(to->data, room);
        if (grown == NULL) {
            abort();
        }
        to->data = grown;
        to->room = room;
    }
    memcpy(to->data + to->size, more, length);
    to->size += length;
    to->data[to->size] = '\0';
}

static void append(text *to, const char *more) {
    append_n(to, more, strlen(more));
}

static void append_escaped(text *to, const char *raw, bool attribute) {
    for (; *raw != '\0'; raw++) {
        switch (*raw) {
        case '&':
            append(to, "&amp;");
            break;
        case '<':
            append(to, "&lt;");
            break;
        case '>':
            append(to, "&gt;");
            break;
        case '"':
            append(to, attribute ? "&quot;" : "\"");
            break;
        default:
            append_n(to, raw, 1);
        }
    }
}

static void append_attribute(text *to, const char *name, const char *value) {
    append(to, " ");
    append(to, name);
    append(to, "=\"");
    append_escaped(to, value, true);
    append(to, "\"");
}

static void append_start(text *to, const xmlNode *node) {
    append(to, "<");
    append(to, (const char *)node->name);
    for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next) {
        xmlChar *value = xmlNodeGetContent((const xmlNode *)attribute);
        append_attribute(to, (const char *)attribute->name, value != NULL ? (const char *)value : "");
        xmlFree(value);
    }
    for (const xmlNs *space = node->nsDef; space != NULL; space = space->next) {
        append_attribute(to, "xmlns", (const char *)space->href);
    }
}

static bool has_elements(const xmlNode *node) {
    const xmlNode *child = node->children;
    while (child != NULL && child->type != XML_ELEMENT_NODE) {
        child = child->next;
    }
    return child != NULL;
}

static void append_indent(text *to, unsigned depth) {
    for (unsigned i = 0; i < depth; i++) {
        append(to, "  ");
    }
}

static void append_node(text *to, const xmlNode *node, unsigned depth) {
    append_indent(to, depth);
    append_start(to, node);
    if (node->children == NULL) {
        append(to, " />\r\n");
        return;
    }
    append(to, ">");
    if (has_elements(node)) {
        append(to, "\r\n");
        for (const xmlNode *child = node->children; child != NULL; child = child->next) {
            if (child->type == XML_ELEMENT_NODE) {
                append_node(to, child, depth + 1);
            }
        }
        append_indent(to, depth);
    } else {
        xmlChar *content = xmlNodeGetContent(node);
        append_escaped(to, content != NULL ? (const char *)content : "", false);
        xmlFree(content);
    }
    append(to, "</");
    append(to, (const char *)node->name);
    append(to, ">\r\n");
}

static BSTR wide_of(const text *from) {
    int units = MultiByteToWideChar(CP_UTF8, 0, from->data, (int)from->size, NULL, 0);
    BSTR wide = SysAllocStringLen(NULL, (UINT)units);
    if (wide != NULL) {
        (void)MultiByteToWideChar(CP_UTF8, 0, from->data, (int)from->size, wide, units);
    }
    return wide;
}

BSTR definition_write(const xmlDoc *document) {
    text written = {0};
    append(&written, "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\r\n");
    append_node(&written, xmlDocGetRootElement(document), 0);
    written.size -= 2; /* no line end behind the last line */
    BSTR wide = wide_of(&written);
    free(written.data);
    return wide;
}
