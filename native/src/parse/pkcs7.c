#include "parse/pkcs7.h"

#include "parse/der.h"

#include <string.h>

#define OID(...)                                                                                             \
    { (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}) }

static const bytes oid_signed_data = OID(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02);
static const bytes oid_message_digest = OID(0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x04);
/* 1.3.6.1.4.1.311.2.1.{4, 15, 30} */
static const bytes oid_indirect_data = OID(0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x04);
static const bytes oid_pe_image = OID(0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x0F);
static const bytes oid_sip_info = OID(0x2B, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x02, 0x01, 0x1E);
static const bytes oid_common_name = OID(0x55, 0x04, 0x03);

static const struct {
    bytes oid;
    digest_kind kind;
} digest_oids[] = {
    {OID(0x2B, 0x0E, 0x03, 0x02, 0x1A), DIGEST_SHA1},
    {OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01), DIGEST_SHA256},
    {OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02), DIGEST_SHA384},
    {OID(0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03), DIGEST_SHA512},
};

/* A step of taking it apart: what went wrong, or PKCS7_READ. */
typedef struct step {
    pkcs7_result result;
    const char *detail;
} step;

static const step done = {PKCS7_READ, NULL};

static step malformed(const char *detail) {
    return (step){PKCS7_MALFORMED, detail};
}

static step unsupported(const char *detail) {
    return (step){PKCS7_UNSUPPORTED, detail};
}

/* An AlgorithmIdentifier naming a digest. */
static step read_digest_kind(der_reader *reader, digest_kind *out) {
    der_item algorithm;
    der_item oid;
    if (!der_expect(reader, DER_SEQUENCE, &algorithm)) {
        return malformed("the signature names no digest");
    }
    der_reader inside = der_inside(&algorithm);
    if (!der_expect(&inside, DER_OID, &oid)) {
        return malformed("the signature names no digest");
    }
    for (size_t i = 0; i < sizeof digest_oids / sizeof digest_oids[0]; i++) {
        if (bytes_equal(oid.content, digest_oids[i].oid)) {
            *out = digest_oids[i].kind;
            return done;
        }
    }
    return unsupported("the signature uses a digest other than SHA-1 and SHA-2");
}

/* SpcIndirectDataContent: { { type, value }, { algorithm, digest } }. */
static step read_indirect_data(const der_item *content, pkcs7_signature *out) {
    der_item data;
    der_item type;
    der_item info;
    der_item value;
    der_reader reader = der_inside(content);
    if (!der_expect(&reader, DER_SEQUENCE, &data) || !der_expect(&reader, DER_SEQUENCE, &info)) {
        return malformed("the signature's SpcIndirectDataContent is damaged");
    }
    der_reader about = der_inside(&data);
    der_reader digest_info = der_inside(&info);
    if (!der_expect(&about, DER_OID, &type)) {
        return malformed("the signature does not say what it signs");
    }
    out->subject = bytes_equal(type.content, oid_pe_image)   ? PKCS7_PE_IMAGE
                   : bytes_equal(type.content, oid_sip_info) ? PKCS7_SIP_FILE
                                                             : PKCS7_OTHER_SUBJECT;
    step kind = read_digest_kind(&digest_info, &out->digest);
    if (kind.result != PKCS7_READ) {
        return kind;
    }
    if (!der_expect(&digest_info, DER_OCTET_STRING, &value) ||
        value.content.size != digest_size(out->digest)) {
        return malformed("the signature's digest has a wrong length");
    }
    memcpy(out->file.data, value.content.data, value.content.size);
    out->file.size = value.content.size;
    out->content = content->content;
    return done;
}

static step read_content_info(der_reader *signed_data, pkcs7_signature *out) {
    der_item info;
    der_item type;
    der_item wrapper;
    der_item content;
    if (!der_expect(signed_data, DER_SEQUENCE, &info)) {
        return malformed("the signature has no content");
    }
    der_reader reader = der_inside(&info);
    if (!der_expect(&reader, DER_OID, &type)) {
        return malformed("the signature has no content");
    }
    if (!bytes_equal(type.content, oid_indirect_data)) {
        return unsupported("the signature is not an Authenticode signature");
    }
    if (!der_expect(&reader, DER_CONTEXT_0, &wrapper)) {
        return malformed("the signature has no content");
    }
    der_reader inside = der_inside(&wrapper);
    if (!der_expect(&inside, DER_SEQUENCE, &content)) {
        return malformed("the signature's content is damaged");
    }
    return read_indirect_data(&content, out);
}

/* The value of the signed attribute messageDigest. */
static bool find_message_digest(const der_item *attributes, bytes *out) {
    der_reader reader = der_inside(attributes);
    der_item attribute;
    while (der_next(&reader, &attribute)) {
        der_reader inside = der_inside(&attribute);
        der_item type;
        der_item values;
        der_item value;
        if (!der_expect(&inside, DER_OID, &type) || !bytes_equal(type.content, oid_message_digest)) {
            continue;
        }
        if (!der_expect(&inside, DER_SET, &values)) {
            return false;
        }
        der_reader set = der_inside(&values);
        if (!der_expect(&set, DER_OCTET_STRING, &value)) {
            return false;
        }
        *out = value.content;
        return true;
    }
    return false;
}

typedef struct certificate_name {
    bytes issuer; /* the whole Name */
    bytes serial; /* the INTEGER's content */
} certificate_name;

static step read_signer_info(const der_item *signer, certificate_name *name, pkcs7_signature *out) {
    der_reader reader = der_inside(signer);
    der_item version;
    der_item issuer_and_serial;
    der_item issuer;
    der_item serial;
    if (!der_expect(&reader, DER_INTEGER, &version)) {
        return malformed("the signature's signer is damaged");
    }
    if (!der_expect(&reader, DER_SEQUENCE, &issuer_and_serial)) {
        return unsupported("the signature's signer is not named by issuer and serial number");
    }
    der_reader inside = der_inside(&issuer_and_serial);
    if (!der_expect(&inside, DER_SEQUENCE, &issuer) || !der_expect(&inside, DER_INTEGER, &serial)) {
        return malformed("the signature's signer has no issuer and serial number");
    }
    *name = (certificate_name){issuer.whole, serial.content};
    step kind = read_digest_kind(&reader, &out->signer_kind);
    if (kind.result != PKCS7_READ) {
        return kind;
    }
    der_item attributes;
    if (der_optional(&reader, DER_CONTEXT_0, &attributes) &&
        !find_message_digest(&attributes, &out->message_digest)) {
        return malformed("the signature's signed attributes have no messageDigest");
    }
    return done;
}

/* A Name is a sequence of sets of (type, value) pairs; the last common name is the most specific. */
static void find_common_name(const der_item *name, pkcs7_signature *out) {
    der_reader sets = der_inside(name);
    der_item set;
    while (der_next(&sets, &set)) {
        der_reader pairs = der_inside(&set);
        der_item pair;
        while (der_next(&pairs, &pair)) {
            der_reader inside = der_inside(&pair);
            der_item type;
            der_item value;
            if (der_expect(&inside, DER_OID, &type) && bytes_equal(type.content, oid_common_name) &&
                der_next(&inside, &value)) {
                out->common_name = value.content;
                out->common_name_tag = value.tag;
            }
        }
    }
}

/* Whether this is the certificate that `wanted` names; if so, takes note of it. */
static bool take_certificate(const der_item *certificate, const certificate_name *wanted,
                             pkcs7_signature *out) {
    der_reader outer = der_inside(certificate);
    der_item body;
    der_item version;
    der_item serial;
    der_item algorithm;
    der_item issuer;
    der_item validity;
    der_item subject;
    if (!der_expect(&outer, DER_SEQUENCE, &body)) {
        return false;
    }
    der_reader reader = der_inside(&body);
    (void)der_optional(&reader, DER_CONTEXT_0, &version);
    if (!der_expect(&reader, DER_INTEGER, &serial) || !der_expect(&reader, DER_SEQUENCE, &algorithm) ||
        !der_expect(&reader, DER_SEQUENCE, &issuer) || !der_expect(&reader, DER_SEQUENCE, &validity) ||
        !der_expect(&reader, DER_SEQUENCE, &subject) || !bytes_equal(serial.content, wanted->serial) ||
        !bytes_equal(issuer.whole, wanted->issuer)) {
        return false;
    }
    out->certificate = certificate->whole;
    find_common_name(&subject, out);
    return true;
}

static void find_certificate(const der_item *certificates, const certificate_name *wanted,
                             pkcs7_signature *out) {
    der_reader reader = der_inside(certificates);
    der_item certificate;
    while (der_next(&reader, &certificate)) {
        if (certificate.tag == DER_SEQUENCE && take_certificate(&certificate, wanted, out)) {
            return;
        }
    }
}

static step read_signed_data(const der_item *signed_data, pkcs7_signature *out) {
    der_reader reader = der_inside(signed_data);
    der_item version;
    der_item algorithms;
    der_item certificates;
    der_item revocations;
    der_item signers;
    der_item signer;
    if (!der_expect(&reader, DER_INTEGER, &version) || !der_expect(&reader, DER_SET, &algorithms)) {
        return malformed("the signature's SignedData is damaged");
    }
    step content = read_content_info(&reader, out);
    if (content.result != PKCS7_READ) {
        return content;
    }
    (void)der_optional(&reader, DER_CONTEXT_0, &certificates);
    (void)der_optional(&reader, DER_CONTEXT_1, &revocations);
    if (!der_expect(&reader, DER_SET, &signers)) {
        return malformed("the signature has no signer");
    }
    der_reader inside = der_inside(&signers);
    if (!der_expect(&inside, DER_SEQUENCE, &signer)) {
        return malformed("the signature has no signer");
    }
    certificate_name name;
    step read = read_signer_info(&signer, &name, out);
    if (read.result == PKCS7_READ) {
        find_certificate(&certificates, &name, out);
    }
    return read;
}

static step read_container(bytes der, pkcs7_signature *out) {
    der_reader reader = der_over(der);
    der_item container;
    der_item type;
    der_item wrapper;
    der_item signed_data;
    if (!der_expect(&reader, DER_SEQUENCE, &container)) {
        return reader.indefinite ? unsupported("the signature is BER, not DER")
                                 : malformed("the signature is no DER structure");
    }
    der_reader inside = der_inside(&container);
    if (!der_expect(&inside, DER_OID, &type) || !bytes_equal(type.content, oid_signed_data)) {
        return malformed("the signature is no PKCS #7 SignedData");
    }
    if (!der_expect(&inside, DER_CONTEXT_0, &wrapper)) {
        return malformed("the signature's container is damaged");
    }
    der_reader wrapped = der_inside(&wrapper);
    if (!der_expect(&wrapped, DER_SEQUENCE, &signed_data)) {
        return malformed("the signature's container is damaged");
    }
    return read_signed_data(&signed_data, out);
}

pkcs7_result pkcs7_read(bytes der, pkcs7_signature *out, const char **detail) {
    *out = (pkcs7_signature){0};
    step last = read_container(der, out);
    *detail = last.detail;
    return last.result;
}

bool pkcs7_content_matches(const pkcs7_signature *signature, bool *computed) {
    digest_value value = {0};
    *computed = true;
    if (signature->message_digest.data == NULL) {
        return true;
    }
    *computed = digest_of(signature->signer_kind, signature->content.data, signature->content.size, &value);
    return *computed && bytes_equal((bytes){value.data, value.size}, signature->message_digest);
}
