#include "text/code_page.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

/* The OEM and ANSI code pages of Windows, under the names iconv knows them by. An allow-list: iconv would
 * also accept EBCDIC pages under the same kind of name. */
static const struct {
    const char *number;
    const char *name;
} pages[] = {
    {"437", "CP437"},   {"720", "CP720"},      {"737", "CP737"},     {"775", "CP775"},   {"850", "CP850"},
    {"852", "CP852"},   {"855", "CP855"},      {"857", "CP857"},     {"858", "CP858"},   {"860", "CP860"},
    {"861", "CP861"},   {"862", "CP862"},      {"863", "CP863"},     {"864", "CP864"},   {"865", "CP865"},
    {"866", "CP866"},   {"869", "CP869"},      {"874", "CP874"},     {"932", "CP932"},   {"936", "CP936"},
    {"949", "UHC"},     {"950", "CP950"},      {"1250", "CP1250"},   {"1251", "CP1251"}, {"1252", "CP1252"},
    {"1253", "CP1253"}, {"1254", "CP1254"},    {"1255", "CP1255"},   {"1256", "CP1256"}, {"1257", "CP1257"},
    {"1258", "CP1258"}, {"20127", "US-ASCII"}, {"54936", "GB18030"},
};

static const char *name_of(const char *number) {
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++) {
        if (strcmp(pages[i].number, number) == 0) {
            return pages[i].name;
        }
    }
    return NULL;
}

/* Converts into the builder through a small buffer until the input is used up; what iconv refuses is
 * replaced. */
static void convert(iconv_t converter, const uint8_t *data, size_t size, text_builder *out) {
    char *from = (char *)data; /* iconv does not write there, its prototype only says so */
    size_t left = size;
    while (left > 0 && !text_builder_failed(out)) {
        char buffer[4096];
        char *to = buffer;
        size_t room = sizeof buffer;
        size_t result = iconv(converter, &from, &left, &to, &room);
        int error = errno;
        text_add_n(out, buffer, sizeof buffer - room);
        if (result == (size_t)-1 && error != E2BIG && left > 0) {
            text_add(out, "\xEF\xBF\xBD");
            from++;
            left--;
        }
    }
    /* Pages with combining characters (1255, 1258) hold the last letter back until they see what follows. */
    char buffer[64];
    char *to = buffer;
    size_t room = sizeof buffer;
    (void)iconv(converter, NULL, NULL, &to, &room);
    text_add_n(out, buffer, sizeof buffer - room);
}

code_page_result code_page_decode(const char *number, const uint8_t *data, size_t size, text_builder *out) {
    const char *name = name_of(number);
    if (name == NULL) {
        return CODE_PAGE_UNSUPPORTED;
    }
    iconv_t converter = iconv_open("UTF-8", name);
    if ((intptr_t)converter == -1) {
        return errno == ENOMEM ? CODE_PAGE_NO_MEMORY : CODE_PAGE_UNSUPPORTED;
    }
    convert(converter, data, size, out);
    (void)iconv_close(converter);
    return text_builder_failed(out) ? CODE_PAGE_NO_MEMORY : CODE_PAGE_DECODED;
}
