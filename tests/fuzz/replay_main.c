/* Runs a fuzz target over files and folders of files, for compilers without libFuzzer. Each input is handed over in
 * memory of exactly its size, so that the sanitizers and valgrind see one byte too far. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t inputs;

static int replay_file(const char *path) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    struct stat status;
    if (fstat(fileno(file), &status) != 0) {
        perror(path);
        (void)fclose(file);
        return 1;
    }
    size_t size = (size_t)status.st_size;
    uint8_t *data = malloc(size > 0 ? size : 1);
    int failed = data == NULL || fread(data, 1, size, file) != size;
    (void)fclose(file);
    if (failed) {
        (void)fprintf(stderr, "%s: could not be read\n", path);
    } else {
        (void)LLVMFuzzerTestOneInput(data, size);
        inputs++;
    }
    free(data);
    return failed;
}

static int replay(const char *path) {
    DIR *folder = opendir(path);
    if (folder == NULL) {
        return replay_file(path);
    }
    int failed = 0;
    const struct dirent *entry = NULL;
    while ((entry = readdir(folder)) != NULL) {
        char name[4096];
        if (entry->d_name[0] == '.') {
            continue;
        }
        (void)snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        failed |= replay_file(name);
    }
    (void)closedir(folder);
    return failed;
}

int main(int argc, char **argv) {
    int failed = 0;
    for (int i = 1; i < argc; i++) {
        failed |= replay(argv[i]);
    }
    (void)printf("%zu inputs replayed\n", inputs);
    return failed != 0 || inputs == 0;
}
