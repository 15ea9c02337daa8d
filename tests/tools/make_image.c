/* make_image [--base DIR]... SOURCE_DIR OUTPUT_DIR: see image_maker.h. */
#include "image_maker.h"

#include <stdio.h>
#include <string.h>

enum { MOST_BASES = 8 };

static int usage(void) {
    (void)fputs("usage: make_image [--base DIR]... SOURCE_DIR OUTPUT_DIR\n", stderr);
    return 2;
}

int main(int argc, char **argv) {
    const char *bases[MOST_BASES];
    size_t base_count = 0;
    int at = 1;
    for (; at + 1 < argc && strcmp(argv[at], "--base") == 0; at += 2) {
        if (base_count == MOST_BASES) {
            return usage();
        }
        bases[base_count++] = argv[at + 1];
    }
    if (argc - at != 2 || argv[at][0] == '-') {
        return usage();
    }
    char error[1024];
    if (!image_make_over(bases, base_count, argv[at], argv[at + 1], error, sizeof error)) {
        (void)fprintf(stderr, "make_image: %s\n", error);
        return 1;
    }
    return 0;
}
