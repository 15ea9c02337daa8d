/* A temporary image of a server that is healthy but for faults in its registry. Whatever goes wrong here ends
 * the program with a message. */
#ifndef FAULTY_IMAGE_H
#define FAULTY_IMAGE_H

#include "temp_image.h"

/* Makes the image of base, a source folder as of image_maker.h, with this registry text over it, and opens
 * it. */
void faulty_image_make(temp_image *image, const char *base, const char *reg_text);

#endif
