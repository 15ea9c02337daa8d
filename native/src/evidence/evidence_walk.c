#include "evidence/evidence.h"

static bool record_says(const record *type, const void *item, unknown_reason reason) {
    for (size_t i = 0; i < type->count; i++) {
        const fact *read = field_fact(&type->fields[i], item);
        if (read->state == FACT_UNKNOWN && read->reason == reason) {
            return true;
        }
        if (type->fields[i].kind != FIELD_list) {
            continue;
        }
        const fact_list *list = (const fact_list *)read;
        for (size_t n = 0; n < list->count; n++) {
            if (record_says(type->fields[i].item, (const char *)list->items + n * type->fields[i].item->size,
                            reason)) {
                return true;
            }
        }
    }
    return false;
}

bool evidence_says(const evidence *document, unknown_reason reason) {
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        const evidence_group_row *group = &evidence_group_rows[i];
        if (record_says(group->record, (const char *)document + group->offset, reason)) {
            return true;
        }
    }
    return false;
}
