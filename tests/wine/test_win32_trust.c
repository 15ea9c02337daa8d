/* What Windows says of signatures. tests/fixtures/signed/make.sh tells of the files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "live_machine.h"

#include <string.h>
#include <windows.h>

#include <wincrypt.h>

#define SIGNED "fixtures\\signed\\"

/* Before anything is judged: Wine reads the roots once. */
static int trust_the_known_root(void **state) {
    live_machine *on = NULL;
    size_t size = 0;
    (void)live_open(state);
    on = *state;
    const char *root = load(on, SIGNED "known-root.der", &size);
    assert_non_null(root);
    HCERTSTORE store =
        CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, L"Root");
    assert_non_null(store);
    assert_true(CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, (const BYTE *)root, (DWORD)size,
                                                 CERT_STORE_ADD_REPLACE_EXISTING, NULL));
    assert_true(CertCloseStore(store, 0));
    return 0;
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

static void a_file_that_was_changed(void **state) {
    live_machine *on = *state;
    file_trust trust;
    bytes content = fixture(on, SIGNED "known.dll");
    uint8_t *changed = arena_alloc(&on->memory, content.size);
    assert_non_null(changed);
    memcpy(changed, content.data, content.size);
    changed[0x400] ^= 1;
    assert_int_equal(judge(on, "Engine.dll", (bytes){.data = changed, .size = content.size}, &trust),
                     FACT_KNOWN);
    assert_false(trust.trusted);
    assert_no_file_left();
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

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, trust_the_known_root, live_close)
    const struct CMUnitTest tests[] = {
        TEST(a_signer_that_is_trusted),
        TEST(a_signer_that_nobody_knows),
        TEST(a_file_that_was_changed),
        TEST(a_file_without_a_signature),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
