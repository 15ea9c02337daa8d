/* Makes this machine trust a root certificate, which is in a file as DER: trust_root.exe FILE */
#include <stdbool.h>
#include <stdio.h>
#include <windows.h>

#include <wincrypt.h>

enum { ROOM = 16 * 1024 };

int wmain(int argc, wchar_t **argv);
int wmain(int argc, wchar_t **argv) {
    BYTE root[ROOM];
    FILE *file = argc == 2 ? _wfopen(argv[1], L"rb") : NULL;
    size_t size = file != NULL ? fread(root, 1, sizeof root, file) : 0;
    HCERTSTORE store =
        CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0, CERT_SYSTEM_STORE_LOCAL_MACHINE, L"Root");
    bool done = store != NULL && CertAddEncodedCertificateToStore(store, X509_ASN_ENCODING, root, (DWORD)size,
                                                                  CERT_STORE_ADD_USE_EXISTING, NULL) != FALSE;
    done = store != NULL && CertCloseStore(store, 0) != FALSE && done;
    if (!done) {
        (void)fprintf(stderr, "trust_root: error %lu\n", GetLastError());
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return done ? 0 : 1;
}
