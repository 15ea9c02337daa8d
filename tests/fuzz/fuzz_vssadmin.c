/* The first byte chooses the list, the rest is the console's output. */
#include "parse/vssadmin.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    arena memory = {0};
    pattern_set *patterns = pattern_set_new();
    const char *text = arena_text_n(&memory, (const char *)data + 1, size - 1);
    fact why;
    if (data[0] % 2 == 0) {
        vss_storage_list list;
        bool read = vssadmin_read_storage(patterns, text, &memory, &list, &why);
        for (size_t i = 0; i < list.count; i++) {
            const vss_size *maximum = &list.items[i].maximum;
            if (maximum->bytes < 0 || maximum->margin < 0) {
                abort();
            }
        }
        if (read != (why.state == FACT_KNOWN)) {
            abort();
        }
    } else {
        vss_writer_list list;
        bool read = vssadmin_read_writers(patterns, text, &memory, &list, &why);
        if (read != (why.state == FACT_KNOWN) || (read && list.count == 0)) {
            abort();
        }
    }
    pattern_set_free(patterns);
    arena_free(&memory);
    return 0;
}
