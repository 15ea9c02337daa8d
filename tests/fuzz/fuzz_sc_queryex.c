#include "parse/sc_queryex.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    sc_service_list list;
    fact why;
    const char *text = arena_text_n(&memory, (const char *)data, size);
    bool read = sc_queryex_read(text, &memory, &list, &why);
    if (read != (why.state == FACT_KNOWN) || read != (list.count > 0)) {
        abort();
    }
    for (size_t i = 0; i < list.count; i++) {
        if (sc_service_find(&list, list.items[i].name) == NULL || list.items[i].state < 1 ||
            list.items[i].state > 7) {
            abort();
        }
    }
    arena_free(&memory);
    return 0;
}
