#include "parse/signature.h"

#include "core/unicode.h"
#include "parse/der.h"

#include <string.h>

signature_info signature_none(void) {
    return (signature_info){
        .state = SIGNATURE_NONE, .digest_hex = "", .thumbprint = "", .signer = "", .detail = "no signature"};
}

/* One byte for each character, as T.61 strings are used in practice. */
static const char *from_latin1(arena *memory, bytes stored) {
    char *text = arena_array(memory, stored.size + 1, 2);
    if (text == NULL) {
        return "";
    }
    size_t length = 0;
    for (size_t i = 0; i < stored.size; i++) {
        length += utf8_encode(stored.data[i], text + length);
    }
    return text;
}

/* A BMPString is UTF-16 with the high byte first. */
static const char *from_bmp(arena *memory, bytes stored) {
    size_t units = stored.size / 2;
    uint8_t *swapped = arena_array(memory, units, 2);
    if (swapped == NULL) {
        return "";
    }
    for (size_t i = 0; i < units; i++) {
        swapped[2 * i] = stored.data[2 * i + 1];
        swapped[2 * i + 1] = stored.data[2 * i];
    }
    size_t length = 0;
    return utf8_from_utf16(memory, swapped, units, &length);
}

/* A NUL inside a name ends it here; it can only be a forgery. */
static const char *common_name(arena *memory, const pkcs7_signature *signature) {
    enum { LONGEST = 1024 };
    bytes stored = signature->common_name;
    if (stored.size == 0 || stored.size > LONGEST) {
        return "";
    }
    if (signature->common_name_tag == DER_BMP_STRING) {
        return from_bmp(memory, stored);
    }
    return utf8_valid((const char *)stored.data, stored.size)
               ? arena_text_n(memory, (const char *)stored.data, stored.size)
               : from_latin1(memory, stored);
}

static bool unreadable(fact *why, const char *detail) {
    *why = fact_unknown(REASON_UNREADABLE, NULL, detail);
    return false;
}

static bool verdict(signature_info *out, signature_state state, const char *detail) {
    out->state = state;
    out->detail = detail;
    return false;
}

/* The signer and the digest, as the signature has them. */
static bool describe(const pkcs7_signature *signature, arena *memory, signature_info *out, fact *why) {
    out->has_digest = true;
    out->digest = signature->digest;
    out->digest_hex = hex_lower(memory, signature->file.data, signature->file.size);
    out->signer = common_name(memory, signature);
    if (signature->certificate.size > 0) {
        digest_value thumbprint;
        if (!digest_of(DIGEST_SHA1, signature->certificate.data, signature->certificate.size, &thumbprint)) {
            return unreadable(why, "the thumbprint of the signer's certificate could not be computed");
        }
        out->thumbprint = hex_upper(memory, thumbprint.data, thumbprint.size);
    }
    if (arena_failed(memory)) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        return false;
    }
    return true;
}

bool signature_open(bytes container, pkcs7_subject subject, arena *memory, pkcs7_signature *signature,
                    signature_info *out, fact *why) {
    const char *detail = NULL;
    *why = fact_known(NULL);
    *out = signature_none();
    pkcs7_result result = pkcs7_read(container, signature, &detail);
    if (result != PKCS7_READ) {
        return verdict(out, result == PKCS7_UNSUPPORTED ? SIGNATURE_UNSUPPORTED : SIGNATURE_MALFORMED,
                       detail);
    }
    if (!describe(signature, memory, out, why)) {
        return false;
    }
    if (signature->subject != subject) {
        return verdict(out, SIGNATURE_MALFORMED, "the signature was made for another kind of file");
    }
    if (signature->certificate.size == 0) {
        return verdict(out, SIGNATURE_MALFORMED, "the signer's certificate is not in the signature");
    }
    bool computed = false;
    if (!pkcs7_content_matches(signature, &computed)) {
        return computed
                   ? verdict(out, SIGNATURE_DIFFERS, "the content of the signature is not what was signed")
                   : unreadable(why, "the digest of the signature's content could not be computed");
    }
    return true;
}

void signature_compare(const pkcs7_signature *signature, const digest_value *computed, signature_info *out) {
    bool equal = digest_equal(&signature->file, computed);
    out->state = equal ? SIGNATURE_MATCHES : SIGNATURE_DIFFERS;
    out->detail = equal ? "" : "the file is not what was signed";
}
