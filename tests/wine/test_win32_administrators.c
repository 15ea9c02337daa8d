/* Who is an administrator: by functions of the test's own, which answer as Windows is documented to, and by
 * Wine's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "host/win32/administrators.h"
#include "live_machine.h"

#include <sddl.h>
#include <stdlib.h>
#include <string.h>

#define OWN      L"S-1-5-21-1-2-3"
#define DOMAIN   L"S-1-5-21-7-8-9"
#define SETUP    "S-1-5-21-1-2-3-1001"
#define OF_OTHER "S-1-5-21-7-8-9-1105"

/* ---- A server, and functions that tell of it ---- */

typedef struct entry {
    const wchar_t *sid;
    const wchar_t *name;
    SID_NAME_USE kind;
} entry;

#define BUILT_IN                                                                                             \
    { OWN L"-500", L"SERVER\\Chef", SidTypeUser }
#define USER(sid_, name_)                                                                                    \
    { sid_, name_, SidTypeUser }
#define DOMAIN_ADMINS                                                                                        \
    { DOMAIN L"-512", L"CONTOSO\\Domain Admins", SidTypeGroup }

enum { ENTRIES = 4 };

static struct {
    DSROLE_MACHINE_ROLE role;
    entry members[ENTRIES];
    DWORD member_count;
    DWORD first_answer; /* how many come with the first answer; 0: all */
    bool never_ends;
    const wchar_t *groups[2]; /* of the account */
    wchar_t asked[64];        /* whose groups were asked for */
    const wchar_t *asked_group;
    /* What each function fails with. */
    DWORD members_error, groups_error, domain_error, role_error, group_name_error, account_error;
    const wchar_t *own_domain;
    size_t buffers;  /* that were not given back */
    arena *runs_out; /* once an account's name is asked for; NULL: none */
} server;

static void *new_buffer(size_t size) {
    void *buffer = calloc(1, size);
    assert_non_null(buffer);
    server.buffers++;
    return buffer;
}

/* SIDs are the fake's for the rest of the run. */
static PSID sid_of(const wchar_t *text) {
    static uint8_t room[32][SECURITY_MAX_SID_SIZE];
    static size_t next;
    PSID sid = NULL;
    if (!ConvertStringSidToSidW(text, &sid)) {
        return NULL;
    }
    uint8_t *place = room[next++ % 32];
    assert_true(CopySid(SECURITY_MAX_SID_SIZE, place, sid));
    (void)LocalFree(sid);
    return place;
}

static wchar_t *text_of(const wchar_t *text) {
    static wchar_t room[32][64];
    static size_t next;
    return text != NULL ? wcscpy(room[next++ % 32], text) : NULL;
}

static NET_API_STATUS WINAPI fake_free(LPVOID buffer) {
    server.buffers--;
    free(buffer);
    return NERR_Success;
}

static VOID WINAPI fake_role_free(PVOID buffer) {
    (void)fake_free(buffer);
}

static NET_API_STATUS WINAPI fake_members(LPCWSTR on, LPCWSTR group, DWORD level, LPBYTE *out, DWORD room,
                                          LPDWORD count, LPDWORD total, PDWORD_PTR resume) {
    assert_null(on);
    assert_int_equal(level, 2);
    assert_int_equal(room, MAX_PREFERRED_LENGTH);
    assert_int_equal(wcscmp(group, L"Administratoren"), 0);
    if (server.members_error != 0) {
        return server.members_error;
    }
    LOCALGROUP_MEMBERS_INFO_2 *list = new_buffer(ENTRIES * sizeof *list);
    DWORD first = server.never_ends ? 0 : (DWORD)*resume;
    DWORD end = *resume == 0 && server.first_answer > 0 ? server.first_answer : server.member_count;
    for (DWORD i = first; i < end; i++) {
        const entry *from = &server.members[i];
        list[i - first] = (LOCALGROUP_MEMBERS_INFO_2){.lgrmi2_sid = sid_of(from->sid),
                                                      .lgrmi2_sidusage = from->kind,
                                                      .lgrmi2_domainandname = text_of(from->name)};
    }
    *out = (BYTE *)list;
    *count = end - first;
    *total = server.member_count - first;
    *resume = end;
    return end < server.member_count || server.never_ends ? ERROR_MORE_DATA : NERR_Success;
}

static NET_API_STATUS WINAPI fake_groups(LPCWSTR on, LPCWSTR account, DWORD level, DWORD flags, LPBYTE *out,
                                         DWORD room, LPDWORD count, LPDWORD total) {
    assert_null(on);
    assert_int_equal(level, 0);
    assert_int_equal(flags, LG_INCLUDE_INDIRECT);
    assert_int_equal(room, MAX_PREFERRED_LENGTH);
    (void)wcscpy(server.asked, account);
    if (server.groups_error != 0 && server.groups_error != ERROR_MORE_DATA) {
        return server.groups_error;
    }
    LOCALGROUP_USERS_INFO_0 *list = new_buffer(2 * sizeof *list);
    *count = 0;
    for (size_t i = 0; i < 2 && server.groups[i] != NULL; i++) {
        list[(*count)++].lgrui0_name = text_of(server.groups[i]);
    }
    *total = *count;
    *out = (BYTE *)list;
    return server.groups_error;
}

static NET_API_STATUS WINAPI fake_own_domain(LPCWSTR on, DWORD level, LPBYTE *out) {
    assert_null(on);
    assert_int_equal(level, 2);
    if (server.domain_error != 0) {
        return server.domain_error;
    }
    USER_MODALS_INFO_2 *info = new_buffer(sizeof *info);
    info->usrmod2_domain_id = sid_of(server.own_domain);
    *out = (BYTE *)info;
    return NERR_Success;
}

static DWORD WINAPI fake_role(LPCWSTR on, DSROLE_PRIMARY_DOMAIN_INFO_LEVEL level, PBYTE *out) {
    assert_null(on);
    assert_int_equal(level, DsRolePrimaryDomainInfoBasic);
    if (server.role_error != 0) {
        return server.role_error;
    }
    DSROLE_PRIMARY_DOMAIN_INFO_BASIC *info = new_buffer(sizeof *info);
    info->MachineRole = server.role;
    *out = (BYTE *)info;
    return ERROR_SUCCESS;
}

static const entry accounts[] = {
    {L"S-1-5-32-544", L"VORDEFINIERT\\Administratoren", SidTypeAlias},
    {OWN L"-501", L"SERVER\\Gast", SidTypeUser},
    {OWN L"-1001", L"SERVER\\setup", SidTypeUser},
    {OWN L"-1002", L"SERVER\\Operators", SidTypeAlias},
    {DOMAIN L"-1105", L"CONTOSO\\backup", SidTypeUser},
    {DOMAIN L"-1106", L"CONTOSO\\managed$", SidTypeUser},
    {L"S-1-5-80-1-2-3-4-5", L"NT SERVICE\\obengine", SidTypeWellKnownGroup},
    {L"S-1-12-1-1-2-3-4", L"AzureAD\\somebody", SidTypeUser},
};

static const DWORD out_of_memory = ERROR_NOT_ENOUGH_MEMORY;

/* The next that is asked of it fails. */
static void use_up(arena *memory) {
    mem_test_fail_at(1);
    while (arena_alloc(memory, 1) != NULL) {
    }
    mem_test_fail_at(1);
}

static BOOL WINAPI fake_name(LPCWSTR on, PSID sid, LPWSTR name, LPDWORD name_room, LPWSTR domain,
                             LPDWORD domain_room, PSID_NAME_USE kind) {
    assert_null(on);
    for (size_t i = 0; i < sizeof accounts / sizeof accounts[0]; i++) {
        DWORD error = i == 0 ? server.group_name_error : server.account_error;
        const wchar_t *half = wcsrchr(accounts[i].name, L'\\');
        if (EqualSid(sid, sid_of(accounts[i].sid)) && error == 0) {
            if (i > 0 && server.runs_out != NULL) {
                use_up(server.runs_out);
            }
            assert_true(*name_room > wcslen(half) && *domain_room > wcslen(accounts[i].name));
            (void)wcscpy(name, half + 1);
            (void)wcscpy(domain, accounts[i].name);
            domain[half - accounts[i].name] = L'\0';
            *name_room = (DWORD)wcslen(name);
            *domain_room = (DWORD)wcslen(domain);
            *kind = accounts[i].kind;
            return TRUE;
        }
        if (EqualSid(sid, sid_of(accounts[i].sid))) {
            SetLastError(error);
            return FALSE;
        }
    }
    SetLastError(ERROR_NONE_MAPPED);
    return FALSE;
}

static const account_library library = {.members_of = fake_members,
                                        .groups_of = fake_groups,
                                        .own_domain = fake_own_domain,
                                        .buffer_free = fake_free,
                                        .role_of = fake_role,
                                        .role_free = fake_role_free,
                                        .name_of = fake_name};

/* ---- Asking ---- */

/* A member server whose administrators are these, the built-in account first. */
static void server_make(const entry *members, DWORD count) {
    memset(&server, 0, sizeof server);
    server.role = DsRole_RoleMemberServer;
    server.own_domain = OWN;
    server.members[0] = (entry)BUILT_IN;
    for (DWORD i = 0; i < count; i++) {
        server.members[1 + i] = members[i];
    }
    server.member_count = 1 + count;
}

static const char yes[] = "yes";
static const char no[] = "no";

/* "yes", "no", "absent", or why it is unknown. */
static const char *answer(live_machine *on, const char *sid, bool elevated) {
    bool is = true;
    const win32_host self = {.elevated = elevated};
    fact_state state = administrators_ask(&library, &self, sid, &on->memory, &is, &on->why);
    assert_int_equal(on->why.state, state);
    assert_non_null(on->why.where);
    assert_true(state == FACT_KNOWN || !is);
    assert_int_equal(server.buffers, 0);
    if (state == FACT_UNKNOWN) {
        assert_non_null(on->why.detail);
        return on->why.detail;
    }
    return state == FACT_ABSENT ? "absent" : is ? yes : no;
}

static void assert_answer(live_machine *on, const char *sid, const char *expected) {
    assert_string_equal(answer(on, sid, true), expected);
}

static void assert_tells_why(live_machine *on, const char *sid, const char *part) {
    const char *said = answer(on, sid, true);
    if (strstr(said, part) == NULL) {
        fail_msg("%s: \"%s\" does not say \"%s\"", sid, said, part);
    }
    assert_int_equal(on->why.state, FACT_UNKNOWN);
}

/* ---- Tests ---- */

static void a_direct_member(void **state) {
    live_machine *on = *state;
    server_make((const entry[]){USER(OWN L"-1001", L"SERVER\\setup"), USER(DOMAIN L"-1105", NULL)}, 2);
    assert_answer(on, SETUP, yes);
    assert_string_equal(on->why.where, "the group \"Administratoren\"");
    assert_answer(on, "s-1-5-21-1-2-3-1001", yes);
    assert_answer(on, OF_OTHER, yes);
    server.account_error = ERROR_NONE_MAPPED; /* its domain does not answer */
    assert_answer(on, OF_OTHER, yes);
    assert_string_equal(answer(on, "S-1-5-21-1-2-3-500", true),
                        "absent"); /* by the fake's list of accounts */
}

static void no_member_is_a_group(void **state) {
    live_machine *on = *state;
    server_make((const entry[]){USER(OWN L"-1009", L"SERVER\\other"),
                                {DOMAIN L"-1200", L"CONTOSO\\HOST$", SidTypeComputer},
                                {L"S-1-5-80-9-8-7-6-5", L"NT SERVICE\\sql", SidTypeWellKnownGroup}},
                3);
    assert_answer(on, SETUP, no);
    assert_answer(on, OF_OTHER, no);
    assert_string_equal(on->why.where, "the group \"Administratoren\"");
    assert_int_equal(server.asked[0], L'\0');
    server.role = DsRole_RolePrimaryDomainController;
    assert_answer(on, SETUP, no);
}

/* Windows looks an old SID up as the account that has it now. */
static void a_sid_from_another_domain(void **state) {
    live_machine *on = *state;
    server_make((const entry[]){USER(L"S-1-5-21-4-4-4-2001", L"contoso\\BACKUP")}, 1);
    assert_answer(on, OF_OTHER, "whether the account is in S-1-5-21-4-4-4-2001 cannot be told");
    assert_answer(on, SETUP, no);
}

static void a_domains_group(void **state) {
    live_machine *on = *state;
    static const DSROLE_MACHINE_ROLE servers[] = {DsRole_RoleStandaloneWorkstation,
                                                  DsRole_RoleMemberWorkstation, DsRole_RoleStandaloneServer,
                                                  DsRole_RoleMemberServer};
    static const char open[] =
        "whether the account is in \"Domain Admins\" (S-1-5-21-7-8-9-512) cannot be told";
    for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++) {
        server_make((const entry[]){DOMAIN_ADMINS}, 1);
        server.role = servers[i];
        assert_answer(on, SETUP, no);
        assert_int_equal(wcscmp(server.asked, L"setup"), 0);
        assert_answer(on, OF_OTHER, open);
        assert_int_equal(wcscmp(server.asked, L"CONTOSO\\backup"), 0);
        assert_int_equal(on->why.reason, REASON_UNREADABLE);
        server.groups[0] = L"Benutzer";
        assert_answer(on, SETUP, no);
        assert_answer(on, OF_OTHER, open);
        server.groups[1] = L"administratoren";
        assert_answer(on, SETUP, yes);
        assert_answer(on, OF_OTHER, yes);
        server.groups_error = ERROR_MORE_DATA; /* what came is enough */
        assert_answer(on, OF_OTHER, yes);
    }
}

/* Its own accounts are the domain's, whose groups can be in each other. */
static void a_domain_controller(void **state) {
    live_machine *on = *state;
    static const DSROLE_MACHINE_ROLE controllers[] = {
        DsRole_RoleBackupDomainController, DsRole_RolePrimaryDomainController,
        (DSROLE_MACHINE_ROLE)(DsRole_RolePrimaryDomainController + 1)};
    for (size_t i = 0; i < sizeof controllers / sizeof controllers[0]; i++) {
        server_make((const entry[]){DOMAIN_ADMINS}, 1);
        server.role = controllers[i];
        assert_tells_why(on, SETUP, "\"Domain Admins\" (S-1-5-21-7-8-9-512) cannot be told");
        assert_int_equal(wcscmp(server.asked, L"SERVER\\setup"), 0);
        assert_tells_why(on, "S-1-5-21-1-2-3-1777", "knows no name");
        server.groups[0] = L"Administratoren";
        assert_answer(on, SETUP, yes);
    }
}

/* Members that may hold an account of this machine. */
static void groups_that_leave_it_open(void **state) {
    static const struct {
        entry member;
        const char *says;
    } cases[] = {
        {{OWN L"-513", L"SERVER\\Kein", SidTypeGroup}, "\"Kein\" (S-1-5-21-1-2-3-513)"},
        {{OWN L"-1002", L"SERVER\\Operators", SidTypeAlias}, "\"Operators\" (S-1-5-21-1-2-3-1002)"},
        {{OWN L"-1300", L"", SidTypeDeletedAccount}, "in S-1-5-21-1-2-3-1300 cannot"},
        {{L"S-1-5-4", L"NT-AUTORITÄT\\INTERAKTIV", SidTypeWellKnownGroup}, "\"INTERAKTIV\" (S-1-5-4)"},
        {{L"S-1-5-3", L"NT-AUTORITÄT\\BATCH", SidTypeWellKnownGroup}, "\"BATCH\" (S-1-5-3)"},
        {{L"S-1-5-113", L"NT-AUTORITÄT\\Lokales Konto", SidTypeWellKnownGroup}, "(S-1-5-113)"},
        {{L"S-1-5-87-1-2-3-4-5", NULL, SidTypeUnknown}, "in S-1-5-87-1-2-3-4-5 cannot"},
        {{L"S-1-12-1-1-2-3-9", L"S-1-12-1-1-2-3-9", SidTypeUnknown}, "in S-1-12-1-1-2-3-9 cannot"},
        {{L"S-1-5-21-0-0-0-497", L"Claims Valid", SidTypeWellKnownGroup}, "(S-1-5-21-0-0-0-497)"},
        {{L"S-1-5-21-4-4-4-99", L"of any kind", SidTypeWellKnownGroup}, "(S-1-5-21-4-4-4-99)"},
        {{L"S-1-5-21-0-0-0-497", NULL, SidTypeUnknown}, "in S-1-5-21-0-0-0-497"},
        {{L"no SID", L"odd", SidTypeInvalid}, "\"odd\""},
    };
    live_machine *on = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        server_make((const entry[]){DOMAIN_ADMINS, cases[i].member}, 2);
        assert_tells_why(on, SETUP, cases[i].says);
        server.groups[0] = L"Administratoren";
        assert_answer(on, SETUP, yes);
    }
}

/* SIDs of other domains that resolve to nothing: a group whose domain does not answer, or nothing any more.
 */
static void members_without_a_name(void **state) {
    static const SID_NAME_USE kinds[] = {SidTypeDeletedAccount, SidTypeInvalid, SidTypeUnknown};
    live_machine *on = *state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        server_make((const entry[]){{L"S-1-5-21-4-4-4-2002", NULL, kinds[i]}}, 1);
        assert_answer(on, OF_OTHER, "whether the account is in S-1-5-21-4-4-4-2002 cannot be told");
        assert_answer(on, SETUP, no);
    }
}

static void groups_that_hold_every_account(void **state) {
    live_machine *on = *state;
    server_make((const entry[]){{L"S-1-5-11", L"NT-AUTORITÄT\\Auth", SidTypeWellKnownGroup}}, 1);
    assert_answer(on, SETUP, yes);
    assert_answer(on, OF_OTHER, yes);
    assert_tells_why(on, "S-1-5-21-1-2-3-501", "\"Auth\" (S-1-5-11)"); /* a guest is not authenticated */
    server_make((const entry[]){{L"S-1-1-0", L"\\Jeder", SidTypeWellKnownGroup}}, 1);
    assert_answer(on, SETUP, yes);
    assert_answer(on, "S-1-5-21-1-2-3-501", yes);
}

static void accounts_of_other_kinds(void **state) {
    static const char *const sids[] = {"S-1-5-80-1-2-3-4-5", "S-1-12-1-1-2-3-4", "S-1-5-21-1-2-3-1002"};
    live_machine *on = *state;
    for (size_t i = 0; i < sizeof sids / sizeof sids[0]; i++) {
        server_make(NULL, 0);
        assert_answer(on, sids[i], "for such an account it cannot be told");
    }
    server_make((const entry[]){{L"S-1-5-80-1-2-3-4-5", NULL, SidTypeWellKnownGroup}}, 1);
    assert_answer(on, sids[0], yes);
}

static void accounts_that_are_not_there(void **state) {
    live_machine *on = *state;
    server_make(NULL, 0);
    assert_answer(on, "S-1-5-21-1-2-3-1777", "absent");
    assert_string_equal(on->why.where, "the account S-1-5-21-1-2-3-1777");
    assert_tells_why(on, "S-1-5-21-7-8-9-1777", "its domain may not answer");
    assert_tells_why(on, "S-1-5-21-1-2-33-1777", "its domain may not answer");
    assert_tells_why(on, "S-1-5-21-1-2-3-4-1777", "its domain may not answer");
    assert_tells_why(on, "S-1-5-21-1-2-31777", "its domain may not answer");
    assert_answer(on, "S-1-nonsense", "not a SID");
    assert_int_equal(on->why.reason, REASON_MALFORMED);
    server.account_error = ERROR_TRUSTED_RELATIONSHIP_FAILURE;
    assert_tells_why(on, SETUP, "knows no name");
}

/* "No" needs the whole list. */
static void a_list_that_is_not_whole(void **state) {
    live_machine *on = *state;
    server_make(NULL, 0);
    server.member_count = 0;
    assert_answer(on, SETUP, "Windows did not list all of its members");
    server.groups[0] = L"Administratoren";
    assert_answer(on, SETUP, yes);
    server_make((const entry[]){USER(OWN L"-1009", L"SERVER\\other"), DOMAIN_ADMINS}, 2);
    server.members[0] = (entry)USER(DOMAIN L"-500", L"CONTOSO\\Administrator");
    assert_answer(on, SETUP, "Windows did not list all of its members");
}

static void a_list_in_pieces(void **state) {
    live_machine *on = *state;
    server_make((const entry[]){USER(OWN L"-1009", L"SERVER\\other"), USER(OWN L"-1001", L"SERVER\\setup")},
                2);
    server.first_answer = 1;
    assert_answer(on, SETUP, yes);
    assert_answer(on, OF_OTHER, no);
    server.never_ends = true;
    server.first_answer = 0;
    assert_answer(on, OF_OTHER, "Windows answered with error 13");
    server.member_count = 0;
    assert_answer(on, OF_OTHER, "Windows answered with error 13");
}

static void what_fails(void **state) {
    static const struct {
        DWORD *error;
    } functions[] = {
        {&server.members_error}, {&server.domain_error}, {&server.role_error}, {&server.group_name_error}};
    static const DWORD errors[] = {NERR_GroupNotFound, ERROR_NO_SUCH_ALIAS,  NERR_InvalidComputer,
                                   NERR_DCNotFound,    ERROR_FILE_NOT_FOUND, ERROR_NONE_MAPPED};
    live_machine *on = *state;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        for (size_t n = 0; n < sizeof errors / sizeof errors[0]; n++) {
            server_make(NULL, 0);
            *functions[i].error = errors[n];
            const char *expected = arena_printf(&on->memory, "Windows answered with error %lu", errors[n]);
            assert_answer(on, SETUP, expected);
        }
        *functions[i].error = ERROR_ACCESS_DENIED;
        assert_string_equal(answer(on, SETUP, false), "run elevated (as administrator)");
        assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
        assert_string_equal(answer(on, SETUP, true), "also to this elevated process");
    }
    server_make(NULL, 0);
    server.own_domain = L"S-1-5-32";
    assert_answer(on, SETUP, "Windows answered with error 13");
}

/* Also where Windows lists no member, of which there would be no memory to tell. */
static void no_memory_for_a_name(void **state) {
    live_machine *on = *state;
    account_name name;
    bool is = true;
    const win32_host self = {.elevated = true};
    for (DWORD count = 0; count < 2; count++) {
        arena memory = {0};
        server_make(NULL, 0);
        server.member_count = count;
        server.runs_out = &memory;
        assert_int_equal(administrators_ask(&library, &self, SETUP, &memory, &is, &on->why), FACT_UNKNOWN);
        assert_int_equal(on->why.reason, REASON_NO_MEMORY);
        assert_false(is);
        mem_test_fail_at(0);
        arena_free(&memory);
    }
    server.runs_out = &on->memory;
    assert_int_equal(account_ask_name(&library, L"" SETUP, &on->memory, &name), out_of_memory);
    assert_int_equal(name.kind, SidTypeUnknown);
    assert_null(name.name);
    mem_test_fail_at(0);
    on->memory.failed = false;
}

/* The groups of an account: an error leaves it open, even where the list alone would do. */
static void groups_that_are_not_told(void **state) {
    static const DWORD errors[] = {NERR_UserNotFound, NERR_DCNotFound, NERR_InvalidComputer, ERROR_MORE_DATA};
    live_machine *on = *state;
    for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
        server_make((const entry[]){DOMAIN_ADMINS}, 1);
        server.groups_error = errors[i];
        const char *expected = arena_printf(
            &on->memory,
            "whether the account is in \"Domain Admins\" (S-1-5-21-7-8-9-512) cannot be told (error %lu)",
            errors[i]);
        assert_answer(on, SETUP, expected);
        assert_answer(on, OF_OTHER, expected);
        assert_answer(on, "S-1-5-21-7-8-9-1106", expected);
    }
    server.groups_error = ERROR_ACCESS_DENIED;
    assert_string_equal(answer(on, OF_OTHER, false), "run elevated (as administrator)");
    assert_int_equal(on->why.reason, REASON_ACCESS_DENIED);
}

/* Wine lists no members, and counts every user it has among the Administrators. */
static void wines_own_answers(void **state) {
    live_machine *on = *state;
    uint8_t user[WIN32_SID_ROOM];
    wchar_t *text = NULL;
    bool is = false;
    assert_true(win32_user_sid(user));
    assert_true(ConvertSidToStringSidW(user, &text));
    const char *sid = text_from_wide(&on->memory, text);
    (void)LocalFree(text);
    const host_reader *read = on->read;
    assert_int_equal(read->account_is_administrator(on->machine, sid, &on->memory, &is, &on->why),
                     FACT_KNOWN);
    assert_true(is);
    const char *domain = NULL;
    assert_int_equal(read->own_domain(on->machine, &on->memory, &domain, &on->why), FACT_KNOWN);
    assert_int_equal(strncmp(sid, domain, strlen(domain)), 0);
    static const struct {
        const char *sid;
        fact_state state;
    } others[] = {{"S-1-5-21-1-2-3-1001", FACT_UNKNOWN},
                  {"S-1-5-21-0-0-0-4711", FACT_ABSENT},
                  {"S-1-5-32-545", FACT_UNKNOWN},
                  {"Administrators", FACT_UNKNOWN}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_int_equal(
            read->account_is_administrator(on->machine, others[i].sid, &on->memory, &is, &on->why),
            others[i].state);
        assert_false(is);
        assert_int_equal(on->why.state, others[i].state);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, live_open, live_close)
    const struct CMUnitTest tests[] = {
        TEST(a_direct_member),
        TEST(no_member_is_a_group),
        TEST(a_sid_from_another_domain),
        TEST(a_domains_group),
        TEST(a_domain_controller),
        TEST(groups_that_leave_it_open),
        TEST(members_without_a_name),
        TEST(groups_that_hold_every_account),
        TEST(accounts_of_other_kinds),
        TEST(accounts_that_are_not_there),
        TEST(a_list_that_is_not_whole),
        TEST(a_list_in_pieces),
        TEST(what_fails),
        TEST(no_memory_for_a_name),
        TEST(groups_that_are_not_told),
        TEST(wines_own_answers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
