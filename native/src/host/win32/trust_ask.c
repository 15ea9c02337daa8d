#include "host/win32/trust.h"

#include "host/win32/system_library.h"

#include <softpub.h>
#include <string.h>

/* ---- The libraries ---- */

bool trust_library_open(trust_library *library) {
    HMODULE wintrust = system_library_load(L"wintrust.dll");
    HMODULE crypt32 = system_library_load(L"crypt32.dll");
    *library = (trust_library){.wintrust = wintrust, .crypt32 = crypt32};
    (void)(system_library_function(wintrust, "CryptCATAdminAcquireContext2", &library->catalogs_open) &&
           system_library_function(wintrust, "CryptCATAdminCalcHashFromFileHandle2",
                                   &library->catalogs_hash) &&
           system_library_function(wintrust, "CryptCATAdminEnumCatalogFromHash", &library->catalogs_next) &&
           system_library_function(wintrust, "CryptCATCatalogInfoFromContext", &library->catalogs_info) &&
           system_library_function(wintrust, "CryptCATAdminReleaseCatalogContext",
                                   &library->catalogs_release) &&
           system_library_function(wintrust, "CryptCATAdminReleaseContext", &library->catalogs_close));
    return system_library_function(wintrust, "WinVerifyTrust", &library->verify) &&
           system_library_function(wintrust, "WTHelperProvDataFromStateData", &library->data_of_state) &&
           system_library_function(wintrust, "WTHelperGetProvSignerFromChain", &library->signer_of) &&
           system_library_function(wintrust, "WTHelperGetProvCertFromChain", &library->certificate_of) &&
           system_library_function(crypt32, "CertGetNameStringW", &library->name_of) &&
           system_library_function(crypt32, "CertGetEnhancedKeyUsage", &library->usages_of) &&
           system_library_function(crypt32, "CertVerifyCertificateChainPolicy", &library->check_chain);
}

void trust_library_close(trust_library *library) {
    if (library->wintrust != NULL) {
        (void)FreeLibrary(library->wintrust);
    }
    if (library->crypt32 != NULL) {
        (void)FreeLibrary(library->crypt32);
    }
    *library = (trust_library){0};
}

/* ---- One question ---- */

/* The certificate that signed; NULL: there is none. */
static PCCERT_CONTEXT certificate_of(const trust_library *library, CRYPT_PROVIDER_SGNR *signer) {
    const CRYPT_PROVIDER_CERT *certificate = library->certificate_of(signer, 0);
    return certificate != NULL ? certificate->pCert : NULL;
}

/* O of the certificate that signed; a name that is not what it looks like, because it has a NUL, is none. */
static const char *organization_of(const trust_library *library, CRYPT_PROVIDER_SGNR *signer, arena *memory) {
    enum { ROOM = 256 };
    char object[] = szOID_ORGANIZATION_NAME;
    wchar_t name[ROOM] = {0};
    PCCERT_CONTEXT certificate = certificate_of(library, signer);
    if (certificate == NULL) {
        return "";
    }
    DWORD count = library->name_of(certificate, CERT_NAME_ATTR_TYPE, 0, object, name, ROOM);
    return count > 1 && wcslen(name) + 1 == count ? text_from_wide(memory, name) : "";
}

/* Settings of the user can make WinVerifyTrust lenient, and Wine's is so by itself. A certificate that has
 * expired is no fault here: WinVerifyTrust knows by the time stamp whether it had when it signed. */
static bool has_sound_chain(const CRYPT_PROVIDER_SGNR *signer) {
    const DWORD faults = CERT_TRUST_IS_UNTRUSTED_ROOT | CERT_TRUST_IS_PARTIAL_CHAIN | CERT_TRUST_IS_CYCLIC |
                         CERT_TRUST_IS_NOT_SIGNATURE_VALID | CERT_TRUST_IS_REVOKED |
                         CERT_TRUST_IS_EXPLICIT_DISTRUST;
    return signer->pChainContext != NULL && (signer->pChainContext->TrustStatus.dwErrorStatus & faults) == 0;
}

/* Whoever may add a root to this machine can have it trust any name, but cannot make that root one of
 * Microsoft's own, which Windows knows by their keys. Roots of Windows itself and of other programs are two
 * questions. */
static bool ends_at_microsoft(const trust_library *library, const CRYPT_PROVIDER_SGNR *signer) {
    static const DWORD questions[] = {0, MICROSOFT_ROOT_CERT_CHAIN_POLICY_CHECK_APPLICATION_ROOT_FLAG};
    bool found = false;
    for (size_t i = 0; i < sizeof questions / sizeof questions[0] && !found; i++) {
        CERT_CHAIN_POLICY_PARA question = {.cbSize = sizeof question, .dwFlags = questions[i]};
        CERT_CHAIN_POLICY_STATUS answer = {.cbSize = sizeof answer, .dwError = (DWORD)CERT_E_UNTRUSTEDROOT};
        found = library->check_chain(CERT_CHAIN_POLICY_MICROSOFT_ROOT, signer->pChainContext, &question,
                                     &answer) != FALSE &&
                answer.dwError == ERROR_SUCCESS;
    }
    return found;
}

static bool is_of_drivers(const char *usage) {
    static const char *const usages[] = {
        szOID_WHQL_CRYPTO,
        szOID_ATTEST_WHQL_CRYPTO,
        szOID_OEM_WHQL_CRYPTO,
        szOID_EV_WHQL_CRYPTO,
        szOID_KP_KERNEL_MODE_TRUSTED_BOOT_SIGNING, /* drivers of malware scanners, which start early */
    };
    for (size_t i = 0; i < sizeof usages / sizeof usages[0]; i++) {
        if (strcmp(usage, usages[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Only what is in the certificate: properties that somebody gave it on this machine say nothing. Without
 * that extension it would be for everything. */
bool trust_is_for_own_files(const trust_library *library, PCCERT_CONTEXT certificate, arena *memory) {
    const DWORD how = CERT_FIND_EXT_ONLY_ENHKEY_USAGE_FLAG;
    DWORD size = 0;
    if (library->usages_of(certificate, how, NULL, &size) == FALSE) {
        return false;
    }
    CERT_ENHKEY_USAGE *usages = size >= sizeof *usages ? arena_alloc(memory, size) : NULL;
    if (usages == NULL || library->usages_of(certificate, how, usages, &size) == FALSE) {
        return false;
    }
    bool own = usages->cUsageIdentifier > 0;
    for (DWORD i = 0; i < usages->cUsageIdentifier; i++) {
        own = own && !is_of_drivers(usages->rgpszUsageIdentifier[i]);
    }
    return own;
}

static bool is_microsoft(const trust_library *library, CRYPT_PROVIDER_SGNR *signer, const char *organization,
                         arena *memory) {
    PCCERT_CONTEXT certificate = certificate_of(library, signer);
    return certificate != NULL && strcmp(organization, "Microsoft Corporation") == 0 &&
           trust_is_for_own_files(library, certificate, memory) && ends_at_microsoft(library, signer);
}

static HRESULT look_at_signer(const trust_library *library, HRESULT result, HANDLE state, arena *memory,
                              file_trust *out) {
    CRYPT_PROVIDER_DATA *data = state != NULL ? library->data_of_state(state) : NULL;
    CRYPT_PROVIDER_SGNR *signer = data != NULL ? library->signer_of(data, 0, FALSE, 0) : NULL;
    bool sound = signer != NULL && has_sound_chain(signer);
    out->organization = signer != NULL ? organization_of(library, signer, memory) : "";
    out->microsoft = result == S_OK && sound && is_microsoft(library, signer, out->organization, memory);
    return result == S_OK && !sound ? CERT_E_CHAINING : result;
}

/* What is to be judged is in *question already. */
static HRESULT ask(const trust_library *library, WINTRUST_DATA *question, arena *memory, file_trust *out) {
    static const GUID generic = WINTRUST_ACTION_GENERIC_VERIFY_V2;
    GUID action = generic;
    question->cbStruct = sizeof *question;
    question->dwUIChoice = WTD_UI_NONE;
    question->fdwRevocationChecks = WTD_REVOKE_NONE;
    question->dwProvFlags = WTD_CACHE_ONLY_URL_RETRIEVAL | WTD_REVOCATION_CHECK_NONE;
    question->dwStateAction = WTD_STATEACTION_VERIFY;
    HRESULT result = library->verify(INVALID_HANDLE_VALUE, &action, question);
    result = look_at_signer(library, result, question->hWVTStateData, memory, out);
    question->dwStateAction = WTD_STATEACTION_CLOSE;
    (void)library->verify(INVALID_HANDLE_VALUE, &action, question);
    return result;
}

HRESULT trust_ask_embedded(const trust_library *library, const wchar_t *path, HANDLE file, arena *memory,
                           file_trust *out) {
    WINTRUST_FILE_INFO subject = {.cbStruct = sizeof subject, .pcwszFilePath = path, .hFile = file};
    WINTRUST_DATA question = {.dwUnionChoice = WTD_CHOICE_FILE};
    question.pFile = &subject;
    return ask(library, &question, memory, out);
}

/* ---- Catalogs ---- */

enum { HASH_ROOM = 64 };

typedef struct file_hash {
    BYTE data[HASH_ROOM];
    DWORD size;
    wchar_t tag[2 * HASH_ROOM + 1]; /* in capitals: by this name a catalog lists a file */
} file_hash;

static bool hash_file(const trust_library *library, HCATADMIN catalogs, HANDLE file, file_hash *out) {
    static const wchar_t digits[] = L"0123456789ABCDEF";
    *out = (file_hash){.size = HASH_ROOM};
    if (library->catalogs_hash(catalogs, file, &out->size, out->data, 0) == FALSE || out->size > HASH_ROOM) {
        return false;
    }
    for (size_t i = 0; i < out->size; i++) {
        out->tag[2 * i] = digits[out->data[i] >> 4];
        out->tag[2 * i + 1] = digits[out->data[i] & 0xF];
    }
    return true;
}

static HRESULT ask_catalog(const trust_library *library, HCATADMIN catalogs, const CATALOG_INFO *catalog,
                           file_hash *hash, const wchar_t *path, HANDLE file, arena *memory,
                           file_trust *out) {
    WINTRUST_CATALOG_INFO subject = {.cbStruct = sizeof subject,
                                     .pcwszCatalogFilePath = catalog->wszCatalogFile,
                                     .pcwszMemberTag = hash->tag,
                                     .pcwszMemberFilePath = path,
                                     .hMemberFile = file,
                                     .pbCalculatedFileHash = hash->data,
                                     .cbCalculatedFileHash = hash->size,
                                     .hCatAdmin = catalogs};
    WINTRUST_DATA question = {.dwUnionChoice = WTD_CHOICE_CATALOG};
    question.pCatalog = &subject;
    return ask(library, &question, memory, out);
}

/* One catalog that is trusted is enough. */
static HRESULT ask_by(const trust_library *library, HCATADMIN catalogs, const wchar_t *path, HANDLE file,
                      arena *memory, file_trust *out) {
    file_hash hash;
    HRESULT result = TRUST_E_NOSIGNATURE;
    if (!hash_file(library, catalogs, file, &hash)) {
        return HRESULT_FROM_WIN32(GetLastError());
    }
    HCATINFO found = library->catalogs_next(catalogs, hash.data, hash.size, 0, NULL);
    while (found != NULL && result != S_OK) {
        CATALOG_INFO catalog = {.cbStruct = sizeof catalog};
        result = library->catalogs_info(found, &catalog, 0) != FALSE
                     ? ask_catalog(library, catalogs, &catalog, &hash, path, file, memory, out)
                     : HRESULT_FROM_WIN32(GetLastError());
        if (result != S_OK) {
            found = library->catalogs_next(catalogs, hash.data, hash.size, 0, &found);
        }
    }
    if (found != NULL) {
        (void)library->catalogs_release(catalogs, found, 0);
    }
    return result;
}

/* Catalogs list files by digests of one kind or the other. */
HRESULT trust_ask_catalogs(const trust_library *library, const wchar_t *path, HANDLE file, arena *memory,
                           file_trust *out) {
    static const wchar_t *const digests[] = {L"SHA256", L"SHA1"};
    HRESULT result = TRUST_E_NOSIGNATURE;
    if (library->catalogs_close == NULL) {
        return TRUST_E_PROVIDER_UNKNOWN;
    }
    for (size_t i = 0; i < sizeof digests / sizeof digests[0] && result == TRUST_E_NOSIGNATURE; i++) {
        HCATADMIN catalogs = NULL;
        if (library->catalogs_open(&catalogs, NULL, digests[i], NULL, 0) == FALSE) {
            return HRESULT_FROM_WIN32(GetLastError());
        }
        result = ask_by(library, catalogs, path, file, memory, out);
        (void)library->catalogs_close(catalogs, 0);
    }
    return result;
}
