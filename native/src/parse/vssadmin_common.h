/* What both lists of vssadmin have in common. */
#ifndef PARSE_VSSADMIN_COMMON_H
#define PARSE_VSSADMIN_COMMON_H

#include "core/fact.h"
#include "parse/console_text.h"
#include "text/pattern.h"

enum { GUID_BRACED_LENGTH = 38 };

/* "{...}" to lower case without its braces. */
const char *vss_guid(arena *memory, const char *braced);

/* As pattern_find, for a pattern around a GUID in braces. Looks only near braces: each search would otherwise
 * have the whole rest of the text checked for valid UTF-8. */
pattern_result vss_find_at_brace(pattern_set *patterns, pattern_id id, const console_squeezed *squeezed,
                                 size_t start, pattern_match *match);

/* How many braces open in the text, for a limit: each costs a search. */
enum { VSS_BRACES_MAX = 65536 };
size_t vss_count_braces(const char *text, size_t length);

/* Whether the last brace that opens has no GUID's length of text behind it, i.e. the text ends inside a GUID.
 */
bool vss_ends_in_guid(const char *text, size_t length);

/* Whether output without any entry is the tool's sentence that there is none (see vssadmin_read_storage).
 * False: *why. */
bool vss_says_none(const console_text *console, arena *memory, const char *what, fact *why);

#endif
