/* The stream Zone.Identifier, in which Windows notes where a file came from:
 * "[ZoneTransfer]\r\nZoneId=3\r\n". */
#ifndef PARSE_ZONE_IDENTIFIER_H
#define PARSE_ZONE_IDENTIFIER_H

#include "core/fact.h"

enum { ZONE_IDENTIFIER_LIMIT = 64 * 1024 }; /* bytes of it that are read */

/* Fills *out with the ZoneId, known or unknown ("malformed"). where: the file's path, or NULL. */
void zone_identifier_read(const uint8_t *data, size_t size, const char *where, arena *memory,
                          fact_number *out);

#endif
