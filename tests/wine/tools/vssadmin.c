/* Stands in for vssadmin.exe. Files in C:\vssadmin tell what it does: answer-<second argument>.bin, else
 * answer.bin, is printed as it is; mode.txt is "CODE" or "CODE hang" (for ever), "CODE flood", "CODE late"
 * (a quarter of a second), "CODE child" (leaves a program running, for ever, that holds the output), "CODE
 * errors" (prints on standard error). Its arguments are added to arguments.txt, one line a call. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

static const wchar_t *const folder = L"C:\\vssadmin\\";

static FILE *open_file(const wchar_t *name, const wchar_t *mode) {
    wchar_t path[MAX_PATH] = {0};
    (void)swprintf(path, MAX_PATH, L"%ls%ls", folder, name);
    return _wfopen(path, mode);
}

static void record(int argc, wchar_t **argv) {
    FILE *to = open_file(L"arguments.txt", L"ab");
    for (int i = 1; to != NULL && i < argc; i++) {
        (void)fprintf(to, "%s[%ls]", i > 1 ? " " : "", argv[i]);
    }
    if (to != NULL) {
        (void)fputs("\n", to);
        (void)fclose(to);
    }
}

static void answer(const wchar_t *what) {
    static char piece[65536];
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    wchar_t name[MAX_PATH] = {0};
    (void)swprintf(name, MAX_PATH, L"answer-%ls.bin", what);
    FILE *from = open_file(name, L"rb");
    from = from != NULL ? from : open_file(L"answer.bin", L"rb");
    size_t size = 0;
    while (from != NULL && (size = fread(piece, 1, sizeof piece, from)) > 0) {
        DWORD written = 0;
        (void)WriteFile(output, piece, (DWORD)size, &written, NULL);
    }
    if (from != NULL) {
        (void)fclose(from);
    }
}

static void flood(void) {
    static char piece[65536];
    DWORD written = 0;
    memset(piece, 'x', sizeof piece);
    while (WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), piece, sizeof piece, &written, NULL) != FALSE) {
    }
}

static void leave_a_child(const wchar_t *self) {
    wchar_t line[] = L"vssadmin stay";
    STARTUPINFOW start = {.cb = sizeof start,
                          .dwFlags = STARTF_USESTDHANDLES,
                          .hStdInput = GetStdHandle(STD_INPUT_HANDLE),
                          .hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE),
                          .hStdError = GetStdHandle(STD_ERROR_HANDLE)};
    PROCESS_INFORMATION child = {0};
    if (CreateProcessW(self, line, NULL, NULL, TRUE, 0, NULL, NULL, &start, &child) != FALSE) {
        (void)CloseHandle(child.hThread);
        (void)CloseHandle(child.hProcess);
    }
}

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv) {
    enum { LATE_MS = 250 };
    char mode[64] = "0";
    if (argc == 2 && wcscmp(argv[1], L"stay") == 0) {
        Sleep(INFINITE);
        return 0;
    }
    record(argc, argv);
    FILE *from = open_file(L"mode.txt", L"rb");
    if (from != NULL) {
        (void)fgets(mode, sizeof mode, from);
        (void)fclose(from);
    }
    if (strstr(mode, "late") != NULL) {
        Sleep(LATE_MS);
    }
    answer(argc > 2 ? argv[2] : L"");
    if (strstr(mode, "errors") != NULL) {
        (void)fputs("an error on standard error\n", stderr);
    }
    if (strstr(mode, "child") != NULL) {
        wchar_t self[MAX_PATH];
        (void)GetModuleFileNameW(NULL, self, MAX_PATH);
        leave_a_child(self);
    }
    if (strstr(mode, "flood") != NULL) {
        flood();
    }
    if (strstr(mode, "hang") != NULL) {
        Sleep(INFINITE);
    }
    return (int)strtol(mode, NULL, 10);
}
