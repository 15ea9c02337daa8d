#include "evidence/evidence.h"

#include "core/alloc.h"

#define FACT_ROW(S, kind_, name_, privacy_, doc_)                                                            \
    {.name = #name_,                                                                                         \
     .kind = FIELD_##kind_,                                                                                  \
     .offset = offsetof(S, name_),                                                                           \
     .privacy = PRIVACY_##privacy_,                                                                          \
     .doc = (doc_)},
#define LIST_ROW(S, record_, name_, privacy_, doc_)                                                          \
    {.name = #name_,                                                                                         \
     .kind = FIELD_list,                                                                                     \
     .offset = offsetof(S, name_),                                                                           \
     .item = &record_##_record,                                                                              \
     .privacy = PRIVACY_##privacy_,                                                                          \
     .doc = (doc_)},
#define RECORD_TABLE(type, fields_, doc_)                                                                    \
    static const field type##_fields[] = {fields_(type, FACT_ROW, LIST_ROW)};                                \
    static const record type##_record = {                                                                    \
        .name = #type,                                                                                       \
        .size = sizeof(type),                                                                                \
        .fields = type##_fields,                                                                             \
        .count = sizeof type##_fields / sizeof type##_fields[0],                                             \
        .doc = (doc_),                                                                                       \
    };
#define GROUP_TABLE(group, type, fields_, doc_) RECORD_TABLE(type, fields_, doc_)

EVIDENCE_RECORDS(RECORD_TABLE)
EVIDENCE_GROUPS(GROUP_TABLE)

const evidence_group_row evidence_group_rows[EVIDENCE_GROUP_COUNT] = {
#define G(group, type, fields, doc)                                                                          \
    [EVIDENCE_##group] = {.name = #group, .offset = offsetof(evidence, group), .record = &type##_record},
    EVIDENCE_GROUPS(G)
#undef G
};

const record *const evidence_records[EVIDENCE_RECORD_COUNT] = {
#define R(type, fields, doc) &type##_record,
    EVIDENCE_RECORDS(R)
#undef R
};

bool fact_never_collected(const fact *f) {
    return f->state == FACT_UNKNOWN && f->reason == REASON_NOT_COLLECTED && f->where == NULL &&
           f->detail == NULL;
}

evidence *evidence_new(void) {
    evidence *document = mem_alloc(sizeof *document);
    if (document != NULL) {
        document->tool_version = "";
    }
    return document;
}

void evidence_free(evidence *document) {
    if (document != NULL) {
        arena_free(&document->memory);
        mem_free(document);
    }
}
