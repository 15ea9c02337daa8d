#include "core/crc32c.h"

/* Journal lines are short: bit by bit is fast enough, and there is no table to keep. */
uint32_t crc32c(const void *data, size_t size) {
    static const uint32_t reversed_polynomial = 0x82F63B78;
    const uint8_t *at = data;
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= at[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? reversed_polynomial : 0);
        }
    }
    return ~crc;
}
