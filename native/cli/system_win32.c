#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

/* The shell of Windows leaves patterns to the programs; a path is taken as it is written. */
// NOLINTNEXTLINE(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp)
int _dowildcard = 0;

int wmain(int argc, wchar_t **argv);

/* ---- Files ---- */

static wchar_t *wide_of(const char *text) {
    int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, NULL, 0);
    wchar_t *wide = size > 0 ? calloc((size_t)size, sizeof *wide) : NULL;
    if (wide != NULL) {
        (void)MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, text, -1, wide, size);
    }
    return wide;
}

/* The absolute path in the form that has no length limit ("\\?\C:\..."); free() it. */
static wchar_t *full_path(const char *path) {
    static const wchar_t local[] = L"\\\\?\\";
    static const wchar_t network[] = L"\\\\?\\UNC\\";
    enum { ROOM_FOR_PREFIX = sizeof network / sizeof network[0] };
    wchar_t *given = wide_of(path);
    DWORD size = given != NULL ? GetFullPathNameW(given, 0, NULL, NULL) : 0;
    wchar_t *full = size > 0 ? calloc((size_t)size + ROOM_FOR_PREFIX, sizeof *full) : NULL;
    wchar_t *out = NULL;
    if (full != NULL && GetFullPathNameW(given, size, full + ROOM_FOR_PREFIX, NULL) < size) {
        const wchar_t *rest = full + ROOM_FOR_PREFIX;
        bool is_network = rest[0] == L'\\' && rest[1] == L'\\';
        bool is_device = is_network && (rest[2] == L'.' || rest[2] == L'?') && rest[3] == L'\\';
        const wchar_t *prefix = is_device ? L"" : is_network ? network : local;
        rest += is_network && !is_device ? 2 : 0;
        size_t before = wcslen(prefix);
        size_t length = wcslen(rest);
        out = calloc(before + length + 1, sizeof *out);
        if (out != NULL) {
            wmemcpy(out, prefix, before);
            wmemcpy(out + before, rest, length);
        }
    }
    free(given);
    free(full);
    if (out == NULL) {
        errno = ENOENT;
    }
    return out;
}

FILE *system_open(const char *path, const char *mode) {
    wchar_t *full = full_path(path);
    FILE *file = full != NULL ? _wfopen(full, mode[0] == 'r' ? L"rb" : L"wb") : NULL;
    free(full);
    return file;
}

static int errno_of(DWORD error) {
    switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
        return ENOENT;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
        return ENOSPC;
    default:
        return EACCES;
    }
}

bool system_replace(const char *from, const char *to) {
    wchar_t *source = full_path(from);
    wchar_t *target = full_path(to);
    bool done = source != NULL && target != NULL &&
                MoveFileExW(source, target, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH) != FALSE;
    if (!done) {
        errno = errno_of(GetLastError());
    }
    free(source);
    free(target);
    return done;
}

void system_remove(const char *path) {
    wchar_t *full = full_path(path);
    if (full != NULL) {
        (void)DeleteFileW(full);
    }
    free(full);
}

/* ---- The console ---- */

/* What the console was set to before; it outlives this program. */
static struct {
    UINT page;
    DWORD mode;
    HANDLE output; /* NULL if standard output is none, or its mode is not ours */
} before;

static void console_restore(void) {
    if (before.output != NULL) {
        (void)SetConsoleMode(before.output, before.mode);
    }
    if (before.page != 0) {
        (void)SetConsoleOutputCP(before.page);
    }
}

static BOOL WINAPI restore_when_stopped(DWORD event) {
    (void)event;
    console_restore();
    return FALSE; /* and then what would have happened anyway */
}

/* The old run-time library writes to a console byte by byte unless there is a buffer, which would tear
 * characters apart. Whatever is not a console gets the bytes as they are. */
static void streams_prepare(void) {
    enum { BUFFER = 64 * 1024 };
    (void)_setmode(_fileno(stdin), _O_BINARY);
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
    (void)setvbuf(stdout, NULL, _IOFBF, BUFFER);
    (void)setvbuf(stderr, NULL, _IOFBF, BUFFER);
    if (system_is_terminal(stdout) || system_is_terminal(stderr)) {
        before.page = GetConsoleOutputCP();
        (void)SetConsoleCtrlHandler(restore_when_stopped, TRUE);
        (void)SetConsoleOutputCP(CP_UTF8);
    }
}

static HANDLE handle_of(FILE *stream) {
    return (HANDLE)_get_osfhandle(_fileno(stream)); // NOLINT(performance-no-int-to-ptr)
}

/* isatty would also call the device NUL a terminal. */
bool system_is_terminal(FILE *stream) {
    DWORD mode = 0;
    return GetConsoleMode(handle_of(stream), &mode) != FALSE;
}

/* Consoles understand colour sequences since Windows 10 and Server 2016, when asked to. */
bool system_shows_colors(void) {
    HANDLE output = handle_of(stdout);
    DWORD mode = 0;
    if (GetConsoleMode(output, &mode) == FALSE) {
        return false;
    }
    if ((mode & ENABLE_VIRTUAL_TERMINAL_PROCESSING) != 0) {
        return true;
    }
    before.mode = mode;
    if (SetConsoleMode(output, mode | ENABLE_VIRTUAL_TERMINAL_PROCESSING) == FALSE) {
        return false;
    }
    before.output = output;
    return true;
}

/* ---- The program ---- */

static char *text_of(const wchar_t *wide) {
    int size = WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, NULL, 0, NULL, NULL);
    char *text = size > 0 ? calloc((size_t)size, 1) : NULL;
    if (text != NULL) {
        (void)WideCharToMultiByte(CP_UTF8, WC_ERR_INVALID_CHARS, wide, -1, text, size, NULL, NULL);
    }
    return text;
}

int wmain(int argc, wchar_t **argv) {
    enum { EXIT_USAGE = 3 };
    /* Libraries that the system loads for itself in this process come from where they belong, too. */
    (void)SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32);
    streams_prepare();
    char **words = calloc((size_t)argc + 1, sizeof *words);
    int code = EXIT_USAGE;
    int read = 0;
    while (words != NULL && read < argc && (words[read] = text_of(argv[read])) != NULL) {
        read++;
    }
    if (read == argc) {
        code = run_marshealth(argc, words);
    } else {
        (void)fputs("marshealth: a word of the command line is not valid Unicode\n", stderr);
    }
    for (int i = 0; i < read; i++) {
        free(words[i]);
    }
    free((void *)words);
    bool written = fflush(stdout) == 0;
    (void)fflush(stderr);
    console_restore();
    return written ? code : EXIT_USAGE;
}
