/* Whatever loads must be the same after saving and loading again. What redacting makes of it must load, too,
 * and stay as it is when redacted again. */
#include "evidence/evidence_json.h"
#include "evidence_tools.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

static evidence *again(const evidence *document, bool redact) {
    text_builder text = {0};
    evidence *result = NULL;
    require(evidence_save(&text, document, redact) == MARS_OK);
    require(evidence_load(&result, text.data, text.length, "again") == MARS_OK);
    text_builder_free(&text);
    return result;
}

static void require_same(const evidence *a, const evidence *b) {
    char *difference = evidence_difference(a, b);
    require(difference == NULL);
    free(difference);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    evidence *document = NULL;
    if (evidence_load(&document, (const char *)data, size, "fuzz") != MARS_OK) {
        return 0;
    }
    evidence *copy = again(document, false);
    require_same(document, copy);
    evidence *hidden = again(document, true);
    evidence *twice = again(hidden, true);
    require_same(hidden, twice);
    evidence_free(twice);
    evidence_free(hidden);
    evidence_free(copy);
    evidence_free(document);
    return 0;
}
