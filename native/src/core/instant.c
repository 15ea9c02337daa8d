#include "core/instant.h"

#include <stdio.h>

enum { DAY = 86400, FILETIME_PER_SECOND = 10000000 };
static const int64_t filetime_epoch = -11644473600; /* 1601-01-01 */

int64_t instant_from_filetime(uint64_t filetime) {
    return (int64_t)(filetime / FILETIME_PER_SECOND) + filetime_epoch;
}

uint64_t filetime_from_instant(int64_t instant) {
    static const int64_t last = (int64_t)(UINT64_MAX / FILETIME_PER_SECOND) - 11644473600;
    instant = instant < filetime_epoch ? filetime_epoch : instant > last ? last : instant;
    return (uint64_t)(instant - filetime_epoch) * FILETIME_PER_SECOND;
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar. Years are counted from March, so that a leap day is the
 * last of its year; 400 years are 146097 days. */
static int64_t days_from_civil(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void civil_from_days(int64_t days, int64_t *year, int *month, int *day) {
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t shifted_month = (5 * day_of_year + 2) / 153;
    *day = (int)(day_of_year - (153 * shifted_month + 2) / 5 + 1);
    *month = (int)(shifted_month < 10 ? shifted_month + 3 : shifted_month - 9);
    *year = year_of_era + era * 400 + (*month <= 2);
}

int64_t instant_from_civil(int year, int month, int day, int hour, int minute, int second) {
    return days_from_civil(year, month, day) * DAY + hour * INT64_C(3600) + minute * INT64_C(60) + second;
}

void instant_format(int64_t instant, char out[INSTANT_TEXT_SIZE]) {
    static const int64_t first = -62167219200; /* 0000-01-01 */
    static const int64_t last = 253402300799;  /* 9999-12-31T23:59:59 */
    instant = instant < first ? first : instant > last ? last : instant;
    int64_t days = instant / DAY;
    int64_t rest = instant % DAY;
    if (rest < 0) {
        rest += DAY;
        days--;
    }
    int64_t year = 0;
    int month = 0;
    int day = 0;
    civil_from_days(days, &year, &month, &day);
    (void)snprintf(out, INSTANT_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02dZ", (int)year, month, day,
                   (int)(rest / 3600), (int)(rest / 60 % 60), (int)(rest % 60));
}

/* Exactly `digits` decimal digits at *at, within low..high. */
static bool take_number(const char **at, int digits, int low, int high, int *out) {
    int value = 0;
    for (int i = 0; i < digits; i++) {
        char c = **at;
        if (c < '0' || c > '9') {
            return false;
        }
        value = value * 10 + (c - '0');
        (*at)++;
    }
    *out = value;
    return value >= low && value <= high;
}

static bool take_char(const char **at, char c) {
    if (**at != c) {
        return false;
    }
    (*at)++;
    return true;
}

static int days_in_month(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Nothing, Z, or +hh:mm. */
static bool take_zone(const char **at, bool *has_zone, int *offset_seconds) {
    *offset_seconds = 0;
    *has_zone = **at != '\0';
    if (!*has_zone || take_char(at, 'Z')) {
        return true;
    }
    int sign = **at == '+' ? 1 : **at == '-' ? -1 : 0;
    int hours = 0;
    int minutes = 0;
    if (sign == 0) {
        return false;
    }
    (*at)++;
    if (!take_number(at, 2, 0, 23, &hours) || !take_char(at, ':') || !take_number(at, 2, 0, 59, &minutes)) {
        return false;
    }
    *offset_seconds = sign * (hours * 3600 + minutes * 60);
    return true;
}

bool instant_parse(const char *text, int64_t *out, bool *has_zone) {
    int year = 0;
    int month = 0;
    int day = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    const char *at = text;
    if (!take_number(&at, 4, 0, 9999, &year) || !take_char(&at, '-') || !take_number(&at, 2, 1, 12, &month)
        || !take_char(&at, '-') || !take_number(&at, 2, 1, days_in_month(year, month), &day)
        || !take_char(&at, 'T') || !take_number(&at, 2, 0, 23, &hour) || !take_char(&at, ':')
        || !take_number(&at, 2, 0, 59, &minute) || !take_char(&at, ':')
        || !take_number(&at, 2, 0, 59, &second)) {
        return false;
    }
    if (take_char(&at, '.')) {
        int digit = 0;
        if (!take_number(&at, 1, 0, 9, &digit)) {
            return false;
        }
        while (*at >= '0' && *at <= '9') {
            at++;
        }
    }
    int offset = 0;
    if (!take_zone(&at, has_zone, &offset) || *at != '\0') {
        return false;
    }
    *out = instant_from_civil(year, month, day, hour, minute, second) - offset;
    return true;
}
