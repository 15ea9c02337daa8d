/* A size as vssadmin prints it: "22.1 GB (4%)", "7,52 GB", "0 bytes", "1 023,5 Mo", "UNBOUNDED (100%)". */
#ifndef PARSE_VSS_SIZE_H
#define PARSE_VSS_SIZE_H

#include "core/arena.h"

typedef struct vss_size {
    bool known;     /* false: the unit or the number could not be understood; text is all there is */
    bool unbounded; /* known, and there is no limit; bytes is 0 */
    int64_t bytes;  /* from the rounded text: never exact above bytes, compare with margin */
    int64_t margin; /* the largest error of bytes: half a unit in the last printed digit, 0 for whole bytes */
    const char *text; /* as printed, without the percentage */
} vss_size;

/* Which sign is the decimal one in a text. */
typedef enum vss_decimal { VSS_DECIMAL_UNCERTAIN = 0, VSS_DECIMAL_POINT, VSS_DECIMAL_COMMA } vss_decimal;

typedef enum vss_size_result {
    VSS_SIZE_READ,
    VSS_SIZE_NO_NUMBER, /* there is no digit outside parentheses */
    VSS_SIZE_NO_UNIT,   /* a number, and then nothing or an unknown word */
    VSS_SIZE_UNCERTAIN, /* "1,020 MB": one or a thousand */
    VSS_SIZE_OVERFLOW,  /* more than an int64 holds */
} vss_size_result;

/* What one size tells about the decimal sign of the whole output. A single point or comma before exactly
 * three digits can group them and tells nothing by itself. likely: unless the number would then be 1024 or
 * more of its unit, which the tool never prints as long as there is a larger unit; that makes it the decimal
 * sign. */
vss_decimal vss_size_decimal(const char *text, bool likely);

/* Reads a size. decimal: what all sizes of the same output told; the likely reading if they told nothing.
 * Fills known, bytes and margin; text is left alone. */
vss_size_result vss_size_read(const char *text, vss_decimal decimal, vss_size *out);

#endif
