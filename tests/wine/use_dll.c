/* Uses marshealth.dll as a program does that loads it, uses it on threads of its own and unloads it again.
 * usage: use_dll DLL EVIDENCE */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "marshealth.h"

#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static const wchar_t *dll_path;
static char *evidence_text;
static size_t evidence_size;

/* The functions of one loaded DLL. */
typedef struct functions {
    HMODULE library;
    __typeof__(&mars_evidence_load) evidence_load;
    __typeof__(&mars_evidence_free) evidence_free;
    __typeof__(&mars_check) check;
    __typeof__(&mars_report_render) render;
    __typeof__(&mars_report_free) report_free;
    __typeof__(&mars_text_data) text_data;
    __typeof__(&mars_text_free) text_free;
    __typeof__(&mars_error_copy) error_copy;
} functions;

static void function_of(const functions *of, const char *name, void *pointer) {
    FARPROC found = GetProcAddress(of->library, name);
    assert_non_null(found);
    memcpy(pointer, (const void *)&found, sizeof found);
}

static functions load(void) {
    functions f = {.library = LoadLibraryW(dll_path)};
    if (f.library == NULL) {
        fail_msg("the DLL was not loaded: error %lu", GetLastError());
    }
    function_of(&f, "mars_evidence_load", (void *)&f.evidence_load);
    function_of(&f, "mars_evidence_free", (void *)&f.evidence_free);
    function_of(&f, "mars_check", (void *)&f.check);
    function_of(&f, "mars_report_render", (void *)&f.render);
    function_of(&f, "mars_report_free", (void *)&f.report_free);
    function_of(&f, "mars_text_data", (void *)&f.text_data);
    function_of(&f, "mars_text_free", (void *)&f.text_free);
    function_of(&f, "mars_error_copy", (void *)&f.error_copy);
    return f;
}

/* The report on the evidence, in memory of this program; NULL if anything failed. */
static char *judge(const functions *f) {
    mars_evidence *evidence = NULL;
    mars_report *report = NULL;
    mars_text *text = NULL;
    char *out = NULL;
    if (f->evidence_load(&evidence, evidence_text, evidence_size, "evidence") == MARS_OK &&
        f->check(&report, evidence, NULL) == MARS_OK &&
        f->render(&text, report, MARS_FORMAT_JSON, 0) == MARS_OK) {
        out = _strdup(f->text_data(text));
    }
    f->text_free(text);
    f->report_free(report);
    f->evidence_free(evidence);
    return out;
}

typedef struct worker {
    const functions *f;
    char *report;
    mars_error error;
} worker;

static unsigned __stdcall work(void *argument) {
    worker *w = argument;
    mars_evidence *none = NULL;
    w->report = judge(w->f);
    /* Each thread has a record of errors of its own. */
    w->error = (mars_error)MARS_ERROR_INIT;
    (void)w->f->evidence_load(&none, "{", 1, w->report != NULL ? "cut" : "?");
    (void)w->f->error_copy(&w->error);
    return 0;
}

enum { WORKERS = 4 };

static void work_on_threads(const functions *f) {
    worker workers[WORKERS] = {{0}};
    HANDLE threads[WORKERS];
    for (size_t i = 0; i < WORKERS; i++) {
        workers[i].f = f;
        threads[i] =
            (HANDLE)_beginthreadex(NULL, 0, work, &workers[i], 0, NULL); // NOLINT(performance-no-int-to-ptr)
        assert_non_null(threads[i]);
    }
    char *expected = judge(f);
    assert_non_null(expected);
    for (size_t i = 0; i < WORKERS; i++) {
        assert_int_equal(WaitForSingleObject(threads[i], INFINITE), WAIT_OBJECT_0);
        (void)CloseHandle(threads[i]);
        assert_non_null(workers[i].report);
        assert_string_equal(workers[i].report, expected);
        assert_int_equal(workers[i].error.code, MARS_E_MALFORMED);
        free(workers[i].report);
    }
    mars_error error = MARS_ERROR_INIT;
    assert_int_equal(f->error_copy(&error), MARS_OK);
    assert_int_equal(error.code, MARS_OK); /* nothing failed here */
    free(expected);
}

static void test_threads(void **state) {
    (void)state;
    functions f = load();
    work_on_threads(&f);
    (void)FreeLibrary(f.library);
}

/* Unloaded while threads that used it live on, and loaded again, it leaves nothing open behind. */
static void test_loaded_again_and_again(void **state) {
    (void)state;
    DWORD before = 0;
    DWORD after = 0;
    for (int i = 0; i < 20; i++) {
        functions f = load();
        char *report = judge(&f);
        assert_non_null(report);
        free(report);
        assert_int_not_equal(FreeLibrary(f.library), FALSE);
        assert_null(GetModuleHandleW(L"marshealth.dll"));
        assert_int_not_equal(GetProcessHandleCount(GetCurrentProcess(), &after), FALSE);
        before = i == 0 ? after : before;
    }
    assert_int_equal(before, after);
}

/* A guest changes nothing of the process. */
static void test_the_process_stays_as_it_was(void **state) {
    (void)state;
    wchar_t before[MAX_PATH];
    wchar_t after[MAX_PATH];
    assert_int_not_equal(GetCurrentDirectoryW(MAX_PATH, before), 0);
    UINT page = GetConsoleOutputCP();
    functions f = load();
    work_on_threads(&f);
    (void)FreeLibrary(f.library);
    assert_int_not_equal(GetCurrentDirectoryW(MAX_PATH, after), 0);
    assert_int_equal(wcscmp(before, after), 0);
    assert_int_equal(GetConsoleOutputCP(), page);
}

static void read_evidence(const wchar_t *path) {
    FILE *file = _wfopen(path, L"rb");
    enum { ROOM = 16 * 1024 * 1024 };
    evidence_text = malloc(ROOM);
    evidence_size = file != NULL && evidence_text != NULL ? fread(evidence_text, 1, ROOM, file) : 0;
    if (file != NULL) {
        (void)fclose(file);
    }
}

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv) {
    if (argc != 3) {
        return 2;
    }
    dll_path = argv[1];
    read_evidence(argv[2]);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_loaded_again_and_again),
        cmocka_unit_test(test_the_process_stays_as_it_was),
    };
    int failed = cmocka_run_group_tests_name("marshealth.dll", tests, NULL, NULL);
    free(evidence_text);
    return failed;
}
