/* The same bytes as a security descriptor, as a SID and as a task's DynamicInfo. */
#include "parse/security_descriptor.h"
#include "parse/task_cache.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    const char *text = NULL;
    task_dynamic_info info;
    fact why;
    bool read = security_descriptor_sddl(data, size, &memory, &text, &why);
    if (read != (why.state == FACT_KNOWN) || text == NULL) {
        abort();
    }
    (void)sid_text(data, size, &memory, &text);
    (void)task_dynamic_info_read(data, size, NULL, &memory, &info, &why);
    arena_free(&memory);
    return 0;
}
