/* The same bytes as a list of volumes and as a list of files. */
#include "parse/files_json.h"
#include "parse/volumes_json.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    volume_info_list volumes;
    files_json files;
    fact why;
    if (volumes_json_read(data, size, "v", &memory, &volumes, &why) != (why.state == FACT_KNOWN)) {
        abort();
    }
    if (files_json_read(data, size, "f", &memory, &files, &why) != (why.state == FACT_KNOWN)) {
        abort();
    }
    for (size_t i = 0; i < files.count; i++) {
        if (files_json_find(&files, files.items[i].path, &memory) != &files.items[i].marks) {
            abort();
        }
    }
    arena_free(&memory);
    return 0;
}
