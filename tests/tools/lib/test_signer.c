#include "test_signer.h"

#include "der_writer.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#define OID_SIGNED_DATA    "\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"
#define OID_RSA            "\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
#define OID_CONTENT_TYPE   "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x03"
#define OID_MESSAGE_DIGEST "\x2A\x86\x48\x86\xF7\x0D\x01\x09\x04"
#define OID_INDIRECT_DATA  "\x2B\x06\x01\x04\x01\x82\x37\x02\x01\x04"
#define OID_OPUS_INFO      "\x2B\x06\x01\x04\x01\x82\x37\x02\x01\x0C"
#define OID_PE_IMAGE       "\x2B\x06\x01\x04\x01\x82\x37\x02\x01\x0F"
#define OID_SIP_INFO       "\x2B\x06\x01\x04\x01\x82\x37\x02\x01\x1E"
#define OID_SHA1           "\x2B\x0E\x03\x02\x1A"
#define OID_SHA2           "\x60\x86\x48\x01\x65\x03\x04\x02"

enum { INTEGER = 2, OCTETS = 4, NOTHING = 5, SEQUENCE = 0x30, SET = 0x31, CONTEXT_0 = 0xA0 };

static void put_digest_algorithm(text_builder *to, digest_kind kind) {
    size_t start = to->length;
    switch (kind) {
    case DIGEST_SHA256:
        DER_PUT_OID(to, OID_SHA2 "\x01");
        break;
    case DIGEST_SHA384:
        DER_PUT_OID(to, OID_SHA2 "\x02");
        break;
    case DIGEST_SHA512:
        DER_PUT_OID(to, OID_SHA2 "\x03");
        break;
    default:
        DER_PUT_OID(to, OID_SHA1);
        break;
    }
    der_put(to, NOTHING, "", 0);
    der_wrap(to, start, SEQUENCE);
}

/* SpcPeImageData with no flags and an empty file link. */
static void put_pe_image(text_builder *to) {
    static const uint8_t link[] = {0xA2, 0x02, 0x80, 0x00};
    size_t start = to->length;
    der_put(to, 0x03, "\0", 1);
    der_put(to, CONTEXT_0, link, sizeof link);
    der_wrap(to, start, SEQUENCE);
}

/* SpcSipInfo with the identifier of PowerShell's subject interface package. */
static void put_sip_info(text_builder *to) {
    static const uint8_t package[] = {0x1F, 0xCC, 0x3B, 0x60, 0x59, 0x4B, 0x08, 0x4E,
                                      0xB7, 0x24, 0xD2, 0xC6, 0x29, 0x7E, 0xF3, 0x51};
    size_t start = to->length;
    der_put(to, INTEGER, "\x01\0\0", 3);
    der_put(to, OCTETS, package, sizeof package);
    for (int i = 0; i < 5; i++) {
        der_put(to, INTEGER, "\0", 1);
    }
    der_wrap(to, start, SEQUENCE);
}

/* The content of SpcIndirectDataContent, without its own tag. */
static void put_indirect_data(text_builder *to, signed_subject subject, digest_kind kind,
                              const digest_value *file) {
    size_t start = to->length;
    if (subject == SIGNED_PE) {
        DER_PUT_OID(to, OID_PE_IMAGE);
        put_pe_image(to);
    } else {
        DER_PUT_OID(to, OID_SIP_INFO);
        put_sip_info(to);
    }
    der_wrap(to, start, SEQUENCE);
    start = to->length;
    put_digest_algorithm(to, kind);
    der_put(to, OCTETS, file->data, file->size);
    der_wrap(to, start, SEQUENCE);
}

/* The signed attributes, in the order that DER wants for a set: shortest first. */
static void put_attributes(text_builder *to, const digest_value *content) {
    size_t start = to->length;
    DER_PUT_OID(to, OID_OPUS_INFO);
    der_put(to, SET, "\x30\0", 2);
    der_wrap(to, start, SEQUENCE);
    start = to->length;
    DER_PUT_OID(to, OID_CONTENT_TYPE);
    size_t values = to->length;
    DER_PUT_OID(to, OID_INDIRECT_DATA);
    der_wrap(to, values, SET);
    der_wrap(to, start, SEQUENCE);
    start = to->length;
    DER_PUT_OID(to, OID_MESSAGE_DIGEST);
    values = to->length;
    der_put(to, OCTETS, content->data, content->size);
    der_wrap(to, values, SET);
    der_wrap(to, start, SEQUENCE);
}

static const EVP_MD *method(digest_kind kind) {
    return kind == DIGEST_SHA256   ? EVP_sha256()
           : kind == DIGEST_SHA384 ? EVP_sha384()
           : kind == DIGEST_SHA512 ? EVP_sha512()
                                   : EVP_sha1();
}

/* RSA PKCS #1 v1.5, which has no random part. */
static bool put_rsa_signature(text_builder *to, digest_kind kind, const text_builder *over) {
    uint8_t value[512];
    size_t size = sizeof value;
    BIO *pem = BIO_new_mem_buf(test_signer_key, -1);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(pem, NULL, NULL, NULL);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = EVP_DigestSignInit(context, NULL, method(kind), NULL, key) == 1 &&
                EVP_DigestSign(context, value, &size, (const uint8_t *)over->data, over->length) == 1;
    if (good) {
        der_put(to, OCTETS, value, size);
    }
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    BIO_free(pem);
    return good;
}

static void put_issuer_and_serial(text_builder *to, const X509 *certificate) {
    size_t start = to->length;
    uint8_t *issuer = NULL;
    uint8_t *serial = NULL;
    int issuer_size = i2d_X509_NAME(X509_get_issuer_name(certificate), &issuer);
    int serial_size = i2d_ASN1_INTEGER(X509_get0_serialNumber(certificate), &serial);
    if (issuer_size > 0 && serial_size > 0) {
        text_add_n(to, (const char *)issuer, (size_t)issuer_size);
        text_add_n(to, (const char *)serial, (size_t)serial_size);
    }
    OPENSSL_free(issuer);
    OPENSSL_free(serial);
    der_wrap(to, start, SEQUENCE);
}

static bool put_signer_info(text_builder *to, const X509 *certificate, digest_kind kind,
                            const digest_value *content) {
    text_builder attributes = {0};
    put_attributes(&attributes, content);
    size_t start = to->length;
    der_put(to, INTEGER, "\x01", 1);
    put_issuer_and_serial(to, certificate);
    put_digest_algorithm(to, kind);
    der_put(to, CONTEXT_0, attributes.data, attributes.length);
    size_t algorithm = to->length;
    DER_PUT_OID(to, OID_RSA);
    der_put(to, NOTHING, "", 0);
    der_wrap(to, algorithm, SEQUENCE);
    /* The signature is over the attributes as a set, not as the context-tagged item they are stored as. */
    der_wrap(&attributes, 0, SET);
    bool good = put_rsa_signature(to, kind, &attributes);
    text_builder_free(&attributes);
    der_wrap(to, start, SEQUENCE);
    der_wrap(to, start, SET);
    return good;
}

static void put_certificate(text_builder *to, const X509 *certificate) {
    uint8_t *der = NULL;
    int size = i2d_X509(certificate, &der);
    if (size > 0) {
        der_put(to, CONTEXT_0, der, (size_t)size);
    }
    OPENSSL_free(der);
}

static bool put_signed_data(text_builder *to, const X509 *certificate, signed_subject subject,
                            digest_kind kind, const digest_value *file) {
    text_builder content = {0};
    digest_value content_digest;
    put_indirect_data(&content, subject, kind, file);
    size_t start = to->length;
    der_put(to, INTEGER, "\x01", 1);
    size_t part = to->length;
    put_digest_algorithm(to, kind);
    der_wrap(to, part, SET);
    part = to->length;
    DER_PUT_OID(to, OID_INDIRECT_DATA);
    size_t wrapper = to->length;
    der_put(to, SEQUENCE, content.data, content.length);
    der_wrap(to, wrapper, CONTEXT_0);
    der_wrap(to, part, SEQUENCE);
    put_certificate(to, certificate);
    bool good = digest_of(kind, content.data, content.length, &content_digest) &&
                put_signer_info(to, certificate, kind, &content_digest);
    text_builder_free(&content);
    der_wrap(to, start, SEQUENCE);
    return good;
}

bool test_sign(signed_subject subject, digest_kind kind, const digest_value *file, text_builder *out) {
    BIO *pem = BIO_new_mem_buf(test_signer_certificate, -1);
    X509 *certificate = PEM_read_bio_X509(pem, NULL, NULL, NULL);
    size_t start = out->length;
    DER_PUT_OID(out, OID_SIGNED_DATA);
    size_t wrapper = out->length;
    bool good = certificate != NULL && put_signed_data(out, certificate, subject, kind, file);
    der_wrap(out, wrapper, CONTEXT_0);
    der_wrap(out, start, SEQUENCE);
    X509_free(certificate);
    BIO_free(pem);
    return good && !text_builder_failed(out);
}
