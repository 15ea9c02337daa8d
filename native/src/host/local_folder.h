/* Files on the machine that this runs on, outside of any server that is judged: what a person names as the
 * source of a repair. */
#ifndef HOST_LOCAL_FOLDER_H
#define HOST_LOCAL_FOLDER_H

#include "host/host.h"

/* A folder as a host that has files and nothing else: the folder is its drive C:, so that collectors read it
 * as they read a server. Of its readers only file_info, file_read and folder_each tell anything; there is no
 * writer. Names are compared as Windows does, two that differ only by case are ambiguous; no link below the
 * folder is followed (the folder itself may be one), so nothing outside of it is ever read.
 * MARS_E_NOT_FOUND, MARS_E_UNREADABLE, MARS_E_NO_MEMORY, each naming the folder. Closed by host_close. */
mars_status local_folder_open(host **out, const char *folder);

/* A whole regular file; one of more than max bytes is MARS_E_TOO_LARGE. MARS_E_NOT_FOUND, MARS_E_UNREADABLE,
 * MARS_E_NO_MEMORY, each naming the file. */
mars_status local_file_read(const char *path, uint64_t max, arena *memory, bytes *out);

#endif
