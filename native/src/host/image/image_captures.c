#include "core/unicode.h"
#include "host/image/image.h"
#include "text/decode.h"

#include <string.h>

const char image_capture_script[] = "capture.ps1";

/* NULL if the registry does not say. */
static const char *oem_code_page(image *self, arena *memory) {
    fact_text page =
        image_registry_text(self, "SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage", "OEMCP", memory);
    return fact_text_or(&page, NULL);
}

fact_state image_capture(image *self, const char *file, const char *command, uint64_t max, arena *memory,
                         const char **out, fact *why) {
    *out = "";
    const char *const parts[] = {"captures", file};
    const char *where = arena_printf(memory, "captures/%s", file);
    image_spot spot;
    bytes data;
    fact_state state = image_walk(self, parts, 2, where, memory, &spot, why);
    if (state == FACT_KNOWN) {
        state = image_spot_read(&spot, where, 0, max, memory, &data, why);
    }
    image_spot_close(&spot);
    if (state == FACT_ABSENT) {
        return image_unknown(REASON_NO_CAPTURE, where,
                             arena_printf(memory, "%s is missing: run `%s` on the server", where, command),
                             why);
    }
    if (state != FACT_KNOWN) {
        return state;
    }
    if (!decode_text(data.data, data.size, oem_code_page(self, memory), memory, out, why)) {
        why->where = where;
        return FACT_UNKNOWN;
    }
    return image_known(where, memory, why);
}

/* "vssadmin list writers > vssadmin-list-writers.txt" */
static const char *command_of(const console_tool *tool, arena *memory) {
    size_t length = strlen(tool->program);
    length -= ascii_ends(tool->program, ".exe") ? 4 : 0;
    const char *command = arena_text_n(memory, tool->program, length);
    for (size_t i = 0; tool->arguments[i] != NULL; i++) {
        command = arena_printf(memory, "%s %s", command, tool->arguments[i]);
    }
    return arena_printf(memory, "%s > %s", command, tool->capture);
}

fact_state image_console(host *machine, const console_tool *tool, arena *memory, const char **out,
                         fact *why) {
    return image_capture(image_of(machine), tool->capture, command_of(tool, memory), CONSOLE_TEXT_LIMIT,
                         memory, out, why);
}
