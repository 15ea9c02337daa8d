#include "faults.h"

#include "core/error.h"
#include "host/image/image_write.h"
#include "repair/journal_storage.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

fault_plan faults;

void faults_set(fault_kind kind, unsigned at, int error) {
    faults = (fault_plan){.kind = kind, .at = at, .error = error};
}

/* Whether this call is to fail. */
static bool fails(void) {
    unsigned now = ++faults.count;
    return faults.kind != FAULT_NONE && (now == faults.at || (faults.kind == FAULT_ALL && now > faults.at));
}

static bool give_up(void) {
    if (faults.kind == FAULT_DIE) {
        (void)kill(getpid(), SIGKILL);
    }
    errno = faults.error;
    return false;
}

/* ---- The image ---- */

static int faulty_create(int folder, const char *name) {
    return fails() ? (int)give_up() - 1 : image_calls_system.create(folder, name);
}

static bool faulty_write(int descriptor, bytes content) {
    if (fails()) {
        (void)image_calls_system.write(descriptor, (bytes){.data = content.data, .size = content.size / 2});
        return give_up();
    }
    return image_calls_system.write(descriptor, content);
}

static bool faulty_commit(hive_h *hive, int descriptor) {
    bool failing = fails();
    bool good = image_calls_system.commit(hive, descriptor);
    struct stat status;
    if (failing && fstat(descriptor, &status) == 0 && ftruncate(descriptor, status.st_size / 2) == 0) {
        return give_up();
    }
    return good;
}

static bool faulty_dress(int descriptor, int model) {
    return fails() ? give_up() : image_calls_system.dress(descriptor, model);
}

static bool faulty_set_mode(int descriptor, mode_t mode) {
    return fails() ? give_up() : image_calls_system.set_mode(descriptor, mode);
}

static bool faulty_sync(int descriptor) {
    (void)descriptor;
    return fails() ? give_up() : true;
}

static bool faulty_link(int folder, const char *name, int to_folder, const char *to) {
    return fails() ? give_up() : image_calls_system.link(folder, name, to_folder, to);
}

static bool faulty_rename(int folder, const char *name, int to_folder, const char *to) {
    return fails() ? give_up() : image_calls_system.rename(folder, name, to_folder, to);
}

static bool faulty_remove(int folder, const char *name, bool is_folder) {
    return fails() ? give_up() : image_calls_system.remove(folder, name, is_folder);
}

static bool faulty_make_folder(int folder, const char *name, mode_t mode) {
    return fails() ? give_up() : image_calls_system.make_folder(folder, name, mode);
}

static const image_calls faulty_calls = {
    .create = faulty_create,
    .write = faulty_write,
    .commit = faulty_commit,
    .dress = faulty_dress,
    .set_mode = faulty_set_mode,
    .sync = faulty_sync,
    .link = faulty_link,
    .rename = faulty_rename,
    .remove = faulty_remove,
    .make_folder = faulty_make_folder,
};

/* ---- The journals ---- */

typedef struct faulty_storage {
    journal_storage base;
    journal_storage *real;
} faulty_storage;

static journal_storage *real_of(journal_storage *storage) {
    return ((faulty_storage *)(void *)storage)->real;
}

static mars_status fail(const char *path) {
    (void)give_up();
    return error_set(MARS_E_UNWRITABLE, "%s: this act was told to fail", path);
}

static mars_status make_folder(journal_storage *storage, const char *path) {
    return fails() ? fail(path) : real_of(storage)->make_folder(real_of(storage), path);
}

static mars_status create(journal_storage *storage, const char *path, uint64_t reserve) {
    (void)reserve; /* takes most of a test's time where the file system has to be asked */
    return fails() ? fail(path) : real_of(storage)->create(real_of(storage), path, 0);
}

static mars_status append(journal_storage *storage, const char *path, bytes data) {
    if (fails()) {
        (void)real_of(storage)->append(real_of(storage), path,
                                       (bytes){.data = data.data, .size = data.size / 2});
        return fail(path);
    }
    return real_of(storage)->append(real_of(storage), path, data);
}

static mars_status flush(journal_storage *storage, const char *path) {
    (void)storage;
    return fails() ? fail(path) : MARS_OK;
}

static mars_status read_file(journal_storage *storage, const char *path, uint64_t max, arena *memory,
                             bytes *out) {
    return real_of(storage)->read(real_of(storage), path, max, memory, out);
}

static mars_status list(journal_storage *storage, arena *memory, text_list *out) {
    return real_of(storage)->list(real_of(storage), memory, out);
}

static void close_storage(journal_storage *storage) {
    real_of(storage)->close(real_of(storage));
    free(storage);
}

static journal_storage *decorate(journal_storage *real) {
    faulty_storage *storage = calloc(1, sizeof *storage);
    if (storage == NULL) {
        abort();
    }
    storage->real = real;
    storage->base = (journal_storage){
        .make_folder = make_folder,
        .create = create,
        .append = append,
        .flush = flush,
        .flush_folder = flush,
        .read = read_file,
        .list = list,
        .close = close_storage,
    };
    return &storage->base;
}

static mars_status journal_folder(host *machine, bool make, arena *memory, journal_place *out) {
    mars_status status = image_journal_folder(machine, make, memory, out);
    out->decorate = decorate;
    return status;
}

void faults_use(host *machine, arena *memory) {
    host_writer *writer = arena_copy(memory, &image_writer, sizeof image_writer);
    if (writer == NULL) {
        abort();
    }
    writer->journal_folder = journal_folder;
    machine->writer = writer;
    image_of(machine)->calls = &faulty_calls;
}
