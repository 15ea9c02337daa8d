/* make_bench_image HEALTHY_SOURCE OUTPUT_DIR: the healthy example with hives of a server's size: SYSTEM 12
 * MB, SOFTWARE 60 MB, as many services and programs beside its keys as a server has. */
#include "core/text_builder.h"
#include "file_tree.h"
#include "hive_grow.h"
#include "hive_maker.h"
#include "image_maker.h"

#include <stdio.h>
#include <string.h>

enum { MESSAGE_SIZE = 1024, AS_OF = 1772438400 /* 2026-03-02T08:00:00Z */ };
enum { SERVICES = 600, PROGRAMS = 400 };
enum { MEGABYTE = 1000 * 1000 };

static const struct {
    const char *hive;
    const char *key;
    size_t size;
} large[] = {
    {"SYSTEM", "DriverDatabase", 12 * (size_t)MEGABYTE},
    {"SOFTWARE", "Classes\\CLSID", 60 * (size_t)MEGABYTE},
};

/* Registry text: keys that lie beside those which are read, and the two that are filled. */
static bool write_overlay(const char *path, const maker_error *error) {
    text_builder text = {0};
    text_add(&text, "Windows Registry Editor Version 5.00\n\n"
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\DriverDatabase]\n"
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Classes\\CLSID]\n");
    for (int i = 0; i < SERVICES; i++) {
        text_addf(&text,
                  "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Sample%03d]\n"
                  "\"Start\"=dword:00000003\n\"Type\"=dword:00000010\n\"ErrorControl\"=dword:00000001\n"
                  "\"ImagePath\"=\"\\\\SystemRoot\\\\System32\\\\sample%03d.exe\"\n",
                  i, i);
    }
    for (int i = 0; i < PROGRAMS; i++) {
        text_addf(&text,
                  "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Sample%03d\\Settings]\n\"Level\"=dword:%08x\n",
                  i, (unsigned)i);
    }
    bool written = !text_builder_failed(&text) && file_store(path, text.data, text.length, error);
    text_builder_free(&text);
    return written;
}

static bool enlarge(const char *image, const maker_error *error) {
    char why[HIVE_ERROR_SIZE];
    for (size_t i = 0; i < sizeof large / sizeof large[0]; i++) {
        char path[512];
        (void)snprintf(path, sizeof path, "%s/Windows/System32/config/%s", image, large[i].hive);
        if (!hive_grow(path, large[i].key, large[i].size, why)) {
            return maker_fail(error, "%s", why);
        }
        if (!file_touch(path, AS_OF, error)) {
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        (void)fputs("usage: make_bench_image HEALTHY_SOURCE OUTPUT_DIR\n", stderr);
        return 2;
    }
    char message[MESSAGE_SIZE] = "";
    const maker_error error = {.text = message, .size = sizeof message};
    char source[512];
    char overlay[600];
    (void)snprintf(source, sizeof source, "%s.source", argv[2]);
    (void)snprintf(overlay, sizeof overlay, "%s/registry/bench.reg", source);
    const char *const bases[] = {argv[1]};
    bool made = write_overlay(overlay, &error) &&
                image_make_over(bases, 1, source, argv[2], message, sizeof message) &&
                enlarge(argv[2], &error) && tree_remove(source, &error);
    if (!made) {
        (void)fprintf(stderr, "make_bench_image: %s\n", message);
    }
    return made ? 0 : 1;
}
