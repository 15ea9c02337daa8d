/* A script with a signature block. The first byte chooses the style. */
#include "parse/script_signature.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    arena memory = {0};
    signature_info signature;
    fact why;
    script_style style = data[0] == 'x' ? SCRIPT_XML : SCRIPT_HASH;
    (void)script_signature_check(data + 1, size - 1, style, &memory, &signature, &why);
    arena_free(&memory);
    return 0;
}
