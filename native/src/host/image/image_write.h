/* The writing side of the image host (host_writer.h). Private to this folder.
 *
 *   image_write.c           the table of functions, the lock, the journals' folder
 *   image_write_calls.c     what asks the system for a change
 *   image_write_place.c     the way to a name that is to be written
 *   image_write_files.c     files
 *   image_write_registry.c  values, keys and services, each in its hive
 *   image_write_hive.c      a hive, changed as a whole
 *   image_write_edit.c      the change, through hivex
 *   image_write_compare.c   whether it is that and no other
 *   image_log.c             whether logs await a hive
 */
#ifndef HOST_IMAGE_IMAGE_WRITE_H
#define HOST_IMAGE_IMAGE_WRITE_H

#include "host/host_writer.h"
#include "host/image/image.h"

#include <hivex.h>

/* ---- The system ---- */

/* Every call that changes something on disk, so that a test can let any of them fail, or be the last. Each is
 * as the function that it is named after: false, or -1, with errno. Names are those of Linux, one name
 * without a slash. */
typedef struct image_calls {
    int (*create)(int folder, const char *name); /* a new file for its owner only, open for writing */
    bool (*write)(int descriptor, bytes content);
    bool (*commit)(hive_h *hive, int descriptor); /* of a new, empty file */
    bool (*dress)(int descriptor, int model); /* gives a file owner, mode, ACL and attributes of another */
    bool (*set_mode)(int descriptor, mode_t mode);
    bool (*sync)(int descriptor);
    bool (*link)(int folder, const char *name, int to_folder, const char *to);
    bool (*rename)(int folder, const char *name, int to_folder, const char *to);
    bool (*remove)(int folder, const char *name, bool is_folder);
    bool (*make_folder)(int folder, const char *name, mode_t mode);
} image_calls;
extern const image_calls image_calls_system;

/* ---- Errors ---- */

/* What a fact that is not known means for one who wants to change what it is about. */
mars_status image_write_refuse(const fact *why);
/* What errno means: MARS_E_UNWRITABLE with where and a sentence. */
mars_status image_write_failed(int error, const char *where);

/* ---- Places ---- */

/* The one name under which a new file is written before it is whole; no run leaves it behind, and the next
 * one takes it away. It is no name of a hive or of its logs. */
extern const char image_new_name[];

/* A name in a folder of the image, and what has it. */
typedef struct image_place {
    image_spot spot; /* the folder, the name as Linux has it or will have it, and what it is if it exists */
    const char *where;
    bool exists;
} image_place;

/* Finds the place that a path names, in a folder that exists. MARS_OK: to be closed. */
mars_status image_place_find(image *self, const char *path, arena *memory, image_place *out);
/* The place of another name in the same folder. */
mars_status image_place_beside(image *self, const image_place *place, const char *name, arena *memory,
                               image_place *out);
void image_place_close(image_place *place);
/* Removes what an interrupted act left in the folder. */
mars_status image_place_sweep(image *self, const image_place *place);
/* Ends an act in the folder: makes its names durable and lets the readers see them. status: how it went so
 * far. */
mars_status image_place_settle(image *self, const image_place *place, mars_status status);

mars_status image_file_write(host *machine, const char *path, bytes content, const char *aside);
mars_status image_file_rename(host *machine, const char *path, const char *new_name);
mars_status image_file_keep(host *machine, const char *path, const char *kept);
mars_status image_file_put_back(host *machine, const char *kept, const char *path);
mars_status image_file_remove(host *machine, const char *path);
mars_status image_folder_make(host *machine, const char *path);
mars_status image_file_sweep(host *machine, const char *path);
mars_status image_file_digest(host *machine, const char *path, digest_value *out);

/* ---- Hives ---- */

typedef struct hive_value_edit {
    const char *name;
    const registry_value *value; /* NULL: it is deleted */
} hive_value_edit;

/* A change of one key: some of its values are set or deleted, or it and keys above it are removed. */
typedef struct hive_edit {
    const char *key; /* below the hive's root */
    const hive_value_edit *values;
    size_t value_count;
    uint32_t prune;  /* how many of the last keys are to be removed if they are empty */
    bool must_exist; /* the key is not made */

    /* Filled while it is made. */
    const char **names; /* of the key, from the root on */
    size_t depth;
    size_t made;    /* how many of the last keys were made */
    size_t removed; /* how many of the last keys were removed */
    bool changed;
} hive_edit;

/* Changes the hive's file and opens it again. Nothing changed: edit->changed is false and the file is as it
 * was. */
mars_status image_hive_change(image *self, image_hive_id id, hive_edit *edit);
/* Makes the change in memory. hive is what handle was opened from, to be read. */
mars_status hive_edit_apply(hive_edit *edit, const image_hive *hive, hive_h *handle, arena *memory);
/* NULL if both hives are sound and differ in what the edit says and in nothing else, else what is wrong. edit
 * NULL: they do not differ at all. */
const char *hive_compare(bytes before, bytes after, const hive_edit *edit, arena *memory);

mars_status image_registry_set(host *machine, const registry_path *path, const char *name,
                               const registry_value *value, uint32_t *keys_created);
mars_status image_registry_prune(host *machine, const registry_path *path, uint32_t count);
mars_status image_registry_file(host *machine, const registry_path *path, arena *memory, const char **file);
mars_status image_service_config(host *machine, const char *name, service_config *out);
mars_status image_service_configure(host *machine, const char *name, const service_config *config);

/* ---- The rest ---- */

mars_status image_lock(host *machine);
void image_unlock(host *machine);
mars_status image_journal_folder(host *machine, bool make, arena *memory, journal_place *out);
extern const host_writer image_writer;

#endif
