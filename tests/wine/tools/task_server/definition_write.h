/* A definition as text, the way Windows writes it. */
#ifndef DEFINITION_WRITE_H
#define DEFINITION_WRITE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <windows.h>

#include <oleauto.h>

/* In UTF-16, with a declaration, two spaces for each depth, lines that end in CR LF. NULL: no memory. */
BSTR definition_write(const xmlDoc *document);

#endif
