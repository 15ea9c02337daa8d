#include "parse/zone_identifier.h"

#include "core/unicode.h"

#include <string.h>

void zone_identifier_read(const uint8_t *data, size_t size, const char *where, arena *memory,
                          fact_number *out) {
    const char *text = arena_text_n(memory, (const char *)data, size);
    const char *line = text;
    while (line != NULL && !ascii_starts(line, "ZoneId=")) {
        const char *end = strchr(line, '\n');
        line = end != NULL ? end + 1 : NULL;
    }
    const char *number = line != NULL ? line + strlen("ZoneId=") : "";
    *out = (fact_number){.fact = fact_known(where), .value = *number - '0'};
    if (*number < '0' || *number > '9') {
        out->fact = fact_unknown(REASON_MALFORMED, where, "its Zone.Identifier stream has no ZoneId");
    }
}
