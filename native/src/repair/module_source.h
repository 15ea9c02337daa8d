/* The agent's module in a folder on the machine that this runs on: where a restore takes its files from, and
 * what a baseline is made of. All that is read there is untrusted; it is bounded as the module of a server is
 * (collect/powershell_files.c) and never leaves the folder (host/local_folder.h). */
#ifndef REPAIR_MODULE_SOURCE_H
#define REPAIR_MODULE_SOURCE_H

#include "evidence/evidence.h"
#include "host/host.h"

enum { MODULE_SOURCE_LIMIT = 256 * 1024 * 1024 }; /* bytes that one restore reads */

typedef struct module_source {
    const char *folder;       /* as it was given */
    const char *place;        /* the module's folder below that, "." if it is the folder itself */
    fact_text agent_version;  /* of cbengine.exe two folders above the module; absent: there is none */
    const module_file *files; /* sizes, digests, kinds and signatures as in the evidence */
    size_t count;
    host *machine; /* private, as are these */
    const char *root;
    evidence *document;
    struct sorted_file *sorted;
} module_source;

/* Finds the module in a folder: the folder itself, or one of the places that a Modules, a bin or an install
 * folder, or a whole system drive has it at; then reads all its files. Two places: MARS_E_REFUSED naming
 * both. MARS_E_NOT_FOUND, MARS_E_UNREADABLE, MARS_E_TOO_LARGE, MARS_E_NO_MEMORY. On failure there is nothing
 * to close. */
mars_status module_source_open(module_source *out, const char *folder, arena *memory);
void module_source_close(module_source *source);

/* The file of that path (with backslashes), without regard to case; NULL if there is none. */
const module_file *module_source_find(const module_source *source, const char *path);
/* Reads a file whose size and digest are known again. MARS_E_UNREADABLE if it is not what it was, or has
 * become so. */
mars_status module_source_read(const module_source *source, const module_file *file, arena *memory,
                               bytes *out);

#endif
