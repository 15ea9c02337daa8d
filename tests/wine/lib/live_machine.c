#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "host/win32/wide.h"
#include "live_machine.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

/* Wine says so itself; of another machine a person has to. */
static bool may_be_changed(void) {
    wchar_t said[2] = {0};
    return GetProcAddress(GetModuleHandleW(L"ntdll.dll"), "wine_get_version") != NULL ||
           (GetEnvironmentVariableW(L"MARSHEALTH_THROWAWAY_MACHINE", said, 2) == 1 && said[0] == L'1');
}

int live_open(void **state) {
    static live_machine made;
    if (!may_be_changed()) {
        fail_msg("this test changes the machine that it runs on, and leaves some of that behind: "
                 "set MARSHEALTH_THROWAWAY_MACHINE=1 on one that is thrown away afterwards");
    }
    made = (live_machine){0};
    assert_int_equal(host_open_live(&made.machine), MARS_OK);
    made.read = made.machine->read;
    made.write = host_writer_of(made.machine);
    *state = &made;
    return 0;
}

int live_close(void **state) {
    live_machine *on = *state;
    host_close(on->machine);
    arena_free(&on->memory);
    return 0;
}

void expect_ok_at(mars_status status, const char *what, const char *file, int line) {
    if (status != MARS_OK) {
        print_error("%s: %d: %s\n", what, (int)status, error_message());
        _fail(file, line);
    }
}

const char *tool_output(live_machine *on, const char *command, int *exit_code) {
    enum { ROOM = 64 * 1024 };
    char *text = arena_alloc(&on->memory, ROOM);
    FILE *pipe = _wpopen(wide_text(&on->memory, command), L"rb");
    assert_non_null(text);
    assert_non_null(pipe);
    size_t used = fread(text, 1, ROOM - 1, pipe);
    text[used] = '\0';
    *exit_code = _pclose(pipe);
    return text;
}

const char *tool(live_machine *on, const char *command) {
    int exit_code = 0;
    const char *text = tool_output(on, command, &exit_code);
    if (exit_code != 0) {
        fail_msg("%s ended with %d: %s", command, exit_code, text);
    }
    return text;
}

const char *tool_path(live_machine *on, const char *name) {
    wchar_t path[MAX_PATH] = {0};
    assert_true(GetModuleFileNameW(NULL, path, MAX_PATH) < MAX_PATH);
    wchar_t *last = wcsrchr(path, L'\\');
    assert_non_null(last);
    *last = L'\0';
    return arena_printf(&on->memory, "%s\\tools\\%s", text_from_wide(&on->memory, path), name);
}

void store(const char *path, const void *data, size_t size) {
    arena memory = {0};
    FILE *file = _wfopen(wide_text(&memory, path), L"wb");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    arena_free(&memory);
}

const char *load(live_machine *on, const char *path, size_t *size) {
    enum { ROOM = 1024 * 1024 };
    FILE *file = _wfopen(wide_text(&on->memory, path), L"rb");
    *size = 0;
    if (file == NULL) {
        return NULL;
    }
    char *data = arena_alloc(&on->memory, ROOM);
    assert_non_null(data);
    *size = fread(data, 1, ROOM - 1, file);
    (void)fclose(file);
    return data;
}
