#include "checks/volumes.h"

#include "core/unicode.h"

static bool is_same(const fact_text *wanted, const fact_text *actual) {
    return wanted->fact.state == FACT_KNOWN && actual->fact.state == FACT_KNOWN &&
           ascii_equal(wanted->value, actual->value);
}

const volume *volume_find(const evidence *e, const fact_text *letter, const fact_text *path) {
    const volume *volumes = e->volumes.list.items;
    for (size_t i = 0; i < e->volumes.list.count; i++) {
        if (is_same(letter, &volumes[i].letter) || is_same(path, &volumes[i].path)) {
            return &volumes[i];
        }
    }
    return NULL;
}

const char *volume_name(arena *memory, const fact_text *letter, const fact_text *path) {
    return letter->fact.state == FACT_KNOWN ? arena_printf(memory, "%s:", letter->value)
                                            : fact_text_or(path, "a volume without a name");
}

const volume *volume_of_scratch(const evidence *e) {
    return volume_find(e, &e->scratch.letter, &e->scratch.volume);
}

fact volume_not_found(const evidence *e) {
    const fact *list = &e->volumes.list.fact;
    return list->state == FACT_KNOWN
               ? fact_unknown(REASON_DEPENDS, list->where, "the volume is not in the list of volumes")
               : *list;
}
