/* CRC-32C (Castagnoli, RFC 3720 appendix B.4): tells a torn or damaged journal line from a whole one. */
#ifndef CORE_CRC32C_H
#define CORE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t crc32c(const void *data, size_t size);

#endif
