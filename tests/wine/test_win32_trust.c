/* What Windows says of signatures. tests/fixtures/signed/make.sh tells of our files, microsoft.sh of real
 * ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/win32/system_library.h"
#include "host/win32/trust.h"
#include "live_machine.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#define SIGNED "fixtures\\signed\\"

/* Of Microsoft's real files; the case is skipped where there are none. */
static const char *real_path(live_machine *on, const char *variable) {
    const char *path = getenv(variable);
    if (path != NULL && path[0] != '\0') {
        return arena_printf(&on->memory, "%s%s", path[0] == '/' ? "Z:" : "", path); /* Wine's name of "/" */
    }
    skip();
    return "";
}

/* Microsoft's own are among the roots of every system, Wine included. */
static int trust_the_known_root(void **state) {
    (void)live_open(state);
    live_machine *on = *state;
    (void)tool(on, arena_printf(&on->memory, "call \"%s\" " SIGNED "known-root.der",
                                tool_path(on, "trust_root.exe")));
    return live_close(state);
}

static bytes fixture(live_machine *on, const char *path) {
    size_t size = 0;
    const char *data = load(on, path, &size);
    assert_non_null(data);
    return (bytes){.data = (const uint8_t *)data, .size = size};
}

static fact_state judge(live_machine *on, const char *name, bytes content, file_trust *out) {
    return on->read->file_trust(on->machine, name, content, &on->memory, out, &on->why);
}

/* What was judged is gone again. */
static void assert_no_file_left(void) {
    WIN32_FIND_DATAW found;
    HANDLE search = FindFirstFileW(L"C:\\windows\\Temp\\marshealth-*", &found);
    assert_ptr_equal(search, INVALID_HANDLE_VALUE);
}

static void a_signer_that_is_trusted(void **state) {
    live_machine *on = *state;
    file_trust trust;
    assert_int_equal(judge(on, "bin\\Engine.dll", fixture(on, SIGNED "known.dll"), &trust), FACT_KNOWN);
    assert_true(trust.trusted);
    assert_string_equal(trust.organization, "MarsHealth tests");
    assert_false(trust.microsoft);
    assert_string_equal(on->why.where, "bin\\Engine.dll");
    assert_no_file_left();
}

static void a_signer_that_nobody_knows(void **state) {
    live_machine *on = *state;
    file_trust trust;
    assert_int_equal(judge(on, "Engine.dll", fixture(on, SIGNED "unknown.dll"), &trust), FACT_KNOWN);
    assert_false(trust.trusted);
    assert_string_equal(trust.organization, "Microsoft Corporation");
    assert_no_file_left();
}

/* As a root that a company made could: this machine trusts it, but it is none of Microsoft's own. */
static void a_signer_that_is_called_microsoft(void **state) {
    live_machine *on = *state;
    file_trust trust;
    assert_int_equal(judge(on, "Engine.dll", fixture(on, SIGNED "imposter.dll"), &trust), FACT_KNOWN);
    assert_true(trust.trusted);
    assert_string_equal(trust.organization, "Microsoft Corporation");
    assert_false(trust.microsoft);
}

/* It had not when it signed, says the time stamp, which Wine does not ask for: on Windows this shows more. */
static void a_signer_that_has_expired(void **state) {
    live_machine *on = *state;
    file_trust trust;
    assert_int_equal(judge(on, "Engine.dll", fixture(on, SIGNED "expired.dll"), &trust), FACT_KNOWN);
    assert_true(trust.trusted);
    assert_string_equal(trust.organization, "MarsHealth tests");
    assert_false(trust.microsoft);
}

static void assert_of_microsoft(live_machine *on, bytes content) {
    file_trust trust;
    assert_int_equal(judge(on, "Engine.dll", content, &trust), FACT_KNOWN);
    assert_true(trust.trusted);
    assert_string_equal(trust.organization, "Microsoft Corporation");
    assert_true(trust.microsoft);
}

static void assert_changed_is_refused(live_machine *on, bytes content) {
    file_trust trust;
    uint8_t *changed = arena_alloc(&on->memory, content.size);
    assert_non_null(changed);
    memcpy(changed, content.data, content.size);
    changed[0x400] ^= 1;
    assert_int_equal(judge(on, "Engine.dll", (bytes){.data = changed, .size = content.size}, &trust),
                     FACT_KNOWN);
    assert_false(trust.trusted);
    assert_false(trust.microsoft);
    assert_no_file_left();
}

static void a_file_that_was_changed(void **state) {
    assert_changed_is_refused(*state, fixture(*state, SIGNED "known.dll"));
}

/* Below a root of Microsoft's for other programs than Windows itself. */
static void a_real_file(void **state) {
    live_machine *on = *state;
    bytes content =
        fixture(on, arena_printf(&on->memory, "%s/System.Xml.dll", real_path(on, "MICROSOFT_FILES")));
    assert_of_microsoft(on, content);
    assert_changed_is_refused(on, content);
}

/* Below a root of Windows itself; signed in 2016 by a certificate of that year. */
static void a_real_file_whose_signer_has_expired(void **state) {
    live_machine *on = *state;
    bytes content = fixture(on, real_path(on, "MICROSOFT_OLD"));
    assert_of_microsoft(on, content);
    assert_changed_is_refused(on, content);
}

/* Wine cannot look into catalogs, so that it cannot be said of them that they do not list it. */
static void a_file_without_a_signature(void **state) {
    live_machine *on = *state;
    file_trust trust;
    static const char *const names[] = {"Engine.dll", "MSOnlineBackup.psd1", "plain.txt", "", "a.b\\c",
                                        "odd.na:me"};
    bytes content = fixture(on, "fuzz\\corpus\\pe\\plain");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_int_not_equal(judge(on, names[i], content, &trust), FACT_KNOWN);
        assert_false(trust.trusted);
        assert_string_equal(trust.organization, "");
    }
    assert_int_not_equal(judge(on, "empty.dll", (bytes){0}, &trust), FACT_KNOWN);
    assert_no_file_left();
}

/* ---- What a certificate says it signs ---- */

/* As of crypt32.dll, which this program does not import. */
typedef struct certificates {
    PCCERT_CONTEXT(WINAPI *make)(DWORD, const BYTE *, DWORD);
    BOOL(WINAPI *drop)(PCCERT_CONTEXT);
} certificates;

/* Microsoft's name is on all of them. */
static void drivers_of_others(void **state) {
    static const struct {
        const char *path;
        bool own;
    } cases[] = {{SIGNED "own.der", true},      {SIGNED "whql.der", false}, {SIGNED "attested.der", false},
                 {SIGNED "oem.der", false},     {SIGNED "any.der", false},  {SIGNED "early.der", false},
                 {SIGNED "extended.der", false}};
    live_machine *on = *state;
    trust_library library;
    certificates all;
    assert_true(trust_library_open(&library));
    assert_true(system_library_function(library.crypt32, "CertCreateCertificateContext", &all.make));
    assert_true(system_library_function(library.crypt32, "CertFreeCertificateContext", &all.drop));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bytes content = fixture(on, cases[i].path);
        PCCERT_CONTEXT certificate = all.make(X509_ASN_ENCODING, content.data, (DWORD)content.size);
        assert_non_null(certificate);
        if (trust_is_for_own_files(&library, certificate, &on->memory) != cases[i].own) {
            fail_msg("%s", cases[i].path);
        }
        (void)all.drop(certificate);
    }
    trust_library_close(&library);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, live_open, live_close)
    const struct CMUnitTest tests[] = {
        TEST(a_signer_that_is_trusted),
        TEST(a_signer_that_nobody_knows),
        TEST(a_signer_that_is_called_microsoft),
        TEST(a_signer_that_has_expired),
        TEST(a_file_that_was_changed),
        TEST(a_file_without_a_signature),
        TEST(drivers_of_others),
        TEST(a_real_file),
        TEST(a_real_file_whose_signer_has_expired),
    };
    return cmocka_run_group_tests(tests, trust_the_known_root, NULL);
}
