/* Evidence: all that was read of one machine, as typed facts in one arena. Made by collecting or loading,
 * then never changed. */
#ifndef EVIDENCE_EVIDENCE_H
#define EVIDENCE_EVIDENCE_H

#include "core/fact.h"
#include "evidence/fields.h"
#include "marshealth.h"

#define EVIDENCE_SCHEMA "marshealth/evidence/1"

#define EVIDENCE_FACT(S, kind, name, privacy, doc)   fact_##kind name;
#define EVIDENCE_LIST(S, record, name, privacy, doc) fact_list name;
/* A typedef's name cannot stand in parentheses. NOLINTBEGIN(bugprone-macro-parentheses) */
#define EVIDENCE_STRUCT(name, fields, doc)                                                                   \
    typedef struct name {                                                                                    \
        fields(name, EVIDENCE_FACT, EVIDENCE_LIST)                                                           \
    } name;
/* NOLINTEND(bugprone-macro-parentheses) */
#define EVIDENCE_GROUP_STRUCT(group, name, fields, doc) EVIDENCE_STRUCT(name, fields, doc)

EVIDENCE_RECORDS(EVIDENCE_STRUCT)
EVIDENCE_GROUPS(EVIDENCE_GROUP_STRUCT)

typedef enum evidence_group {
#define G(name, type, fields, doc) EVIDENCE_##name,
    EVIDENCE_GROUPS(G)
#undef G
        EVIDENCE_GROUP_COUNT
} evidence_group;

/* A set of groups: bit n is group n. */
typedef uint32_t evidence_groups;
#define GROUP(name) ((evidence_groups)1 << EVIDENCE_##name)

struct mars_evidence {
    arena memory;
    const char *tool_version; /* of the tool that collected it; "" if not known */
#define G(name, type, fields, doc) type name;
    EVIDENCE_GROUPS(G)
#undef G
};
typedef struct mars_evidence evidence;

/* ---- The field tables ---- */

typedef enum field_kind {
    FIELD_text,
    FIELD_number,
    FIELD_flag,
    FIELD_time,
    FIELD_texts,
    FIELD_list
} field_kind;
typedef enum privacy { PRIVACY_PUBLIC, PRIVACY_IDENTITY, PRIVACY_RAW } privacy;

typedef struct record record;
typedef struct field {
    const char *name;
    const char *doc;
    size_t offset;
    const record *item; /* of a list */
    field_kind kind;
    privacy privacy;
} field;
struct record {
    const char *name;
    size_t size;
    const field *fields;
    size_t count;
    const char *doc;
};
typedef struct evidence_group_row {
    const char *name;
    size_t offset; /* in struct mars_evidence */
    const record *record;
} evidence_group_row;

extern const evidence_group_row evidence_group_rows[EVIDENCE_GROUP_COUNT];

enum {
#define R(name, fields, doc) EVIDENCE_RECORD_##name,
    EVIDENCE_RECORDS(R)
#undef R
        EVIDENCE_RECORD_COUNT
};
/* The records that lists hold. */
extern const record *const evidence_records[EVIDENCE_RECORD_COUNT];

/* The fact that a field is: of kind text the fact at the start of a fact_text, and so on. */
static inline const fact *field_fact(const field *f, const void *of_record) {
    return (const fact *)((const char *)of_record + f->offset);
}
/* Nothing is said about it at all, as about every fact of a group that was not asked for. */
bool fact_never_collected(const fact *f);

/* ---- Documents ---- */

evidence *evidence_new(void); /* NULL if memory ran out */
void evidence_free(evidence *document);
/* Whether any fact of the document is unknown for this reason. */
bool evidence_says(const evidence *document, unknown_reason reason);

#endif
