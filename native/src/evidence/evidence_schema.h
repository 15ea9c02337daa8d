/* What an evidence document looks like, for other programs and for people; both made from the field tables.
 */
#ifndef EVIDENCE_EVIDENCE_SCHEMA_H
#define EVIDENCE_EVIDENCE_SCHEMA_H

#include "core/text_builder.h"
#include "evidence/evidence.h"

/* How each kind of field is called in the schema and the reference. */
extern const char *const field_kind_names[];

/* Appends a JSON Schema (draft 2020-12). */
void evidence_schema(text_builder *out);
/* Appends a reference page in Markdown. */
void evidence_reference(text_builder *out);

#endif
