/* A PE file, its version resource and its signature. */
#include "parse/authenticode.h"
#include "parse/pe.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    pe_info info;
    signature_info signature;
    fact why;
    bool is_pe = pe_read(data, size, &memory, &info, &why);
    bool checked = authenticode_check(data, size, &memory, &signature, &why);
    if (is_pe != checked || info.has_version != (info.version.state == FACT_KNOWN)) {
        abort();
    }
    arena_free(&memory);
    return 0;
}
