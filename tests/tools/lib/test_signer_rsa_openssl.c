#include "test_signer_rsa.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

static const EVP_MD *method(digest_kind kind) {
    return kind == DIGEST_SHA256   ? EVP_sha256()
           : kind == DIGEST_SHA384 ? EVP_sha384()
           : kind == DIGEST_SHA512 ? EVP_sha512()
                                   : EVP_sha1();
}

bool test_signer_rsa(digest_kind kind, const text_builder *over, uint8_t value[TEST_SIGNATURE_SIZE]) {
    size_t size = TEST_SIGNATURE_SIZE;
    BIO *pem = BIO_new_mem_buf(test_signer_key, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = EVP_DigestSignInit(context, NULL, method(kind), NULL, key) == 1 &&
                EVP_DigestSign(context, value, &size, (const uint8_t *)over->data, over->length) == 1 &&
                size == TEST_SIGNATURE_SIZE;
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    BIO_free(pem);
    return good;
}
