/* Any bytes as the SYSTEM and the SOFTWARE hive of an image: every key and value of them is read, as far as a
 * bound allows, and everything that the image host itself looks for in the registry. */
#include "core/arena.h"
#include "host/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGEST = 1024 * 1024, DEEPEST = 12, MOST_KEYS = 2000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct walk {
    host *machine;
    size_t keys;
} walk;

static void walk_key(walk *of, const char *key, size_t depth) {
    if (depth > DEEPEST || of->keys++ > MOST_KEYS) {
        return;
    }
    const host_reader *read = of->machine->read;
    arena memory = {0};
    registry_path path = {.root = REGISTRY_MACHINE, .key = key};
    text_list names;
    fact why;
    int64_t time = 0;
    (void)read->registry_time(of->machine, &path, &memory, &time, &why);
    if (read->registry_values(of->machine, &path, &memory, &names, &why) == FACT_KNOWN) {
        for (size_t i = 0; i < names.count && i < 50; i++) {
            registry_value value;
            const char *text = NULL;
            if (read->registry_read(of->machine, &path, names.items[i], &memory, &value, &why) ==
                FACT_KNOWN) {
                (void)registry_value_text(&value, &memory, &text);
            }
        }
    }
    if (read->registry_keys(of->machine, &path, &memory, &names, &why) == FACT_KNOWN) {
        for (size_t i = 0; i < names.count; i++) {
            walk_key(of, arena_printf(&memory, "%s\\%s", key, names.items[i]), depth + 1);
        }
    }
    arena_free(&memory);
}

static void read_all(host *machine) {
    arena memory = {0};
    fact why;
    int64_t now = 0;
    (void)machine->read->now(machine, &memory, &now, &why);
    task_entry_list tasks;
    if (machine->read->task_list(machine, "\\", &memory, &tasks, &why) == FACT_KNOWN) {
        for (size_t i = 0; i < tasks.count && i < 50; i++) {
            task_status status;
            (void)machine->read->task_status(machine, tasks.items[i].path, &memory, &status, &why);
        }
    }
    service_info service;
    (void)machine->read->service_info(machine, "obengine", &memory, &service, &why);
    arena_free(&memory);
    walk everything = {.machine = machine};
    walk_key(&everything, "SYSTEM", 0);
    everything.keys = 0;
    walk_key(&everything, "SOFTWARE", 0);
}

static void store(const char *path, const uint8_t *data, size_t size) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, data, size) != (ssize_t)size || close(file) != 0) {
        abort();
    }
}

/* hivex refuses a header whose checksum is wrong, which few changed inputs would pass. */
static void mend_checksum(uint8_t *data, size_t size) {
    uint8_t sum[4] = {0};
    for (size_t i = 0; size >= 512 && i < 508; i++) {
        sum[i % 4] ^= data[i];
    }
    if (size >= 512) {
        memcpy(data + 508, sum, sizeof sum);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > LARGEST) {
        return 0;
    }
    char folder[] = "/tmp/marshealth-fuzz-XXXXXX";
    char path[5][128];
    static const char *const below[5] = {"Windows", "Windows/System32", "Windows/System32/config",
                                         "Windows/System32/config/SYSTEM",
                                         "Windows/System32/config/SOFTWARE"};
    uint8_t *copy = malloc(size + 1);
    if (copy == NULL || mkdtemp(folder) == NULL) {
        abort();
    }
    memcpy(copy, data, size);
    mend_checksum(copy, size);
    for (size_t i = 0; i < 5; i++) {
        (void)snprintf(path[i], sizeof path[i], "%s/%s", folder, below[i]);
        if (i < 3) {
            (void)mkdir(path[i], 0700);
        } else {
            store(path[i], copy, size);
        }
    }
    host *machine = NULL;
    if (host_open_image(&machine, folder) == MARS_OK) {
        read_all(machine);
    }
    host_close(machine);
    for (size_t i = 5; i > 0; i--) {
        (void)(i > 3 ? unlink(path[i - 1]) : rmdir(path[i - 1]));
    }
    (void)rmdir(folder);
    free(copy);
    return 0;
}
