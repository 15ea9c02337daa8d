/* Numbers as file formats store them: Windows' own with the low byte first. The caller has checked that the
 * bytes are there. */
#ifndef CORE_STORED_NUMBER_H
#define CORE_STORED_NUMBER_H

#include <stdint.h>

static inline uint16_t read_u16(const uint8_t *data) {
    return (uint16_t)(data[0] | data[1] << 8);
}

static inline uint32_t read_u32(const uint8_t *data) {
    return (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

/* With the high byte first. */
static inline uint16_t read_big_u16(const uint8_t *data) {
    return (uint16_t)(data[0] << 8 | data[1]);
}

#endif
