#include "core/instant.h"
#include "host/image/image.h"

/* 1990-01-01, before Windows NT: times before are garbage. */
static const int64_t earliest = 631152000;

/* A hive's own time is 1601 since Windows 8.1, and its root key is seldom written; other keys are, all the
 * time. Files' times are left out: copying changes them. */
static void find_newest(image *self) {
    for (int id = 0; id < IMAGE_HIVES; id++) {
        const image_hive *hive = &self->hives[id];
        if (hive->state.state != FACT_KNOWN) {
            continue;
        }
        uint64_t written = hive->header.written <= hive->cells.latest ? hive->header.written : 0;
        int64_t newest = instant_from_filetime(written > hive->cells.newest ? written : hive->cells.newest);
        if (self->newest_where == NULL || newest > self->newest) {
            self->newest = newest;
            self->newest_where = hive->state.where;
        }
    }
}

fact_state image_now(host *machine, arena *memory, int64_t *out, fact *why) {
    image *self = image_of(machine);
    if (self->newest_where == NULL) {
        find_newest(self);
    }
    *out = self->newest;
    if (self->newest < earliest) {
        return image_unknown(REASON_MALFORMED, self->newest_where,
                             "none of the registry's files says when it was written", why);
    }
    return image_known(self->newest_where, memory, why);
}
