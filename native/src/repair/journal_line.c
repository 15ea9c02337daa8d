#include "repair/journal_line.h"

#include "core/crc32c.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ,"crc":"xxxxxxxx"} */
#define MEMBER ",\"crc\":\""
enum { CRC_DIGITS = 8, TAIL = sizeof MEMBER - 1 + CRC_DIGITS + 2 };

void journal_line_add(text_builder *out, json_t *object) {
    char *text = object != NULL ? json_dumps(object, JSON_COMPACT) : NULL;
    json_decref(object);
    if (text == NULL) {
        out->failed = true;
        return;
    }
    size_t length = strlen(text) - 1; /* the closing brace comes after the CRC */
    text_add_n(out, text, length);
    text_addf(out, MEMBER "%08x\"}\n", crc32c(text, length));
    free(text);
}

json_t *journal_line_parse(const char *line, size_t length) {
    char tail[TAIL + 1];
    if (length <= TAIL) {
        return NULL;
    }
    size_t covered = length - TAIL;
    (void)snprintf(tail, sizeof tail, MEMBER "%08x\"}", crc32c(line, covered));
    if (memcmp(line + covered, tail, TAIL) != 0) {
        return NULL;
    }
    json_t *object = json_loadb(line, length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return NULL;
    }
    return object;
}
