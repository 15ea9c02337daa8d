/* Redaction: evidence that can be shown to others. Each text of an IDENTITY field becomes a pseudonym,
 * "redacted-1" and so on in the document's order, the same text (as Windows compares names) always the same
 * one, so that what was equal stays equal. Such a text of four characters or more is also replaced where it
 * stands inside another text, a path or an argument, and so are the parts of an account name (DOMAIN\user,
 * user@domain) and the GUID of a volume. Words that Windows and the agent use themselves are not searched
 * for: a volume labelled "Windows" must not blur every path. SIDs stay readable, as checks and people need
 * them, but what names one domain or directory is replaced: S-1-5-21-1-1-1-500. Names and SIDs that are the
 * same on every machine stay. Redacting twice changes nothing more. */
#ifndef EVIDENCE_REDACTION_H
#define EVIDENCE_REDACTION_H

#include "evidence/evidence.h"

/* Texts, found by their longest match in one pass: a tree by upper-case code points. Node 0 is the root. */
typedef struct name_tree {
    arena_vector nodes;
    uint32_t count; /* of texts */
} name_tree;

typedef struct redaction {
    arena memory; /* remembers a failure */
    name_tree names;
    name_tree domains; /* the numbers of SIDs that tell a domain */
} redaction;

/* Finds the identities of a document. The result does not refer to the document. */
void redaction_make(redaction *r, const evidence *document);
void redaction_free(redaction *r);
/* What stands for the text of an IDENTITY field; owned by the redaction, or the text itself. */
const char *redaction_identity(redaction *r, const char *text);
/* The text with every identity in it replaced; owned by the redaction, or the text itself. */
const char *redaction_text(redaction *r, const char *text);

#endif
