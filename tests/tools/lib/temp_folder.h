/* A folder for one test. Whatever goes wrong here ends the program with a message. */
#ifndef TEMP_FOLDER_H
#define TEMP_FOLDER_H

#include "host/host_writer.h"

typedef struct temp_folder {
    char path[512]; /* in the system's own way of writing, absolute */
    journal_place place; /* for journal_storage_open, once */
} temp_folder;

void temp_folder_make(temp_folder *folder);
/* With all that is in it. */
void temp_folder_remove(temp_folder *folder);

#endif
