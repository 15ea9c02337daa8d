/* Paths of files below the module's folder. */
#include "checks/baseline.h"

#include "core/unicode.h"

#include <string.h>

static uint32_t next_letter(const char *text, size_t length, size_t *at) {
    uint32_t letter = unicode_upper(utf8_next(text, length, at));
    return letter == '/' ? '\\' : letter;
}

int module_path_compare(const char *a, const char *b) {
    size_t a_length = strlen(a);
    size_t b_length = strlen(b);
    size_t a_at = 0;
    size_t b_at = 0;
    while (a_at < a_length && b_at < b_length) {
        uint32_t a_letter = next_letter(a, a_length, &a_at);
        uint32_t b_letter = next_letter(b, b_length, &b_at);
        if (a_letter != b_letter) {
            return a_letter < b_letter ? -1 : 1;
        }
    }
    return (a_at < a_length) - (b_at < b_length);
}

/* Names that Windows takes for a device, whatever extension they have. */
static bool is_device(const char *name, size_t length) {
    static const char *const devices[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
    size_t stem = 0;
    while (stem < length && name[stem] != '.' && name[stem] != ' ') {
        stem++;
    }
    for (size_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
        if (strlen(devices[i]) == stem && ascii_equal_n(name, devices[i], stem)) {
            return true;
        }
    }
    bool port = stem > 3 && (ascii_equal_n(name, "COM", 3) || ascii_equal_n(name, "LPT", 3));
    bool one_digit = stem == 4 && name[3] >= '0' && name[3] <= '9';
    bool superscript = stem == 5 && (unsigned char)name[3] == 0xC2; /* COM followed by a raised 1, 2 or 3 */
    return port && (one_digit || superscript);
}

/* One name of a path. U+001A is core/unicode.h's escape for what UTF-8 cannot hold. */
static bool name_safe(const char *name, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)name[i];
        if ((c < 0x20 && c != 0x1A) || strchr("<>:\"/|?*", c) != NULL) {
            return false;
        }
    }
    return length > 0 && name[length - 1] != '.' && name[length - 1] != ' ' && !is_device(name, length);
}

bool module_path_safe(const char *path) {
    if (!utf8_valid(path, strlen(path))) {
        return false;
    }
    for (;;) {
        size_t length = strcspn(path, "\\");
        if (!name_safe(path, length)) {
            return false;
        }
        if (path[length] == '\0') {
            return true;
        }
        path += length + 1;
    }
}
