/* The registry's binary note of a task's last run: any bytes are read or refused with a reason. */
#include "parse/task_cache.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    task_dynamic_info info;
    fact why = {0};
    if (!task_dynamic_info_read(data, size, "fuzz", &memory, &info, &why) && why.state != FACT_UNKNOWN) {
        abort();
    }
    arena_free(&memory);
    return 0;
}
