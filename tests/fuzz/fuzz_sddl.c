/* The bytes as a security descriptor's text. */
#include "core/alloc.h"
#include "parse/sddl.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = mem_alloc(size + 1);
    uint32_t rights = 0;
    fact why;
    if (text == NULL) {
        return 0;
    }
    if (size > 0) {
        memcpy(text, data, size);
    }
    bool read = sddl_system_rights(text, &rights, &why);
    if (read != (why.state == FACT_KNOWN) || (!read && rights != 0)) {
        abort();
    }
    arena memory = {0};
    const char *who = NULL;
    const char *replaces = NULL;
    read = sddl_others_granted(text, FOLDER_RIGHTS_WRITE, true, &memory, &who, &why);
    if (read != (why.state == FACT_KNOWN) || (!read && who != NULL)) {
        abort();
    }
    /* Whoever may replace may write. */
    if (read && who == NULL &&
        (!sddl_others_granted(text, FOLDER_RIGHTS_REPLACE, false, &memory, &replaces, &why) ||
         replaces != NULL)) {
        abort();
    }
    arena_free(&memory);
    mem_free(text);
    return 0;
}
