#include "byte_writer.h"

void put_u16(text_builder *to, uint32_t value) {
    text_add_char(to, (char)(value & 0xFF));
    text_add_char(to, (char)(value >> 8 & 0xFF));
}

void put_u32(text_builder *to, uint32_t value) {
    put_u16(to, value);
    put_u16(to, value >> 16);
}

void put_zeros(text_builder *to, size_t count) {
    for (size_t i = 0; i < count; i++) {
        text_add_char(to, '\0');
    }
}

void put_alignment(text_builder *to, size_t multiple) {
    put_zeros(to, (multiple - to->length % multiple) % multiple);
}

void put_utf16(text_builder *to, const char *ascii) {
    for (; *ascii != '\0'; ascii++) {
        put_u16(to, (unsigned char)*ascii);
    }
    put_u16(to, 0);
}

void patch_u16(text_builder *to, size_t at, uint32_t value) {
    if (!text_builder_failed(to) && at + 2 <= to->length) {
        to->data[at] = (char)(value & 0xFF);
        to->data[at + 1] = (char)(value >> 8 & 0xFF);
    }
}

void patch_u32(text_builder *to, size_t at, uint32_t value) {
    patch_u16(to, at, value);
    patch_u16(to, at + 2, value >> 16);
}
