/* What powershell.restore-module copies: which files are wanted (module_wanted.c), and which of them may come
 * from the source (module_accept.c), perhaps by their signature alone (module_signature.c). All only read. */
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
 * With a baseline a file is acceptable if it is the baseline's. Without, the source must show an agent of
 * the machine's version, and Microsoft's signature must be enough for each file. With allow_unsigned an agent
 * that the source does not show is nothing against it, and files need only be whole as far as it shows by
 * itself. */
mars_status module_accept(module_restore *restore);

/* Why a signature is not enough for a file that was read from the source, or NULL if it is: Microsoft's, as
 * Windows judges it (host_reader.file_trust), in a program whose version resource has the file's own name and
 * the version, if known, of the file that it replaces. */
const char *module_refuse_signature(const module_restore *restore, const wanted_file *wanted,
                                    const module_file *file);

#endif
