/* A module baseline: the files of the agent's module as they are on a machine where it works.
 *
 *     {"schema": "marshealth/baseline/1", "agent_version": "2.0.9262.0",
 *      "files": [{"path": "MSOnlineBackup.psd1", "size": 1234, "sha256": "..."}]}
 *
 * path is below the module's folder, with either slash; sha256 is 64 hex digits. Other members are ignored.
 */
#ifndef CHECKS_BASELINE_H
#define CHECKS_BASELINE_H

#include "core/arena.h"
#include "marshealth.h"

#define BASELINE_SCHEMA "marshealth/baseline/1"

enum {
    BASELINE_SIZE_LIMIT = 8 * 1024 * 1024, /* bytes of text */
    BASELINE_FILE_LIMIT = 5000,
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

/* The file of that path, without regard to case and kind of slash; NULL if there is none. */
const baseline_file *baseline_find(const baseline *known, const char *path);

#endif
