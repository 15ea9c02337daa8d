#include "repair/run_id.h"

#include "core/instant.h"

#include <string.h>

enum { STAMP = 16, DIGITS = 4 }; /* "20261121T132859Z", "3f9a" */

static const char hex[] = "0123456789abcdef";

static const char *with_suffix(arena *memory, const char stamp[STAMP + 1], unsigned suffix) {
    return arena_printf(memory, "%s-%04x", stamp, suffix & 0xFFFFu);
}

static void stamp_of(int64_t time, char out[STAMP + 1]) {
    char text[INSTANT_TEXT_SIZE];
    size_t length = 0;
    instant_format(time, text);
    for (const char *c = text; *c != '\0' && length < STAMP; c++) {
        if (*c != '-' && *c != ':') {
            out[length++] = *c;
        }
    }
    out[length] = '\0';
}

static int number(const char *digits, size_t count) {
    int result = 0;
    for (size_t i = 0; i < count; i++) {
        result = result * 10 + (digits[i] - '0');
    }
    return result;
}

static int64_t time_of(const char *id) {
    return instant_from_civil(number(id, 4), number(id + 4, 2), number(id + 6, 2), number(id + 9, 2),
                              number(id + 11, 2), number(id + 13, 2));
}

const char *run_id_new(arena *memory, int64_t now, uint16_t random, const char *newest) {
    char stamp[STAMP + 1];
    stamp_of(now, stamp);
    if (newest == NULL || strncmp(stamp, newest, STAMP) > 0) {
        return with_suffix(memory, stamp, random & 0x7FFFu); /* room for others in this second */
    }
    unsigned suffix = 0;
    for (size_t i = 0; i < DIGITS && newest[STAMP + 1 + i] != '\0'; i++) {
        suffix = suffix * 16 + (unsigned)(strchr(hex, newest[STAMP + 1 + i]) - hex);
    }
    if (strlen(newest) == STAMP + 1 + DIGITS && suffix < 0xFFFF) {
        (void)memcpy(stamp, newest, STAMP);
        return with_suffix(memory, stamp, suffix + 1);
    }
    stamp_of(time_of(newest) + 1, stamp);
    return with_suffix(memory, stamp, random & 0x7FFFu);
}
