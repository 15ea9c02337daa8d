/* Targets: the things that changes are made to, each named by a text that tells it apart from all others of
 * its kind, can be read by people, and leads back to the thing. Reading and writing them here, below
 * operations, is what lets undo and recovery work without any operation's validator in their way.
 *
 *   registry value   HKLM\SOFTWARE\...\\Name      (two backslashes before the name; HKLM32\ is the 32-bit
 * view, HKU\S-1-5-18\ the SYSTEM account) file             C:\... task \Microsoft\OnlineBackup\... service
 * its name; its state is the text "start=<number> delayed=<0, 1, or - where unset>" */
#ifndef REPAIR_TARGET_H
#define REPAIR_TARGET_H

#include "host/host_writer.h"
#include "repair/journal.h"

const char *target_of_registry(arena *memory, const registry_path *path, const char *name);
/* False if the text names no registry value. The path's texts live in the arena. */
bool target_to_registry(arena *memory, const char *target, registry_path *path, const char **name);

change_state state_of_service(arena *memory, const service_config *config);
bool state_to_service(const change_state *state, service_config *out);

/* What is there now. MARS_E_UNREADABLE if it cannot be told, MARS_E_MALFORMED if the text names no such
 * target. */
mars_status target_read(host *machine, arena *memory, change_kind kind, const char *target,
                        change_state *out);
/* Whether two states of such a target are the same thing: bytes that are equal; definitions of tasks that say
 * the same, since Windows does not keep them byte for byte (task_compare.h). */
bool target_same(arena *memory, change_kind kind, const change_state *a, const change_state *b);
/* How many of the keys above a registry value do not exist. */
mars_status target_missing_keys(host *machine, arena *memory, const char *target, uint32_t *out);
/* Makes it so, in one atomic act. MARS_E_UNSUPPORTED where this host cannot change such a thing. */
mars_status target_write(host *machine, arena *memory, change_kind kind, const char *target,
                         const change_state *state);

#endif
