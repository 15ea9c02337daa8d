#include "core/instant.h"
#include "host/image/image.h"

/* Files' own times are left out: copying changes them. */
fact_state image_now(host *machine, arena *memory, int64_t *out, fact *why) {
    static const int64_t earliest = 631152000; /* 1990-01-01: before Windows NT, so not a time but garbage */
    image *self = image_of(machine);
    int64_t newest = 0;
    const char *where = NULL;
    for (int id = 0; id < IMAGE_HIVES; id++) {
        const image_hive *hive = &self->hives[id];
        if (hive->state.state != FACT_KNOWN) {
            continue;
        }
        uint64_t root_time = 0;
        fact ignored;
        (void)image_hive_time(hive, hivex_root(hive->handle), &root_time, &ignored);
        uint64_t time = hive->header.written > root_time ? hive->header.written : root_time;
        if (where == NULL || instant_from_filetime(time) > newest) {
            newest = instant_from_filetime(time);
            where = hive->state.where;
        }
    }
    *out = newest;
    if (newest < earliest) {
        return image_unknown(REASON_MALFORMED, where, "none of the registry's files says when it was written",
                             why);
    }
    return image_known(where, memory, why);
}
