/* A hive's logs: whether they hold changes that the hive does not. */
#include "host/image/image.h"
#include "host/image/image_cells.h"

#include <string.h>
#include <unistd.h>

enum { LOG_UNIT = 512 };

/* Up to Windows 8, LOG1 and LOG2 hold the pages of one write, marked "DIRT", behind a copy of the base block;
 * up to XP, LOG does. Their number is the hive's own once the write is complete. */
static const char *const suffixes[] = {".LOG1", ".LOG2", ".LOG"};

/* Entries of a log, of multiples of 512 bytes, lie behind a copy of the hive's base block, of 512 bytes. Each
 * begins with "HvLE", its size, flags and sequence number. A hive's own number is the one of the next entry
 * that it awaits. */
static bool has_newer_entry(int log, uint32_t awaited) {
    enum { ENTRIES_LIMIT = 65536 };
    uint8_t data[LOG_UNIT];
    image_hive_header header;
    if (pread(log, data, sizeof data, 0) != LOG_UNIT || !image_hive_read_header(data, sizeof data, &header)) {
        return false;
    }
    off_t at = LOG_UNIT;
    if (pread(log, data, 16, at) == 16 && memcmp(data, "DIRT", 4) == 0) {
        return header.primary_sequence > awaited;
    }
    for (int i = 0; i < ENTRIES_LIMIT; i++) {
        if (pread(log, data, 16, at) != 16 || memcmp(data, "HvLE", 4) != 0) {
            return false;
        }
        uint32_t size = cell_u32(data + 4);
        if (cell_u32(data + 12) >= awaited || size < LOG_UNIT) {
            return size >= LOG_UNIT;
        }
        at += size;
    }
    return false;
}

static fact_state log_newer(image *self, const char *name, uint32_t sequence, arena *memory, fact *why) {
    image_spot spot;
    int descriptor = -1;
    fact_state state = image_config_find(self, name, name, memory, &spot, why);
    if (state == FACT_KNOWN && !S_ISREG(spot.status.st_mode)) {
        state = image_unknown(REASON_UNREADABLE, name, "not a regular file", why);
    }
    if (state == FACT_KNOWN) {
        state = image_spot_open(&spot, name, memory, &descriptor, why);
    }
    if (state == FACT_KNOWN) {
        bool newer = has_newer_entry(descriptor, sequence);
        (void)close(descriptor);
        state = newer ? image_known(name, memory, why) : image_absent(name, memory, why);
    }
    image_spot_close(&spot);
    return state;
}

fact_state image_logs_newer(image *self, image_hive_id id, uint32_t sequence, arena *memory, fact *why) {
    fact_state state = image_absent(image_hive_where(id), memory, why);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0] && state == FACT_ABSENT; i++) {
        const char *name = arena_printf(memory, "%s%s", image_hive_name(id), suffixes[i]);
        state = log_newer(self, name, sequence, memory, why);
    }
    return state;
}
