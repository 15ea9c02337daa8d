/* A writer for DER that works from the inside out: write the content, then wrap it. */
#ifndef DER_WRITER_H
#define DER_WRITER_H

#include "core/text_builder.h"

void der_put(text_builder *to, uint8_t tag, const void *content, size_t size);
/* An object identifier, given as its encoded content in a string. */
#define DER_PUT_OID(to, encoded) der_put((to), 0x06, (encoded), sizeof(encoded) - 1)
/* Makes everything from `start` on the content of one item. */
void der_wrap(text_builder *to, size_t start, uint8_t tag);

#endif
