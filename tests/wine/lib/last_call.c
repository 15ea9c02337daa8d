#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/host_writer.h"
#include "last_call.h"
#include "wrapped_call.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

static unsigned wanted;
static unsigned count;

static bool is_last(void) {
    return ++count == wanted;
}

static void end(const char *when) {
    print_message("# ended at call %u: %s\n", count, when);
    (void)fflush(stdout);
    (void)TerminateProcess(GetCurrentProcess(), LAST_CALL_EXIT);
}

static void point(const char *when) {
    if (is_last()) {
        end(when);
    }
}

unsigned last_call_count(void) {
    return count;
}

/* ---- Calls ---- */

/* X(what it returns, name, parameters, arguments): the process ends before the call, or makes it. */
#define CALLS(X)                                                                                             \
    X(BOOL, CreateDirectoryW, (LPCWSTR path, LPSECURITY_ATTRIBUTES security), (path, security))              \
    X(BOOL, RemoveDirectoryW, (LPCWSTR path), (path))                                                        \
    X(BOOL, DeleteFileW, (LPCWSTR path), (path))                                                             \
    X(BOOL, MoveFileExW, (LPCWSTR from, LPCWSTR to, DWORD flags), (from, to, flags))                         \
    X(BOOL, CreateHardLinkW, (LPCWSTR made, LPCWSTR of, LPSECURITY_ATTRIBUTES security),                     \
      (made, of, security))                                                                                  \
    X(BOOL, CopyFileExW,                                                                                     \
      (LPCWSTR from, LPCWSTR to, LPPROGRESS_ROUTINE progress, LPVOID user, LPBOOL cancel, DWORD flags),      \
      (from, to, progress, user, cancel, flags))                                                             \
    X(BOOL, SetFileInformationByHandle,                                                                      \
      (HANDLE file, FILE_INFO_BY_HANDLE_CLASS kind, LPVOID information, DWORD size),                         \
      (file, kind, information, size))                                                                       \
    X(BOOL, SetKernelObjectSecurity,                                                                         \
      (HANDLE object, SECURITY_INFORMATION kind, PSECURITY_DESCRIPTOR descriptor),                           \
      (object, kind, descriptor))                                                                            \
    X(LSTATUS, RegCreateKeyExW,                                                                              \
      (HKEY root, LPCWSTR key, DWORD reserved, LPWSTR class, DWORD options, REGSAM access,                   \
       const LPSECURITY_ATTRIBUTES security, PHKEY out, LPDWORD how),                                        \
      (root, key, reserved, class, options, access, security, out, how))                                     \
    X(LSTATUS, RegSetValueExW,                                                                               \
      (HKEY key, LPCWSTR name, DWORD reserved, DWORD type, const BYTE *data, DWORD size),                    \
      (key, name, reserved, type, data, size))                                                               \
    X(LSTATUS, RegDeleteValueW, (HKEY key, LPCWSTR name), (key, name))                                       \
    X(LSTATUS, RegDeleteKeyExW, (HKEY root, LPCWSTR key, REGSAM view, DWORD reserved),                       \
      (root, key, view, reserved))                                                                           \
    X(BOOL, ChangeServiceConfigW,                                                                            \
      (SC_HANDLE service, DWORD type, DWORD start, DWORD error_control, LPCWSTR program, LPCWSTR group,      \
       LPDWORD tag, LPCWSTR depends, LPCWSTR account, LPCWSTR password, LPCWSTR shown),                      \
      (service, type, start, error_control, program, group, tag, depends, account, password, shown))         \
    X(BOOL, ChangeServiceConfig2W, (SC_HANDLE service, DWORD kind, LPVOID information),                      \
      (service, kind, information))

// NOLINTBEGIN(bugprone-macro-parentheses): a type and a parameter list cannot stand in any
#define WRAP(type, name, parameters, arguments)                                                              \
    static type(WINAPI *real_##name) parameters;                                                             \
    static type WINAPI last_##name parameters {                                                              \
        point("before " #name);                                                                              \
        return real_##name arguments;                                                                        \
    }
CALLS(WRAP)
#undef WRAP
// NOLINTEND(bugprone-macro-parentheses)

static HANDLE(WINAPI *real_CreateFileW)(LPCWSTR, DWORD, DWORD, LPSECURITY_ATTRIBUTES, DWORD, DWORD, HANDLE);
static HANDLE WINAPI last_CreateFileW(LPCWSTR path, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security,
                                      DWORD how, DWORD flags, HANDLE model) {
    if (how != OPEN_EXISTING) {
        point("before CreateFileW");
    }
    return real_CreateFileW(path, access, share, security, how, flags, model);
}

/* Half of it is written before the process ends: a line that is torn, a file that is not whole. */
static BOOL(WINAPI *real_WriteFile)(HANDLE, LPCVOID, DWORD, LPDWORD, LPOVERLAPPED);
static BOOL WINAPI last_WriteFile(HANDLE file, LPCVOID data, DWORD size, LPDWORD written, LPOVERLAPPED how) {
    point("before WriteFile");
    if (is_last()) {
        (void)real_WriteFile(file, data, size / 2, written, how);
        end("half way through WriteFile");
    }
    return real_WriteFile(file, data, size, written, how);
}

/* ---- Standing before them ---- */

void last_call_at(unsigned at) {
#define CALL(type, name, parameters, arguments)                                                              \
    {#name, (FARPROC)(void (*)(void))last_##name, (FARPROC *)(void *)&real_##name},
    const wrapped_call calls[] = {CALLS(CALL) CALL(HANDLE, CreateFileW, , ) CALL(BOOL, WriteFile, , )};
#undef CALL
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        wrap_call(&calls[i]);
    }
    wanted = at;
    count = 0;
}

/* ---- The Task Scheduler ---- */

static const host_writer *real_writer;

static mars_status task_register(host *machine, const char *path, bytes xml) {
    point("before task_register");
    mars_status status = real_writer->task_register(machine, path, xml);
    point("behind task_register");
    return status;
}

static mars_status task_enable(host *machine, const char *path, bool enabled) {
    point("before task_enable");
    mars_status status = real_writer->task_enable(machine, path, enabled);
    point("behind task_enable");
    return status;
}

void last_call_tasks(host *machine) {
    static host_writer writer;
    real_writer = machine->writer;
    writer = *real_writer;
    writer.task_register = task_register;
    writer.task_enable = task_enable;
    machine->writer = &writer;
}
