#include "core/error.h"

#include "core/unicode.h"

#include <stdio.h>
#include <string.h>

static _Thread_local struct {
    mars_status code;
    char message[MARS_ERROR_MESSAGE_SIZE];
} record;

static const struct {
    mars_status code;
    const char *name;
} names[] = {
    {MARS_OK, "ok"},
    {MARS_E_NO_MEMORY, "no-memory"},
    {MARS_E_INVALID_ARGUMENT, "invalid-argument"},
    {MARS_E_STRUCT_SIZE, "struct-size"},
    {MARS_E_BUSY, "busy"},
    {MARS_E_CANCELLED, "cancelled"},
    {MARS_E_NOT_FOUND, "not-found"},
    {MARS_E_NOT_AN_IMAGE, "not-an-image"},
    {MARS_E_UNREADABLE, "unreadable"},
    {MARS_E_MALFORMED, "malformed"},
    {MARS_E_TOO_LARGE, "too-large"},
    {MARS_E_UNSUPPORTED, "unsupported"},
    {MARS_E_UNWRITABLE, "unwritable"},
    {MARS_E_REFUSED, "refused"},
    {MARS_E_OTHER_MACHINE, "other-machine"},
    {MARS_E_CONFLICT, "conflict"},
};

/* Makes a message UTF-8 whatever was printed into it (a file name may be anything): drops the part of a character that
 * vsnprintf left at a cut, and replaces other invalid bytes. */
static void make_valid(char *text, bool cut) {
    size_t length = strlen(text);
    size_t at = 0;
    while (at < length) {
        size_t before = at;
        bool invalid = utf8_next(text, length, &at) == 0xFFFD && at == before + 1;
        if (invalid && cut && (unsigned char)text[before] >= 0xC0 && length - before < 4) {
            text[before] = '\0';
            return;
        }
        if (invalid) {
            text[before] = '?';
        }
    }
}

mars_status error_set(mars_status code, const char *format, ...) {
    record.code = code;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(record.message, sizeof record.message, format, arguments);
    va_end(arguments);
    if (length < 0) {
        record.message[0] = '\0';
    } else {
        make_valid(record.message, (size_t)length >= sizeof record.message);
    }
    return code;
}

mars_status error_code(void) {
    return record.code;
}

const char *error_message(void) {
    return record.message;
}

const char *error_name(mars_status code) {
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].code == code) {
            return names[i].name;
        }
    }
    return NULL;
}
