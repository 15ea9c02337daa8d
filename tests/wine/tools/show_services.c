/* Prints how the service manager has services set up, as sc qc does, which Wine's sc does not know:
 * show_services.exe NAME... */
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

/* What ends with two NULs, with commas between. */
static void print_list(const wchar_t *list) {
    for (const wchar_t *name = list; name != NULL && name[0] != L'\0'; name += wcslen(name) + 1) {
        (void)printf("%s%ls", name != list ? "," : "", name);
    }
}

static void show(SC_HANDLE service, const wchar_t *name) {
    enum { ROOM = 8192 }; /* the most that there is, as documented */
    static union {
        QUERY_SERVICE_CONFIGW config;
        BYTE room[ROOM];
    } answer;
    SERVICE_STATUS status = {0};
    DWORD size = 0;
    if (QueryServiceConfigW(service, &answer.config, ROOM, &size) == FALSE ||
        QueryServiceStatus(service, &status) == FALSE) {
        (void)printf("%ls error=%lu\n", name, GetLastError());
        return;
    }
    (void)printf("%ls state=%lu start=%lu type=%lu program=%ls account=%ls needs=", name,
                 status.dwCurrentState, answer.config.dwStartType, answer.config.dwServiceType,
                 answer.config.lpBinaryPathName, answer.config.lpServiceStartName);
    print_list(answer.config.lpDependencies);
    (void)printf("\n");
}

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv) {
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    for (int i = 1; i < argc; i++) {
        SC_HANDLE service = OpenServiceW(manager, argv[i], SERVICE_QUERY_CONFIG | SERVICE_QUERY_STATUS);
        show(service, argv[i]);
        if (service != NULL) {
            (void)CloseServiceHandle(service);
        }
    }
    if (manager != NULL) {
        (void)CloseServiceHandle(manager);
    }
    return 0;
}
