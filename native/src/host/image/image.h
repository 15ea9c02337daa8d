/* The image host: a folder laid out like a system drive. Private to this folder; everything else uses
 * host/host.h.
 *
 *   image_open.c      opening and closing
 *   image_folder.c    names without regard to case
 *   image_files.c     the way to a file, and reading it
 *   image_marks.c     attributes, security, zones
 *   image_volumes.c   volumes.json
 *   image_registry.c  keys and values over image_hive.h
 *   image_hive.c      one hive
 *   image_cells.c     the cells of a hive
 *   image_tasks.c     task files and TaskCache
 *   image_services.c  services' keys and their captured states
 *   image_captures.c  what only the server could tell
 *   image_clock.c     the newest time the image shows
 *   local_folder.c    a folder that is no image, for its files
 */
#ifndef HOST_IMAGE_IMAGE_H
#define HOST_IMAGE_IMAGE_H

#include "host/host.h"
#include "host/image/image_folder.h"
#include "host/image/image_hive.h"
#include "host/windows_path.h"
#include "parse/files_json.h"
#include "parse/sc_queryex.h"

typedef enum image_hive_id { IMAGE_SYSTEM, IMAGE_SOFTWARE, IMAGE_DEFAULT, IMAGE_HIVES } image_hive_id;

typedef struct image {
    host base;
    arena memory; /* what lives as long as the host */
    int root;     /* descriptor of the image's folder */
    char system_drive[3];
    image_hive hives[IMAGE_HIVES];
    folder_cache folders;
    int lock;                        /* descriptor of the lock that is held, or -1 */
    const struct image_calls *calls; /* image_write.h */

    /* The newest time that it shows, found when first asked for: then where is not NULL. */
    int64_t newest;
    const char *newest_where;

    /* Captures that are asked for again and again, read when first needed. Their texts live in memory above:
     * what goes out is copied. */
    bool service_states_read;
    fact service_states_fact;
    sc_service_list service_states;
    bool marks_read;
    fact marks_fact;
    files_json marks;
} image;

/* "SYSTEM", and "Windows/System32/config/SYSTEM". */
const char *image_hive_name(image_hive_id id);
const char *image_hive_where(image_hive_id id);
/* Opens a hive's file as it is now, in place of what was open. */
void image_hive_reopen(image *self, image_hive_id id);
/* Known: a log of the hive holds changes that a hive with this sequence number has not. Absent: none does.
 * Unknown: a log could not be read. */
fact_state image_logs_newer(image *self, image_hive_id id, uint32_t sequence, arena *memory, fact *why);

/* The host's functions get the host; it is the image's first member. */
image *image_of(host *machine);
void image_close(host *machine);

/* ---- Files ---- */

/* A file or folder, found: an open descriptor of the folder that holds it, its name there as Linux has it,
 * and what it is (never a link). */
typedef struct image_spot {
    int folder; /* closed by image_spot_close */
    const char *name;
    struct stat status;
} image_spot;

/* Walks from the image's folder through the names given. Links are never followed. Known: *out is to be
 * closed. */
fact_state image_walk(image *self, const char *const *parts, size_t count, const char *where, arena *memory,
                      image_spot *out, fact *why);
void image_spot_close(image_spot *spot);
/* Opens a regular file for reading, or a folder; *descriptor is to be closed. */
fact_state image_spot_open(const image_spot *spot, const char *where, arena *memory, int *descriptor,
                           fact *why);
/* The same for a file among the hives. */
fact_state image_config_find(image *self, const char *name, const char *where, arena *memory, image_spot *out,
                             fact *why);
/* The same as image_walk for a Windows path; *where is the path as resolved. */
fact_state image_find(image *self, const char *path, arena *memory, const char **where, image_spot *out,
                      fact *why);
/* Reads a regular file; see host_reader.file_read. */
fact_state image_spot_read(const image_spot *spot, const char *where, uint64_t offset, uint64_t max,
                           arena *memory, bytes *out, fact *why);
/* Reads size bytes, or up to the end of the file if it has become shorter. False: errno says why. */
bool image_read_at(int descriptor, uint64_t offset, uint8_t *data, size_t size, size_t *got);
/* What errno means for a fact. ENOENT and ENOTDIR are absent. */
fact_state image_failure(int error, const char *where, arena *memory, fact *why);

fact_state image_file_info(host *machine, const char *path, arena *memory, file_info *out, fact *why);
fact_state image_file_read(host *machine, const char *path, uint64_t offset, uint64_t max, arena *memory,
                           bytes *out, fact *why);
fact_state image_folder_each(host *machine, const char *path, folder_visitor visit, void *user, arena *memory,
                             fact *why);
fact_state image_file_marks(host *machine, const char *path, arena *memory, file_marks *out, fact *why);

/* ---- Registry ---- */

fact_state image_registry_read(host *machine, const registry_path *path, const char *name, arena *memory,
                               registry_value *out, fact *why);
fact_state image_registry_keys(host *machine, const registry_path *path, arena *memory, text_list *out,
                               fact *why);
fact_state image_registry_values(host *machine, const registry_path *path, arena *memory, text_list *out,
                                 fact *why);
fact_state image_registry_time(host *machine, const registry_path *path, arena *memory, int64_t *out,
                               fact *why);
/* Which hive a path is in, and the key's path there. Unknown: no hive of the image holds it. */
fact_state image_registry_resolve(image *self, const registry_path *path, arena *memory,
                                  const image_hive **hive, const char **key, fact *why);
/* A value of HKEY_LOCAL_MACHINE as text or number; unknown (malformed) if it is of another type. */
fact_text image_registry_text(image *self, const char *key, const char *name, arena *memory);
fact_number image_registry_number(image *self, const char *key, const char *name, arena *memory);

/* ---- The rest of host_reader ---- */

fact_state image_task_list(host *machine, const char *folder, arena *memory, task_entry_list *out, fact *why);
fact_state image_task_xml(host *machine, const char *path, arena *memory, bytes *out, fact *why);
fact_state image_task_status(host *machine, const char *path, arena *memory, task_status *out, fact *why);
fact_state image_service_info(host *machine, const char *name, arena *memory, service_info *out, fact *why);
fact_state image_volume_list(host *machine, arena *memory, volume_info_list *out, fact *why);
fact_state image_console(host *machine, const console_tool *tool, arena *memory, const char **out, fact *why);
fact_state image_now(host *machine, arena *memory, int64_t *out, fact *why);

/* ---- Captures ---- */

/* A file in captures/, decoded to UTF-8 (with the server's OEM code page where nothing else decides).
 * command: what makes it on the server, for the detail when it is missing. */
fact_state image_capture(image *self, const char *file, const char *command, uint64_t max, arena *memory,
                         const char **out, fact *why);
/* What makes volumes.json and files.json. */
extern const char image_capture_script[];

/* ---- Facts ---- */

/* The ends of a reader: unknown if the arena failed on the way, else as it says. */
fact_state image_known(const char *where, const arena *memory, fact *why);
fact_state image_absent(const char *where, const arena *memory, fact *why);
fact_state image_unknown(unknown_reason reason, const char *where, const char *detail, fact *why);
/* A fact of the host's own memory, for one who may outlive the host. */
fact image_fact_copy(const fact *source, arena *memory);

#endif
