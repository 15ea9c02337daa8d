/* The comparison that decides whether what hivex wrote may take a hive's place: whatever else is different is
 * found. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/image/image_write.h"
#include "temp_image.h"

#include <stdlib.h>
#include <string.h>

static const char software[] =
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor]\n\"Before\"=\"first text\"\n\"Number\"=dword:7\n"
    "\"After\"=\"second text\"\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Vendor\\Inner]\n\"x\"=\"third text\"\n"
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]\n\"y\"=\"fourth text\"\n";

typedef struct pair {
    temp_image temp;
    bytes before;
    uint8_t *after;
    size_t size;
} pair;

static const registry_value wanted = {.type = REGISTRY_SZ,
                                      .data = {.data = (const uint8_t *)"n\0e\0w\0\0", .size = 8}};
static const hive_value_edit set_number[] = {{"NUMBER", &wanted}};
static const char *vendor[] = {"vendor"};
static const hive_edit edit = {
    .key = "vendor", .values = set_number, .value_count = 1, .names = vendor, .depth = 1, .changed = true};

static int set_up(void **state) {
    pair *both = calloc(1, sizeof *both);
    temp_image *temp = &both->temp;
    temp_image_make(temp);
    temp_image_hive(temp, HIVE_SOFTWARE, software);
    temp_image_open(temp);
    both->before = temp_image_bytes(temp, TEMP_IMAGE_CONFIG "SOFTWARE");
    registry_path path = {.root = REGISTRY_MACHINE, .key = "SOFTWARE\\Vendor"};
    uint32_t made = 0;
    assert_int_equal(
        host_writer_of(temp->machine)->registry_set(temp->machine, &path, "number", &wanted, &made), MARS_OK);
    bytes after = temp_image_bytes(temp, TEMP_IMAGE_CONFIG "SOFTWARE");
    both->after = malloc(after.size);
    both->size = after.size;
    memcpy(both->after, after.data, after.size);
    *state = both;
    return 0;
}

static int tear_down(void **state) {
    pair *both = *state;
    temp_image_remove(&both->temp);
    free(both->after);
    free(both);
    return 0;
}

static const char *compare(pair *both, const hive_edit *by) {
    return hive_compare(both->before, (bytes){.data = both->after, .size = both->size}, by,
                        &both->temp.memory);
}

/* The last place where the bytes are: hivex puts what it writes anew behind the rest. */
static size_t find(const pair *both, const char *text, size_t length) {
    for (size_t at = both->size - length; at > 4096; at--) {
        if (memcmp(both->after + at, text, length) == 0) {
            return at;
        }
    }
    fail_msg("there is no \"%s\"", text);
    return 0;
}

#define FIND(both, text) find(both, text, sizeof(text) - 1)

enum { KEY_NAME = 0x50, VALUE_NAME = 0x18 };

/* One byte that is another is told, in these words. */
static void expect_found(pair *both, size_t at, const char *words) {
    both->after[at] ^= 2;
    const char *found = compare(both, &edit);
    both->after[at] ^= 2;
    if (found == NULL || strstr(found, words) == NULL) {
        fail_msg("byte at 0x%zx: %s", at, found != NULL ? found : "was not told");
    }
    assert_null(compare(both, &edit));
}

static void test_the_change_alone_is_accepted(void **state) {
    pair *both = *state;
    assert_null(compare(both, &edit));
    assert_non_null(compare(both, NULL));
}

static void test_another_change_is_not(void **state) {
    pair *both = *state;
    registry_value other = {.type = REGISTRY_SZ, .data = {.data = (const uint8_t *)"N\0e\0w\0\0", .size = 8}};
    hive_value_edit values[] = {{"Number", &other}, {"More", &wanted}};
    hive_edit by = edit;
    by.values = values;
    assert_non_null(strstr(compare(both, &by), "value"));
    other = wanted;
    other.type = REGISTRY_EXPAND_SZ;
    assert_non_null(strstr(compare(both, &by), "value"));
    other = wanted;
    assert_null(compare(both, &by));
    by.value_count = 2; /* one is missing */
    assert_non_null(strstr(compare(both, &by), "value"));
    by.value_count = 1;
    values[0].value = NULL; /* it is not deleted */
    assert_non_null(strstr(compare(both, &by), "value"));
    values[0] = (hive_value_edit){"Before", &wanted};
    assert_non_null(strstr(compare(both, &by), "value"));
}

static void test_keys_that_were_not_made_or_removed(void **state) {
    pair *both = *state;
    static const char *names[] = {"Vendor", "New"};
    static const char *inner[] = {"Vendor", "Inner"};
    hive_edit by = edit;
    by.names = names;
    by.depth = 2;
    by.made = 1;
    assert_non_null(compare(both, &by));
    by = (hive_edit){.names = inner, .depth = 2, .removed = 1, .prune = 1};
    assert_non_null(compare(both, &by));
    /* The other way round: keys that are there, or are gone, without the edit. */
    hive_edit none = edit;
    temp_image *temp = &both->temp;
    registry_path path = {.root = REGISTRY_MACHINE, .key = "SOFTWARE\\Vendor\\New"};
    uint32_t made = 0;
    assert_int_equal(host_writer_of(temp->machine)->registry_set(temp->machine, &path, "x", &wanted, &made),
                     MARS_OK);
    bytes with_key = temp_image_bytes(temp, TEMP_IMAGE_CONFIG "SOFTWARE");
    assert_non_null(strstr(hive_compare(both->before, with_key, &none, &temp->memory), "lost or made"));
    assert_non_null(
        strstr(hive_compare(with_key, (bytes){.data = both->after, .size = both->size}, NULL, &temp->memory),
               "lost or made"));
}

static void test_what_else_is_different(void **state) {
    pair *both = *state;
    size_t inner = FIND(both, "Inner") - KEY_NAME;
    size_t other = FIND(both, "Other") - KEY_NAME;
    size_t vendor_key = FIND(both, "Vendor") - KEY_NAME;
    expect_found(both, inner + KEY_NAME, "a key is another");
    expect_found(both, inner + 7, "a key is another");       /* flags */
    expect_found(both, inner + 8, "a key is another");       /* time */
    expect_found(both, vendor_key + 8, "a key is another");  /* of the key that was changed, too */
    expect_found(both, inner + 0x10, "a key is another");    /* access bits */
    expect_found(both, inner + 0x38, "a key is another");    /* longest name */
    expect_found(both, inner + 0x30, "security descriptor"); /* leads elsewhere */
    expect_found(both, inner + 0x4E, "class");               /* has one */
    expect_found(both, other + 0x18, "");                    /* number of keys */
    expect_found(both, other + 0x28, "");                    /* number of values */
    expect_found(both, FIND(both, "t\0h\0i\0r\0d"), "a value is another");
    expect_found(both, FIND(both, "f\0i\0r\0s\0t"), "a value is another");
    expect_found(both, FIND(both, "n\0e\0w\0"), "a value is another");
    expect_found(both, FIND(both, "Before"), "a value is another");
    expect_found(both, FIND(both, "Number"), "a value is another");
    expect_found(both, FIND(both, "After") - VALUE_NAME + 16, "a value is another"); /* type */
    expect_found(both, 0x14, "header");                                              /* version */
    size_t security = (size_t)cell_u32(both->after + inner + 0x30) + CELLS_BASE_BLOCK;
    expect_found(both, security + 0x18 + 2, "security descriptor is another");
    /* What differs without meaning anything. */
    both->after[0x0C] ^= 2; /* the time in the header is Windows' own, 1601 or not */
    assert_null(compare(both, &edit));
}

/* Whatever byte is damaged, the walk ends and reads nothing that is not there. */
static void test_every_byte(void **state) {
    pair *both = *state;
    size_t told = 0;
    for (size_t at = 0; at < both->size; at++) {
        both->after[at] ^= 0x81;
        told += compare(both, &edit) != NULL;
        both->after[at] ^= 0x81;
    }
    assert_true(told > 500);
    assert_null(compare(both, &edit));
}

#define PAIR_TEST(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_the_change_alone_is_accepted),
        PAIR_TEST(test_another_change_is_not),
        PAIR_TEST(test_keys_that_were_not_made_or_removed),
        PAIR_TEST(test_what_else_is_different),
        PAIR_TEST(test_every_byte),
    };
    return cmocka_run_group_tests_name("image write compare", tests, NULL, NULL);
}
