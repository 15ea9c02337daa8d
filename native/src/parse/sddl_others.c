/* Whether others than administrators are granted something. Whatever is not understood, or might grant, is
 * taken as granting: a folder is refused wrongly rather than trusted wrongly. */
#include "parse/sddl.h"

#include "core/unicode.h"
#include "parse/sddl_parts.h"

#include <string.h>

/* ---- Accounts ---- */

/* Those that have the machine anyway. Backup and Server Operators may restore any file whatever its access
 * list says (SeRestorePrivilege), the latter also configure services that run as SYSTEM. CREATOR OWNER
 * stands for whoever makes something, who must be granted that first, and OWNER RIGHTS for the owner, who is
 * judged. Not so CREATOR GROUP: what an administrator makes gets the group Domain Users there. */
static const char *const trusted[] = {
    "SY", "S-1-5-18",
    "BA", "S-1-5-32-544",
    "BO", "S-1-5-32-551",
    "SO", "S-1-5-32-549",
    "CO", "S-1-3-0",
    "OW", "S-1-3-4",
    "LA", "DA",
    "EA", "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", /* TrustedInstaller */
};
/* The last number behind S-1-5-21 and a domain's three: Administrator, Domain Admins, Enterprise Admins. */
static const char *const trusted_of_domain[] = {"500", "512", "519"};

static bool trusted_in_domain(span sid) {
    static const char domain[] = "S-1-5-21-";
    size_t at = strlen(domain);
    if (sid.length <= at || !ascii_equal_n(sid.text, domain, at)) {
        return false;
    }
    for (int i = 0; i < 3; i++) {
        size_t digits = 0;
        while (at < sid.length && sid.text[at] >= '0' && sid.text[at] <= '9') {
            at++;
            digits++;
        }
        if (digits == 0 || at == sid.length || sid.text[at++] != '-') {
            return false;
        }
    }
    span last = {.text = sid.text + at, .length = sid.length - at};
    for (size_t i = 0; i < sizeof trusted_of_domain / sizeof trusted_of_domain[0]; i++) {
        if (span_is(last, trusted_of_domain[i])) {
            return true;
        }
    }
    return false;
}

static bool is_trusted(span sid) {
    for (size_t i = 0; i < sizeof trusted / sizeof trusted[0]; i++) {
        if (span_is(sid, trusted[i])) {
            return true;
        }
    }
    return trusted_in_domain(sid);
}

/* ---- Entries ---- */

typedef struct inquiry {
    uint32_t wanted;
    bool inherited;  /* what only children get counts */
    uint32_t denied; /* to everyone */
    span who;
    const char *problem;
} inquiry;

static bool one_of(span type, const char *const *types) {
    for (size_t i = 0; types[i] != NULL; i++) {
        if (span_is(type, types[i])) {
            return true;
        }
    }
    return false;
}

static bool ask(void *user, const span fields[ENTRY_FIELDS]) {
    /* With a condition or for one kind of object an entry still may grant. */
    static const char *const allows[] = {"A", "OA", "XA", "ZA", NULL};
    static const char *const denies[] = {"D", "OD", "XD", NULL};
    inquiry *q = user;
    uint32_t mask = 0;
    span type = fields[FIELD_TYPE];
    span sid = fields[FIELD_SID];
    bool allow = one_of(type, allows);
    if (!allow && !one_of(type, denies)) {
        q->problem = "an access entry neither allows nor denies";
        return false;
    }
    if (!sddl_read_rights(fields[FIELD_RIGHTS], &mask) || sid.length == 0) {
        q->problem = "the rights of an access entry are not understood";
        return false;
    }
    bool children_only = sddl_has_flag(fields[FIELD_FLAGS], "IO");
    bool everyone = span_is(sid, "WD") || span_is(sid, "S-1-1-0");
    if (!allow) {
        /* A group's denial does not reach those who are granted the same by another group. */
        q->denied |= everyone && !children_only && span_is(type, "D") ? mask : 0;
        return true;
    }
    /* What everyone is denied here, children may still be granted; an anonymous logon is not everyone. */
    bool reached = children_only || sddl_has_flag(fields[FIELD_FLAGS], "CI") || span_is(sid, "AN") ||
                   span_is(sid, "S-1-5-7");
    mask &= reached && q->inherited ? UINT32_MAX : ~q->denied;
    if ((q->inherited || !children_only) && (mask & q->wanted) != 0 && !is_trusted(sid)) {
        q->who = sid;
        return false;
    }
    return true;
}

static bool unknown(fact *why, const char *detail) {
    *why = fact_unknown(REASON_MALFORMED, NULL, detail);
    return false;
}

bool sddl_others_granted(const char *sddl, uint32_t rights, bool inherited, arena *memory, const char **who,
                         fact *why) {
    *who = NULL;
    const char *list = sddl_part(sddl, "D:");
    span owner = sddl_owner(sddl);
    if (list == NULL) {
        return unknown(why, "the security descriptor has no access list");
    }
    if (owner.text == NULL || owner.length == 0) {
        return unknown(why, "the security descriptor does not name the owner");
    }
    inquiry q = {.wanted = rights, .inherited = inherited};
    if (!is_trusted(owner)) {
        q.who = owner;
    } else if (ascii_starts(list, "NO_ACCESS_CONTROL")) {
        q.who = (span){.text = "WD", .length = 2};
    } else {
        const char *problem = sddl_each_entry(list, ask, &q);
        q.problem = problem != NULL ? problem : q.problem;
    }
    if (q.problem != NULL) {
        return unknown(why, q.problem);
    }
    *who = q.who.text != NULL ? arena_text_n(memory, q.who.text, q.who.length) : NULL;
    *why = fact_known(NULL);
    return true;
}
