/* Texts of an image in the encodings that a server would have written. */
#ifndef IMAGE_TEXT_H
#define IMAGE_TEXT_H

#include "maker_error.h"

/* Re-encodes a UTF-8 file in place, line ends becoming CR LF. "UTF-16" is little endian with a byte order
 * mark; other names are iconv's. A character that the encoding lacks is an error. */
bool image_text_encode(const char *path, const char *encoding, const maker_error *error);

#endif
