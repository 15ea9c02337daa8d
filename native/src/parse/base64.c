#include "parse/base64.h"

static int digit_value(char c) {
    return c >= 'A' && c <= 'Z'   ? c - 'A'
           : c >= 'a' && c <= 'z' ? c - 'a' + 26
           : c >= '0' && c <= '9' ? c - '0' + 52
           : c == '+'             ? 62
           : c == '/'             ? 63
                                  : -1;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool base64_decode(const char *text, size_t length, arena *memory, bytes *out) {
    *out = (bytes){0};
    uint8_t *data = arena_alloc(memory, length / 4 * 3 + 3);
    if (data == NULL) {
        return false;
    }
    size_t digits = 0;
    size_t padding = 0;
    size_t size = 0;
    uint32_t bits = 0;
    for (size_t i = 0; i < length; i++) {
        if (is_space(text[i])) {
            continue;
        }
        int value = digit_value(text[i]);
        bool pads = text[i] == '=';
        if ((value < 0 && !pads) || (padding > 0 && !pads)) {
            return false;
        }
        padding += pads;
        bits = bits << 6 | (pads ? 0 : (uint32_t)value);
        if (++digits % 4 == 0) {
            data[size++] = (uint8_t)(bits >> 16);
            data[size++] = (uint8_t)(bits >> 8);
            data[size++] = (uint8_t)bits;
        }
    }
    if (digits % 4 != 0 || padding > 2) {
        return false;
    }
    *out = (bytes){data, size - padding};
    return true;
}

void base64_add(text_builder *out, bytes data) {
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
    enum { PADDING = 64 };
    for (size_t i = 0; i < data.size; i += 3) {
        size_t left = data.size - i;
        uint32_t group = (uint32_t)data.data[i] << 16 | (left > 1 ? (uint32_t)data.data[i + 1] << 8 : 0) |
                         (left > 2 ? (uint32_t)data.data[i + 2] : 0);
        const char text[4] = {
            alphabet[group >> 18],
            alphabet[group >> 12 & 63],
            alphabet[left > 1 ? group >> 6 & 63 : PADDING],
            alphabet[left > 2 ? group & 63 : PADDING],
        };
        text_add_n(out, text, sizeof text);
    }
}
