#include "core/error.h"
#include "core/unicode.h"
#include "host/win32/win32.h"
#include "text/decode.h"

#include <string.h>

/* "vssadmin list writers" */
static const char *command_of(const char *program, const char *const *arguments, arena *memory) {
    size_t length = strlen(program);
    length -= ascii_ends(program, ".exe") ? 4 : 0;
    const char *command = arena_text_n(memory, program, length);
    for (size_t i = 0; arguments[i] != NULL; i++) {
        command = arena_printf(memory, "%s %s", command, arguments[i]);
    }
    return command;
}

/* A program without a console window prints in the OEM code page, unless it prints Unicode. */
fact_state win32_program_text(const bytes *output, const char *command, arena *memory, const char **out,
                              fact *why) {
    *out = "";
    if (!decode_text(output->data, output->size, arena_printf(memory, "%u", GetOEMCP()), memory, out, why)) {
        why->where = command;
        return FACT_UNKNOWN;
    }
    return win32_known(command, memory, why);
}

/* An exit code alone means nothing: vssadmin's is 1 where there is nothing to list. But without the rights it
 * needs a tool prints why it does not work instead of what was asked, in whatever language. */
static fact_state judge_end(const win32_host *self, const win32_program_end *end, const char *command,
                            arena *memory, fact *why) {
    if (end->exit_code != 0 && !self->elevated) {
        return win32_unknown(REASON_ACCESS_DENIED, command, "run elevated (as administrator)", why);
    }
    if (end->output.size == 0) {
        return win32_unknown(
            REASON_UNREADABLE, command,
            arena_printf(memory, "it ended with code %lu and printed nothing", end->exit_code), why);
    }
    return FACT_KNOWN;
}

fact_state win32_console(host *machine, const console_tool *tool, arena *memory, const char **out,
                         fact *why) {
    const win32_host *self = win32_of(machine);
    const char *command = command_of(tool->program, tool->arguments, memory);
    const win32_program program = {.name = tool->program,
                                   .arguments = tool->arguments,
                                   .command = command,
                                   .time_limit_s = tool->time_limit_s};
    win32_program_end end;
    *out = "";
    fact_state state = win32_program_run(self, &program, memory, &end, why);
    state = state == FACT_KNOWN ? judge_end(self, &end, command, memory, why) : state;
    return state == FACT_KNOWN ? win32_program_text(&end.output, command, memory, out, why) : state;
}

/* ---- Shadow copies ---- */

/* The tool's own words for an error, on one line. */
static const char *first_words(const char *text, arena *memory) {
    enum { WORDS = 400 };
    char *line = arena_alloc(memory, WORDS + 1);
    size_t used = 0;
    for (const char *at = text; line != NULL && *at != '\0' && used < WORDS; at++) {
        bool blank = *at == '\n' || *at == ' ' || *at == '\t';
        if (!blank || (used > 0 && line[used - 1] != ' ')) {
            line[used++] = *at;
            if (blank) {
                line[used - 1] = ' ';
            }
        }
    }
    while (used > 0 && ((unsigned char)line[used] & 0xC0) == 0x80) {
        line[used--] = '\0'; /* no half characters */
    }
    return line != NULL ? line : "";
}

/* vssadmin takes megabytes; a part of one is rounded up. Whether the size is as asked is seen by listing it
 * again. */
mars_status win32_shadow_resize(host *machine, const char *for_volume, const char *on_volume,
                                uint64_t max_bytes) {
    enum { TIME_LIMIT_S = 180 };
    static const uint64_t megabyte = UINT64_C(1024) * 1024;
    static const char name[] = "vssadmin.exe";
    const win32_host *self = win32_of(machine);
    arena memory = {0};
    fact why;
    win32_program_end end;
    const char *said = "";
    const char *const arguments[] = {
        "resize",
        "shadowstorage",
        arena_printf(&memory, "/for=%s", for_volume),
        arena_printf(&memory, "/on=%s", on_volume),
        arena_printf(&memory, "/maxsize=%lluMB",
                     (unsigned long long)(max_bytes / megabyte + (max_bytes % megabyte != 0))),
        NULL,
    };
    const char *command = command_of(name, arguments, &memory);
    const win32_program program = {.name = name,
                                   .arguments = arguments,
                                   .command = command,
                                   .time_limit_s = TIME_LIMIT_S,
                                   .changes = true};
    mars_status status = MARS_OK;
    fact_state state = win32_program_run(self, &program, &memory, &end, &why);
    if (state != FACT_KNOWN) {
        status = win32_write_refuse(&why);
    } else if (end.exit_code != 0) {
        (void)win32_program_text(&end.output, command, &memory, &said, &why);
        status = error_set(MARS_E_UNWRITABLE, "%s ended with code %lu: %s", command, end.exit_code,
                           first_words(said, &memory));
    }
    arena_free(&memory);
    return status;
}
