#include "parse/task_cache.h"

#include "core/instant.h"

enum { SHORT_SIZE = 28, LONG_SIZE = 36, MAGIC = 3 };
enum { AT_REGISTERED = 4, AT_LAST_RUN = 12, AT_STATE = 20, AT_RESULT = 24, AT_LAST_SUCCESS = 28 };

static uint32_t number_at(const uint8_t *data, size_t at) {
    return (uint32_t)data[at] | (uint32_t)data[at + 1] << 8 | (uint32_t)data[at + 2] << 16 |
           (uint32_t)data[at + 3] << 24;
}

/* A FILETIME of 0 means never. */
static fact_time time_at(const uint8_t *data, size_t at, const char *where) {
    uint64_t filetime = (uint64_t)number_at(data, at) | (uint64_t)number_at(data, at + 4) << 32;
    if (filetime == 0) {
        return (fact_time){.fact = fact_absent(where)};
    }
    if (filetime > INT64_MAX) {
        return (fact_time){.fact = fact_unknown(REASON_MALFORMED, where, "a time that is no FILETIME")};
    }
    return (fact_time){.fact = fact_known(where), .value = instant_from_filetime(filetime)};
}

bool task_dynamic_info_read(const uint8_t *data, size_t size, const char *where, arena *memory,
                            task_dynamic_info *out, fact *why) {
    *out = (task_dynamic_info){0};
    if (size != SHORT_SIZE && size != LONG_SIZE) {
        *why = fact_unknown(REASON_MALFORMED, where,
                            arena_printf(memory, "DynamicInfo has %zu bytes where 28 or 36 are known", size));
        return false;
    }
    if (number_at(data, 0) != MAGIC) {
        *why = fact_unknown(REASON_MALFORMED, where, "DynamicInfo does not begin with the number 3");
        return false;
    }
    *why = fact_known(where);
    out->registered = time_at(data, AT_REGISTERED, where);
    out->last_run = time_at(data, AT_LAST_RUN, where);
    out->state = (fact_number){.fact = fact_known(where), .value = number_at(data, AT_STATE)};
    if (out->last_run.fact.state == FACT_ABSENT) {
        out->last_result = (fact_number){.fact = fact_absent(where)};
    } else {
        out->last_result = (fact_number){.fact = fact_known(where), .value = number_at(data, AT_RESULT)};
    }
    if (size == LONG_SIZE) {
        out->last_success = time_at(data, AT_LAST_SUCCESS, where);
    } else {
        out->last_success.fact =
            fact_unknown(REASON_NOT_ON_HOST, where, "this version of Windows does not keep it");
    }
    return true;
}
