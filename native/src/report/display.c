#include "report/display.h"

#include "core/unicode.h"

#include <string.h>

typedef struct range {
    uint32_t first;
    uint32_t last;
} range;

static bool within(uint32_t code_point, const range *ranges, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (code_point >= ranges[i].first && code_point <= ranges[i].last) {
            return true;
        }
    }
    return false;
}
#define WITHIN(code_point, ranges) within(code_point, ranges, sizeof(ranges) / sizeof(ranges)[0])

/* C0, DEL and C1 controls, direction marks and overrides, line separators, byte order mark, annotations,
 * tags. */
static const range never_shown[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD}, {0x061C, 0x061C},
    {0x200B, 0x200B}, {0x200E, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
    {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xFFFE, 0xFFFF}, {0xE0000, 0xE0FFF},
};

/* The usual combining blocks, joiners and variation selectors. */
static const range combining[] = {
    {0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD}, {0x064B, 0x065F}, {0x0E31, 0x0E31},
    {0x0E34, 0x0E3A}, {0x0E47, 0x0E4E}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200C, 0x200D},
    {0x20D0, 0x20FF}, {0x3099, 0x309A}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F},
};

/* East_Asian_Width W and F of Unicode's EastAsianWidth.txt, by block. */
static const range wide[] = {
    {0x1100, 0x115F},   {0x2E80, 0x303E},   {0x3041, 0x33FF},   {0x3400, 0x4DBF},   {0x4E00, 0x9FFF},
    {0xA000, 0xA4CF},   {0xA960, 0xA97F},   {0xAC00, 0xD7A3},   {0xF900, 0xFAFF},   {0xFE30, 0xFE6F},
    {0xFF00, 0xFF60},   {0xFFE0, 0xFFE6},   {0x17000, 0x18CFF}, {0x1B000, 0x1B16F}, {0x1F300, 0x1F64F},
    {0x1F680, 0x1F6FF}, {0x1F900, 0x1FAFF}, {0x20000, 0x3FFFD},
};

uint32_t display_next(const char *text, size_t length, size_t *at) {
    uint32_t code_point = utf8_next(text, length, at);
    if (code_point == '\n' || code_point == '\r' || code_point == '\t') {
        return ' ';
    }
    return WITHIN(code_point, never_shown) ? 0xFFFD : code_point;
}

size_t display_width(uint32_t code_point) {
    if (code_point < 0x300) {
        return 1;
    }
    return WITHIN(code_point, combining) ? 0 : WITHIN(code_point, wide) ? 2 : 1;
}

static void add_code_point(text_builder *out, uint32_t code_point) {
    char encoded[4];
    text_add_n(out, encoded, utf8_encode(code_point, encoded));
}

size_t display_add(text_builder *out, const char *text, size_t limit) {
    size_t length = strlen(text);
    size_t columns = 0;
    for (size_t at = 0; at < length;) {
        uint32_t code_point = display_next(text, length, &at);
        size_t width = display_width(code_point);
        if (limit > 0 && columns + width > limit - 3 && at < length) {
            text_add(out, "...");
            return columns + 3;
        }
        add_code_point(out, code_point);
        columns += width;
    }
    return columns;
}

void display_indent(text_builder *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        text_add_char(out, ' ');
    }
}

/* A stretch without a place to break a line. */
typedef struct stretch {
    size_t start;
    size_t end;
    size_t width;
    bool after_blank;
} stretch;

/* The next stretch behind *at; false at the end of the text. */
static bool next_stretch(const char *text, size_t length, size_t *at, stretch *out) {
    *out = (stretch){.start = *at, .end = *at};
    while (*at < length) {
        uint32_t code_point = display_next(text, length, at);
        size_t width = display_width(code_point);
        bool is_blank = code_point == ' ';
        bool breaks = is_blank || width == 2;
        if (out->width > 0 && breaks) {
            *at = out->end;
            return true;
        }
        if (is_blank) {
            out->start = *at;
            out->after_blank = true;
        }
        out->end = *at;
        out->width += is_blank ? 0 : width;
        if (width == 2 || code_point == '\\') { /* paths are long, and part well behind a backslash */
            return true;
        }
    }
    return out->end > out->start;
}

typedef struct line {
    text_builder *out;
    size_t column;
    size_t indent;
} line;

static void break_line(line *l) {
    text_add_char(l->out, '\n');
    display_indent(l->out, l->indent);
    l->column = l->indent;
}

static void add_stretch(line *l, const char *text, const stretch *s) {
    for (size_t at = s->start; at < s->end;) {
        uint32_t code_point = display_next(text, s->end, &at);
        size_t width = display_width(code_point);
        if (l->column + width > DISPLAY_WIDTH) {
            break_line(l);
        }
        add_code_point(l->out, code_point);
        l->column += width;
    }
}

void display_wrap(text_builder *out, size_t column, size_t indent, const char *text) {
    line l = {.out = out, .column = column, .indent = indent};
    size_t length = strlen(text);
    stretch s;
    bool first = true;
    for (size_t at = 0; next_stretch(text, length, &at, &s);) {
        bool blank = s.after_blank && !first;
        size_t room = l.column < DISPLAY_WIDTH ? DISPLAY_WIDTH - l.column : 0;
        bool fits = s.width + blank <= room;
        bool fits_alone = s.width <= DISPLAY_WIDTH - indent;
        if (!fits && l.column > indent && (fits_alone || room < 2)) {
            break_line(&l);
        } else if (blank) {
            text_add_char(out, ' ');
            l.column++;
        }
        add_stretch(&l, text, &s);
        first = false;
    }
    text_add_char(out, '\n');
}
