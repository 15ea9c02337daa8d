/* Asking Windows for its judgement of a signature. Private to this folder. The signature in the file comes
 * first; a file without one may be listed in a catalog of this machine, as most of Windows itself is. Nothing
 * is shown, and nothing is fetched from a network: no revocation list, no missing certificate. */
#ifndef HOST_WIN32_TRUST_H
#define HOST_WIN32_TRUST_H

#include "host/win32/win32.h"

#include <wintrust.h>

#include <mscat.h>

/* Of wintrust.dll and crypt32.dll, which are loaded when they are needed. */
typedef struct trust_library {
    HMODULE wintrust;
    HMODULE crypt32;
    LONG(WINAPI *verify)(HWND, GUID *, LPVOID);
    CRYPT_PROVIDER_DATA *(WINAPI *data_of_state)(HANDLE);
    CRYPT_PROVIDER_SGNR *(WINAPI *signer_of)(CRYPT_PROVIDER_DATA *, DWORD, BOOL, DWORD);
    CRYPT_PROVIDER_CERT *(WINAPI *certificate_of)(CRYPT_PROVIDER_SGNR *, DWORD);
    DWORD(WINAPI *name_of)(PCCERT_CONTEXT, DWORD, DWORD, void *, LPWSTR, DWORD);
    BOOL(WINAPI *usages_of)(PCCERT_CONTEXT, DWORD, PCERT_ENHKEY_USAGE, DWORD *);
    BOOL(WINAPI *check_chain)
    (LPCSTR, PCCERT_CHAIN_CONTEXT, PCERT_CHAIN_POLICY_PARA, PCERT_CHAIN_POLICY_STATUS);
    /* Since Windows 8; NULL where they are not. */
    BOOL(WINAPI *catalogs_open)(HCATADMIN *, const GUID *, PCWSTR, const CERT_STRONG_SIGN_PARA *, DWORD);
    BOOL(WINAPI *catalogs_hash)(HCATADMIN, HANDLE, DWORD *, BYTE *, DWORD);
    HCATINFO(WINAPI *catalogs_next)(HCATADMIN, BYTE *, DWORD, DWORD, HCATINFO *);
    BOOL(WINAPI *catalogs_info)(HCATINFO, CATALOG_INFO *, DWORD);
    BOOL(WINAPI *catalogs_release)(HCATADMIN, HCATINFO, DWORD);
    BOOL(WINAPI *catalogs_close)(HCATADMIN, DWORD);
} trust_library;

/* False if what is needed for signatures in files is missing; to be closed either way. */
bool trust_library_open(trust_library *library);
void trust_library_close(trust_library *library);

/* Whether the certificate says what it signs, and that is not the drivers of other companies. Microsoft signs
 * those under its own name as well: "Microsoft Windows Hardware Compatibility Publisher" and the like. */
bool trust_is_for_own_files(const trust_library *library, PCCERT_CONTEXT certificate, arena *memory);

/* What WinVerifyTrust says of an open file; 0: trusted, and *out says whose it is. TRUST_E_NOSIGNATURE: not
 * signed, or in no catalog. */
HRESULT trust_ask_embedded(const trust_library *library, const wchar_t *path, HANDLE file, arena *memory,
                           file_trust *out);
HRESULT trust_ask_catalogs(const trust_library *library, const wchar_t *path, HANDLE file, arena *memory,
                           file_trust *out);

#endif
