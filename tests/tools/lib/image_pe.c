#include "image_pe.h"

#include "file_tree.h"

#include <string.h>

bool image_pe_write(const char *path, const image_pe *program, const maker_error *error) {
    bool empty = program->damage != NULL && strcmp(program->damage, "empty") == 0;
    return file_store(path, "MZ", empty ? 0 : 2, error);
}

bool image_script_sign(const char *path, const maker_error *error) {
    return maker_fail(error, "%s: scripts cannot be signed yet", path);
}
