#include "parse/task_xml.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    task_definition task;
    fact why;
    bool read = task_xml_read(data, size, &memory, &task, &why);
    if (read != (why.state == FACT_KNOWN) || (read && task.multiple_instances_text == NULL)) {
        abort();
    }
    for (size_t i = 0; i < task.trigger_count; i++) {
        if (task.triggers[i].kind == NULL) {
            abort();
        }
    }
    arena_free(&memory);
    return 0;
}
