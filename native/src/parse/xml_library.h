/* libxml2 looks at its "initialised" flag without a lock; two sessions may get there at the same time. */
#ifndef PARSE_XML_LIBRARY_H
#define PARSE_XML_LIBRARY_H

/* Gets libxml2 ready, once in the process however many threads ask. */
void xml_library_start(void);

#endif
