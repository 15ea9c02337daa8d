#include "core/unicode.h"
#include "text/decode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const pages[] = {NULL,   "437",   "932",   "949",       "1255",
                                    "1258", "54936", "65001", "not a page"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        arena memory = {0};
        const char *text = NULL;
        fact why = {0};
        bool decoded = decode_text(data, size, pages[i], &memory, &text, &why);
        if (decoded ? !utf8_valid(text, strlen(text)) || strchr(text, '\r') != NULL : why.detail == NULL) {
            abort();
        }
        arena_free(&memory);
    }
    return 0;
}
