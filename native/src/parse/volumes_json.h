/* What `Get-Volume | ConvertTo-Json` wrote. */
#ifndef PARSE_VOLUMES_JSON_H
#define PARSE_VOLUMES_JSON_H

#include "host/host.h"

/* data: UTF-8, with or without a byte order mark. where: put into every fact of the result (may be NULL; not
 * copied). Numbers of DriveType, FileSystemType and DedupMode are those of the MSFT_Volume class. A key that
 * is missing or not understood leaves its fact unknown. False: *why tells the reason; *out is empty. */
bool volumes_json_read(const uint8_t *data, size_t size, const char *where, arena *memory,
                       volume_info_list *out, fact *why);

#endif
