/* Where journals live: a folder of runs, below which paths are relative and use slashes. The acts a journal
 * stands on are few, so that a test can record them and lose what was not flushed. */
#ifndef REPAIR_JOURNAL_STORAGE_H
#define REPAIR_JOURNAL_STORAGE_H

#include "core/arena.h"
#include "host/host_writer.h"

typedef struct journal_storage journal_storage;
struct journal_storage {
    /* A new folder; its parent must be there. */
    mars_status (*make_folder)(journal_storage *, const char *path);
    /* A new, empty file, with room reserved for so many bytes where the file system can. */
    mars_status (*create)(journal_storage *, const char *path, uint64_t reserve);
    mars_status (*append)(journal_storage *, const char *path, bytes data);
    mars_status (*flush)(journal_storage *, const char *path);
    /* Makes the names in a folder durable. */
    mars_status (*flush_folder)(journal_storage *, const char *path);
    /* A whole file of at most max bytes. MARS_E_NOT_FOUND. */
    mars_status (*read)(journal_storage *, const char *path, uint64_t max, arena *, bytes *out);
    /* The names in the storage's own folder. */
    mars_status (*list)(journal_storage *, arena *, text_list *out);
    void (*close)(journal_storage *);
};

/* A folder on this machine as a host names it: by the descriptor where the system has such, else by the path,
 * and then nobody can swap the folder while the storage is open. It takes over the descriptor, also when it
 * fails. A journal decides what undo writes: MARS_E_REFUSED, naming the folder, if it is another user's than
 * root's or ours, or if others may write it. The same holds for each file that is read and the folders down
 * to it. */
mars_status journal_storage_open(journal_storage **out, const journal_place *place);

#endif
