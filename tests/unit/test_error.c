#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "core/unicode.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_records_code_and_message(void **state) {
    (void)state;
    assert_int_equal(error_set(MARS_E_BUSY, "%s is %d", "x", 7), MARS_E_BUSY);
    assert_int_equal(error_code(), MARS_E_BUSY);
    assert_string_equal(error_message(), "x is 7");
    (void)error_set(MARS_E_NOT_FOUND, "%s", "");
    assert_string_equal(error_message(), "");
}

/* A two, three and four byte character at every position across the end of the message. */
static void test_cut_at_a_character_boundary(void **state) {
    (void)state;
    static const char *const characters[] = {"\xC3\xB6", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    for (size_t i = 0; i < sizeof characters / sizeof characters[0]; i++) {
        size_t size = strlen(characters[i]);
        for (size_t before = MARS_ERROR_MESSAGE_SIZE - 8; before < MARS_ERROR_MESSAGE_SIZE; before++) {
            char text[MARS_ERROR_MESSAGE_SIZE + 16];
            memset(text, 'a', sizeof text);
            memcpy(text + before, characters[i], size);
            text[sizeof text - 1] = '\0';
            (void)error_set(MARS_E_MALFORMED, "%s", text);
            size_t length = strlen(error_message());
            bool whole = before + size < MARS_ERROR_MESSAGE_SIZE;
            assert_int_equal(length, whole ? MARS_ERROR_MESSAGE_SIZE - 1 : before);
            assert_memory_equal(error_message(), text, length);
        }
    }
}

static void test_invalid_bytes_are_replaced(void **state) {
    (void)state;
    (void)error_set(MARS_E_UNREADABLE, "%s: gone", "a\xFF\xC3z");
    assert_string_equal(error_message(), "a??z: gone");
    char text[2 * MARS_ERROR_MESSAGE_SIZE];
    memset(text, 'a', sizeof text);
    text[0] = '\xF0';
    text[sizeof text - 1] = '\0';
    (void)error_set(MARS_E_UNREADABLE, "%s", text);
    assert_int_equal(strlen(error_message()), MARS_ERROR_MESSAGE_SIZE - 1);
    assert_true(utf8_valid(error_message(), strlen(error_message())));
}

static void *other_thread(void *result) {
    *(bool *)result = error_code() == MARS_OK && error_message()[0] == '\0';
    (void)error_set(MARS_E_CANCELLED, "elsewhere");
    return NULL;
}

static void test_each_thread_has_its_own(void **state) {
    (void)state;
    (void)error_set(MARS_E_BUSY, "here");
    bool fresh = false;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, other_thread, &fresh), 0);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(fresh);
    assert_int_equal(error_code(), MARS_E_BUSY);
    assert_string_equal(error_message(), "here");
}

/* Read from the public header, so that a new code without a name fails. */
static void test_every_code_in_the_header_has_its_name(void **state) {
    (void)state;
    FILE *header = fopen(PUBLIC_HEADER, "r");
    assert_non_null(header);
    char line[512];
    int codes = 0;
    while (fgets(line, sizeof line, header) != NULL) {
        const char *number = strchr(line, '(');
        if (strncmp(line, "#define MARS_E_", strlen("#define MARS_E_")) != 0 || number == NULL) {
            continue;
        }
        mars_status code = (mars_status)strtol(number + 1, NULL, 10);
        assert_true(code < 0);
        const char *name = error_name(code);
        if (name == NULL) {
            fail_msg("no name: %s", line);
        }
        /* MARS_E_NOT_FOUND is "not-found". */
        char *at = line + strlen("#define MARS_E_");
        for (size_t i = 0; name[i] != '\0'; i++, at++) {
            assert_int_equal(name[i], *at == '_' ? '-' : ascii_lower(*at));
        }
        assert_int_equal(*at, ' ');
        assert_true(strlen(name) < sizeof((mars_error *)NULL)->name);
        codes++;
    }
    (void)fclose(header);
    assert_true(codes >= 11);
    assert_string_equal(error_name(MARS_OK), "ok");
    assert_null(error_name(1));
    assert_null(error_name(-codes - 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_code_and_message),
        cmocka_unit_test(test_cut_at_a_character_boundary),
        cmocka_unit_test(test_invalid_bytes_are_replaced),
        cmocka_unit_test(test_each_thread_has_its_own),
        cmocka_unit_test(test_every_code_in_the_header_has_its_name),
    };
    return cmocka_run_group_tests_name("error", tests, NULL, NULL);
}
