#include "parse/psd1.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    const psd1_value *value = NULL;
    psd1_reference_list references = {0};
    fact why = {0};
    if (psd1_parse(data, size, &memory, &value, &why)) {
        if (psd1_module_references(value, &memory, &references) != (value->kind == PSD1_TABLE)) {
            abort();
        }
        (void)psd1_module_version(value);
    } else if (value != NULL || why.state != FACT_UNKNOWN || why.detail == NULL) {
        abort();
    }
    arena_free(&memory);
    return 0;
}
