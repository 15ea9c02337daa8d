#include "test_signer.h"

#include "der_writer.h"
#include "parse/base64.h"
#include "parse/der.h"
#include "test_signer_rsa.h"

#include <string.h>

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

typedef struct certificate {
    bytes whole;
    bytes issuer;
    bytes serial;
} certificate;

/* RFC 5280, 4.1: the first parts of what is signed are [0] version, serial number, algorithm, issuer. */
static bool read_certificate(arena *memory, certificate *out) {
    static const char end[] = "-----END CERTIFICATE-----";
    const char *text = strchr(test_signer_certificate, '\n') + 1;
    const char *behind = strstr(text, end);
    if (behind == NULL || !base64_decode(text, (size_t)(behind - text), memory, &out->whole)) {
        return false;
    }
    der_reader file = der_over(out->whole);
    der_item item;
    if (!der_expect(&file, DER_SEQUENCE, &item)) {
        return false;
    }
    der_reader outer = der_inside(&item);
    if (!der_expect(&outer, DER_SEQUENCE, &item)) {
        return false;
    }
    der_reader inner = der_inside(&item);
    der_item serial;
    der_item issuer;
    bool good = der_expect(&inner, DER_CONTEXT_0, &item) && der_expect(&inner, DER_INTEGER, &serial) &&
                der_expect(&inner, DER_SEQUENCE, &item) && der_expect(&inner, DER_SEQUENCE, &issuer);
    if (good) {
        out->serial = serial.whole;
        out->issuer = issuer.whole;
    }
    return good;
}

/* RSA PKCS #1 v1.5, which has no random part. */
static bool put_rsa_signature(text_builder *to, digest_kind kind, const text_builder *over) {
    uint8_t value[TEST_SIGNATURE_SIZE];
    bool good = test_signer_rsa(kind, over, value);
    if (good) {
        der_put(to, OCTETS, value, sizeof value);
    }
    return good;
}

static void put_issuer_and_serial(text_builder *to, const certificate *signer) {
    size_t start = to->length;
    text_add_n(to, (const char *)signer->issuer.data, signer->issuer.size);
    text_add_n(to, (const char *)signer->serial.data, signer->serial.size);
    der_wrap(to, start, SEQUENCE);
}

static bool put_signer_info(text_builder *to, const certificate *signer, digest_kind kind,
                            const digest_value *content) {
    text_builder attributes = {0};
    put_attributes(&attributes, content);
    size_t start = to->length;
    der_put(to, INTEGER, "\x01", 1);
    put_issuer_and_serial(to, signer);
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

static bool put_signed_data(text_builder *to, const certificate *signer, signed_subject subject,
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
    der_put(to, CONTEXT_0, signer->whole.data, signer->whole.size);
    bool good = digest_of(kind, content.data, content.length, &content_digest) &&
                put_signer_info(to, signer, kind, &content_digest);
    text_builder_free(&content);
    der_wrap(to, start, SEQUENCE);
    return good;
}

bool test_sign(signed_subject subject, digest_kind kind, const digest_value *file, text_builder *out) {
    arena memory = {0};
    certificate signer = {0};
    size_t start = out->length;
    DER_PUT_OID(out, OID_SIGNED_DATA);
    size_t wrapper = out->length;
    bool good = read_certificate(&memory, &signer) && put_signed_data(out, &signer, subject, kind, file);
    der_wrap(out, wrapper, CONTEXT_0);
    der_wrap(out, start, SEQUENCE);
    arena_free(&memory);
    return good && !text_builder_failed(out);
}
