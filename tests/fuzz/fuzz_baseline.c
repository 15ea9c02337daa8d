#include "checks/baseline.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is found again under its own path, and leads nowhere else. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    const baseline *known = NULL;
    mars_status status = baseline_read(&known, &memory, (const char *)data, size);
    if ((status == MARS_OK) != (known != NULL)) {
        abort();
    }
    for (size_t i = 0; known != NULL && i < known->count; i++) {
        if (baseline_find(known, known->files[i].path) != &known->files[i] ||
            !module_path_safe(known->files[i].path)) {
            abort();
        }
    }
    arena_free(&memory);
    return 0;
}
