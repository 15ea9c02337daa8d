/* Which machine something was read from or is meant for. What was found on one is never applied to another
 * unless that is asked for. */
#ifndef REPAIR_MACHINE_IDENTITY_H
#define REPAIR_MACHINE_IDENTITY_H

#include "host/host.h"

/* NULL where not known. */
typedef struct machine_identity {
    const char *computer_name;
    const char *machine_guid;
    const char *mars_machine_id;
} machine_identity;

/* Reads it from a machine, as collect/machine does. Texts live in the arena. */
machine_identity machine_identity_of(host *machine, arena *memory);

/* MARS_OK if both may be the same machine: each part that both know is equal (names without regard to case),
 * and at least one part is known to both. Else MARS_E_OTHER_MACHINE, naming what differs. */
mars_status machine_identity_same(const machine_identity *meant, const machine_identity *actual);

#endif
