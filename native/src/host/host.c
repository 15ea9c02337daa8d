#include "host/host.h"

#include "core/unicode.h"
#include "host/host_writer.h"

#define ARGUMENTS(...) ((const char *const[]){__VA_ARGS__, NULL})

static const console_tool console_tools[CONSOLE_COUNT] = {
#define X(name, capture, program, arguments, limit)                                                          \
    [CONSOLE_##name] = {CONSOLE_##name, limit, capture, program, arguments},
    CONSOLE_TOOLS(X)
#undef X
};

const console_tool *console_tool_of(console_question id) {
    return &console_tools[id];
}

const host_writer *host_writer_of(host *machine) {
    return machine->writer;
}

void host_close(host *machine) {
    if (machine != NULL) {
        machine->read->close(machine);
    }
}

void host_waiting(const host *machine, const char *what) {
    if (machine->waiting != NULL) {
        machine->waiting(machine->waiting_user, what);
    }
}

const char *registry_path_text(arena *memory, const registry_path *path, const char *value_name) {
    const char *root = path->root == REGISTRY_MACHINE ? "HKLM" : "HKU\\S-1-5-18";
    const char *view = path->view == REGISTRY_32 ? " (32-bit view)" : "";
    if (value_name == NULL) {
        return arena_printf(memory, "%s\\%s%s", root, path->key, view);
    }
    return arena_printf(memory, "%s\\%s [%s]%s", root, path->key, value_name, view);
}

bool registry_value_text(const registry_value *value, arena *memory, const char **out) {
    if (value->type != REGISTRY_SZ && value->type != REGISTRY_EXPAND_SZ) {
        return false;
    }
    size_t units = 0;
    while (2 * units + 1 < value->data.size &&
           (value->data.data[2 * units] != 0 || value->data.data[2 * units + 1] != 0)) {
        units++;
    }
    size_t length = 0;
    *out = utf8_from_utf16(memory, value->data.data, units, &length);
    return true;
}

bool registry_value_number(const registry_value *value, int64_t *out) {
    size_t size = value->data.size;
    bool right =
        value->type == REGISTRY_QWORD
            ? size == 8
            : (value->type == REGISTRY_DWORD || value->type == REGISTRY_DWORD_BIG_ENDIAN) && size == 4;
    if (!right) {
        return false;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < size; i++) {
        size_t at = value->type == REGISTRY_DWORD_BIG_ENDIAN ? i : size - 1 - i;
        number = number << 8 | value->data.data[at];
    }
    *out = (int64_t)number;
    return true;
}
