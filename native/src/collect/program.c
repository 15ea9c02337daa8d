#include "collect/read.h"

#include "parse/pe.h"

enum { MAXIMUM_PROGRAM = 256 * 1024 * 1024 };

fact_text read_program_version(collector *c, const char *path) {
    /* The program itself need not stay in the evidence's memory. */
    arena file = {0};
    bytes content = {0};
    pe_info info = {0};
    fact_text version = {0};
    fact why = {0};
    if (c->machine->read->file_read(c->machine, path, 0, MAXIMUM_PROGRAM, &file, &content, &why) !=
        FACT_KNOWN) {
        version.fact = fact_copy(c->memory, &why);
    } else if (!pe_read(content.data, content.size, &file, &info, &why)) {
        version.fact = fact_copy(c->memory, &why);
        version.fact.where = path;
    } else if (info.version.state != FACT_KNOWN) {
        version.fact = fact_copy(c->memory, &info.version);
        version.fact.where = path;
    } else {
        version = fact_text_known(pe_version_text(c->memory, info.file_version), path);
    }
    if (arena_failed(&file)) {
        arena_set_failed(c->memory);
    }
    arena_free(&file);
    return version;
}
