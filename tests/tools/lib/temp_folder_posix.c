#include "temp_folder.h"

#include "file_tree.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void must(bool good, const char *what) {
    if (!good) {
        perror(what);
        exit(EXIT_FAILURE);
    }
}

void temp_folder_make(temp_folder *folder) {
    (void)snprintf(folder->path, sizeof folder->path, "/tmp/marshealth-XXXXXX");
    must(mkdtemp(folder->path) != NULL, folder->path);
    folder->place =
        (journal_place){.path = folder->path, .descriptor = open(folder->path, O_RDONLY | O_DIRECTORY)};
    must(folder->place.descriptor >= 0, folder->path);
}

void temp_folder_remove(temp_folder *folder) {
    char text[256];
    const maker_error error = {.text = text, .size = sizeof text};
    must(tree_remove(folder->path, &error), folder->path);
}
