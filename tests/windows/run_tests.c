/* Runs the test programs that are beside it, where there is neither Wine nor CTest.
 * usage: run_tests [live] [PROGRAM...]      in the folder tests; all unit tests and fuzz corpora, or those
 * programs "live" stands for the tests that change the machine (test_win32_...), which refuse one that is not
 * said to be for that. What a program printed is shown if it failed. The last line counts programs; ends with
 * 1 if one failed or there is none. */
#include <stdbool.h>
#include <stdio.h>
#include <wchar.h>
#include <windows.h>

enum { PATH_ROOM = 1024, PROGRAM_LIMIT_MS = 10 * 60 * 1000 };

static const wchar_t live_prefix[] = L"test_win32_";
static const wchar_t fuzz_prefix[] = L"fuzz_";

typedef struct test_run {
    wchar_t programs[PATH_ROOM]; /* the folder they are in, with a backslash at its end */
    wchar_t log[PATH_ROOM];
    unsigned passed;
    unsigned failed;
} test_run;

static bool starts_with(const wchar_t *text, const wchar_t *prefix) {
    return wcsncmp(text, prefix, wcslen(prefix)) == 0;
}

/* A fuzz target replays the inputs in its corpus. */
static bool command_of(const test_run *run, const wchar_t *name, wchar_t *command) {
    const wchar_t *what = starts_with(name, fuzz_prefix) ? name + wcslen(fuzz_prefix) : NULL;
    int length = swprintf(command, PATH_ROOM, L"\"%ls%ls.exe\" %ls%ls", run->programs, name,
                          what != NULL ? L"fuzz\\corpus\\" : L"", what != NULL ? what : L"");
    return length > 0;
}

/* Whether it ended in time, and with 0. */
static bool ends_well(wchar_t *command, HANDLE output) {
    STARTUPINFOW start = {
        .cb = sizeof start, .dwFlags = STARTF_USESTDHANDLES, .hStdOutput = output, .hStdError = output};
    PROCESS_INFORMATION made;
    DWORD code = 1;
    if (CreateProcessW(NULL, command, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made) == FALSE) {
        return false;
    }
    if (WaitForSingleObject(made.hProcess, PROGRAM_LIMIT_MS) != WAIT_OBJECT_0) {
        (void)TerminateProcess(made.hProcess, 1);
    }
    bool ended = GetExitCodeProcess(made.hProcess, &code) != FALSE;
    (void)CloseHandle(made.hThread);
    (void)CloseHandle(made.hProcess);
    return ended && code == 0;
}

static void show(HANDLE output) {
    char piece[4096];
    DWORD count = 0;
    (void)SetFilePointer(output, 0, NULL, FILE_BEGIN);
    while (ReadFile(output, piece, sizeof piece, &count, NULL) != FALSE && count > 0) {
        (void)fwrite(piece, 1, count, stdout);
    }
}

static void run_program(test_run *run, const wchar_t *name) {
    wchar_t command[PATH_ROOM];
    SECURITY_ATTRIBUTES inherited = {.nLength = sizeof inherited, .bInheritHandle = TRUE};
    HANDLE output = CreateFileW(run->log, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                &inherited, CREATE_ALWAYS, FILE_FLAG_DELETE_ON_CLOSE, NULL);
    bool good =
        output != INVALID_HANDLE_VALUE && command_of(run, name, command) && ends_well(command, output);
    run->passed += good ? 1 : 0;
    run->failed += good ? 0 : 1;
    (void)printf("%s - %ls\n", good ? "ok" : "not ok", name);
    if (output != INVALID_HANDLE_VALUE) {
        if (!good) {
            show(output);
        }
        (void)CloseHandle(output);
    }
    (void)fflush(stdout);
}

/* Those that change the machine, or those that do not. */
static void run_every(test_run *run, const wchar_t *pattern, bool live) {
    wchar_t path[PATH_ROOM];
    WIN32_FIND_DATAW found;
    (void)swprintf(path, PATH_ROOM, L"%ls%ls", run->programs, pattern);
    HANDLE search = FindFirstFileW(path, &found);
    bool more = search != INVALID_HANDLE_VALUE;
    while (more) {
        wchar_t *end = wcsrchr(found.cFileName, L'.');
        if (end != NULL && starts_with(found.cFileName, live_prefix) == live) {
            *end = L'\0';
            run_program(run, found.cFileName);
        }
        more = FindNextFileW(search, &found) != FALSE;
    }
    if (search != INVALID_HANDLE_VALUE) {
        (void)FindClose(search);
    }
}

static bool find_places(test_run *run) {
    DWORD length = GetModuleFileNameW(NULL, run->programs, PATH_ROOM);
    wchar_t *last = length > 0 && length < PATH_ROOM ? wcsrchr(run->programs, L'\\') : NULL;
    DWORD room = GetTempPathW(PATH_ROOM, run->log);
    if (last == NULL || room == 0 || room + wcslen(L"marshealth-tests.log") >= PATH_ROOM) {
        return false;
    }
    last[1] = L'\0';
    (void)wcscat(run->log, L"marshealth-tests.log");
    return true;
}

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv) {
    static test_run run;
    bool live = argc > 1 && wcscmp(argv[1], L"live") == 0;
    int first = live ? 2 : 1;
    if (!find_places(&run)) {
        (void)fputs("run_tests: cannot tell where it is\n", stderr);
        return 1;
    }
    for (int i = first; i < argc; i++) {
        run_program(&run, argv[i]);
    }
    if (first >= argc) {
        run_every(&run, L"test_*.exe", live);
    }
    if (first >= argc && !live) {
        run_every(&run, L"fuzz_*.exe", false);
    }
    (void)printf("%u passed, %u failed\n", run.passed, run.failed);
    return run.failed == 0 && run.passed > 0 ? 0 : 1;
}
