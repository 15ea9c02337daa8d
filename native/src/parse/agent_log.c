#include "parse/agent_log.h"

#include "core/instant.h"

#include <string.h>

enum { DAY_SECONDS = 86400, FIELDS_BEFORE_COMPONENT = 4, MOST_FIELDS_BEFORE_LEVEL = 10 };

bool agent_log_next_line(const char *text, size_t size, size_t *at, const char **line, size_t *length) {
    if (*at >= size) {
        return false;
    }
    const char *begin = text + *at;
    const char *end = memchr(begin, '\n', size - *at);
    *line = begin;
    *length = end != NULL ? (size_t)(end - begin) : size - *at;
    *at += *length + (end != NULL);
    if (*length > 0 && begin[*length - 1] == '\r') {
        (*length)--;
    }
    return true;
}

/* Digits at the places where the form has a '0', the form's own characters elsewhere. */
static bool has_form(const char *text, size_t length, const char *form) {
    if (length != strlen(form)) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        bool digit = text[i] >= '0' && text[i] <= '9';
        if (form[i] == '0' ? !digit : text[i] != form[i]) {
            return false;
        }
    }
    return true;
}

static int two_digits(const char *text) {
    return (text[0] - '0') * 10 + (text[1] - '0');
}

typedef struct span {
    const char *text;
    size_t length;
} span;

/* The field up to the next separator; advances *rest. */
static span take_until(span *rest, char separator) {
    const char *end = memchr(rest->text, separator, rest->length);
    span field = {.text = rest->text, .length = end != NULL ? (size_t)(end - rest->text) : rest->length};
    size_t taken = field.length + (end != NULL);
    rest->text += taken;
    rest->length -= taken;
    return field;
}

static span take_field(span *rest) {
    return take_until(rest, '\t');
}

/* Some versions part date and time by a TAB, some by a blank. */
static span take_date(span *rest) {
    bool blank = rest->length > 5 && rest->text[5] == ' ';
    return take_until(rest, blank ? ' ' : '\t');
}

static bool is_level(span field) {
    static const char *const levels[] = {"NORMAL", "WARNING", "FATAL"};
    for (size_t i = 0; i < sizeof levels / sizeof levels[0]; i++) {
        if (field.length == strlen(levels[i]) && memcmp(field.text, levels[i], field.length) == 0) {
            return true;
        }
    }
    return false;
}

bool agent_log_line_read(const char *line, size_t length, agent_log_line *out) {
    span rest = {.text = line, .length = length};
    (void)take_field(&rest);
    (void)take_field(&rest);
    span date = take_date(&rest);
    span time = take_field(&rest);
    if (!has_form(date.text, date.length, "00/00") || !has_form(time.text, time.length, "00:00:00.000")) {
        return false;
    }
    *out = (agent_log_line){
        .month = two_digits(date.text),
        .day = two_digits(date.text + 3),
        .hour = two_digits(time.text),
        .minute = two_digits(time.text + 3),
        .second = two_digits(time.text + 6),
    };
    for (int i = FIELDS_BEFORE_COMPONENT; i < MOST_FIELDS_BEFORE_LEVEL && rest.length > 0; i++) {
        span field = take_field(&rest);
        if (is_level(field)) {
            out->level = field.text;
            out->level_length = field.length;
            out->message = rest.text;
            out->message_length = rest.length;
            return out->month >= 1 && out->month <= 12 && out->day >= 1 && out->day <= 31;
        }
    }
    return false;
}

static int year_of(int64_t instant) {
    char text[INSTANT_TEXT_SIZE];
    instant_format(instant, text);
    return two_digits(text) * 100 + two_digits(text + 2);
}

int64_t agent_log_instant(const agent_log_line *line, int64_t reference) {
    int64_t latest = reference + DAY_SECONDS;
    int year = year_of(latest);
    int64_t instant =
        instant_from_civil(year, line->month, line->day, line->hour, line->minute, line->second);
    if (instant > latest) {
        instant =
            instant_from_civil(year - 1, line->month, line->day, line->hour, line->minute, line->second);
    }
    return instant;
}
