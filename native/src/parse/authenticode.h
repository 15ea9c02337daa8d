/* The signature inside a PE file (Microsoft's "Windows Authenticode Portable Executable Signature
 * Format"). */
#ifndef PARSE_AUTHENTICODE_H
#define PARSE_AUTHENTICODE_H

#include "parse/signature.h"

/* Checks the digest in the first embedded signature against the file's bytes. False if the file is no PE
 * (REASON_MALFORMED), memory ran out (REASON_NO_MEMORY) or the digest cannot be computed on this machine
 * (REASON_UNREADABLE), with *why telling. */
bool authenticode_check(const uint8_t *data, size_t size, arena *memory, signature_info *out, fact *why);

#endif
