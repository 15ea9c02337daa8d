/* What powershell.restore-module copies: which files are wanted (module_wanted.c), and which of them may come
 * from the source (module_accept.c). Both only read. */
#ifndef REPAIR_MODULE_RESTORE_H
#define REPAIR_MODULE_RESTORE_H

#include "checks/baseline.h"
#include "repair/change.h"
#include "repair/module_source.h"

typedef struct wanted_file {
    const char *path; /* below the module's folder */
    bytes content;    /* of the source's file; filled by module_accept */
} wanted_file;

typedef struct module_restore {
    operation_run *run;
    const evidence *machine; /* groups agent and powershell */
    const module_source *source;
    const baseline *expected; /* of the machine's agent version; NULL: none was given */
    bool allow_unsigned;
    bool every_file;
    wanted_file *wanted; /* filled by module_want, each path once; the manifest is last */
    size_t count;
} module_restore;

/* Finds what powershell.module-integrity would find missing or damaged on the machine; with every_file all
 * that the baseline, or else the source, has. What is odd, but to be left alone, becomes a note of the run.
 * MARS_E_REFUSED if a file is missing that is none of the module's, or what is there cannot be told. */
mars_status module_want(module_restore *restore);

/* Judges and reads every wanted file; nothing may be changed unless this is MARS_OK. MARS_E_REFUSED names
 * each file that is not acceptable with the reason; MARS_E_TOO_LARGE, MARS_E_UNREADABLE, MARS_E_NO_MEMORY.
 *
 * With a baseline a file is acceptable if it is the baseline's. Without, the source's agent must have the
 * machine's version (where it shows one), and each file must be signed by Microsoft as Windows judges it
 * (host_reader.file_trust) or, with allow_unsigned, at least be whole as far as it shows by itself. */
mars_status module_accept(module_restore *restore);

#endif
