#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "parse/script_signature.h"
#include "script_signer.h"
#include "test_signer.h"

#include <stdlib.h>
#include <string.h>

static const char script[] = "# Backs up\r\nStart-OBBackup -Name 'daily'\r\n";

typedef struct checked {
    text_builder file;
    script_style style;
    arena memory;
    signature_info info;
    fact why;
    bool done;
} checked;

static checked make(const char *text, size_t length, script_style style) {
    checked of = {.style = style};
    assert_true(script_sign(text, length, style == SCRIPT_XML, DIGEST_SHA256, &of.file));
    return of;
}

/* The check sees a block of exactly the file's size. */
static void check_now(checked *of) {
    uint8_t *exact = malloc(of->file.length + (of->file.length == 0));
    assert_non_null(exact);
    if (of->file.length > 0) {
        memcpy(exact, of->file.data, of->file.length);
    }
    of->done = script_signature_check(exact, of->file.length, of->style, &of->memory, &of->info, &of->why);
    free(exact);
}

static void drop(checked *of) {
    arena_free(&of->memory);
    text_builder_free(&of->file);
}

static void expect(checked *of, signature_state state) {
    check_now(of);
    assert_true(of->done);
    assert_int_equal(of->info.state, state);
    assert_int_equal(strlen(of->info.detail) == 0, state == SIGNATURE_MATCHES);
}

static void test_every_encoding_matches(void **state) {
    (void)state;
    static const char marked[] = "\xEF\xBB\xBF# caf\xC3\xA9 \xF0\x9F\x98\x80\r\n";
    static const char unmarked[] = "# caf\xC3\xA9\r\n";
    static const char wide[] = "\xFF\xFE#\0 \0\xE9\0\r\0\n\0";
    static const char no_break[] = "exit";
    const struct {
        const char *text;
        size_t length;
    } texts[] = {
        {script, sizeof script - 1}, {marked, sizeof marked - 1},     {unmarked, sizeof unmarked - 1},
        {wide, sizeof wide - 1},     {no_break, sizeof no_break - 1},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        for (int xml = 0; xml < 2; xml++) {
            checked of = make(texts[i].text, texts[i].length, xml ? SCRIPT_XML : SCRIPT_HASH);
            expect(&of, SIGNATURE_MATCHES);
            assert_string_equal(of.info.signer, test_signer_name);
            assert_string_equal(of.info.thumbprint, test_signer_thumbprint);
            drop(&of);
        }
    }
}

/* Signed on a machine with code page 1252: the signature is over U+00E9 and U+20AC, the file has E9 and 80.
 */
static void test_western_code_page(void **state) {
    (void)state;
    static const char signed_as[] = "# caf\xC3\xA9 \xE2\x82\xAC\r\n";
    static const char stored[] = "# caf\xE9 \x80\r\n";
    checked of = make(signed_as, sizeof signed_as - 1, SCRIPT_HASH);
    text_builder western = {0};
    text_add_n(&western, stored, sizeof stored - 1);
    text_add(&western, of.file.data + sizeof signed_as - 1);
    text_builder_free(&of.file);
    of.file = western;
    expect(&of, SIGNATURE_MATCHES);
    of.file.data[2] = 'k';
    expect(&of, SIGNATURE_UNSUPPORTED);
    drop(&of);
}

static void test_no_signature(void **state) {
    (void)state;
    static const char *const texts[] = {"", "Get-Date\r\n", "## SIG # Begin signature block\r\n# x\r\n",
                                        "<!-- SIG # Begin signature block -->\r\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        checked of = {.style = SCRIPT_HASH};
        text_add(&of.file, texts[i]);
        expect(&of, SIGNATURE_NONE);
        drop(&of);
    }
}

static void test_changes_are_noticed(void **state) {
    (void)state;
    checked of = make(script, sizeof script - 1, SCRIPT_HASH);
    for (size_t at = 0; at < sizeof script - 1; at++) {
        of.file.data[at] ^= 2;
        expect(&of, SIGNATURE_DIFFERS);
        of.file.data[at] ^= 2;
        arena_free(&of.memory);
    }
    expect(&of, SIGNATURE_MATCHES);
    drop(&of);
}

static void test_text_after_the_block(void **state) {
    (void)state;
    checked of = make(script, sizeof script - 1, SCRIPT_HASH);
    text_add(&of.file, "\r\n  \t\r\n ");
    expect(&of, SIGNATURE_MATCHES);
    text_add(&of.file, "Remove-Item C:\\");
    expect(&of, SIGNATURE_DIFFERS);
    drop(&of);
}

/* A script that itself writes signature blocks. */
static void test_the_last_block_counts(void **state) {
    (void)state;
    static const char writer[] = "$mark = @'\r\n# SIG # Begin signature block\r\n'@\r\n";
    checked of = make(writer, sizeof writer - 1, SCRIPT_HASH);
    expect(&of, SIGNATURE_MATCHES);
    drop(&of);
}

static void test_damaged_blocks(void **state) {
    (void)state;
    checked whole = make(script, sizeof script - 1, SCRIPT_HASH);
    size_t block = sizeof script - 1 + strlen("\r\n# SIG # Begin signature block\r\n");
    static const struct {
        size_t at;
        char byte;
        const char *word;
    } damage[] = {{0, ' ', "line"}, {5, '*', "Base64"}, {2, 'A', "DER"}, {5, '=', "Base64"}};
    for (size_t i = 0; i < sizeof damage / sizeof damage[0]; i++) {
        checked of = {.style = SCRIPT_HASH};
        text_add_n(&of.file, whole.file.data, whole.file.length);
        of.file.data[block + damage[i].at] = damage[i].byte;
        expect(&of, SIGNATURE_MALFORMED);
        assert_non_null(strstr(of.info.detail, damage[i].word));
        drop(&of);
    }
    whole.file.length -= strlen("# SIG # End signature block\r\n");
    expect(&whole, SIGNATURE_MALFORMED);
    assert_non_null(strstr(whole.info.detail, "no end"));
    drop(&whole);
}

/* Line ends are part of the text: a file whose line ends were converted is not what was signed. */
static void test_converted_line_ends(void **state) {
    (void)state;
    checked crlf = make(script, sizeof script - 1, SCRIPT_HASH);
    checked of = {.style = SCRIPT_HASH};
    for (size_t i = 0; i < crlf.file.length; i++) {
        if (crlf.file.data[i] != '\r') {
            text_add_char(&of.file, crlf.file.data[i]);
        }
    }
    expect(&of, SIGNATURE_DIFFERS);
    drop(&of);
    drop(&crlf);
}

static void test_styles_by_name(void **state) {
    (void)state;
    script_style style = SCRIPT_HASH;
    assert_true(script_style_of("a.ps1xml", &style));
    assert_int_equal(style, SCRIPT_XML);
    assert_true(script_style_of("MSOnlineBackup.PSM1", &style));
    assert_int_equal(style, SCRIPT_HASH);
    assert_false(script_style_of("a.dll", &style));
    assert_false(script_style_of("ps1", &style));
}

static void test_memory_runs_out(void **state) {
    (void)state;
    checked of = make(script, sizeof script - 1, SCRIPT_HASH);
    mem_test_fail_at(1);
    check_now(&of);
    mem_test_fail_at(0);
    assert_false(of.done);
    assert_int_equal(of.why.reason, REASON_NO_MEMORY);
    drop(&of);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_encoding_matches), cmocka_unit_test(test_western_code_page),
        cmocka_unit_test(test_no_signature),           cmocka_unit_test(test_changes_are_noticed),
        cmocka_unit_test(test_text_after_the_block),   cmocka_unit_test(test_the_last_block_counts),
        cmocka_unit_test(test_damaged_blocks),         cmocka_unit_test(test_converted_line_ends),
        cmocka_unit_test(test_styles_by_name),         cmocka_unit_test(test_memory_runs_out),
    };
    return cmocka_run_group_tests_name("script_signature", tests, NULL, NULL);
}
