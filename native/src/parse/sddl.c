#include "parse/sddl.h"

#include "core/unicode.h"
#include "parse/sddl_parts.h"

#include <string.h>

enum { ALL_FILE_RIGHTS = 0x1F01FF, OWNER_RIGHTS = 0x60000 /* READ_CONTROL and WRITE_DAC */ };

/* ---- Accounts ---- */

/* What SYSTEM is. */
static const char *const system_sids[] = {"SY", "S-1-5-18", "BA", "S-1-5-32-544",
                                          "WD", "S-1-1-0",  "AU", "S-1-5-11"};

static bool is_system(span sid) {
    for (size_t i = 0; i < sizeof system_sids / sizeof system_sids[0]; i++) {
        if (span_is(sid, system_sids[i])) {
            return true;
        }
    }
    return false;
}

static bool is_owner_rights(span sid) {
    return span_is(sid, "OW") || span_is(sid, "S-1-3-4");
}

/* ---- Entries ---- */

typedef struct evaluation {
    bool owner; /* SYSTEM, or a group that it is in, owns the object */
    uint32_t decided;
    uint32_t granted;
    const char *problem;
} evaluation;

static bool apply(void *user, const span fields[ENTRY_FIELDS]) {
    evaluation *e = user;
    uint32_t mask = 0;
    bool concerns = is_system(fields[FIELD_SID]) || (e->owner && is_owner_rights(fields[FIELD_SID]));
    if (!concerns || sddl_has_flag(fields[FIELD_FLAGS], "IO")) {
        return true;
    }
    bool allow = span_is(fields[FIELD_TYPE], "A");
    if (!allow && !span_is(fields[FIELD_TYPE], "D")) {
        e->problem = "an access entry of SYSTEM's is neither a simple allow nor a simple deny";
        return false;
    }
    if (!sddl_read_rights(fields[FIELD_RIGHTS], &mask)) {
        e->problem = "the rights of an access entry are not understood";
        return false;
    }
    e->granted |= allow ? mask & ~e->decided : 0;
    e->decided |= mask;
    return true;
}

bool sddl_system_rights(const char *sddl, uint32_t *out, fact *why) {
    const char *list = sddl_part(sddl, "D:");
    *out = 0;
    if (list == NULL) {
        *why = fact_unknown(REASON_MALFORMED, NULL, "the security descriptor has no access list");
        return false;
    }
    span owner = sddl_owner(sddl);
    evaluation e = {.owner = owner.text != NULL && is_system(owner)};
    if (ascii_starts(list, "NO_ACCESS_CONTROL")) {
        e.granted = ALL_FILE_RIGHTS;
    } else {
        const char *problem = sddl_each_entry(list, apply, &e);
        e.problem = problem != NULL ? problem : e.problem;
    }
    if (e.problem != NULL) {
        *why = fact_unknown(REASON_MALFORMED, NULL, e.problem);
        return false;
    }
    *out = e.granted | (e.owner ? OWNER_RIGHTS : 0);
    *why = fact_known(NULL);
    return true;
}
