/* Whether Windows trusts the signature of a file that we have the bytes of. WinVerifyTrust reads bytes by
 * itself only for few kinds of files, and what looks a file up in the catalogs wants an open one. So the
 * bytes are put into a file: in the system's own folder, which the environment cannot move, and open to
 * nobody but administrators; it cannot change or be replaced while it is judged. */
#include "host/win32/trust.h"
#include "core/unicode.h"
#include "host/win32/system_library.h"

#include <sddl.h>
#include <string.h>

#define NO_FILE "no file for Windows to judge could be made (error %lu)"

/* ---- The file ---- */

static const wchar_t narrow[] = L"O:BAD:P(A;;FA;;;BA)(A;;FA;;;SY)";

/* By its end Windows knows which kind of file it is. "" unless it is an ordinary one. */
static const char *extension_of(const char *name) {
    const char *dot = strrchr(name, '.');
    size_t length = dot != NULL ? strlen(dot + 1) : 0;
    for (size_t i = 0; i < length; i++) {
        uint32_t upper = unicode_upper((unsigned char)dot[1 + i]);
        if (!(upper >= 'A' && upper <= 'Z') && !(upper >= '0' && upper <= '9')) {
            return "";
        }
    }
    return length > 0 && length <= 8 ? dot : "";
}

static const wchar_t *place_for(const win32_host *self, const char *name, arena *memory) {
    const char *system = text_from_wide(memory, self->system_folder);
    const char *end = strrchr(system, '\\');
    FILETIME now;
    GetSystemTimeAsFileTime(&now);
    return wide_text(memory, arena_printf(memory, "%.*s\\Temp\\marshealth-%lx-%lx-%lx%08lx%s",
                                          end != NULL ? (int)(end - system) : 0, system,
                                          GetCurrentProcessId(), GetCurrentThreadId(), now.dwHighDateTime,
                                          now.dwLowDateTime, extension_of(name)));
}

static bool write_all(HANDLE file, bytes content) {
    enum { PIECE = 1024 * 1024 };
    size_t done = 0;
    while (done < content.size) {
        size_t left = content.size - done;
        DWORD count = 0;
        if (WriteFile(file, content.data + done, left < PIECE ? (DWORD)left : PIECE, &count, NULL) == FALSE) {
            return false;
        }
        done += count;
    }
    return true;
}

/* Only an administrator can give a file to the Administrators. Whoever else we are, what is ours is open to
 * those only who may do all that we may. */
static DWORD make_file(const win32_host *self, const wchar_t *path, bytes content) {
    SECURITY_ATTRIBUTES security = {.nLength = sizeof security};
    if (self->elevated && ConvertStringSecurityDescriptorToSecurityDescriptorW(
                              narrow, SDDL_REVISION_1, &security.lpSecurityDescriptor, NULL) == FALSE) {
        return GetLastError();
    }
    HANDLE file = CreateFileW(path, GENERIC_WRITE, 0, &security, CREATE_NEW, FILE_ATTRIBUTE_TEMPORARY, NULL);
    DWORD error = file == INVALID_HANDLE_VALUE ? GetLastError() : ERROR_SUCCESS;
    (void)LocalFree(security.lpSecurityDescriptor);
    if (error == ERROR_SUCCESS) {
        error = write_all(file, content) ? ERROR_SUCCESS : GetLastError();
        (void)CloseHandle(file);
        if (error != ERROR_SUCCESS) {
            (void)DeleteFileW(path);
        }
    }
    return error;
}

/* ---- What Windows says ---- */

/* Kinds of files that are not signed, or cannot be. */
static bool is_unsigned(HRESULT result) {
    return result == TRUST_E_NOSIGNATURE || result == TRUST_E_SUBJECT_FORM_UNKNOWN;
}

/* Codes by which Windows says that a signature is no good. All others say that it could not be judged. */
static bool is_refusal(HRESULT result) {
    static const struct {
        uint32_t first;
        uint32_t last;
    } ranges[] = {
        {0x80092010, 0x80092010}, /* CRYPT_E_REVOKED */
        {0x80092026, 0x80092026}, /* CRYPT_E_SECURITY_SETTINGS */
        {0x80096002, 0x8009601E}, /* TRUST_E_NO_SIGNER_CERT ... TRUST_E_FINANCIAL_CRITERIA */
        {0x800B0004, 0x800B0004}, /* TRUST_E_SUBJECT_NOT_TRUSTED */
        {0x800B0101, 0x800B0114}, /* CERT_E_EXPIRED ... CERT_E_INVALID_NAME */
    };
    bool found = false;
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++) {
        found = found || ((uint32_t)result >= ranges[i].first && (uint32_t)result <= ranges[i].last);
    }
    return found;
}

static fact_state answer(HRESULT result, const char *where, arena *memory, file_trust *out, fact *why) {
    out->trusted = result == S_OK;
    if (out->trusted || is_refusal(result)) {
        return win32_known(where, memory, why);
    }
    return is_unsigned(result)
               ? win32_absent(where, memory, why)
               : win32_unknown(REASON_UNREADABLE, where,
                               arena_printf(memory, "Windows could not judge its signature (0x%08lX)",
                                            (unsigned long)result),
                               why);
}

/* Judged while it is held open, so that nobody changes it or puts another one in its place. */
static fact_state judge(const trust_library *library, const wchar_t *path, HANDLE file, const char *where,
                        arena *memory, file_trust *out, fact *why) {
    HRESULT result = trust_ask_embedded(library, path, file, memory, out);
    if (is_unsigned(result)) {
        result = trust_ask_catalogs(library, path, file, memory, out);
    }
    return answer(result, where, memory, out, why);
}

/* That there is none says nothing of the signature. */
static fact_state no_file(const win32_host *self, DWORD error, const char *where, arena *memory, fact *why) {
    return win32_failure(self, error, where, memory, why) == FACT_UNKNOWN &&
                   why->reason == REASON_ACCESS_DENIED
               ? FACT_UNKNOWN
               : win32_unknown(REASON_UNREADABLE, where, arena_printf(memory, NO_FILE, error), why);
}

static fact_state judge_content(const win32_host *self, const trust_library *library, const wchar_t *path,
                                bytes content, const char *where, arena *memory, file_trust *out, fact *why) {
    DWORD error = make_file(self, path, content);
    if (error != ERROR_SUCCESS) {
        return no_file(self, error, where, memory, why);
    }
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    fact_state state = FACT_UNKNOWN;
    if (file != INVALID_HANDLE_VALUE) {
        state = judge(library, path, file, where, memory, out, why);
        (void)CloseHandle(file);
    } else {
        state = no_file(self, GetLastError(), where, memory, why);
    }
    (void)DeleteFileW(path);
    return state;
}

fact_state win32_file_trust(host *machine, const char *name, bytes content, arena *memory, file_trust *out,
                            fact *why) {
    const win32_host *self = win32_of(machine);
    const char *where = arena_text(memory, name);
    trust_library library;
    *out = (file_trust){.organization = ""};
    const wchar_t *path = place_for(self, name, memory);
    if (path == NULL) {
        return win32_unknown(REASON_NO_MEMORY, where, NULL, why);
    }
    fact_state state =
        trust_library_open(&library)
            ? judge_content(self, &library, path, content, where, memory, out, why)
            : win32_unknown(REASON_NOT_ON_HOST, where, "Windows has no wintrust.dll that can judge it", why);
    trust_library_close(&library);
    return state;
}
