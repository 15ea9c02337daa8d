/* make_bench_evidence COUNT OUTPUT_DIR EVIDENCE_FILE...: so many documents, 00000.json and on, each of a
 * server with a name of its own, by turns like one of the files given. */
#include "evidence/evidence_json.h"
#include "file_tree.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_SIZE = 1024 };

static bool write_one(evidence *document, size_t number, const char *folder, const maker_error *error) {
    char name[32];
    char path[512];
    (void)snprintf(name, sizeof name, "SERVER-%05zu", number);
    (void)snprintf(path, sizeof path, "%s/%05zu.json", folder, number);
    document->machine.computer_name.value = name;
    text_builder text = {0};
    bool written = evidence_save(&text, document, false) == MARS_OK
                       ? file_store(path, text.data, text.length, error)
                       : maker_fail(error, "%s: memory ran out", path);
    text_builder_free(&text);
    return written;
}

static bool write_turn(const char *source, size_t first, size_t count, size_t step, const char *folder,
                       const maker_error *error) {
    arena memory = {0};
    bytes data = {0};
    evidence *document = NULL;
    bool written = file_load(source, &memory, &data, error);
    if (written && evidence_load(&document, (const char *)data.data, data.size, source) != MARS_OK) {
        written = maker_fail(error, "%s: not evidence", source);
    }
    for (size_t i = first; i < count && written; i += step) {
        written = write_one(document, i, folder, error);
    }
    evidence_free(document);
    arena_free(&memory);
    return written;
}

int main(int argc, char **argv) {
    if (argc < 4) {
        (void)fputs("usage: make_bench_evidence COUNT OUTPUT_DIR EVIDENCE_FILE...\n", stderr);
        return 2;
    }
    char message[MESSAGE_SIZE] = "";
    const maker_error error = {.text = message, .size = sizeof message};
    size_t count = strtoul(argv[1], NULL, 10);
    size_t sources = (size_t)argc - 3;
    for (size_t i = 0; i < sources; i++) {
        if (!write_turn(argv[3 + i], i, count, sources, argv[2], &error)) {
            (void)fprintf(stderr, "make_bench_evidence: %s\n", message);
            return 1;
        }
    }
    return 0;
}
