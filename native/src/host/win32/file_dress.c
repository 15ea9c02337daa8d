#include "core/alloc.h"
#include "host/win32/win32.h"

#include <string.h>

enum {
    COPIED = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE
};

static DWORD attributes_of(HANDLE file) {
    BY_HANDLE_FILE_INFORMATION information;
    return GetFileInformationByHandle(file, &information) != FALSE ? information.dwFileAttributes
                                                                   : INVALID_FILE_ATTRIBUTES;
}

/* Times that are zero stay as they are; so would attributes. */
static bool set_attributes(HANDLE file, DWORD attributes) {
    FILE_BASIC_INFO basic = {.FileAttributes = attributes != 0 ? attributes : FILE_ATTRIBUTE_NORMAL};
    return SetFileInformationByHandle(file, FileBasicInfo, &basic, sizeof basic) != FALSE;
}

/* An ACL keeps its note that it was inherited only if that is asked for. */
static bool set_security(HANDLE file, PSECURITY_DESCRIPTOR descriptor) {
    const SECURITY_INFORMATION all =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    SECURITY_DESCRIPTOR_CONTROL control = 0;
    DWORD revision = 0;
    if (GetSecurityDescriptorControl(descriptor, &control, &revision) != FALSE &&
        (control & SE_DACL_AUTO_INHERITED) != 0) {
        (void)SetSecurityDescriptorControl(descriptor, SE_DACL_AUTO_INHERIT_REQ, SE_DACL_AUTO_INHERIT_REQ);
    }
    win32_privilege restore = win32_privilege_borrow(L"SeRestorePrivilege");
    bool good = SetKernelObjectSecurity(file, all, descriptor) != FALSE;
    win32_privilege_return(&restore);
    return good;
}

/* On a volume without ACLs there is none to copy. */
static bool has_no_security(DWORD error) {
    return error == ERROR_INVALID_FUNCTION || error == ERROR_NOT_SUPPORTED;
}

static bool copy_security(HANDLE file, HANDLE model) {
    const SECURITY_INFORMATION all =
        OWNER_SECURITY_INFORMATION | GROUP_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    DWORD size = 0;
    if (GetKernelObjectSecurity(model, all, NULL, 0, &size) == FALSE && has_no_security(GetLastError())) {
        return true;
    }
    void *descriptor = size > 0 ? mem_alloc(size) : NULL;
    bool good = descriptor != NULL && GetKernelObjectSecurity(model, all, descriptor, size, &size) != FALSE &&
                set_security(file, descriptor);
    DWORD error = descriptor != NULL ? GetLastError() : ERROR_NOT_ENOUGH_MEMORY;
    mem_free(descriptor);
    SetLastError(error);
    return good;
}

DWORD win32_dress(HANDLE file, const wchar_t *model) {
    HANDLE other = CreateFileW(model, READ_CONTROL | FILE_READ_ATTRIBUTES, WIN32_SHARE_ALL, NULL,
                               OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, NULL);
    if (other == INVALID_HANDLE_VALUE) {
        return GetLastError();
    }
    bool good = copy_security(file, other) && set_attributes(file, attributes_of(other) & COPIED);
    DWORD error = good ? ERROR_SUCCESS : GetLastError();
    (void)CloseHandle(other);
    return error;
}

/* ---- Read-only files ---- */

static HANDLE open_attributes(const wchar_t *path) {
    return CreateFileW(path, FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES, WIN32_SHARE_ALL, NULL,
                       OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
}

/* Any folder of the volume serves to find a file again by its number. The drive's root need not: what is
 * below it may be on another volume, where that number is another file's. So the volume is asked for that the
 * file's folder is on. */
static HANDLE open_volume_of(const wchar_t *path) {
    const wchar_t *last = wcsrchr(path, L'\\');
    size_t length = last != NULL ? (size_t)(last - path) + 1 : 0;
    wchar_t *folder = mem_alloc((length + 1) * sizeof *folder);
    wchar_t *root = mem_alloc((length + 2) * sizeof *root);
    HANDLE opened = INVALID_HANDLE_VALUE;
    if (folder != NULL && root != NULL) {
        memcpy(folder, path, length * sizeof *folder);
        folder[length] = L'\0';
        if (GetVolumePathNameW(folder, root, (DWORD)length + 2) != FALSE) {
            opened = CreateFileW(root, FILE_READ_ATTRIBUTES, WIN32_SHARE_ALL, NULL, OPEN_EXISTING,
                                 FILE_FLAG_BACKUP_SEMANTICS, NULL);
        }
    }
    mem_free(folder);
    mem_free(root);
    return opened;
}

bool win32_make_readonly(const win32_place *place) {
    HANDLE file = open_attributes(place->wide);
    BY_HANDLE_FILE_INFORMATION information;
    bool done = file != INVALID_HANDLE_VALUE && GetFileInformationByHandle(file, &information) != FALSE &&
                ((information.dwFileAttributes & FILE_ATTRIBUTE_READONLY) != 0 ||
                 set_attributes(file, (information.dwFileAttributes & COPIED) | FILE_ATTRIBUTE_READONLY));
    DWORD error = GetLastError();
    if (file != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(file);
    }
    SetLastError(error);
    return done;
}

win32_writable win32_make_writable(const win32_place *place) {
    win32_writable made = {.id.dwSize = sizeof made.id, .id.Type = FileIdType};
    BY_HANDLE_FILE_INFORMATION information;
    if (place->attributes == INVALID_FILE_ATTRIBUTES || (place->attributes & FILE_ATTRIBUTE_READONLY) == 0) {
        return made;
    }
    HANDLE file = open_attributes(place->wide);
    HANDLE volume = open_volume_of(place->wide);
    if (file != INVALID_HANDLE_VALUE && volume != INVALID_HANDLE_VALUE &&
        GetFileInformationByHandle(file, &information) != FALSE &&
        set_attributes(file, information.dwFileAttributes & COPIED & ~(DWORD)FILE_ATTRIBUTE_READONLY)) {
        made.volume = volume;
        made.attributes = information.dwFileAttributes & COPIED;
        made.id.FileId.HighPart = (LONG)information.nFileIndexHigh;
        made.id.FileId.LowPart = information.nFileIndexLow;
        volume = INVALID_HANDLE_VALUE;
    }
    if (volume != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(volume);
    }
    if (file != INVALID_HANDLE_VALUE) {
        (void)CloseHandle(file);
    }
    return made;
}

/* The error of what was done in between is kept. A file that has lost its last name is gone. */
void win32_restore_readonly(win32_writable *made) {
    DWORD error = GetLastError();
    if (made->volume != NULL) {
        HANDLE file = OpenFileById(made->volume, &made->id, FILE_WRITE_ATTRIBUTES, WIN32_SHARE_ALL, NULL, 0);
        if (file != INVALID_HANDLE_VALUE) {
            (void)set_attributes(file, made->attributes);
            (void)CloseHandle(file);
        }
        (void)CloseHandle(made->volume);
    }
    *made = (win32_writable){0};
    SetLastError(error);
}
