/* Changing a machine. Only repair/change.c sees this; everything else reads. Each function is one atomic act on one
 * target: when it returns, the target is as it was or as it was asked to be, whatever happened in between. None of them
 * records anything: the journal does that before. A NULL entry means that this host cannot change such a thing. */
#ifndef HOST_HOST_WRITER_H
#define HOST_HOST_WRITER_H

#include "host/host.h"

/* What a service is configured to do; NULL members of a change stay as they are. */
typedef struct service_config {
    int64_t start; /* SERVICE_START_... */
    bool delayed;  /* delayed automatic start */
} service_config;

typedef struct host_writer {
    /* Sets a value, making the keys above it; data exactly as given. value NULL: deletes it. keys_created: how many of the
     * last keys of the path did not exist and were made. */
    mars_status (*registry_set)(host *, const registry_path *, const char *name, const registry_value *value,
                                uint32_t *keys_created);
    /* Removes the last `count` keys of a path, from the inside out, as far as they are empty. */
    mars_status (*registry_prune)(host *, const registry_path *, uint32_t count);
    /* Writes a file anew or replaces its content: a new file beside it is written, flushed and renamed over it. Where it
     * replaces one, that one is kept beside it under the name aside (relative to the folder; NULL: not kept), with all it
     * has (ACL, streams, times). */
    mars_status (*file_write)(host *, const char *path, bytes content, const char *aside);
    /* Renames within a folder; the target must not exist. */
    mars_status (*file_rename)(host *, const char *path, const char *new_name);
    mars_status (*file_remove)(host *, const char *path);
    mars_status (*service_configure)(host *, const char *name, const service_config *);
    mars_status (*service_start)(host *, const char *name, uint32_t time_limit_s);
    mars_status (*service_stop)(host *, const char *name, uint32_t time_limit_s);
    mars_status (*task_register)(host *, const char *path, bytes xml);
    mars_status (*task_enable)(host *, const char *path, bool enabled);
    mars_status (*shadow_resize)(host *, const char *for_volume, const char *on_volume, uint64_t max_bytes);
    /* One run at a time: taken before the first change, released by the system when the process ends. MARS_E_BUSY. */
    mars_status (*lock)(host *);
    void (*unlock)(host *);
    /* Makes all that was changed durable; called after every intent and at the end. */
    mars_status (*flush)(host *);
} host_writer;

/* NULL where the host cannot be changed at all. */
const host_writer *host_writer_of(host *machine);

#endif
