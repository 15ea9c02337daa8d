/* The smallest valid hive, and the two things that hivex cannot set in one: times and the base block. */
#ifndef HIVE_BLANK_H
#define HIVE_BLANK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HIVE_BLANK_SIZE = 8192, HIVE_HEADER_SIZE = 4096, HIVE_NODE_TIME = 8 };

/* Base block and one bin with a root key and its security descriptor (SYSTEM and Administrators full, Users
 * read). */
void hive_blank(uint8_t out[HIVE_BLANK_SIZE], const char *name, uint64_t filetime);
/* Rewrites sequence numbers, time and checksum of a base block. */
void hive_header_seal(uint8_t header[HIVE_HEADER_SIZE], uint64_t filetime, bool dirty);

void store_u16(uint8_t *at, uint16_t number);
void store_u32(uint8_t *at, uint32_t number);
void store_u64(uint8_t *at, uint64_t number);
/* Without its terminator. */
void store_ascii(uint8_t *at, const char *text);

#endif
