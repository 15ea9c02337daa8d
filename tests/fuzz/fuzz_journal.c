/* The journals of two runs, the second of which may take the first back, and what undo makes of them. Each
 * line of the input gets the CRC that it needs to be read at all, but one that begins with "!", which is
 * taken as it is. A line "=recovered" begins the first run's recovered.jsonl, "=second" the second run.
 * Whatever they say: no target but those that a repair may change, and nothing kept outside its run. */
#include "core/error.h"
#include "repair/journal_line.h"
#include "repair/undo_plan.h"

#include "core/crc32c.h"

#include <stdlib.h>
#include <string.h>

#define FIRST  "20260302T080000Z-0001"
#define SECOND "20260302T080000Z-0002"

enum { FILES = 3, INPUT_MAXIMUM = 65536 };
static const char *const file_names[FILES] = {FIRST "/run.jsonl", FIRST "/recovered.jsonl",
                                              SECOND "/run.jsonl"};

typedef struct fuzz_storage {
    journal_storage base;
    text_builder files[FILES];
} fuzz_storage;

static mars_status read_file(journal_storage *storage, const char *path, uint64_t max, arena *memory,
                             bytes *out) {
    const fuzz_storage *s = (const fuzz_storage *)(const void *)storage;
    (void)memory;
    for (size_t i = 0; i < FILES; i++) {
        if (strcmp(path, file_names[i]) == 0 && s->files[i].length > 0 && s->files[i].length <= max) {
            *out = (bytes){(const uint8_t *)s->files[i].data, s->files[i].length};
            return MARS_OK;
        }
    }
    return error_set(MARS_E_NOT_FOUND, "%s is not there", path);
}

static mars_status list(journal_storage *storage, arena *memory, text_list *out) {
    (void)storage;
    const char **names = arena_array(memory, 3, sizeof *names);
    if (names != NULL) {
        names[0] = FIRST;
        names[1] = "lock";
        names[2] = SECOND;
    }
    *out = (text_list){.items = names, .count = names != NULL ? 3 : 0};
    return MARS_OK;
}

static void add_lines(fuzz_storage *s, const char *text, size_t size) {
    size_t file = 0;
    for (size_t at = 0; at < size;) {
        const char *line = text + at;
        const char *end = memchr(line, '\n', size - at);
        size_t length = end != NULL ? (size_t)(end - line) : size - at;
        at += length + 1;
        if (length == 10 && memcmp(line, "=recovered", length) == 0) {
            file = 1;
        } else if (length == 7 && memcmp(line, "=second", length) == 0) {
            file = 2;
        } else if (length > 0 && line[0] == '!') {
            text_add_n(&s->files[file], line + 1, length - 1);
            text_add_char(&s->files[file], '\n');
        } else if (length > 0) {
            text_add_n(&s->files[file], line, length - 1);
            text_addf(&s->files[file], ",\"crc\":\"%08x\"}\n", crc32c(line, length - 1));
        }
    }
}

/* ---- A machine on which nothing is there but files that are all the same ---- */

static fact_state no_value(host *machine, const registry_path *path, const char *name, arena *memory,
                           registry_value *out, fact *why) {
    (void)machine, (void)path, (void)name, (void)memory, (void)out;
    *why = fact_absent(NULL);
    return FACT_ABSENT;
}

static fact_state no_task(host *machine, const char *path, arena *memory, bytes *out, fact *why) {
    (void)machine, (void)path, (void)memory, (void)out;
    *why = fact_absent(NULL);
    return FACT_ABSENT;
}

static mars_status same_digest(host *machine, const char *path, digest_value *out) {
    (void)machine, (void)path;
    *out = (digest_value){.size = digest_size(DIGEST_SHA256)};
    return MARS_OK;
}

static mars_status hive_of(host *machine, const registry_path *path, arena *memory, const char **file) {
    (void)machine, (void)memory;
    *file = strncmp(path->key, "SYSTEM", 6) == 0 ? "C:\\Windows\\System32\\config\\SYSTEM"
                                                 : "C:\\Windows\\System32\\config\\SOFTWARE";
    return MARS_OK;
}

static mars_status no_service(host *machine, const char *name, service_config *out) {
    (void)machine, (void)out;
    return error_set(MARS_E_NOT_FOUND, "there is no service %s", name);
}

static void check_plan(const undo_plan *plan, const char *id) {
    for (size_t i = 0; i < plan->count; i++) {
        const undo_item *item = &plan->items[i];
        if (target_allowed(item->kind, item->target) != MARS_OK) {
            abort();
        }
        if (item->kept != NULL && item->kept[0] != '\0' &&
            (strncmp(item->kept, "C:\\J\\", 5) != 0 || strncmp(item->kept + 5, id, strlen(id)) != 0 ||
             strncmp(item->kept + 5 + strlen(id), "/kept/", 6) != 0 || strstr(item->kept, "..") != NULL)) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const host_reader reader = {.registry_read = no_value, .task_xml = no_task};
    static const host_writer writer = {
        .file_digest = same_digest, .registry_file = hive_of, .service_config = no_service};
    host machine = {.read = &reader, .writer = &writer, .source_name = "fuzz"};
    fuzz_storage storage = {.base = {.read = read_file, .list = list}};
    arena memory = {0};
    history document = {0};
    history_run *runs = NULL;
    if (size > INPUT_MAXIMUM) {
        return 0;
    }
    add_lines(&storage, (const char *)data, size);
    if (history_of(&storage.base, &memory, &runs, &document.count) == MARS_OK) {
        text_builder out = {0};
        document.runs = runs;
        render_history_json(&out, &document, false);
        render_history_text(&out, &document);
        text_builder_free(&out);
        const undo_source source = {.machine = &machine,
                                    .memory = &memory,
                                    .journal_path = "C:\\J",
                                    .runs = runs,
                                    .count = document.count};
        for (size_t i = 0; i < document.count; i++) {
            undo_plan plan;
            if (undo_plan_make(&source, i, &plan) == MARS_OK) {
                check_plan(&plan, runs[i].id);
            }
        }
    }
    arena_free(&memory);
    for (size_t i = 0; i < FILES; i++) {
        text_builder_free(&storage.files[i]);
    }
    return 0;
}
