#include "evidence/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(text_builder *out, bytes data) {
    for (size_t i = 0; i < data.size; i += 3) {
        size_t left = data.size - i;
        uint32_t group = (uint32_t)data.data[i] << 16 | (left > 1 ? (uint32_t)data.data[i + 1] << 8 : 0) |
                         (left > 2 ? (uint32_t)data.data[i + 2] : 0);
        char text[4] = {alphabet[group >> 18], alphabet[group >> 12 & 63], alphabet[group >> 6 & 63],
                        alphabet[group & 63]};
        if (left < 3) {
            text[3] = '=';
        }
        if (left < 2) {
            text[2] = '=';
        }
        text_add_n(out, text, sizeof text);
    }
}

static int digit_value(char c) {
    if (c >= 'A' && c <= 'Z') {
        return c - 'A';
    }
    if (c >= 'a' && c <= 'z') {
        return c - 'a' + 26;
    }
    if (c >= '0' && c <= '9') {
        return c - '0' + 52;
    }
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* Four characters, of which the last `padding` must be '='. */
static bool decode_group(const char *text, size_t padding, uint8_t *out) {
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < 4 - padding ? digit_value(text[i]) : text[i] == '=' ? 0 : -1;
        if (value < 0) {
            return false;
        }
        group = group << 6 | (uint32_t)value;
    }
    for (size_t i = 0; i < 3 - padding; i++) {
        out[i] = (uint8_t)(group >> (16 - 8 * i) & 0xFF);
    }
    uint32_t unused = padding == 0 ? 0 : padding == 1 ? 0xFF : 0xFFFF;
    return (group & unused) == 0;
}

bool base64_decode_strict(const char *text, size_t length, arena *memory, bytes *out) {
    *out = (bytes){0};
    if (length % 4 != 0) {
        return false;
    }
    size_t padding = length == 0 || text[length - 1] != '=' ? 0 : text[length - 2] != '=' ? 1 : 2;
    size_t size = length / 4 * 3 - padding;
    uint8_t *data = arena_alloc(memory, size);
    if (data == NULL) {
        return false;
    }
    for (size_t i = 0; i < length / 4; i++) {
        if (!decode_group(text + 4 * i, i + 1 == length / 4 ? padding : 0, data + 3 * i)) {
            return false;
        }
    }
    *out = (bytes){.data = data, .size = size};
    return true;
}
