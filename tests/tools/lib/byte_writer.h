/* Small-endian numbers and UTF-16 into a text builder, for writing Windows file formats. */
#ifndef BYTE_WRITER_H
#define BYTE_WRITER_H

#include "core/text_builder.h"

void put_u16(text_builder *to, uint32_t value);
void put_u32(text_builder *to, uint32_t value);
void put_zeros(text_builder *to, size_t count);
/* Zeros up to the next multiple. */
void put_alignment(text_builder *to, size_t multiple);
/* ASCII as UTF-16LE with its terminator. */
void put_utf16(text_builder *to, const char *ascii);
/* Overwrites what was written before; ignored if it lies outside or the builder has failed. */
void patch_u16(text_builder *to, size_t at, uint32_t value);
void patch_u32(text_builder *to, size_t at, uint32_t value);

#endif
