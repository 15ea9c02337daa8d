/* Finding a volume among the collected ones. */
#ifndef CHECKS_VOLUMES_H
#define CHECKS_VOLUMES_H

#include "evidence/evidence.h"

/* By drive letter ("C", either case), or else by path ("\\?\Volume{...}\"); a fact that is not known finds
 * nothing. NULL if there is no such volume or volumes are not known. */
const volume *volume_find(const evidence *e, const fact_text *letter, const fact_text *path);

/* "C:", or the path of a volume without a letter. */
const char *volume_name(arena *memory, const fact_text *letter, const fact_text *path);

/* The volume that the agent's scratch folder is on; NULL as for volume_find. */
const volume *volume_of_scratch(const evidence *e);

/* Why volume_find found nothing: the volumes are not known, or none of them is it. */
fact volume_not_found(const evidence *e);

#endif
