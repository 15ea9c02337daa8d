#include "hive_blank.h"

#include <string.h>

/* Offsets in the base block, in the bin (whose cells begin behind its header), and sizes of the cells we
 * make. */
enum {
    HEADER_FILETIME = 12,
    HEADER_NAME = 48,
    HEADER_CHECKSUM = 508,
    BIN_HEADER = 32,
    BIN_SIZE = HIVE_BLANK_SIZE - HIVE_HEADER_SIZE,
    ROOT_CELL = BIN_HEADER,
    ROOT_CELL_SIZE = 88,
    SECURITY_CELL = ROOT_CELL + ROOT_CELL_SIZE,
    SECURITY_CELL_HEADER = 24,
};
#define NOTHING 0xFFFFFFFFu /* an offset that leads nowhere */

void store_u16(uint8_t *at, uint16_t number) {
    at[0] = (uint8_t)number;
    at[1] = (uint8_t)(number >> 8);
}

void store_u32(uint8_t *at, uint32_t number) {
    store_u16(at, (uint16_t)number);
    store_u16(at + 2, (uint16_t)(number >> 16));
}

void store_u64(uint8_t *at, uint64_t number) {
    store_u32(at, (uint32_t)number);
    store_u32(at + 4, (uint32_t)(number >> 32));
}

/* A self-relative descriptor: O:BAG:SYD:(A;CI;KA;;;SY)(A;CI;KA;;;BA)(A;CI;KR;;;BU) */
/* clang-format off */
static const uint8_t security[] = {
    1, 0, 0x04, 0x80, 0x60, 0, 0, 0, 0x70, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, /* owner, group, no SACL, DACL */
    2, 0, 0x4C, 0, 3, 0, 0, 0,                                                 /* three entries */
    0, 2, 0x14, 0, 0x3F, 0, 0x0F, 0, 1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,
    0, 2, 0x18, 0, 0x3F, 0, 0x0F, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,
    0, 2, 0x18, 0, 0x19, 0, 0x02, 0, 1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x21, 2, 0, 0,
    1, 2, 0, 0, 0, 0, 0, 5, 32, 0, 0, 0, 0x20, 2, 0, 0,                        /* the owner */
    1, 1, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0,                                       /* the group */
};
/* clang-format on */

void store_ascii(uint8_t *at, const char *text) {
    for (; *text != '\0'; text++) {
        *at++ = (uint8_t)*text;
    }
}

static void put_root(uint8_t *cell, uint64_t filetime) {
    static const char name[] = "ROOT";
    store_u32(cell, 0u - ROOT_CELL_SIZE); /* negative: in use */
    uint8_t *key = cell + 4;
    store_ascii(key, "nk");
    store_u16(key + 2, 0x2C); /* root of a hive, not deletable, 8-bit name */
    store_u64(key + 4, filetime);
    store_u32(key + 16, NOTHING);       /* parent */
    store_u32(key + 28, NOTHING);       /* sub-keys */
    store_u32(key + 32, NOTHING);       /* volatile sub-keys */
    store_u32(key + 40, NOTHING);       /* values */
    store_u32(key + 44, SECURITY_CELL); /* security */
    store_u32(key + 48, NOTHING);       /* class name */
    store_u16(key + 72, sizeof name - 1);
    store_ascii(key + 76, name);
}

/* Returns the cell's size. */
static uint32_t put_security(uint8_t *cell) {
    uint32_t size = (SECURITY_CELL_HEADER + (uint32_t)sizeof security + 7) / 8 * 8;
    store_u32(cell, 0u - size);
    store_ascii(cell + 4, "sk");
    store_u32(cell + 8, SECURITY_CELL);  /* the list of descriptors is a ring: next */
    store_u32(cell + 12, SECURITY_CELL); /* and previous */
    store_u32(cell + 16, 1);             /* keys that use it */
    store_u32(cell + 20, sizeof security);
    memcpy(cell + SECURITY_CELL_HEADER, security, sizeof security);
    return size;
}

static void put_header(uint8_t *header, const char *name) {
    store_ascii(header, "regf");
    store_u32(header + 20, 1);         /* version 1. */
    store_u32(header + 24, 5);         /* 5 */
    store_u32(header + 32, 1);         /* a file loaded directly */
    store_u32(header + 36, ROOT_CELL); /* offsets count from the first bin */
    store_u32(header + 40, BIN_SIZE);  /* length of all bins */
    store_u32(header + 44, 1);         /* clustering factor */
    for (size_t i = 0; i < 31 && name[i] != '\0'; i++) {
        header[HEADER_NAME + 2 * i] = (uint8_t)name[i];
    }
}

void hive_blank(uint8_t out[HIVE_BLANK_SIZE], const char *name, uint64_t filetime) {
    memset(out, 0, HIVE_BLANK_SIZE);
    put_header(out, name);
    hive_header_seal(out, filetime, false);
    uint8_t *bin = out + HIVE_HEADER_SIZE;
    store_ascii(bin, "hbin");
    store_u32(bin + 8, BIN_SIZE);
    store_u64(bin + 20, filetime);
    put_root(bin + ROOT_CELL, filetime);
    uint32_t used = SECURITY_CELL + put_security(bin + SECURITY_CELL);
    store_u32(bin + used, BIN_SIZE - used); /* positive: free */
}

static uint32_t get_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void hive_header_seal(uint8_t header[HIVE_HEADER_SIZE], uint64_t filetime, bool dirty) {
    store_u32(header + 4, dirty ? 2 : 1);
    store_u32(header + 8, 1);
    store_u64(header + HEADER_FILETIME, filetime);
    uint32_t sum = 0;
    for (size_t i = 0; i < HEADER_CHECKSUM; i += 4) {
        sum ^= get_u32(header + i);
    }
    /* Windows never writes the two values that could be mistaken for "none". */
    store_u32(header + HEADER_CHECKSUM, sum == 0 ? 1 : sum == NOTHING ? NOTHING - 1 : sum);
}
