#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "failing_calls.h"
#include "wrapped_call.h"

#include <string.h>

/* X(what it returns, what that is on failure, name, parameters, arguments) */
#define CALLS(X)                                                                                             \
    X(HANDLE, INVALID_HANDLE_VALUE, CreateFileW,                                                             \
      (LPCWSTR path, DWORD access, DWORD share, LPSECURITY_ATTRIBUTES security, DWORD how, DWORD flags,      \
       HANDLE model),                                                                                        \
      (path, access, share, security, how, flags, model))                                                    \
    X(DWORD, INVALID_FILE_ATTRIBUTES, GetFileAttributesW, (LPCWSTR path), (path))                            \
    X(HANDLE, INVALID_HANDLE_VALUE, FindFirstFileExW,                                                        \
      (LPCWSTR pattern, FINDEX_INFO_LEVELS level, LPVOID found, FINDEX_SEARCH_OPS how, LPVOID filter,        \
       DWORD flags),                                                                                         \
      (pattern, level, found, how, filter, flags))                                                           \
    X(BOOL, FALSE, CreateDirectoryW, (LPCWSTR path, LPSECURITY_ATTRIBUTES security), (path, security))       \
    X(BOOL, FALSE, CreateHardLinkW, (LPCWSTR made, LPCWSTR of, LPSECURITY_ATTRIBUTES security),              \
      (made, of, security))                                                                                  \
    X(BOOL, FALSE, MoveFileExW, (LPCWSTR from, LPCWSTR to, DWORD flags), (from, to, flags))                  \
    X(BOOL, FALSE, CreateProcessW,                                                                           \
      (LPCWSTR path, LPWSTR line, LPSECURITY_ATTRIBUTES process, LPSECURITY_ATTRIBUTES thread, BOOL inherit, \
       DWORD flags, LPVOID environment, LPCWSTR folder, LPSTARTUPINFOW start, LPPROCESS_INFORMATION made),   \
      (path, line, process, thread, inherit, flags, environment, folder, start, made))                       \
    X(BOOL, FALSE, OpenThreadToken, (HANDLE thread, DWORD access, BOOL self, PHANDLE out),                   \
      (thread, access, self, out))                                                                           \
    X(SC_HANDLE, NULL, OpenSCManagerW, (LPCWSTR machine, LPCWSTR database, DWORD access),                    \
      (machine, database, access))                                                                           \
    X(SC_HANDLE, NULL, OpenServiceW, (SC_HANDLE manager, LPCWSTR name, DWORD access),                        \
      (manager, name, access))                                                                               \
    X(BOOL, FALSE, QueryServiceConfigW,                                                                      \
      (SC_HANDLE service, LPQUERY_SERVICE_CONFIGW out, DWORD room, LPDWORD size),                            \
      (service, out, room, size))                                                                            \
    X(BOOL, FALSE, QueryServiceStatusEx,                                                                     \
      (SC_HANDLE service, SC_STATUS_TYPE what, LPBYTE out, DWORD room, LPDWORD size),                        \
      (service, what, out, room, size))                                                                      \
    X(BOOL, FALSE, EnumServicesStatusExW,                                                                    \
      (SC_HANDLE manager, SC_ENUM_TYPE what, DWORD type, DWORD state, LPBYTE out, DWORD room, LPDWORD size,  \
       LPDWORD count, LPDWORD resume, LPCWSTR group),                                                        \
      (manager, what, type, state, out, room, size, count, resume, group))                                   \
    X(BOOL, FALSE, StartServiceW, (SC_HANDLE service, DWORD count, LPCWSTR * arguments),                     \
      (service, count, arguments))                                                                           \
    X(HANDLE, INVALID_HANDLE_VALUE, FindFirstVolumeW, (LPWSTR name, DWORD room), (name, room))               \
    X(BOOL, FALSE, GetVolumeInformationW,                                                                    \
      (LPCWSTR root, LPWSTR label, DWORD label_room, LPDWORD serial, LPDWORD longest, LPDWORD flags,         \
       LPWSTR system, DWORD system_room),                                                                    \
      (root, label, label_room, serial, longest, flags, system, system_room))                                \
    X(BOOL, FALSE, GetVolumePathNamesForVolumeNameW,                                                         \
      (LPCWSTR volume, LPWSTR names, DWORD room, PDWORD size), (volume, names, room, size))                  \
    X(BOOL, FALSE, GetDiskFreeSpaceExW,                                                                      \
      (LPCWSTR folder, PULARGE_INTEGER usable, PULARGE_INTEGER whole, PULARGE_INTEGER free),                 \
      (folder, usable, whole, free))

// NOLINTBEGIN(bugprone-macro-parentheses): a type and a parameter list cannot stand in any
#define WRAP(type, failed, name, parameters, arguments)                                                      \
    static DWORD error_##name;                                                                               \
    static type(WINAPI *real_##name) parameters;                                                             \
    static type WINAPI failing_##name parameters {                                                           \
        if (error_##name != ERROR_SUCCESS) {                                                                 \
            SetLastError(error_##name);                                                                      \
            return failed;                                                                                   \
        }                                                                                                    \
        return real_##name arguments;                                                                        \
    }
CALLS(WRAP)
#undef WRAP
// NOLINTEND(bugprone-macro-parentheses)

void call_fails(const char *name, DWORD error) {
#define CALL(type, failed, call, parameters, arguments)                                                      \
    if (strcmp(name, #call) == 0) {                                                                          \
        const wrapped_call wrapped = {#call, (FARPROC)(void (*)(void))failing_##call,                        \
                                      (FARPROC *)(void *)&real_##call};                                      \
        if (real_##call == NULL) {                                                                           \
            wrap_call(&wrapped);                                                                             \
        }                                                                                                    \
        error_##call = error;                                                                                \
        return;                                                                                              \
    }
    CALLS(CALL)
#undef CALL
    fail_msg("%s is none of them", name);
}

void calls_work(void) {
#define CALL(type, failed, call, parameters, arguments) error_##call = ERROR_SUCCESS;
    CALLS(CALL)
#undef CALL
}
