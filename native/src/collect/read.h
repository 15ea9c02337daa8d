/* What collectors read with: one call reads one thing and makes a fact of it, with where it was read and why
 * not. */
#ifndef COLLECT_READ_H
#define COLLECT_READ_H

#include "collect/collect.h"

/* ---- Registry: below HKEY_LOCAL_MACHINE (64-bit view), or the SYSTEM account's hive ---- */

fact_text read_machine_text(collector *c, const char *key, const char *name);
fact_number read_machine_number(collector *c, const char *key, const char *name);
fact_text read_account_text(collector *c, const char *key, const char *name);
fact_number read_account_number(collector *c, const char *key, const char *name);
/* The general form; a value of another type is unknown ("malformed"). type: the stored type, may be NULL. */
fact_text read_text(collector *c, const registry_path *path, const char *name, uint32_t *type);
fact_number read_number(collector *c, const registry_path *path, const char *name);
fact_time read_key_time(collector *c, const registry_path *path);
/* When the newest of these keys was last written; absent if there is none of them. Unknown if any of the
 * times is: a success can contradict a setting only if it came after the last change. */
fact_time read_newest_key_time(collector *c, const registry_path *keys, size_t count);
/* Whether a key is there. */
fact_flag read_key_present(collector *c, const registry_path *path);

/* ---- Files ---- */

/* Whether a file (a folder) of that name is there. A folder is no file; what is neither is unknown. */
fact_flag read_file_present(collector *c, const char *path);
fact_flag read_folder_present(collector *c, const char *path);
/* The size of a file; absent if no file of that name is there. */
fact_number read_file_size(collector *c, const char *path);
/* A whole file; larger than max is unknown. */
fact_bytes read_file(collector *c, const char *path, uint64_t max);
/* The file version of a program, a.b.c.d. */
fact_text read_program_version(collector *c, const char *path);
/* folder\name, with exactly one backslash between. */
const char *path_join(arena *memory, const char *folder, const char *name);
/* Without trailing backslashes (but "C:\" keeps its own) and surrounding blanks; forward slashes become
 * backslashes. */
const char *path_clean(arena *memory, const char *path);

/* ---- Environment: the machine's own, read from its registry; never the one we run in ---- */

void environment_read(collector *c);
/* %NAME% replaced by the machine's variables; an unknown name stays as written, as Windows leaves it. */
const char *environment_expand(const collector *c, const char *text);
/* NULL if there is none. */
const char *environment_value(const collector *c, const char *name);

/* ---- Facts from facts ---- */

/* A fact that follows from another one: unknown ("depends") with the other's where if that is not known. */
fact fact_depending_on(const fact *other);
/* With its texts copied to an arena. */
fact fact_copy(arena *memory, const fact *other);
fact_text fact_text_known(const char *value, const char *where);
fact_flag fact_flag_known(bool value, const char *where);
fact_number fact_number_known(int64_t value, const char *where);
/* Fills a list fact from a vector. */
fact_list fact_list_known(const arena_vector *items, const char *where);

#endif
