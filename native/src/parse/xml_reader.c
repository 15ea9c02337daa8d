#include "parse/xml_reader.h"

#include "core/unicode.h"
#include "parse/xml_library.h"

#include <libxml/parser.h>

#include <string.h>

void xml_reader_fail(xml_reader *reader, unknown_reason reason, const char *detail) {
    if (!reader->failed) {
        reader->failed = true;
        reader->why = fact_unknown(reason, NULL, detail);
    }
}

/* A document's text as UTF-8, somewhere in its own bytes or in the arena. */
typedef struct xml_source {
    const char *text;
    size_t length;
} xml_source;

static bool starts(const uint8_t *data, size_t size, const char *prefix, size_t length) {
    return size >= length && memcmp(data, prefix, length) == 0;
}

static void decode_utf16(xml_reader *reader, const uint8_t *data, size_t size, bool big_endian,
                         xml_source *out) {
    if (size % 2 != 0) {
        xml_reader_fail(reader, REASON_MALFORMED, "the UTF-16 text ends inside a character");
        return;
    }
    const uint8_t *little = data;
    if (big_endian) {
        uint8_t *swapped = arena_alloc(reader->memory, size);
        for (size_t i = 0; swapped != NULL && i < size; i++) {
            swapped[i] = data[i ^ 1];
        }
        little = swapped;
    }
    if (little != NULL) {
        out->text = utf8_from_utf16(reader->memory, little, size / 2, &out->length);
    }
    if (arena_failed(reader->memory)) {
        xml_reader_fail(reader, REASON_NO_MEMORY, NULL);
    }
}

/* An XML document begins with an ASCII character, so that of its first two bytes at most one is a NUL. */
static void decode(xml_reader *reader, const uint8_t *data, size_t size, size_t text_max, xml_source *out) {
    bool little = starts(data, size, "\xFF\xFE", 2);
    bool big = starts(data, size, "\xFE\xFF", 2);
    bool marked = little || big;
    little = little || (!big && size >= 2 && data[0] != 0 && data[1] == 0);
    big = big || (!little && size >= 2 && data[0] == 0 && data[1] != 0);
    bool wide = little || big;
    if (size > (wide ? 2 * text_max + 2 : text_max + 3)) {
        xml_reader_fail(reader, REASON_TOO_LARGE, "the document is larger than what is read of such a file");
        return;
    }
    if (wide) {
        size_t mark = marked ? 2 : 0;
        decode_utf16(reader, data + mark, size - mark, big, out);
    } else {
        size_t mark = starts(data, size, "\xEF\xBB\xBF", 3) ? 3 : 0;
        *out = (xml_source){.text = (const char *)data + mark, .length = size - mark};
    }
    if (!reader->failed && out->length > text_max) {
        xml_reader_fail(reader, REASON_TOO_LARGE, "the document is larger than what is read of such a file");
    } else if (!reader->failed && !utf8_valid(out->text, out->length)) {
        xml_reader_fail(reader, REASON_MALFORMED, "the text is neither UTF-16 nor UTF-8");
    }
}

static bool at_text(const xml_source *source, size_t at, const char *wanted) {
    size_t length = strlen(wanted);
    return source->length - at >= length && memcmp(source->text + at, wanted, length) == 0;
}

/* Behind the next occurrence of a text; the end if there is none. */
static size_t behind(const xml_source *source, size_t at, const char *wanted) {
    for (; at < source->length; at++) {
        if (at_text(source, at, wanted)) {
            return at + strlen(wanted);
        }
    }
    return source->length;
}

static bool is_xml_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Walks over what may stand before the root element. Leaves out the XML declaration, whose encoding is not
 * believed, and refuses a document type, wherever it stands. */
static void check_prolog(xml_reader *reader, xml_source *source) {
    size_t at = 0;
    if (at_text(source, 0, "<?xml") && source->length > 5 && is_xml_blank(source->text[5])) {
        at = behind(source, 0, "?>");
        *source = (xml_source){.text = source->text + at, .length = source->length - at};
        at = 0;
    }
    while (at < source->length) {
        if (is_xml_blank(source->text[at])) {
            at++;
        } else if (at_text(source, at, "<!--")) {
            at = behind(source, at + 4, "-->");
        } else if (at_text(source, at, "<?")) {
            at = behind(source, at + 2, "?>");
        } else {
            break;
        }
    }
    if (at_text(source, at, "<!")) {
        xml_reader_fail(reader, REASON_MALFORMED, "the document has a document type, which no such file has");
    }
}

/* Takes an error of this parser, so that no handler that the process may have installed hears of it. */
static void keep_silent(void *user, xmlErrorPtr error) {
    (void)user;
    (void)error;
}

static void parse(xml_reader *reader, const xml_source *source) {
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL) {
        xml_reader_fail(reader, REASON_NO_MEMORY, NULL);
        return;
    }
    parser->sax->serror = keep_silent;
    reader->document = xmlCtxtReadMemory(parser, source->text, (int)source->length, NULL, "UTF-8",
                                         XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                             XML_PARSE_IGNORE_ENC | XML_PARSE_NOCDATA);
    if (reader->document == NULL || xmlDocGetRootElement(reader->document) == NULL ||
        parser->nsWellFormed == 0) {
        bool memory = parser->errNo == XML_ERR_NO_MEMORY;
        xml_reader_fail(reader, memory ? REASON_NO_MEMORY : REASON_MALFORMED,
                        arena_printf(reader->memory, "it is no well-formed XML (line %d, code %d)",
                                     parser->lastError.line, parser->errNo));
    } else if (reader->document->intSubset != NULL || reader->document->extSubset != NULL) {
        xml_reader_fail(reader, REASON_MALFORMED, "the document has a document type, which no such file has");
    }
    xmlFreeParserCtxt(parser);
}

bool xml_reader_open(xml_reader *reader, const uint8_t *data, size_t size, size_t text_max, arena *memory) {
    *reader = (xml_reader){.memory = memory, .why = fact_known(NULL)};
    xml_source source = {.text = ""};
    xml_library_start();
    decode(reader, data, size, text_max, &source);
    if (!reader->failed) {
        check_prolog(reader, &source);
    }
    if (!reader->failed) {
        parse(reader, &source);
    }
    return !reader->failed;
}

void xml_reader_close(xml_reader *reader) {
    xmlFreeDoc(reader->document);
    reader->document = NULL;
}

bool xml_is_element(const xml_reader *reader, const xmlNode *node, const char *name) {
    return node->type == XML_ELEMENT_NODE && node->ns != NULL && node->ns->href != NULL &&
           strcmp((const char *)node->ns->href, reader->name_space) == 0 &&
           (name == NULL || strcmp((const char *)node->name, name) == 0);
}

const xmlNode *xml_child(xml_reader *reader, const xmlNode *parent, const char *name) {
    const xmlNode *found = NULL;
    for (const xmlNode *node = parent == NULL ? NULL : parent->children; node != NULL; node = node->next) {
        if (!xml_is_element(reader, node, name)) {
            continue;
        }
        if (found != NULL) {
            xml_reader_fail(
                reader, REASON_MALFORMED,
                arena_printf(reader->memory, "%s has more than one %s", (const char *)parent->name, name));
            return found;
        }
        found = node;
    }
    return found;
}

static bool is_text(const xmlNode *node) {
    return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

const char *xml_text(xml_reader *reader, const xmlNode *element) {
    size_t length = 0;
    for (const xmlNode *node = element->children; node != NULL; node = node->next) {
        if (is_text(node) && node->content != NULL) {
            length += strlen((const char *)node->content);
        } else if (node->type == XML_ELEMENT_NODE) {
            xml_reader_fail(reader, REASON_MALFORMED,
                            arena_printf(reader->memory, "%s holds elements instead of a text",
                                         (const char *)element->name));
            return "";
        }
    }
    char *text = arena_alloc(reader->memory, length + 1);
    if (text == NULL) {
        xml_reader_fail(reader, REASON_NO_MEMORY, NULL);
        return "";
    }
    size_t used = 0;
    for (const xmlNode *node = element->children; node != NULL; node = node->next) {
        if (is_text(node) && node->content != NULL) {
            size_t part = strlen((const char *)node->content);
            memcpy(text + used, node->content, part);
            used += part;
        }
    }
    return text;
}

static const char *trimmed(xml_reader *reader, const char *text) {
    while (is_xml_blank(*text)) {
        text++;
    }
    size_t length = strlen(text);
    while (length > 0 && is_xml_blank(text[length - 1])) {
        length--;
    }
    return arena_text_n(reader->memory, text, length);
}

const char *xml_token(xml_reader *reader, const xmlNode *element) {
    return trimmed(reader, xml_text(reader, element));
}

const char *xml_child_text(xml_reader *reader, const xmlNode *parent, const char *name) {
    const xmlNode *child = xml_child(reader, parent, name);
    return child == NULL ? NULL : xml_text(reader, child);
}

const char *xml_child_token(xml_reader *reader, const xmlNode *parent, const char *name) {
    const xmlNode *child = xml_child(reader, parent, name);
    const char *token = child == NULL ? "" : xml_token(reader, child);
    return token[0] == '\0' ? NULL : token;
}

bool xml_child_flag(xml_reader *reader, const xmlNode *parent, const char *name, bool fallback) {
    static const struct {
        const char *word;
        bool value;
    } words[] = {{"true", true}, {"false", false}, {"1", true}, {"0", false}};
    const xmlNode *child = xml_child(reader, parent, name);
    if (child == NULL) {
        return fallback;
    }
    const char *token = xml_token(reader, child);
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(token, words[i].word) == 0) {
            return words[i].value;
        }
    }
    xml_reader_fail(reader, REASON_MALFORMED,
                    arena_printf(reader->memory, "%s/%s is \"%.40s\", neither true nor false",
                                 (const char *)parent->name, name, token));
    return fallback;
}

const char *xml_attribute(xml_reader *reader, const xmlNode *element, const char *name) {
    for (const xmlAttr *attribute = element->properties; attribute != NULL; attribute = attribute->next) {
        if (attribute->ns == NULL && strcmp((const char *)attribute->name, name) == 0) {
            const xmlNode *value = attribute->children;
            return value == NULL || value->content == NULL ? ""
                                                           : trimmed(reader, (const char *)value->content);
        }
    }
    return NULL;
}
