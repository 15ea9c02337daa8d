/* The container of an Authenticode signature: PKCS #7 SignedData (RFC 2315) around an SpcIndirectDataContent
 * (Microsoft's "Windows Authenticode Portable Executable Signature Format"). Only taken apart here. */
#ifndef PARSE_PKCS7_H
#define PARSE_PKCS7_H

#include "core/digest.h"

typedef enum pkcs7_subject { PKCS7_OTHER_SUBJECT, PKCS7_PE_IMAGE, PKCS7_SIP_FILE } pkcs7_subject;

typedef struct pkcs7_signature {
    pkcs7_subject subject;   /* what kind of file it was made for */
    digest_kind digest;      /* of the signed file */
    digest_value file;       /* the digest that the file had */
    bytes content;           /* what the signer's messageDigest is about */
    digest_kind signer_kind; /* of the signer's messageDigest */
    bytes message_digest;    /* empty if there are no signed attributes */
    bytes certificate;       /* the signer's, DER; empty if it is not there */
    bytes common_name;       /* its subject's last common name, as stored; empty if there is none */
    uint8_t common_name_tag; /* which says how it is encoded */
} pkcs7_signature;

typedef enum pkcs7_result { PKCS7_READ, PKCS7_MALFORMED, PKCS7_UNSUPPORTED } pkcs7_result;

/* Everything in *out points into `der`. Bytes after the container are ignored: tables pad it. On failure
 * *detail says what was wrong. */
pkcs7_result pkcs7_read(bytes der, pkcs7_signature *out, const char **detail);

/* Whether the signer's messageDigest is that of the content; true if there is no messageDigest. *computed is
 * false if the digest could not be computed. */
bool pkcs7_content_matches(const pkcs7_signature *signature, bool *computed);

#endif
