/* A reader for DER, the encoding of certificates and signatures (ITU-T X.690). It walks one level and never
 * calls itself: going deeper is the caller's explicit der_inside, so hostile nesting costs nothing. */
#ifndef PARSE_DER_H
#define PARSE_DER_H

#include "core/arena.h"

enum {
    DER_INTEGER = 0x02,
    DER_OCTET_STRING = 0x04,
    DER_OID = 0x06,
    DER_UTF8_STRING = 0x0C,
    DER_BMP_STRING = 0x1E,
    DER_SEQUENCE = 0x30,
    DER_SET = 0x31,
    DER_CONTEXT_0 = 0xA0,
    DER_CONTEXT_1 = 0xA1
};

typedef struct der_item {
    uint8_t tag;
    bytes content;
    bytes whole; /* tag, length and content */
} der_item;

typedef struct der_reader {
    bytes rest;
    bool failed;     /* sticky: something did not fit, or was not what was expected */
    bool indefinite; /* it failed at an indefinite length: BER, not DER */
} der_reader;

der_reader der_over(bytes data);
der_reader der_inside(const der_item *item);

/* The next item; false at the end and on failure. Tag numbers above 30 and lengths above 4 GiB are failures.
 */
bool der_next(der_reader *reader, der_item *out);
/* The next item, which must have this tag; anything else is a failure. */
bool der_expect(der_reader *reader, uint8_t tag, der_item *out);
/* The next item if it has this tag, else the reader stays where it is. */
bool der_optional(der_reader *reader, uint8_t tag, der_item *out);

bool bytes_equal(bytes a, bytes b);

#endif
