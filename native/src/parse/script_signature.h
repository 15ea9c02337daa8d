/* The signature block at the end of a PowerShell script file. */
#ifndef PARSE_SCRIPT_SIGNATURE_H
#define PARSE_SCRIPT_SIGNATURE_H

#include "parse/signature.h"

typedef enum script_style {
    SCRIPT_HASH, /* "# SIG # ...": .ps1, .psm1, .psd1 */
    SCRIPT_XML   /* "<!-- SIG # ... -->": .ps1xml, .psc1, .cdxml */
} script_style;

/* By the ending of the file's name. False: not a script that PowerShell signs. */
bool script_style_of(const char *file_name, script_style *out);

/* What was signed is the text before the block's line break, byte order mark included, as UTF-16LE. A file
 * without a mark is UTF-8 or in the signing machine's code page: where that makes a difference and neither
 * UTF-8 nor Windows-1252 matches, the result is SIGNATURE_UNSUPPORTED. Text after the last block is
 * SIGNATURE_DIFFERS. False if memory ran out (REASON_NO_MEMORY) or the digest cannot be computed on this
 * machine (REASON_UNREADABLE). */
bool script_signature_check(const uint8_t *data, size_t size, script_style style, arena *memory,
                            signature_info *out, fact *why);

#endif
