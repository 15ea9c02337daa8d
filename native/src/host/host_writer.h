/* Changing a machine. Only repair/change.c and what recovers and undoes see this; everything else reads. Each
 * function is one atomic act on one target: whatever happens in between, a full disk or a lost process
 * included, the target is as it was or as it was asked to be. When it returns MARS_OK the change is durable
 * (but see flush) and the host's reader sees it. None of them records anything: the journal does that before.
 * A NULL entry means that this host cannot change such a thing.
 *
 * Errors, for all: MARS_E_REFUSED where the change would not be safe as things are, MARS_E_UNWRITABLE where
 * the system does not let it (read-only, no right, no space), MARS_E_UNSUPPORTED where the target is nothing
 * that this host has, MARS_E_UNREADABLE, MARS_E_MALFORMED, MARS_E_NO_MEMORY, MARS_E_INVALID_ARGUMENT. */
#ifndef HOST_HOST_WRITER_H
#define HOST_HOST_WRITER_H

#include "core/digest.h"
#include "host/host.h"

enum {
    REGISTRY_DATA_LIMIT = 16344
}; /* bytes of a value that are written; Windows stores larger ones in another way */

typedef enum service_delay {
    SERVICE_DELAY_OFF = 0,
    SERVICE_DELAY_ON = 1,
    SERVICE_DELAY_UNSET, /* off, because it was never set: taken back, it must be unset again */
} service_delay;

/* What a service is configured to do. */
typedef struct service_config {
    int64_t start;       /* SERVICE_START_... */
    service_delay delay; /* delayed automatic start */
} service_config;

/* Where journals are kept. */
typedef struct journal_place {
    const char *path; /* as file paths of this host are */
    int descriptor;   /* of the folder; journal_storage_open takes it over. -1 where the system has no such
                         thing */
    /* What is to stand before the storage made of it, which it then owns; NULL: nothing. A test lets the
     * storage's acts fail this way. */
    struct journal_storage *(*decorate)(struct journal_storage *storage);
} journal_place;

struct host_writer {
    /* ---- Registry ---- */

    /* Sets a value, making the keys above it; data exactly as given, MARS_E_TOO_LARGE beyond
     * REGISTRY_DATA_LIMIT. value NULL: deletes it. A value that is so already is left alone. keys_created:
     * how many of the last keys of the path did not exist and were made. name NULL or "": the default value.
     */
    mars_status (*registry_set)(host *, const registry_path *, const char *name, const registry_value *value,
                                uint32_t *keys_created);
    /* Removes the last `count` keys of a path, from the inside out, as far as they are empty. */
    mars_status (*registry_prune)(host *, const registry_path *, uint32_t count);
    /* The file that holds this part of the registry, for a host whose registry is files; a NULL entry
     * elsewhere. Kept with file_keep before the first change of a run and put back with file_put_back, it is
     * what it was byte for byte. */
    mars_status (*registry_file)(host *, const registry_path *, arena *, const char **path);

    /* ---- Files; paths as for host_reader ---- */

    /* Writes a file anew or replaces its content: a new file beside it is written, flushed and renamed over
     * it. Where it replaces one, that one is kept beside it under the name aside (NULL: not kept), with all
     * it has (ACL, streams, times), and the new one has its owner, mode and ACL. Else the mode is that of
     * other files there. Cut short, it leaves the old file under both names (doing it again is fine) or, on a
     * volume without second names, under the name aside alone (file_put_back). */
    mars_status (*file_write)(host *, const char *path, bytes content, const char *aside);
    /* Renames within a folder; the target must not exist. */
    mars_status (*file_rename)(host *, const char *path, const char *new_name);
    /* Gives a file a second name on the same volume, which must not exist: what the first name is given to
     * later, the file stays as it is. Where the volume has no second names it is copied. Fine if it has that
     * name already. */
    mars_status (*file_keep)(host *, const char *path, const char *kept);
    /* Gives a file that was kept or put aside its old name back, replacing what has that name now: whether
     * that is what the run left there is to be asked before (file_digest). */
    mars_status (*file_put_back)(host *, const char *kept, const char *path);
    /* Removes a file, or a folder that is empty. Fine if there is none. */
    mars_status (*file_remove)(host *, const char *path);
    /* Makes one folder; fine if it is there. */
    mars_status (*folder_make)(host *, const char *path);
    /* Removes what an interrupted act on this path may have left beside it; for recovery. A file that was
     * kept is read-only again if it was when it was kept. */
    mars_status (*file_sweep)(host *, const char *path);
    /* SHA-256 of a file's content, read piece by piece. MARS_E_NOT_FOUND. */
    mars_status (*file_digest)(host *, const char *path, digest_value *out);

    /* ---- Services, tasks, shadow copies ---- */

    /* What service_configure would need to bring the service back to where it is. MARS_E_NOT_FOUND. */
    mars_status (*service_config)(host *, const char *name, service_config *out);
    /* On a host where start and delay are two acts: the start first. Cut short, it leaves the delay as it
     * was, or off where it was or becomes unset; recovery then configures what was before. */
    mars_status (*service_configure)(host *, const char *name, const service_config *);
    mars_status (*service_start)(host *, const char *name, uint32_t time_limit_s);
    mars_status (*service_stop)(host *, const char *name, uint32_t time_limit_s);
    mars_status (*task_register)(host *, const char *path, bytes xml);
    mars_status (*task_enable)(host *, const char *path, bool enabled);
    mars_status (*shadow_resize)(host *, const char *for_volume, const char *on_volume, uint64_t max_bytes);

    /* ---- Runs ---- */

    /* One run at a time: taken before the first change, released by the system when the process ends.
     * MARS_E_BUSY. */
    mars_status (*lock)(host *);
    void (*unlock)(host *);
    /* The folder of the journals; make: it is made if it is not there. MARS_E_NOT_FOUND. */
    mars_status (*journal_folder)(host *, bool make, arena *, journal_place *out);
    /* Makes all that was changed durable, on a host where the acts themselves do not; at the end of a run.
     * others: also what another process may have changed, for the recovery of one that was ended. */
    mars_status (*flush)(host *, bool others);
};

/* NULL where the host cannot be changed at all. */
const host_writer *host_writer_of(host *machine);

#endif
