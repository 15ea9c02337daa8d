#include "faulty_image.h"

#include "file_tree.h"
#include "image_maker.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ERROR_SIZE = 512 };

void faulty_image_make(temp_image *image, const char *base, const char *reg_text) {
    char source[] = "/tmp/marshealth-faults-XXXXXX";
    char text[ERROR_SIZE] = "";
    const maker_error error = {.text = text, .size = sizeof text};
    temp_image_make(image);
    bool good = mkdtemp(source) != NULL;
    if (good) {
        const char *path = arena_printf(&image->memory, "%s/registry/fault.reg", source);
        const char *reg =
            arena_printf(&image->memory, "Windows Registry Editor Version 5.00\n\n%s", reg_text);
        good = file_store(path, reg, strlen(reg), &error) &&
               image_make_over(&base, 1, source, image->path, text, sizeof text) &&
               tree_remove(source, &error);
    }
    if (!good) {
        (void)fprintf(stderr, "faulty_image: %s: %s\n", source, text);
        abort();
    }
    temp_image_open(image);
}
