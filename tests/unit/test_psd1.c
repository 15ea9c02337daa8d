#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/text_builder.h"
#include "parse/psd1.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static arena memory;

static int give_back(void **state) {
    (void)state;
    arena_free(&memory);
    return 0;
}

static const psd1_value *read_n(const void *data, size_t size) {
    const psd1_value *value = NULL;
    fact why = {0};
    if (!psd1_parse(data, size, &memory, &value, &why)) {
        fail_msg("not read: %s", why.detail);
    }
    return value;
}

static const psd1_value *read_text(const char *source) {
    return read_n(source, strlen(source));
}

/* The value of the key V in a table with this source. */
static const psd1_value *value_of(const char *source) {
    const psd1_value *value = psd1_find(read_text(arena_printf(&memory, "@{ V = %s\n}", source)), "v");
    assert_non_null(value);
    return value;
}

static void is_text(const psd1_value *value, const char *expected) {
    assert_int_equal(value->kind, PSD1_TEXT);
    assert_string_equal(value->text, expected);
}

static void is_texts(const psd1_value *value, const char *first, const char *second, const char *third) {
    const char *const expected[] = {first, second, third};
    size_t count = first == NULL ? 0 : second == NULL ? 1 : third == NULL ? 2 : 3;
    assert_int_equal(value->kind, PSD1_ARRAY);
    assert_int_equal(value->count, count);
    for (size_t i = 0; i < count; i++) {
        is_text(&value->items[i], expected[i]);
    }
}

static void is_number(const char *source, int64_t expected) {
    const psd1_value *value = value_of(source);
    assert_int_equal(value->kind, PSD1_NUMBER);
    assert_true(value->has_number);
    assert_true(value->number == expected);
    assert_string_equal(value->text, source);
}

static void is_unevaluated(const char *source) {
    const psd1_value *value = value_of(source);
    assert_int_equal(value->kind, PSD1_UNEVALUATED);
    assert_string_equal(value->text, source);
}

static void fails_n(const void *data, size_t size, unknown_reason reason, const char *detail) {
    const psd1_value *value = NULL;
    fact why = fact_known(NULL);
    if (psd1_parse(data, size, &memory, &value, &why)) {
        fail_msg("read, but should say: %s", detail);
    }
    assert_null(value);
    assert_int_equal(why.state, FACT_UNKNOWN);
    if (why.reason != reason || strstr(why.detail, detail) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", why.detail, detail);
    }
}

static void fails(const char *source, const char *detail) {
    fails_n(source, strlen(source), REASON_MALFORMED, detail);
}

/* ---- Literals ---- */

static void test_strings(void **state) {
    (void)state;
    is_text(value_of("'it''s $x `n \"'"), "it's $x `n \"");
    is_text(value_of("\"say \"\"hi\"\" 'x'\""), "say \"hi\" 'x'");
    is_text(value_of("\"a`tb`nc`\"d`$e``f`q\""), "a\tb\nc\"d$e`fq");
    is_text(value_of("\"5$ and $ \""), "5$ and $ ");
    is_text(value_of("''"), "");
    is_text(value_of("'# no comment <# #>'"), "# no comment <# #>");
    is_text(value_of("'two\r\nlines'"), "two\nlines");
    is_text(value_of("\"`\xC3\xB6\""), "\xC3\xB6");
}

static void test_typographic_quotation_marks(void **state) {
    (void)state;
    is_text(value_of("\xE2\x80\x98"
                     "a\xE2\x80\x99"),
            "a");
    is_text(value_of("\xE2\x80\x9E"
                     "b\""),
            "b");
    is_text(value_of("'x\xE2\x80\x99\xE2\x80\x99y'"), "x\xE2\x80\x99y");
}

static void test_here_strings(void **state) {
    (void)state;
    is_text(value_of("@'\nit's ''$x`n\n '@\nend\n'@"), "it's ''$x`n\n '@\nend");
    is_text(value_of("@\"  \nsay \"hi\"`t`$x\n\"@"), "say \"hi\"\t$x");
    is_text(value_of("@'\n'@"), "");
    is_text(value_of("@'\n\n'@"), "");
    is_text(value_of("@'\n\n\n'@"), "\n");
    is_texts(value_of("@'\na\n'@, 'b'"), "a", "b", NULL);
    fails("@'x'@", "line 1: a here-string must begin on a line of its own");
    fails("\n@'\nx\n '@", "line 2: the here-string that begins here does not end");
    fails("@\"\n$(x)\n\"@", "line 2: a string with $(...)");
}

static void test_numbers(void **state) {
    (void)state;
    is_number("0", 0);
    is_number("42", 42);
    is_number("-7", -7);
    is_number("0x1F", 31);
    is_number("12l", 12);
    is_number("2kb", 2048);
    is_number("3GB", INT64_C(3) << 30);
    is_number("9223372036854775807", INT64_MAX);
    static const char *const others[] = {"9223372036854775808", "1.50",   ".5", "1e3", "5.",
                                         "9000000pb",           "1.5e-3d"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const psd1_value *value = value_of(others[i]);
        assert_int_equal(value->kind, PSD1_NUMBER);
        assert_false(value->has_number);
        assert_string_equal(value->text, others[i]);
    }
    fails("1.0.0", "line 1: this is no number");
    fails("0x", "this is no number");
    fails("12abc", "this is no number");
}

static void test_constants(void **state) {
    (void)state;
    assert_int_equal(value_of("$True")->kind, PSD1_BOOLEAN);
    assert_true(value_of("$TRUE")->boolean);
    assert_int_equal(value_of("$false")->kind, PSD1_BOOLEAN);
    assert_false(value_of("$false")->boolean);
    assert_int_equal(value_of("$null")->kind, PSD1_NULL);
    assert_int_equal(value_of("$nullx")->kind, PSD1_UNEVALUATED);
}

/* ---- Arrays and tables ---- */

static void test_arrays(void **state) {
    (void)state;
    is_texts(value_of("@()"), NULL, NULL, NULL);
    is_texts(value_of("@('a')"), "a", NULL, NULL);
    is_texts(value_of("'a', 'b',\n # why\n 'c'"), "a", "b", "c");
    is_texts(value_of("@('a'\n'b'; 'c')"), "a", "b", "c");
    is_texts(value_of("@('a', 'b'\n'c')"), "a", "b", "c");
    is_texts(value_of("@(@('a', 'b'))"), "a", "b", NULL);
    is_texts(value_of("('a', 'b')"), "a", "b", NULL);
    is_texts(value_of(", 'a'"), "a", NULL, NULL);
    is_texts(value_of("@('a' `\n, 'b')"), "a", "b", NULL);
    const psd1_value *nested = value_of("@('a'), 'b'");
    assert_int_equal(nested->count, 2);
    is_texts(&nested->items[0], "a", NULL, NULL);
    is_text(&nested->items[1], "b");
    fails("@('a' 'b')", "something unexpected follows a value");
    fails("@('a',)", "a value is missing");
    fails("\n@('a'", "line 2: the list that begins here does not end");
}

static void test_tables(void **state) {
    (void)state;
    const psd1_value *table =
        read_text("# c\n@{ Name='x'; 'Quoted Key' = 1\n\"d\"=2;;\n 5 = 'five'\na-b.c = 'w'\n"
                  "Sub = @{ Deep = 'y' }\n <# c\n #> Last =\n 'z' }\n# sig");
    assert_int_equal(table->kind, PSD1_TABLE);
    assert_int_equal(table->count, 7);
    is_text(psd1_find(table, "NAME"), "x");
    assert_int_equal(psd1_find(table, "quoted key")->number, 1);
    assert_int_equal(psd1_find(table, "D")->number, 2);
    is_text(psd1_find(table, "5"), "five");
    is_text(psd1_find(table, "A-B.C"), "w");
    is_text(psd1_find(psd1_find(table, "Sub"), "deep"), "y");
    is_text(psd1_find(table, "Last"), "z");
    assert_null(psd1_find(table, "absent"));
    assert_null(psd1_find(psd1_find(table, "Name"), "x"));
    assert_null(psd1_find(NULL, "x"));
    assert_int_equal(read_text("@{}")->count, 0);
}

static void test_wrong_tables(void **state) {
    (void)state;
    fails("@{\n a = 1\n b = 2\n A = 3 }", "line 4: this key is given twice");
    fails("@{ a = 1 b = 2 }", "something unexpected follows a value");
    fails("@{ a 1 }", "a = must follow the key");
    fails("@{ a = }", "a value is missing");
    fails("@{ = 1 }", "a key must be");
    fails("@{ \"$x\" = 1 }", "a key must be");
    fails("@{ $x = 1 }", "a key must be");
    fails("@{ a = 1", "something unexpected");
    fails("@{ a = 1\n", "line 1: the table that begins here does not end");
    fails("@{ a = 'x }", "line 1: the string that begins here does not end");
    fails("@{ } <# x", "the comment that begins here does not end");
    fails("@{ } @{ }", "more than one value");
    fails("", "a value is missing");
    fails("@{ } }", "more than one value");
}

/* ---- What is not evaluated, and what is refused ---- */

static void test_unevaluated(void **state) {
    (void)state;
    is_unevaluated("\"$PSScriptRoot\\a.dll\"");
    is_unevaluated("\"${x}\"");
    is_unevaluated("\"a`0b\"");
    is_unevaluated("$PSScriptRoot");
    is_unevaluated("$env:ProgramFiles");
    is_unevaluated("${a variable}");
    is_unevaluated("'a' + 'b'");
    is_unevaluated("'{0}' -f 'x'");
    is_unevaluated("1..3");
    is_unevaluated("-not $true");
    is_unevaluated("!$true");
    is_unevaluated("-'5'");
    is_unevaluated("[int]'5'");
    is_unevaluated("[datetime]'2020-01-01'");
    is_unevaluated("[string]5");
    is_unevaluated("if ($PSUICulture -eq 'en-US') { 'a' } else { 'b' }");
    is_unevaluated("$PSEdition -eq 'Core' -or $true");
    is_unevaluated("$PSEdition -like 'C*'");
}

static void test_casts(void **state) {
    (void)state;
    is_text(value_of("[string]'a'"), "a");
    is_text(value_of("[System.String] 'a'"), "a");
    is_texts(value_of("[string[]]@('a', 'b')"), "a", "b", NULL);
    is_texts(value_of("[string]'a', 'b'"), "a", "b", NULL);
    fails("[version]'1.0'", "line 1: a cast to this type is not allowed");
    fails("[System.IO.File]'x'", "a cast to this type is not allowed");
    fails("[string]", "a value is missing");
    fails("[string]::Empty", "run a command");
    fails("[string", "a type name in brackets");
}

static void test_code_is_refused(void **state) {
    (void)state;
    fails("@{\n a = \"x $(Get-Date)\" }", "line 2: a string with $(...)");
    fails("@{\n a = $(Get-Date) }", "line 2: $(...) would run code");
    fails("@{ a = Get-Date }", "a bare word here would run a command");
    fails("Remove-Item C:\\", "a bare word here would run a command");
    fails("@{ a = & 'x' }", "the call operator");
    fails("@{ a = . 'x' }", "a dot here");
    fails("@{ a = .\\x.ps1 }", "a dot here");
    fails("@{ a = { 1 } }", "a script block");
    fails("@{ a = @x }", "splatted");
    fails("@{ a = 'x'.Length }", "members");
    fails("@{ a = $x.Path }", "members");
    fails("@{ a = $x[0] }", "members");
    fails("@{ a = $x::y }", "members");
    fails("@{ a = 'x'.Trim() }", "members");
    fails("@{ a = 'x' | Out-File y }", "something unexpected");
    fails("@{ a = 'x' > y }", "something unexpected");
    fails("$x = 1", "more than one value");
    fails("@{ a = foreach ($i in 1) { 1 } }", "a bare word");
    fails("function x { }", "a bare word");
    fails("@{ a = $ }", "a $ without");
    fails("@{ a = if ($PSEdition -eq 'Core') { Get-Date } else { 'x' } }", "a bare word");
}

/* ---- The edition ---- */

static void test_the_desktop_branch_is_taken(void **state) {
    (void)state;
    is_text(value_of("if ($PSEdition -eq 'Core') { 'c' } else { 'd' }"), "d");
    is_text(value_of("if ($PSEdition -ne 'Desktop') { 'c' } else { 'd' }"), "d");
    is_text(value_of("if('desktop' -IEQ $psedition)\n{\n'd'\n}\nELSE\n{\n'c'\n}"), "d");
    is_text(
        value_of("if ($PSEdition -eq 'Core') { 'c' } elseif ($PSEdition -eq 'Desktop') { 'd' } else { 'e' }"),
        "d");
    is_text(value_of("if (($PSEdition -eq 'Desktop')) { 'd' } elseif ($x) { 'c' }"), "d");
    is_texts(value_of("if ($PSEdition -ne 'Core') { 'a'; 'b' }"), "a", "b", NULL);
    assert_int_equal(value_of("if ($PSEdition -eq 'Core') { 'c' }")->kind, PSD1_NULL);
    assert_int_equal(value_of("if ($PSEdition -ne 'Core') { }")->kind, PSD1_NULL);
    is_text(value_of("if ($true) { 't' } else { 'f' }"), "t");
    assert_int_equal(value_of("if ($x) { 'a' } elseif ($true) { 'b' }")->kind, PSD1_UNEVALUATED);
    const psd1_value *table = read_text("@{ a = if ($PSEdition -eq 'Core') { 1 }\n\nelsewhere = 2 }");
    assert_int_equal(psd1_find(table, "elsewhere")->number, 2);
    fails("@{ a = if $x { 1 } }", "a condition in parentheses");
    fails("@{ a = if ($x) 1 }", "a { was expected");
    fails("@{ a = if ($x) { 1 ", "does not end");
}

/* ---- Encodings and limits ---- */

static void test_encodings(void **state) {
    (void)state;
    static const char utf16[] = "\xFF\xFE@\0{\0a\0=\0'\0\xF6\0'\0}\0";
    is_text(psd1_find(read_n(utf16, sizeof utf16 - 1), "a"), "\xC3\xB6");
    is_text(psd1_find(read_text("@{a='\xF6 \x80'}"), "a"), "\xC3\xB6 \xE2\x82\xAC");
    is_text(psd1_find(read_text("@{a='\xC3\xB6'}"), "a"), "\xC3\xB6");
    is_text(psd1_find(read_text("\xEF\xBB\xBF@{a='\xC3\xB6'}"), "a"), "\xC3\xB6");
    is_text(psd1_find(read_text("@{\xC2\xA0"
                                "a\xC2\xA0=\xC2\xA0'x'\xC2\xA0}"),
                      "a"),
            "x");
    fails_n("@{a='\0'}", 8, REASON_MALFORMED, "byte 5 is a NUL");
}

/* The opening, `count` times over. */
static const char *repeated(const char *opening, size_t count) {
    text_builder builder = {0};
    for (size_t i = 0; i < count; i++) {
        text_add(&builder, opening);
    }
    const char *text = arena_text(&memory, text_builder_text(&builder));
    text_builder_free(&builder);
    return text;
}

static void test_depth_is_limited(void **state) {
    (void)state;
    static const char *const openings[] = {"@(", "@{a=", "(", "[int]", "-not ", ",", "if($x){", "!", "+"};
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        const char *deep = repeated(openings[i], 100000);
        fails_n(deep, strlen(deep), REASON_TOO_LARGE, "more than 64 deep");
    }
    const char *allowed = arena_printf(&memory, "%s'x'%s", repeated("(", 64), repeated(")", 64));
    is_text(read_text(allowed), "x");
}

static void test_sizes_are_limited(void **state) {
    (void)state;
    const char *many = arena_printf(&memory, "@(%s1)", repeated("1,", PSD1_VALUE_LIMIT));
    fails_n(many, strlen(many), REASON_TOO_LARGE, "too many values");
    text_builder keys = {0};
    text_add(&keys, "@{");
    for (int i = 0; i <= PSD1_KEY_LIMIT; i++) {
        text_addf(&keys, "k%d=1;", i);
    }
    fails_n(text_builder_text(&keys), keys.length, REASON_TOO_LARGE, "too many keys");
    text_builder_free(&keys);
    uint8_t *large = calloc(1, PSD1_SIZE_LIMIT + 1);
    assert_non_null(large);
    memset(large, ' ', PSD1_SIZE_LIMIT + 1);
    fails_n(large, PSD1_SIZE_LIMIT + 1, REASON_TOO_LARGE, "4 MiB");
    free(large);
}

/* Each allocation fails in turn: the reason is memory, or what is read is right. */
static void test_memory_runs_out(void **state) {
    (void)state;
    static const char source[] = "@{ a = 'x', \"y\", @{ b = [string]5 }\n c = if ($x) { 1 } }";
    for (uint64_t n = 1;; n++) {
        const psd1_value *value = NULL;
        fact why = {0};
        arena short_of = {0};
        mem_test_fail_at(n);
        bool parsed = psd1_parse((const uint8_t *)source, sizeof source - 1, &short_of, &value, &why);
        bool failed = mem_test_count() >= n;
        mem_test_fail_at(0);
        arena_free(&short_of);
        assert_true(parsed != failed);
        if (!failed) {
            assert_true(n > 2);
            return;
        }
        assert_int_equal(why.reason, REASON_NO_MEMORY);
    }
}

/* ---- Manifests ---- */

static void is_reference(const psd1_reference *reference, const char *key, const char *text,
                         psd1_reference_kind kind) {
    assert_string_equal(reference->key, key);
    assert_string_equal(reference->text, text);
    assert_int_equal(reference->kind, kind);
}

static void test_references(void **state) {
    (void)state;
    const psd1_value *manifest = read_text(
        "@{ ModuleVersion = '2.0'\n rootmodule = 'bin\\Root'\n"
        "FileList = 'LICENSE', ''\n RequiredAssemblies = 'System.Xml, Version=4.0.0.0', 'A.DLL'\n"
        "NestedModules = 'Utility', @{ ModuleName = 'N.psm1'; ModuleVersion = '1' }, $null, @{ x = 1 }\n"
        "ScriptsToProcess = \"$PSScriptRoot\\s.ps1\"\n TypesToProcess = @()\n FormatsToProcess = 'f.ps1xml'\n"
        "RequiredModules = 'Other' }");
    psd1_reference_list list;
    assert_true(psd1_module_references(manifest, &memory, &list));
    assert_int_equal(list.count, 9);
    is_reference(&list.items[0], "RootModule", "bin\\Root", PSD1_REFERENCE_FILE);
    is_reference(&list.items[1], "NestedModules", "Utility", PSD1_REFERENCE_NAME);
    is_reference(&list.items[2], "NestedModules", "N.psm1", PSD1_REFERENCE_FILE);
    assert_int_equal(list.items[3].kind, PSD1_REFERENCE_UNEVALUATED);
    is_reference(&list.items[4], "ScriptsToProcess", "\"$PSScriptRoot\\s.ps1\"", PSD1_REFERENCE_UNEVALUATED);
    is_reference(&list.items[5], "FormatsToProcess", "f.ps1xml", PSD1_REFERENCE_FILE);
    is_reference(&list.items[6], "RequiredAssemblies", "System.Xml, Version=4.0.0.0", PSD1_REFERENCE_NAME);
    is_reference(&list.items[7], "RequiredAssemblies", "A.DLL", PSD1_REFERENCE_FILE);
    is_reference(&list.items[8], "FileList", "LICENSE", PSD1_REFERENCE_FILE);
    assert_string_equal(psd1_module_version(manifest), "2.0");
}

static void test_references_of_less(void **state) {
    (void)state;
    psd1_reference_list list;
    assert_true(psd1_module_references(read_text("@{ ModuleToProcess = 'm.cdxml'; ModuleVersion = 1.10 }"),
                                       &memory, &list));
    assert_int_equal(list.count, 1);
    is_reference(&list.items[0], "ModuleToProcess", "m.cdxml", PSD1_REFERENCE_FILE);
    assert_string_equal(psd1_module_version(read_text("@{ ModuleVersion = 1.10 }")), "1.10");
    assert_null(psd1_module_version(read_text("@{ ModuleVersion = $x }")));
    assert_null(psd1_module_version(read_text("@{ }")));
    assert_true(psd1_module_references(read_text("@{ }"), &memory, &list));
    assert_int_equal(list.count, 0);
    assert_false(psd1_module_references(read_text("'x'"), &memory, &list));
    assert_false(psd1_module_references(NULL, &memory, &list));
}

#define WITH_MEMORY(test) cmocka_unit_test_teardown(test, give_back)

int main(void) {
    const struct CMUnitTest tests[] = {
        WITH_MEMORY(test_strings),
        WITH_MEMORY(test_typographic_quotation_marks),
        WITH_MEMORY(test_here_strings),
        WITH_MEMORY(test_numbers),
        WITH_MEMORY(test_constants),
        WITH_MEMORY(test_arrays),
        WITH_MEMORY(test_tables),
        WITH_MEMORY(test_wrong_tables),
        WITH_MEMORY(test_unevaluated),
        WITH_MEMORY(test_casts),
        WITH_MEMORY(test_code_is_refused),
        WITH_MEMORY(test_the_desktop_branch_is_taken),
        WITH_MEMORY(test_encodings),
        WITH_MEMORY(test_depth_is_limited),
        WITH_MEMORY(test_sizes_are_limited),
        WITH_MEMORY(test_memory_runs_out),
        WITH_MEMORY(test_references),
        WITH_MEMORY(test_references_of_less),
    };
    return cmocka_run_group_tests_name("psd1", tests, NULL, NULL);
}
