/* Programs and signed scripts of an image. */
#ifndef IMAGE_PE_H
#define IMAGE_PE_H

#include "image_spec.h"

/* Writes a program that carries the version and the marks described, damaged if that is asked for. */
bool image_pe_write(const char *path, const image_pe *program, const maker_error *error);
/* Appends a signature to a script. */
bool image_script_sign(const char *path, const maker_error *error);

#endif
