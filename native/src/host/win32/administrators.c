#include "host/win32/administrators.h"

#include "core/unicode.h"

#include <sddl.h>
#include <string.h>

#define ADMINISTRATORS L"S-1-5-32-544"

typedef struct question {
    const account_library *library;
    const win32_host *self;
    arena *memory;
    const char *where;
    const char *sid;        /* of the account */
    account_name account;   /* kind "unknown": Windows knows no name */
    const char *own_domain; /* SID of the domain whose accounts this machine keeps */
    bool own;               /* the account is one of this machine alone */
    account_name group;
    arena_vector members;
} question;

/* ---- SIDs ---- */

/* The SID of an account in a domain: the domain's, and one number. */
static bool is_in_domain(const char *sid, const char *domain) {
    size_t length = strlen(domain);
    return strncmp(sid, domain, length) == 0 && sid[length] == '-' && strchr(sid + length + 1, '-') == NULL;
}

static bool is_account_sid(const char *sid) {
    return ascii_starts(sid, "S-1-5-21-");
}

/* Written as Windows writes it. NULL if that is no SID. */
static const char *canonical_sid(const char *sid, arena *memory) {
    const wchar_t *wide = wide_text(memory, sid);
    wchar_t *written = NULL;
    PSID found = NULL;
    const char *text = NULL;
    if (wide != NULL && ConvertStringSidToSidW(wide, &found) != FALSE &&
        ConvertSidToStringSidW(found, &written) != FALSE) {
        text = text_from_wide(memory, written);
        (void)LocalFree(written);
    }
    (void)LocalFree(found);
    return text;
}

/* ---- Answers ---- */

static fact_state known(const question *q, bool value, bool *out, fact *why) {
    fact_state state = win32_known(q->where, q->memory, why);
    *out = value && state == FACT_KNOWN;
    return state;
}

static fact_state unknown(const question *q, const char *detail, fact *why) {
    return win32_unknown(REASON_UNREADABLE, q->where, detail, why);
}

/* An error never says that the account is not there: what was asked for is something else. */
static fact_state failed(const question *q, DWORD error, fact *why) {
    return win32_failure(q->self, error, q->where, q->memory, why) == FACT_ABSENT
               ? unknown(q, arena_printf(q->memory, "Windows answered with error %lu", error), why)
               : why->state;
}

/* ---- The list ---- */

static const group_member *member_at(const question *q, size_t i) {
    return (const group_member *)q->members.items + i;
}

static bool is_listed(const question *q, const char *sid) {
    bool found = false;
    for (size_t i = 0; i < q->members.count; i++) {
        found = found || strcmp(member_at(q, i)->sid, sid) == 0;
    }
    return found;
}

/* The built-in account is a member from the start, and hardly ever taken out: a list without it may not be
 * the whole one. */
static bool is_whole(const question *q) {
    return is_listed(q, arena_printf(q->memory, "%s-500", q->own_domain));
}

/* Everyone; Authenticated Users, which are all but guests. */
static bool holds_every_account(const question *q) {
    return is_listed(q, "S-1-1-0") || (is_listed(q, "S-1-5-11") && !ascii_ends(q->sid, "-501"));
}

static const char *account_text(const question *q) {
    return arena_printf(q->memory, "%s\\%s", text_from_wide(q->memory, q->account.domain),
                        text_from_wide(q->memory, q->account.name));
}

/* A group of a domain that is not this machine's own. S-1-5-21-0-0-0 is no domain: every account can have
 * such a SID. */
static bool is_of_another_domain(const question *q, const group_member *member) {
    return is_account_sid(member->sid) && !ascii_starts(member->sid, "S-1-5-21-0-0-0-") &&
           member->kind != SidTypeWellKnownGroup && !is_in_domain(member->sid, q->own_domain);
}

/* Whether the account can be in the group through this member. SIDs that resolve to no name count as groups.
 * A user or computer is nobody but itself, though an account that has moved here from another domain may
 * still have its SID from there, which then resolves to its name. Only services have the SIDs of services. */
static bool can_hold(const group_member *member, const char *name) {
    if (member->kind == SidTypeUser || member->kind == SidTypeComputer) {
        return windows_name_equal(member->name, name);
    }
    return !ascii_starts(member->sid, "S-1-5-80-");
}

/* The first member that leaves it open whether the account is in the group; NULL: there is none. Of other
 * domains' groups none can hold an account that is this machine's alone. */
static const group_member *find_open(const question *q, bool other_domains) {
    const char *name = account_text(q);
    const group_member *found = NULL;
    for (size_t i = 0; i < q->members.count && found == NULL; i++) {
        const group_member *member = member_at(q, i);
        bool is_open = can_hold(member, name) && (other_domains || !is_of_another_domain(q, member));
        found = is_open ? member : NULL;
    }
    return found;
}

/* A domain's name may be one that nobody else is to see; its SID is left out where evidence is redacted. */
static const char *name_of_member(const question *q, const group_member *member) {
    const char *last = strrchr(member->name, '\\');
    bool is_user = member->kind == SidTypeUser || member->kind == SidTypeComputer;
    const char *name = last != NULL ? last + 1 : member->name;
    return is_user || name[0] == '\0' || strcmp(name, member->sid) == 0
               ? arena_text(q->memory, member->sid)
               : arena_printf(q->memory, "\"%s\" (%s)", name, member->sid);
}

static fact_state left_open(const question *q, const group_member *member, DWORD error, fact *why) {
    const char *detail =
        arena_printf(q->memory, "whether the account is in %s cannot be told", name_of_member(q, member));
    return unknown(
        q, error != ERROR_SUCCESS ? arena_printf(q->memory, "%s (error %lu)", detail, error) : detail, why);
}

/* ---- The answer ---- */

/* Local groups cannot be members of local groups, and a domain's groups cannot have members that only this
 * machine knows. Neither holds on a domain controller, whose accounts are the domain's. */
static fact_state judge_groups(const question *q, bool *out, fact *why) {
    bool is_member = false;
    const group_member *member = find_open(q, true);
    if (member == NULL && is_whole(q)) {
        return known(q, false, out, why);
    }
    const wchar_t *name = q->own ? q->account.name : wide_text(q->memory, account_text(q));
    DWORD error = name != NULL ? account_ask_groups(q->library, name, q->group.name, &is_member)
                               : ERROR_NOT_ENOUGH_MEMORY;
    if (is_member) {
        return known(q, true, out, why);
    }
    if (error == ERROR_ACCESS_DENIED || error == ERROR_NOT_ENOUGH_MEMORY) {
        return failed(q, error, why);
    }
    if (!is_whole(q)) {
        return unknown(q, "Windows did not list all of its members", why);
    }
    const group_member *still = q->own && error == ERROR_SUCCESS ? find_open(q, false) : member;
    return still == NULL ? known(q, false, out, why) : left_open(q, still, error, why);
}

static fact_state judge(const question *q, bool *out, fact *why) {
    if (is_listed(q, q->sid)) {
        return known(q, true, out, why);
    }
    if (q->account.kind == SidTypeUnknown) {
        return unknown(q, "Windows knows no name of the account; its domain may not answer", why);
    }
    if (!is_account_sid(q->sid) || (q->account.kind != SidTypeUser && q->account.kind != SidTypeComputer)) {
        return unknown(q, "for such an account it cannot be told", why);
    }
    return holds_every_account(q) ? known(q, true, out, why) : judge_groups(q, out, why);
}

/* What the answer depends on but for the members. */
static DWORD ask_machine(question *q, DWORD *account_error) {
    bool is_controller = true;
    const wchar_t *sid = wide_text(q->memory, q->sid);
    DWORD error = sid == NULL ? ERROR_NOT_ENOUGH_MEMORY
                              : account_ask_name(q->library, ADMINISTRATORS, q->memory, &q->group);
    if (error == ERROR_SUCCESS) {
        error = account_ask_own_domain(q->library, q->memory, &q->own_domain);
    }
    if (error == ERROR_SUCCESS) {
        error = account_ask_is_controller(q->library, &is_controller);
    }
    if (error == ERROR_SUCCESS) {
        q->own = !is_controller && is_in_domain(q->sid, q->own_domain);
        *account_error = account_ask_name(q->library, sid, q->memory, &q->account);
    }
    return error;
}

fact_state administrators_ask(const account_library *library, const win32_host *self, const char *sid,
                              arena *memory, bool *out, fact *why) {
    DWORD account_error = ERROR_SUCCESS;
    question q = {.library = library,
                  .self = self,
                  .memory = memory,
                  .where = "the group S-1-5-32-544",
                  .sid = canonical_sid(sid, memory),
                  .members = ARENA_VECTOR(memory, group_member)};
    *out = false;
    if (q.sid == NULL) {
        return win32_unknown(REASON_MALFORMED, arena_text(memory, sid), "not a SID", why);
    }
    DWORD error = ask_machine(&q, &account_error);
    if (error == ERROR_SUCCESS) {
        q.where = arena_printf(memory, "the group \"%s\"", text_from_wide(memory, q.group.name));
        error = account_ask_members(library, q.group.name, &q.members);
    }
    error = account_error == ERROR_NOT_ENOUGH_MEMORY ? account_error : error;
    if (error != ERROR_SUCCESS) {
        return failed(&q, error, why);
    }
    /* Others' accounts may have no name because their domain does not answer. */
    if (account_error == ERROR_NONE_MAPPED && q.own) {
        return win32_absent(arena_printf(memory, "the account %s", q.sid), memory, why);
    }
    return judge(&q, out, why);
}

static fact_state no_library(fact *why) {
    return win32_unknown(REASON_NOT_ON_HOST, "netapi32.dll", "Windows has no functions that tell", why);
}

fact_state win32_account_is_administrator(host *machine, const char *sid, arena *memory, bool *out,
                                          fact *why) {
    account_library library;
    *out = false;
    fact_state state = account_library_open(&library)
                           ? administrators_ask(&library, win32_of(machine), sid, memory, out, why)
                           : no_library(why);
    account_library_close(&library);
    return state;
}

fact_state win32_own_domain(host *machine, arena *memory, const char **out, fact *why) {
    account_library library;
    const question q = {.self = win32_of(machine), .memory = memory, .where = "the server's own accounts"};
    fact_state state = FACT_UNKNOWN;
    *out = "";
    if (account_library_open(&library)) {
        DWORD error = account_ask_own_domain(&library, memory, out);
        state = error == ERROR_SUCCESS ? win32_known(q.where, memory, why) : failed(&q, error, why);
    } else {
        state = no_library(why);
    }
    account_library_close(&library);
    return state;
}
