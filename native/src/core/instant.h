/* Points in time: seconds since 1970-01-01T00:00:00Z, without locale or time zone tables. */
#ifndef CORE_INSTANT_H
#define CORE_INSTANT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "2026-03-02T08:00:00Z" and a NUL, with room for whatever the compiler thinks an int may print as. */
enum { INSTANT_TEXT_SIZE = 80 };

/* Windows FILETIME (100 ns since 1601); rounds down. */
int64_t instant_from_filetime(uint64_t filetime);
/* Clamped to what a FILETIME can hold. */
uint64_t filetime_from_instant(int64_t instant);
int64_t instant_from_civil(int year, int month, int day, int hour, int minute, int second);
/* Always "YYYY-MM-DDThh:mm:ssZ"; years outside 0..9999 are clamped. */
void instant_format(int64_t instant, char out[INSTANT_TEXT_SIZE]);
/* ISO 8601: date and time, optional fraction (dropped), then Z, an offset, or nothing. *has_zone tells whether there was
 * one (a task's StartBoundary without one is the server's local time). False if the text is not of that form. */
bool instant_parse(const char *text, int64_t *out, bool *has_zone);

#endif
