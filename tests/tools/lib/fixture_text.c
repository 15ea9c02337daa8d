#include "fixture_text.h"

#include <stdio.h>
#include <string.h>

char *fixture_text(arena *memory, const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return NULL;
    }
    char *text = NULL;
    long length = fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (length >= 0 && fseek(file, 0, SEEK_SET) == 0) {
        text = arena_alloc(memory, (size_t)length + 1);
    }
    if (text != NULL && fread(text, 1, (size_t)length, file) != (size_t)length) {
        text = NULL;
    }
    (void)fclose(file);
    if (size != NULL) {
        *size = text == NULL ? 0 : (size_t)length;
    }
    return text;
}

char *wrapped_text(arena *memory, const char *text, size_t width) {
    size_t length = strlen(text);
    char *out = arena_alloc(memory, length * 2 + 1);
    size_t used = 0;
    size_t column = 0;
    for (size_t i = 0; out != NULL && i < length; i++) {
        bool begins = ((unsigned char)text[i] & 0xC0) != 0x80;
        if (begins && text[i] != '\n' && text[i] != '\r' && column == width) {
            out[used++] = '\n';
            column = 0;
        }
        out[used++] = text[i];
        column = text[i] == '\n' ? 0 : column + begins;
    }
    return out;
}
