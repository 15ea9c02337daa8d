#include "parse/authenticode.h"

#include "core/stored_number.h"
#include "parse/pe_layout.h"

enum {
    CERTIFICATE_HEADER_SIZE = 8,
    CERTIFICATE_PKCS7 = 2, /* WIN_CERT_TYPE_PKCS_SIGNED_DATA */
    CHECKSUM_SIZE = 4,
    DIRECTORY_SIZE = 8,
    PADDED_TO = 8
};

static bool malformed(signature_info *out, const char *detail) {
    out->state = SIGNATURE_MALFORMED;
    out->detail = detail;
    return false;
}

/* The certificate table's first PKCS #7 entry. False: there is none, as *out tells. */
static bool find_container(const pe_layout *layout, bytes *container, signature_info *out) {
    pe_directory table = pe_layout_directory(layout, PE_DIRECTORY_CERTIFICATES);
    if (table.address == 0 && table.size == 0) {
        return false;
    }
    size_t entry_end =
        layout->directories_at + (size_t)(PE_DIRECTORY_CERTIFICATES + 1) * (size_t)DIRECTORY_SIZE;
    if (table.address < entry_end || table.address > layout->file.size ||
        table.size > layout->file.size - table.address) {
        return malformed(out, "the PE certificate table lies outside the file");
    }
    bytes rest = {layout->file.data + table.address, table.size};
    while (rest.size >= CERTIFICATE_HEADER_SIZE) {
        size_t length = read_u32(rest.data);
        if (length < CERTIFICATE_HEADER_SIZE || length > rest.size) {
            return malformed(out, "an entry of the PE certificate table has a wrong length");
        }
        if (read_u16(rest.data + 6) == CERTIFICATE_PKCS7) {
            *container = (bytes){rest.data + CERTIFICATE_HEADER_SIZE, length - CERTIFICATE_HEADER_SIZE};
            return true;
        }
        size_t step = (length + PADDED_TO - 1) / PADDED_TO * PADDED_TO;
        rest = step < rest.size ? (bytes){rest.data + step, rest.size - step} : (bytes){0};
    }
    return malformed(out, "the PE certificate table has no PKCS #7 entry");
}

static void add_range(digest *running, bytes file, size_t from, size_t to) {
    digest_add(running, file.data + from, to - from);
}

/* Everything but the checksum, the certificate table and the directory entry that points to it; as a signer
 * does, padded with zeros to a multiple of eight. */
static bool image_digest(const pe_layout *layout, digest_kind kind, digest_value *out) {
    static const uint8_t zeros[PADDED_TO] = {0};
    pe_directory table = pe_layout_directory(layout, PE_DIRECTORY_CERTIFICATES);
    size_t entry_at = layout->directories_at + (size_t)PE_DIRECTORY_CERTIFICATES * (size_t)DIRECTORY_SIZE;
    size_t table_end = (size_t)table.address + table.size;
    digest running = {0};
    if (!digest_start(&running, kind)) {
        return false;
    }
    add_range(&running, layout->file, 0, layout->checksum_at);
    add_range(&running, layout->file, layout->checksum_at + CHECKSUM_SIZE, entry_at);
    add_range(&running, layout->file, entry_at + DIRECTORY_SIZE, table.address);
    add_range(&running, layout->file, table_end, layout->file.size);
    digest_add(&running, zeros, (PADDED_TO - (layout->file.size - table.size) % PADDED_TO) % PADDED_TO);
    return digest_finish(&running, out);
}

bool authenticode_check(const uint8_t *data, size_t size, arena *memory, signature_info *out, fact *why) {
    *out = signature_none();
    *why = fact_known(NULL);
    pe_layout layout;
    if (!pe_layout_read((bytes){data, size}, &layout, why)) {
        return false;
    }
    bytes container = {0};
    pkcs7_signature signature;
    if (!find_container(&layout, &container, out)) {
        return true;
    }
    if (!signature_open(container, PKCS7_PE_IMAGE, memory, &signature, out, why)) {
        return why->state == FACT_KNOWN;
    }
    digest_value computed;
    if (!image_digest(&layout, signature.digest, &computed)) {
        *why = fact_unknown(REASON_UNREADABLE, NULL, "the digest of the PE file could not be computed");
        return false;
    }
    signature_compare(&signature, &computed, out);
    return true;
}
