/* Any bytes as a hive that is changed: what passes the check before a change must be safe for hivex to write,
 * and what hivex wrote is compared. A change is refused, or is that change and nothing else. */
#include "host/image/image_write.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LARGEST = 1024 * 1024, MOST_KEYS = 8 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int temporary_file(const uint8_t *data, size_t size) {
    char name[] = "/tmp/marshealth-fuzz-XXXXXX";
    int file = mkstemp(name);
    if (file < 0 || unlink(name) != 0 || write(file, data, size) != (ssize_t)size) {
        abort();
    }
    return file;
}

/* hivex refuses a header whose checksum is wrong, which few changed inputs would pass. */
static void mend_checksum(uint8_t *data, size_t size) {
    uint8_t sum[4] = {0};
    for (size_t i = 0; size >= 512 && i < 508; i++) {
        sum[i % 4] ^= data[i];
    }
    if (size >= 512) {
        memcpy(data + 508, sum, sizeof sum);
    }
}

static void change(const image_hive *before, int file, hive_edit edit) {
    arena memory = {0};
    char name[IMAGE_DESCRIPTOR_NAME];
    image_hive_descriptor_name(file, name);
    hive_h *handle = hivex_open(name, HIVEX_OPEN_WRITE);
    if (handle != NULL && hive_edit_apply(&edit, before, handle, &memory) == MARS_OK && edit.changed) {
        int written = temporary_file(NULL, 0);
        image_hive after;
        fact why;
        if (image_calls_system.commit(handle, written) &&
            image_hive_open(&after, written, "written", &memory, &why)) {
            (void)hive_compare(before->data, after.data, &edit, &memory);
            image_hive_close(&after);
        }
        (void)close(written);
    }
    if (handle != NULL) {
        (void)hivex_close(handle);
    }
    arena_free(&memory);
}

static void change_key(const image_hive *before, int file, const char *key, arena *memory) {
    static const uint8_t text[] = {'n', 0, 'e', 0, 'w', 0, 0, 0};
    static const registry_value value = {.type = REGISTRY_SZ, .data = {.data = text, .size = sizeof text}};
    hive_value_edit set = {"Start", &value};
    hive_value_edit drop = {"Start", NULL};
    change(before, file, (hive_edit){.key = key, .values = &set, .value_count = 1});
    change(before, file, (hive_edit){.key = key, .values = &drop, .value_count = 1});
    change(before, file, (hive_edit){.key = key, .prune = 1});
    key = arena_printf(memory, "%s%sNew\\Other", key, *key != '\0' ? "\\" : "");
    change(before, file, (hive_edit){.key = key, .values = &set, .value_count = 1});
}

static void change_keys(const image_hive *before, int file, arena *memory) {
    text_list names = {0};
    fact why;
    change_key(before, file, "", memory);
    change_key(before, file, "ControlSet001\\Services\\obengine", memory);
    (void)image_hive_keys(before, before->header.root, memory, &names, &why);
    for (size_t i = 0; i < names.count && i < MOST_KEYS; i++) {
        change_key(before, file, names.items[i], memory);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > LARGEST) {
        return 0;
    }
    uint8_t *copy = malloc(size + 1);
    if (copy == NULL) {
        abort();
    }
    memcpy(copy, data, size);
    mend_checksum(copy, size);
    int file = temporary_file(copy, size);
    free(copy);
    arena memory = {0};
    image_hive before;
    fact why;
    if (image_hive_open(&before, file, "fuzzed", &memory, &why)) {
        if (before.header.bins_end <= before.data.size &&
            hive_compare(before.data, before.data, NULL, &memory) == NULL) {
            change_keys(&before, file, &memory);
        }
        image_hive_close(&before);
    }
    (void)close(file);
    arena_free(&memory);
    return 0;
}
