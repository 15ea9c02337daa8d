/* Stands in for vssadmin.exe. Files in C:\vssadmin tell what it does: answer-<what>.bin, else answer.bin, is
 * printed as it is; mode-<what>.txt, else mode.txt, is "CODE" or "CODE hang" (for ever), "CODE flood", "CODE
 * late" (a quarter of a second), "CODE child" (leaves a program running, for ever, that holds the output),
 * "CODE errors" (prints on standard error). <what> is what is listed, or else what is done, such as resize.
 * What is listed may change: after.txt has the path of a file on its first line and a text on the second, and
 * once the file has that text, answer-<what>-after.bin is printed, where there is one. Its arguments are
 * added to arguments.txt, one line a call. */
#include <stdbool.h>
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

/* The file's first line, without its end; "" if there is none. */
static void read_line(FILE *from, char *line, int room) {
    line[0] = '\0';
    if (from != NULL && fgets(line, room, from) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
    }
}

/* Whether the file that after.txt names has the text that it names. */
static bool is_after(void) {
    char path[MAX_PATH];
    char text[MAX_PATH];
    char line[1024];
    bool found = false;
    FILE *condition = open_file(L"after.txt", L"rb");
    read_line(condition, path, sizeof path);
    read_line(condition, text, sizeof text);
    FILE *file = text[0] != '\0' ? fopen(path, "rb") : NULL;
    while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
        found = strstr(line, text) != NULL;
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    if (condition != NULL) {
        (void)fclose(condition);
    }
    return found;
}

/* <before>-<what><behind>, else <before><behind> */
static FILE *open_about(const wchar_t *before, const wchar_t *what, const wchar_t *behind) {
    wchar_t name[MAX_PATH] = {0};
    (void)swprintf(name, MAX_PATH, L"%ls-%ls%ls", before, what, behind);
    FILE *file = open_file(name, L"rb");
    (void)swprintf(name, MAX_PATH, L"%ls%ls", before, behind);
    return file != NULL ? file : open_file(name, L"rb");
}

static void answer(const wchar_t *what) {
    static char piece[65536];
    HANDLE output = GetStdHandle(STD_OUTPUT_HANDLE);
    wchar_t name[MAX_PATH] = {0};
    (void)swprintf(name, MAX_PATH, L"answer-%ls-after.bin", what);
    FILE *from = is_after() ? open_file(name, L"rb") : NULL;
    from = from != NULL ? from : open_about(L"answer", what, L".bin");
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
    bool lists = argc > 2 && wcscmp(argv[1], L"list") == 0;
    const wchar_t *what = lists ? argv[2] : argc > 1 ? argv[1] : L"";
    FILE *from = open_about(L"mode", what, L".txt");
    if (from != NULL) {
        (void)fgets(mode, sizeof mode, from);
        (void)fclose(from);
    }
    if (strstr(mode, "late") != NULL) {
        Sleep(LATE_MS);
    }
    answer(what);
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
