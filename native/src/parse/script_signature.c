#include "parse/script_signature.h"

#include "core/unicode.h"
#include "parse/base64.h"
#include "parse/script_text.h"

#include <string.h>

/* The lines that open and close a block, and what surrounds each line between them. */
typedef struct script_marks {
    const char *begin;
    const char *end;
    const char *before;
    const char *after;
} script_marks;

static const script_marks marks[] = {
    [SCRIPT_HASH] = {"# SIG # Begin signature block", "# SIG # End signature block", "# ", ""},
    [SCRIPT_XML] = {"<!-- SIG # Begin signature block -->", "<!-- SIG # End signature block -->", "<!-- ",
                    " -->"},
};

bool script_style_of(const char *file_name, script_style *out) {
    static const struct {
        const char *ending;
        script_style style;
    } endings[] = {
        {".ps1", SCRIPT_HASH},   {".psm1", SCRIPT_HASH}, {".psd1", SCRIPT_HASH},
        {".ps1xml", SCRIPT_XML}, {".psc1", SCRIPT_XML},  {".cdxml", SCRIPT_XML},
    };
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (ascii_ends(file_name, endings[i].ending)) {
            *out = endings[i].style;
            return true;
        }
    }
    return false;
}

typedef struct line {
    const char *text;
    size_t length; /* without the line break */
} line;

static bool line_is(line of, const char *text) {
    return of.length == strlen(text) && memcmp(of.text, text, of.length) == 0;
}

/* The next line of text[*at..length), moving *at behind its break. */
static bool next_line(const char *text, size_t length, size_t *at, line *out) {
    if (*at >= length) {
        return false;
    }
    const char *start = text + *at;
    const char *end = memchr(start, '\n', length - *at);
    size_t size = end != NULL ? (size_t)(end - start) : length - *at;
    *at += size + (end != NULL ? 1 : 0);
    *out = (line){start, size > 0 && start[size - 1] == '\r' ? size - 1 : size};
    return true;
}

/* The last block's place: a script may hold the opening line in a string before it. */
static bool find_block(const script_text *script, const script_marks *by, size_t *begin, size_t *inside) {
    bool found = false;
    size_t at = 0;
    line read;
    while (next_line(script->text, script->length, &at, &read)) {
        if (line_is(read, by->begin)) {
            found = true;
            *begin = (size_t)(read.text - script->text);
            *inside = at;
        }
    }
    return found;
}

/* The Base64 between the marks, without what surrounds each line. False: *detail says what is wrong. */
static bool read_block(const script_text *script, size_t at, const script_marks *by, arena *memory,
                       bytes *out, const char **detail) {
    char *encoded = arena_alloc(memory, script->length - at + 1);
    size_t before = strlen(by->before);
    size_t after = strlen(by->after);
    size_t length = 0;
    line read;
    *detail = "the signature block has no end";
    while (encoded != NULL && next_line(script->text, script->length, &at, &read)) {
        if (line_is(read, by->end)) {
            *detail = "the signature block is not Base64";
            return base64_decode(encoded, length, memory, out);
        }
        if (read.length < before + after || memcmp(read.text, by->before, before) != 0 ||
            memcmp(read.text + read.length - after, by->after, after) != 0) {
            *detail = "a line of the signature block is damaged";
            return false;
        }
        memcpy(encoded + length, read.text + before, read.length - before - after);
        length += read.length - before - after;
    }
    return false;
}

static bool is_blank(line of) {
    for (size_t i = 0; i < of.length; i++) {
        if (of.text[i] != ' ' && of.text[i] != '\t') {
            return false;
        }
    }
    return true;
}

/* Text after the block is not covered by the signature. White space is harmless. */
static bool text_follows(const script_text *script, size_t at, const script_marks *by) {
    bool ended = false;
    line read;
    while (next_line(script->text, script->length, &at, &read)) {
        if (ended && !is_blank(read)) {
            return true;
        }
        ended = ended || line_is(read, by->end);
    }
    return false;
}

/* Where the signed text ends: before the line break that precedes the block. */
static size_t end_of_signed(const script_text *script, size_t begin) {
    size_t end = begin;
    if (end > 0 && script->text[end - 1] == '\n') {
        end--;
        if (end > 0 && script->text[end - 1] == '\r') {
            end--;
        }
    }
    return end;
}

/* Tries what the text may have been to the signer. False: the digest could not be computed. */
static bool compare(const script_text *script, size_t end, const pkcs7_signature *signature,
                    signature_info *out) {
    digest_value computed;
    if (!script_text_digest(script, end, false, signature->digest, &computed)) {
        return false;
    }
    signature_compare(signature, &computed, out);
    if (out->state == SIGNATURE_MATCHES || !script_text_ambiguous(script, end)) {
        return true;
    }
    if (!script_text_digest(script, end, true, signature->digest, &computed)) {
        return false;
    }
    signature_compare(signature, &computed, out);
    if (out->state == SIGNATURE_DIFFERS) {
        out->state = SIGNATURE_UNSUPPORTED;
        out->detail =
            "the file has characters beyond ASCII but no byte order mark: its digest depends on a code page";
    }
    return true;
}

static bool check(const script_text *script, script_style style, arena *memory, signature_info *out,
                  fact *why) {
    const script_marks *by = &marks[style == SCRIPT_XML ? SCRIPT_XML : SCRIPT_HASH];
    size_t begin = 0;
    size_t inside = 0;
    bytes container = {0};
    const char *detail = NULL;
    if (!find_block(script, by, &begin, &inside)) {
        return true;
    }
    if (!read_block(script, inside, by, memory, &container, &detail)) {
        out->state = SIGNATURE_MALFORMED;
        out->detail = detail;
        return true;
    }
    pkcs7_signature signature;
    if (!signature_open(container, PKCS7_SIP_FILE, memory, &signature, out, why)) {
        return why->state == FACT_KNOWN;
    }
    if (text_follows(script, inside, by)) {
        out->state = SIGNATURE_DIFFERS;
        out->detail = "there is text after the signature block";
        return true;
    }
    if (!compare(script, end_of_signed(script, begin), &signature, out)) {
        *why = fact_unknown(REASON_UNREADABLE, NULL, "the digest of the script could not be computed");
        return false;
    }
    return true;
}

bool script_signature_check(const uint8_t *data, size_t size, script_style style, arena *memory,
                            signature_info *out, fact *why) {
    *out = signature_none();
    *why = fact_known(NULL);
    script_text script;
    bool good =
        script_text_read((bytes){data, size}, memory, &script) && check(&script, style, memory, out, why);
    if (arena_failed(memory)) {
        *out = signature_none();
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        return false;
    }
    return good;
}
