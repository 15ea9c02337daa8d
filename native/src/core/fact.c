#include "core/fact.h"

#include <string.h>

static const struct {
    const char *slug;
    const char *sentence;
} reasons[REASON_COUNT] = {
#define X(name, slug_, sentence_) [REASON_##name] = {slug_, sentence_},
    UNKNOWN_REASONS(X)
#undef X
};

const char *unknown_reason_slug(unknown_reason reason) {
    return (unsigned)reason < REASON_COUNT ? reasons[reason].slug : reasons[REASON_NOT_COLLECTED].slug;
}

const char *unknown_reason_sentence(unknown_reason reason) {
    return (unsigned)reason < REASON_COUNT ? reasons[reason].sentence : reasons[REASON_NOT_COLLECTED].sentence;
}

bool unknown_reason_from_slug(const char *slug, unknown_reason *out) {
    for (int i = 0; i < REASON_COUNT; i++) {
        if (strcmp(slug, reasons[i].slug) == 0) {
            *out = (unknown_reason)i;
            return true;
        }
    }
    return false;
}

fact fact_known(const char *where) {
    return (fact){.state = FACT_KNOWN, .where = where};
}

fact fact_absent(const char *where) {
    return (fact){.state = FACT_ABSENT, .where = where};
}

fact fact_unknown(unknown_reason reason, const char *where, const char *detail) {
    return (fact){.state = FACT_UNKNOWN, .reason = reason, .where = where, .detail = detail};
}

bool fact_is_true(const fact_flag *flag) {
    return flag->fact.state == FACT_KNOWN && flag->value;
}

bool fact_is_false(const fact_flag *flag) {
    return flag->fact.state == FACT_KNOWN && !flag->value;
}

const char *fact_text_or(const fact_text *text, const char *fallback) {
    return text->fact.state == FACT_KNOWN ? text->value : fallback;
}
