/* The one part of signing that takes a library. */
#ifndef TEST_SIGNER_RSA_H
#define TEST_SIGNER_RSA_H

#include "test_signer.h"

enum { TEST_SIGNATURE_SIZE = 256 }; /* bytes; the test key has 2048 bits */

/* An RSA PKCS #1 v1.5 signature with the test key. */
bool test_signer_rsa(digest_kind kind, const text_builder *over, uint8_t value[TEST_SIGNATURE_SIZE]);

#endif
