/* Gives a service a start type, as sc config does, which Wine's sc does not know: set_start.exe NAME NUMBER.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv) {
    SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT);
    SC_HANDLE service = argc == 3 ? OpenServiceW(manager, argv[1], SERVICE_CHANGE_CONFIG) : NULL;
    bool done = service != NULL &&
                ChangeServiceConfigW(service, SERVICE_NO_CHANGE, wcstoul(argv[2], NULL, 10),
                                     SERVICE_NO_CHANGE, NULL, NULL, NULL, NULL, NULL, NULL, NULL) != FALSE;
    if (!done) {
        (void)fprintf(stderr, "set_start: error %lu\n", GetLastError());
    }
    if (service != NULL) {
        (void)CloseServiceHandle(service);
    }
    (void)CloseServiceHandle(manager);
    return done ? 0 : 1;
}
