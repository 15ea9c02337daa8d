/* Digests by OpenSSL's libcrypto. Nothing global is set up or torn down: the process may use the library too.
 */
#include "core/digest.h"

#include <openssl/evp.h>

static const EVP_MD *method(digest_kind kind) {
    switch (kind) {
    case DIGEST_SHA1:
        return EVP_sha1();
    case DIGEST_SHA256:
        return EVP_sha256();
    case DIGEST_SHA384:
        return EVP_sha384();
    case DIGEST_SHA512:
        return EVP_sha512();
    case DIGEST_COUNT:
        break;
    }
    return NULL;
}

bool digest_start(digest *running, digest_kind kind) {
    const EVP_MD *md = method(kind);
    *running = (digest){.handle = md != NULL ? EVP_MD_CTX_new() : NULL};
    if (running->handle == NULL) {
        return false;
    }
    if (EVP_DigestInit_ex(running->handle, md, NULL) != 1) {
        digest_drop(running);
        return false;
    }
    return true;
}

void digest_add(digest *running, const void *data, size_t size) {
    if (running->handle == NULL || running->failed || size == 0) {
        return;
    }
    running->failed = EVP_DigestUpdate(running->handle, data, size) != 1;
}

bool digest_finish(digest *running, digest_value *out) {
    unsigned size = 0;
    *out = (digest_value){0};
    bool good = running->handle != NULL && !running->failed &&
                EVP_DigestFinal_ex(running->handle, out->data, &size) == 1;
    out->size = good ? size : 0;
    digest_drop(running);
    return good;
}

void digest_drop(digest *running) {
    EVP_MD_CTX_free(running->handle);
    *running = (digest){0};
}
