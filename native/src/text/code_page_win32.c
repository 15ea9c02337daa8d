/* Code pages by the system's own tables. It is asked for one character at a time, because of a longer text it
 * says only that something in it is wrong, not where. */
#include "text/code_page.h"

#include <string.h>
#include <windows.h>

/* The same pages as everywhere else. */
static const struct {
    const char *number;
    UINT page;
} pages[] = {
    {"437", 437},   {"720", 720},     {"737", 737},     {"775", 775},   {"850", 850},   {"852", 852},
    {"855", 855},   {"857", 857},     {"858", 858},     {"860", 860},   {"861", 861},   {"862", 862},
    {"863", 863},   {"864", 864},     {"865", 865},     {"866", 866},   {"869", 869},   {"874", 874},
    {"932", 932},   {"936", 936},     {"949", 949},     {"950", 950},   {"1250", 1250}, {"1251", 1251},
    {"1252", 1252}, {"1253", 1253},   {"1254", 1254},   {"1255", 1255}, {"1256", 1256}, {"1257", 1257},
    {"1258", 1258}, {"20127", 20127}, {"54936", 54936},
};

enum { PAGE_GB18030 = 54936 };

/* How many bytes the character at the beginning of the data takes, going by its first ones. */
static size_t character_size(UINT page, const uint8_t *data, size_t size) {
    if (page == PAGE_GB18030 && data[0] >= 0x81) {
        return size > 1 && data[1] >= '0' && data[1] <= '9' ? 4 : 2;
    }
    return IsDBCSLeadByteEx(page, data[0]) != FALSE ? 2 : 1;
}

/* Bytes that a page does not define come out as control characters or private ones. */
static bool stands_for_nothing(const uint8_t *data, const WCHAR *wide, int count) {
    return count == 0 || (data[0] >= 0x80 && wide[0] >= 0x80 && wide[0] < 0xA0) ||
           (wide[0] >= 0xE000 && wide[0] < 0xF900) || wide[0] == 0xFFFD;
}

/* Appends the character at the beginning of the data; returns how many bytes it took. */
static size_t add_character(UINT page, const uint8_t *data, size_t size, text_builder *out) {
    WCHAR wide[4];
    char text[3 * sizeof wide / sizeof wide[0]];
    size_t taken = character_size(page, data, size);
    int count = 0;
    if (taken <= size) {
        count = MultiByteToWideChar(page, MB_ERR_INVALID_CHARS, (const char *)data, (int)taken, wide,
                                    (int)(sizeof wide / sizeof wide[0]));
    }
    if (stands_for_nothing(data, wide, count)) {
        text_add(out, "\xEF\xBF\xBD");
        return 1;
    }
    int length = WideCharToMultiByte(CP_UTF8, 0, wide, count, text, (int)sizeof text, NULL, NULL);
    text_add_n(out, text, length > 0 ? (size_t)length : 0);
    return taken;
}

code_page_result code_page_decode(const char *number, const uint8_t *data, size_t size, text_builder *out) {
    UINT page = 0;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        page = strcmp(pages[i].number, number) == 0 ? pages[i].page : page;
    }
    if (page == 0 || IsValidCodePage(page) == FALSE) {
        return CODE_PAGE_UNSUPPORTED;
    }
    for (size_t at = 0; at < size && !text_builder_failed(out);) {
        at += add_character(page, data + at, size - at, out);
    }
    return text_builder_failed(out) ? CODE_PAGE_NO_MEMORY : CODE_PAGE_DECODED;
}
