/* Signs with a throw-away key that is part of the tests and trusted by nobody. Same input, same output. */
#ifndef TEST_SIGNER_H
#define TEST_SIGNER_H

#include "core/digest.h"
#include "core/text_builder.h"

/* What tests expect to read back. */
extern const char test_signer_name[];
extern const char test_signer_thumbprint[];

typedef enum signed_subject { SIGNED_PE, SIGNED_SCRIPT } signed_subject;

/* Appends a PKCS #7 Authenticode signature over a file with this digest. False if it could not be made. */
bool test_sign(signed_subject subject, digest_kind kind, const digest_value *file, text_builder *out);

/* PEM texts. */
extern const char test_signer_key[];
extern const char test_signer_certificate[];

#endif
