/* files.json: attributes, security and Internet zone of files and folders, an array of
 * {"FullName": "C:\\...", "Attributes": 32 or "Archive, Compressed", "Sddl": "O:..." or null, "Zone": 3 or
 * null}. */
#ifndef PARSE_FILES_JSON_H
#define PARSE_FILES_JSON_H

#include "host/host.h"

typedef struct files_json_entry {
    const char *key;  /* the path as it is compared: upper case, backslashes, none at the end */
    const char *path; /* as written */
    size_t order;     /* the how-manieth it was */
    file_marks marks;
} files_json_entry;

typedef struct files_json {
    files_json_entry *items; /* sorted by key, each key once: the last one written counts */
    size_t count;
} files_json;

/* data: UTF-8, with or without a byte order mark. where: put into every fact (may be NULL; not copied). A
 * null Sddl is unknown (it could not be read), a null Zone is absent (no mark). Entries without a FullName
 * make the capture malformed. False: *why tells the reason; *out is empty. */
bool files_json_read(const uint8_t *data, size_t size, const char *where, arena *memory, files_json *out,
                     fact *why);

/* NULL if the path is not in the capture (or memory ran out). Case and the direction of slashes do not
 * matter, nor does a slash at the end. */
const file_marks *files_json_find(const files_json *files, const char *path, arena *memory);

#endif
