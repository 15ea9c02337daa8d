/* A process that is ended at each call to the system with which it changes this machine: during a run, during
 * an undo, and during the recovery behind them. Each target is then before or after, the history says which,
 * and taking back brings everything back. This program starts itself for that; WINE_KILLS=all takes every
 * call, where else one in so many is taken, not always the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "change_scene.h"
#include "core/error.h"
#include "host/win32/wide.h"
#include "last_call.h"
#include "repair/history.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

enum {
    STRIDE = 5,    /* no multiple of a change's number of calls */
    RECOVERED = 3, /* one in so many of those is ended in its recovery, too */
    LEAST_CALLS = 60,
    PATIENCE_MS = 60000,
};

/* ---- What is cut short ---- */

typedef mars_status (*scene_act)(host *machine);

static mars_status read_history(host *machine) {
    history *document = NULL;
    mars_status status = history_read(&document, machine);
    history_free(document);
    return status;
}

static const struct {
    const char *name;
    scene_act act;
} acts[] = {{"run", scene_run}, {"undo", scene_undo}, {"history", read_history}};

/* Tells how many calls there were if it was not ended. */
static int child(const char *name, const char *at) {
    host *machine = NULL;
    size_t i = 0;
    while (strcmp(acts[i].name, name) != 0) {
        i++;
    }
    if (host_open_live(&machine) != MARS_OK) {
        return 1;
    }
    last_call_at((unsigned)strtoul(at, NULL, 10));
    last_call_tasks(machine);
    mars_status status = acts[i].act(machine);
    if (status != MARS_OK) {
        print_error("%s: %s\n", name, error_message());
    }
    print_message("# %s: %u calls\n", name, last_call_count());
    return status != MARS_OK;
}

/* False: it ended at the call. */
static bool in_a_child(live_machine *on, const char *name, unsigned at) {
    STARTUPINFOW info = {.cb = sizeof info};
    PROCESS_INFORMATION made;
    wchar_t path[MAX_PATH];
    DWORD code = 1;
    assert_true(GetModuleFileNameW(NULL, path, MAX_PATH) < MAX_PATH);
    /* CreateProcessW may write into the line, which is the arena's. */
    const wchar_t *text = wide_text(&on->memory, arena_printf(&on->memory, "killed %s %u", name, at));
    assert_non_null(text);
    wchar_t *line = arena_copy(&on->memory, text, (wcslen(text) + 1) * sizeof *text);
    assert_true(CreateProcessW(path, line, NULL, NULL, FALSE, 0, NULL, NULL, &info, &made));
    assert_int_equal(WaitForSingleObject(made.hProcess, PATIENCE_MS), WAIT_OBJECT_0);
    assert_true(GetExitCodeProcess(made.hProcess, &code));
    (void)CloseHandle(made.hThread);
    (void)CloseHandle(made.hProcess);
    if (code != 0 && code != LAST_CALL_EXIT) {
        fail_msg("%s, ended at call %u: exit code %lu", name, at, code);
    }
    return code == 0;
}

/* ---- What is found then ---- */

static void expect_told(live_machine *on, const char *when) {
    history *document = NULL;
    if (history_read(&document, on->machine) != MARS_OK) {
        fail_msg("%s: %s", when, error_message());
    }
    for (size_t i = 0; i < document->count; i++) {
        const history_run *run = &document->runs[i];
        bool told = run->journal.head.id == NULL || run->journal.end != NULL ||
                    (run->journal.found != FOUND_NOT_LOOKED && run->journal.found != FOUND_CONFLICT);
        if (!told || strcmp(run->state, "unreadable") == 0 || strcmp(run->state, "running") == 0) {
            fail_msg("%s: run %s is %s: %s", when, run->id, run->state,
                     run->problem != NULL ? run->problem : "");
        }
    }
    history_free(document);
}

static void take_back(live_machine *on, const char *when) {
    mars_status status = MARS_OK;
    while (status == MARS_OK) {
        status = scene_undo(on->machine);
    }
    if (status != MARS_E_NOT_FOUND) {
        fail_msg("%s, then taken back: %s", when, error_message());
    }
}

/* A machine opened anew, as the next program does. */
static void finish(const change_scene *scene, const char *when, bool run_again) {
    live_machine on = {0};
    assert_int_equal(host_open_live(&on.machine), MARS_OK);
    on.read = on.machine->read;
    on.write = host_writer_of(on.machine);
    expect_told(&on, when);
    scene_expect_either(&on, scene, when);
    if (run_again && scene_run(on.machine) != MARS_OK) {
        fail_msg("%s, then made again: %s", when, error_message());
    }
    take_back(&on, when);
    scene_expect_before(&on, scene, when);
    host_close(on.machine);
    arena_free(&on.memory);
    scene_forget();
}

/* ---- Every call ---- */

static bool every_call(void) {
    const char *kills = getenv("WINE_KILLS");
    return kills != NULL && strcmp(kills, "all") == 0;
}

static unsigned first_call(void) {
    unsigned offset = every_call() ? 0 : (unsigned)(GetTickCount64() % STRIDE);
    const char *given = getenv("WINE_KILLS_OFFSET");
    offset = given != NULL ? (unsigned)strtoul(given, NULL, 10) % STRIDE : offset;
    print_message("# the first of them is call %u (WINE_KILLS_OFFSET=%u)\n", 1 + offset, offset);
    return 1 + offset;
}

static void prepare_act(live_machine *on, const char *name) {
    if (strcmp(name, "undo") == 0) {
        assert_int_equal(scene_run(on->machine), MARS_OK);
    }
}

static void recovery_ends(live_machine *on) {
    bool recovered = false;
    for (unsigned then = 1; !recovered; then++) {
        recovered = in_a_child(on, "history", then);
    }
}

/* What another program sees. */
static const char *exported(live_machine *on) {
    static const char *const keys[] = {
        "HKLM\\SOFTWARE\\Wow6432Node\\Microsoft\\.NETFramework",
        "HKLM\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds",
        "\"HKLM\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment\"",
        "HKLM\\SYSTEM\\CurrentControlSet\\Services\\killed",
    };
    const char *all = "";
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *one = tool(on, arena_printf(&on->memory, "reg query %s /s", keys[i]));
        all = arena_printf(&on->memory, "%s%s", all, one);
    }
    return all;
}

static void end_at_every_call(const char *name, bool with_recovery) {
    void *state = NULL;
    change_scene scene;
    (void)live_open(&state);
    live_machine *on = state;
    scene_before(on, &scene);
    const char *before = exported(on);
    assert_int_equal(scene_run(on->machine), MARS_OK);
    scene_after(on, &scene);
    take_back(on, "not cut short");
    scene_expect_before(on, &scene, "not cut short");
    scene_forget();
    unsigned stride = (every_call() ? 1U : STRIDE) * (with_recovery ? RECOVERED : 1U);
    bool whole = false;
    unsigned at = first_call();
    for (; !whole; at += stride) {
        const char *when = arena_printf(&on->memory, "%s ended at call %u", name, at);
        prepare_act(on, name);
        whole = in_a_child(on, name, at);
        if (with_recovery && !whole) {
            recovery_ends(on);
        }
        finish(&scene, when, at % 2 == 0);
    }
    assert_true(at > LEAST_CALLS);
    assert_string_equal(exported(on), before);
    (void)live_close(&state);
}

static void a_run(void **state) {
    (void)state;
    end_at_every_call("run", false);
}

static void an_undo(void **state) {
    (void)state;
    end_at_every_call("undo", false);
}

static void the_recovery_of_a_run(void **state) {
    (void)state;
    end_at_every_call("run", true);
}

static void the_recovery_of_an_undo(void **state) {
    (void)state;
    end_at_every_call("undo", true);
}

static int prepare(void **state) {
    (void)live_open(state);
    scene_prepare(*state);
    return live_close(state);
}

int main(int argc, char **argv) {
    enum { CHILD = 3 };
    if (argc == CHILD) {
        return child(argv[1], argv[2]);
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run),
        cmocka_unit_test(an_undo),
        cmocka_unit_test(the_recovery_of_a_run),
        cmocka_unit_test(the_recovery_of_an_undo),
    };
    return cmocka_run_group_tests(tests, prepare, NULL);
}
