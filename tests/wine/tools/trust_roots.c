/* Makes this machine trust the certificates in files, each of which holds one as DER or any number as PEM:
 * trust_roots.exe FILE... */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include <wincrypt.h>

enum { ROOM = 4 * 1024 * 1024, CERTIFICATE_ROOM = 16 * 1024 };

static bool add(HCERTSTORE roots, const BYTE *certificate, DWORD size) {
    return CertAddEncodedCertificateToStore(roots, X509_ASN_ENCODING, certificate, size,
                                            CERT_STORE_ADD_REPLACE_EXISTING, NULL) != FALSE;
}

static bool add_all(HCERTSTORE roots, const char *text) {
    static const char head[] = "-----BEGIN CERTIFICATE-----";
    static const char tail[] = "-----END CERTIFICATE-----";
    bool good = true;
    const char *at = strstr(text, head);
    while (good && at != NULL) {
        BYTE certificate[CERTIFICATE_ROOM];
        DWORD size = sizeof certificate;
        const char *end = strstr(at, tail);
        good = end != NULL &&
               CryptStringToBinaryA(at, (DWORD)(end + strlen(tail) - at), CRYPT_STRING_BASE64HEADER,
                                    certificate, &size, NULL, NULL) != FALSE &&
               add(roots, certificate, size);
        at = good ? strstr(end, head) : NULL;
    }
    return good;
}

static bool trust(HCERTSTORE roots, const wchar_t *path) {
    char *content = calloc(1, ROOM);
    FILE *file = content != NULL ? _wfopen(path, L"rb") : NULL;
    size_t size = file != NULL ? fread(content, 1, ROOM - 1, file) : 0;
    bool good = false;
    if (file != NULL) {
        (void)fclose(file);
        good = size > 0 && content[0] == '\x30' ? add(roots, (const BYTE *)content, (DWORD)size)
                                                : size > 0 && add_all(roots, content);
    }
    free(content);
    return good;
}

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv) {
    HCERTSTORE roots =
        CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, L"Root");
    bool good = roots != NULL && argc > 1;
    for (int i = 1; i < argc && good; i++) {
        good = trust(roots, argv[i]);
    }
    good = roots != NULL && CertCloseStore(roots, 0) != FALSE && good;
    if (!good) {
        (void)fprintf(stderr, "trust_roots: error %lu\n", GetLastError());
    }
    return good ? 0 : 1;
}
