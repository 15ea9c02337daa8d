/* A module baseline: the files of the agent's module as they are on a machine where it works.
 *
 *     {"schema": "marshealth/baseline/1", "agent_version": "2.0.9506.0",
 *      "files": [{"path": "MSOnlineBackup.psd1", "size": 1234, "sha256": "..."}]}
 *
 * path is below the module's folder, with either slash and without ".."; sha256 is 64 hex digits. Other
 * members are ignored.
 */
#ifndef CHECKS_BASELINE_H
#define CHECKS_BASELINE_H

#include "core/fact.h"
#include "marshealth.h"

#define BASELINE_SCHEMA "marshealth/baseline/1"

enum {
    BASELINE_SIZE_LIMIT = 8 * 1024 * 1024, /* bytes of text */
    BASELINE_FILE_LIMIT = 5000,
    BASELINE_PATH_LIMIT = 1024, /* bytes */
};

typedef struct baseline_file {
    const char *path;   /* with backslashes */
    int64_t size;       /* bytes */
    const char *sha256; /* lower case */
} baseline_file;

typedef struct baseline {
    const char *agent_version;  /* a.b.c.d, or fewer parts */
    const baseline_file *files; /* sorted by path, without regard to case */
    size_t count;
} baseline;

/* Reads a baseline; the result lives in the arena. MARS_E_MALFORMED (with what is wrong, and where),
 * MARS_E_TOO_LARGE, MARS_E_NO_MEMORY. */
mars_status baseline_read(const baseline **out, arena *memory, const char *text, size_t size);

typedef enum baseline_fit {
    BASELINE_FITS,
    BASELINE_OF_OTHER_VERSION,
    BASELINE_NOT_COMPARABLE, /* the version is missing, not known, or none */
} baseline_fit;
/* Whether it is one of an agent of this version. */
baseline_fit baseline_fits(const baseline *known, const fact_text *agent_version);

/* The file of that path, without regard to case and kind of slash; NULL if there is none. */
const baseline_file *baseline_find(const baseline *known, const char *path);

/* ---- Paths below the module's folder ---- */

/* Orders paths without regard to case and kind of slash. */
int module_path_compare(const char *a, const char *b);
/* Whether a path (with backslashes) can only mean a file below the folder that it is joined to: no drive, no
 * "..", no stream, no device, no name that Windows would take for another. */
bool module_path_safe(const char *path);

/* ---- Making one ---- */

struct module_file;
/* Writes the baseline of these files as JSON, sorted by path; the same files give the same text. A file whose
 * path, size or digest is not known, or that baseline_read would not accept, is an error naming it:
 * MARS_E_UNREADABLE, MARS_E_MALFORMED; MARS_E_INVALID_ARGUMENT if agent_version is no version number;
 * MARS_E_TOO_LARGE, MARS_E_NO_MEMORY. */
mars_status baseline_make(const char **out, arena *memory, const struct module_file *files, size_t count,
                          const char *agent_version);

#endif
