/* Binary security descriptors and SIDs (MS-DTYP 2.4) as text. */
#ifndef PARSE_SECURITY_DESCRIPTOR_H
#define PARSE_SECURITY_DESCRIPTOR_H

#include "core/fact.h"

/* "S-1-5-18". Bytes after the SID are allowed. False if it is cut off, of an unknown revision or too long. */
bool sid_text(const uint8_t *data, size_t size, arena *memory, const char **out);

/* A self-relative descriptor as SDDL: owner, group and DACL (the audit list is left out). Well-known SIDs by
 * their two letters (SY, BA, WD, ...), others as S-1-...; masks as FA, FR, FW, FX or generic letters where
 * they match exactly, else as 0x1200a9. A DACL that is present and NULL is D:NO_ACCESS_CONTROL; an empty one
 * is "D:". False: *why tells the reason: cut off, overlapping its end, or an entry of a type that is not
 * known here. */
bool security_descriptor_sddl(const uint8_t *data, size_t size, arena *memory, const char **out, fact *why);

#endif
