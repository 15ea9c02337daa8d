#include "checks/version.h"

enum { PARTS = 4, MAXIMUM_PART = 1000000000 };

bool version_parse(const char *text, version_number *out) {
    *out = (version_number){0};
    for (int i = 0; i < PARTS; i++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        while (*text >= '0' && *text <= '9' && out->part[i] < MAXIMUM_PART) {
            out->part[i] = out->part[i] * 10 + (uint32_t)(*text++ - '0');
        }
        if (*text == '\0') {
            return true;
        }
        if (*text++ != '.') {
            return false;
        }
    }
    return false;
}

int version_compare(const version_number *a, const version_number *b) {
    for (int i = 0; i < PARTS; i++) {
        if (a->part[i] != b->part[i]) {
            return a->part[i] < b->part[i] ? -1 : 1;
        }
    }
    return 0;
}

bool version_before(const version_number *version, const char *other) {
    version_number limit = {0};
    return version_parse(other, &limit) && version_compare(version, &limit) < 0;
}
