/* Stands before advapi32.dll for a copy of the program whose import table names this instead. Who owns a file
 * and who may write to it Wine makes up from the permissions of Linux, by which everything belongs to the
 * user that runs it. So folders below Program Files belong here to the administrators, as on Windows. All
 * else is advapi32's. */
#include <stdbool.h>
#include <string.h>
#include <windows.h>

#include <sddl.h>

static bool is_guarded(HANDLE file) {
    wchar_t path[4096] = {0};
    FILE_BASIC_INFO basic;
    DWORD length = GetFinalPathNameByHandleW(file, path, sizeof path / sizeof path[0], VOLUME_NAME_DOS);
    bool is_place = wcscmp(path, L"\\\\?\\C:\\") == 0 || wcsstr(path, L":\\Program Files") != NULL;
    return length > 0 && length < sizeof path / sizeof path[0] && is_place &&
           GetFileInformationByHandleEx(file, FileBasicInfo, &basic, sizeof basic) != FALSE &&
           (basic.FileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
}

static BOOL give(PSECURITY_DESCRIPTOR descriptor, DWORD room, DWORD *size) {
    PSECURITY_DESCRIPTOR windows_own = NULL;
    ULONG needed = 0;
    if (ConvertStringSecurityDescriptorToSecurityDescriptorW(
            L"O:BAG:SYD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)", SDDL_REVISION_1,
            &windows_own, &needed) == FALSE) {
        return FALSE;
    }
    *size = needed;
    if (room >= needed) {
        memcpy(descriptor, windows_own, needed);
    }
    (void)LocalFree(windows_own);
    SetLastError(room >= needed ? ERROR_SUCCESS : ERROR_INSUFFICIENT_BUFFER);
    return room >= needed;
}

__declspec(dllexport) BOOL WINAPI guarded_security(HANDLE file, SECURITY_INFORMATION wanted,
                                                   PSECURITY_DESCRIPTOR descriptor, DWORD room, DWORD *size);
BOOL WINAPI guarded_security(HANDLE file, SECURITY_INFORMATION wanted, PSECURITY_DESCRIPTOR descriptor,
                             DWORD room, DWORD *size) {
    return is_guarded(file) ? give(descriptor, room, size)
                            : GetKernelObjectSecurity(file, wanted, descriptor, room, size);
}
