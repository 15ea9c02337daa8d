/* Numbers as Windows file formats store them. The caller has checked that the bytes are there. */
#ifndef CORE_LITTLE_ENDIAN_H
#define CORE_LITTLE_ENDIAN_H

#include <stdint.h>

static inline uint16_t read_u16(const uint8_t *data) {
    return (uint16_t)(data[0] | data[1] << 8);
}

static inline uint32_t read_u32(const uint8_t *data) {
    return (uint32_t)data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

#endif
