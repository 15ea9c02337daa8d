/* Whether a signed file is still what was signed: the digest inside its signature against its bytes. Nothing
 * here says whether the signer is to be trusted: neither the certificate chain nor the signer's public-key
 * signature is checked. */
#ifndef PARSE_SIGNATURE_H
#define PARSE_SIGNATURE_H

#include "core/digest.h"
#include "core/fact.h"
#include "parse/pkcs7.h"

typedef enum signature_state {
    SIGNATURE_NONE,       /* there is no embedded signature; a catalog may still have one */
    SIGNATURE_MATCHES,    /* the file is what was signed */
    SIGNATURE_DIFFERS,    /* the file, or the signature's content, was changed after signing */
    SIGNATURE_MALFORMED,  /* there is a signature, but it is damaged */
    SIGNATURE_UNSUPPORTED /* there is a signature of a kind that cannot be judged here */
} signature_state;

typedef struct signature_info {
    signature_state state;
    bool has_digest;        /* the two below are there */
    digest_kind digest;     /* what the signature holds of the file */
    const char *digest_hex; /* small letters */
    const char *thumbprint; /* SHA-1 of the signer's certificate in capitals; "" if that is missing */
    const char *signer;     /* its common name; "" if there is none */
    const char *detail;     /* why it is not a match, one clause; "" if it is */
} signature_info;

/* For every kind of signed file: takes the container apart and fills *out except for the verdict on the file
 * itself. True if that verdict remains to be given: the signature is sound, made for `subject`, and its file
 * digest is in signature->file. Else the state and detail, or *why (not REASON_NOT_COLLECTED), tell. */
bool signature_open(bytes container, pkcs7_subject subject, arena *memory, pkcs7_signature *signature,
                    signature_info *out, fact *why);
/* Gives the verdict. */
void signature_compare(const pkcs7_signature *signature, const digest_value *computed, signature_info *out);

/* A fresh result: no signature. */
signature_info signature_none(void);

#endif
