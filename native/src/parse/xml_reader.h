/* XML documents of small, known formats, read strictly: the encoding is told by the bytes, there is no
 * document type, nothing is loaded from elsewhere and nothing is printed. */
#ifndef PARSE_XML_READER_H
#define PARSE_XML_READER_H

#include "core/fact.h"

#include <libxml/tree.h>

/* What reading a document needs at every step, and the first thing that was wrong with it. */
typedef struct xml_reader {
    arena *memory;
    xmlDocPtr document;
    const char *name_space; /* elements of others are passed over */
    bool failed;
    fact why;
} xml_reader;

/* Parses a document whose text is at most text_max bytes as UTF-8 (and is not read at all if it is longer).
 * The encoding is UTF-16 of either byte order or UTF-8, by byte order mark and NULs and whatever the XML
 * declaration says. False: reader->why. Call xml_reader_close in either case. */
bool xml_reader_open(xml_reader *reader, const uint8_t *data, size_t size, size_t text_max, arena *memory);
void xml_reader_close(xml_reader *reader);

/* Records the first failure. */
void xml_reader_fail(xml_reader *reader, unknown_reason reason, const char *detail);

/* Whether a node is an element of the reader's name space; name NULL: any. */
bool xml_is_element(const xml_reader *reader, const xmlNode *node, const char *name);
/* The child element of that name, or NULL. More than one is a failure. */
const xmlNode *xml_child(xml_reader *reader, const xmlNode *parent, const char *name);

/* An element's text as written, without comments; an element inside it is a failure. Never NULL. */
const char *xml_text(xml_reader *reader, const xmlNode *element);
/* As xml_text, without the blanks around it. */
const char *xml_token(xml_reader *reader, const xmlNode *element);

/* The text of a child: NULL if there is no such child. */
const char *xml_child_text(xml_reader *reader, const xmlNode *parent, const char *name);
/* Without the blanks around it; NULL if there is no such child or it is empty. */
const char *xml_child_token(xml_reader *reader, const xmlNode *parent, const char *name);
/* xs:boolean: true, false, 1, 0. Anything else is a failure that names the element. */
bool xml_child_flag(xml_reader *reader, const xmlNode *parent, const char *name, bool fallback);
/* An attribute without the blanks around it; NULL if there is none. */
const char *xml_attribute(xml_reader *reader, const xmlNode *element, const char *name);

#endif
