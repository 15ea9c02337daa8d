/* Windows code pages by number. One implementation per platform: code_page_iconv.c is the POSIX one. */
#ifndef TEXT_CODE_PAGE_H
#define TEXT_CODE_PAGE_H

#include "core/text_builder.h"

typedef enum code_page_result {
    CODE_PAGE_DECODED,
    CODE_PAGE_UNSUPPORTED, /* not a number, not in the table, or this machine cannot convert it */
    CODE_PAGE_NO_MEMORY,
} code_page_result;

/* Appends the data as UTF-8. number: as the registry holds it ("437", "932"), but not 65001, which is UTF-8.
 * Bytes that the page does not define become U+FFFD, one for each; so do the bytes of a double-byte character
 * that is cut off. */
code_page_result code_page_decode(const char *number, const uint8_t *data, size_t size, text_builder *out);

#endif
