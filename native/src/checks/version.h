/* Version numbers of up to four parts, compared part by part. */
#ifndef CHECKS_VERSION_H
#define CHECKS_VERSION_H

#include <stdbool.h>
#include <stdint.h>

typedef struct version_number {
    uint32_t part[4];
} version_number;

/* "2.0.9083.0"; missing parts are 0. False for anything else. */
bool version_parse(const char *text, version_number *out);
/* Negative, zero or positive, like memcmp. */
int version_compare(const version_number *a, const version_number *b);
/* other must be a valid version text. */
bool version_before(const version_number *version, const char *other);

#endif
