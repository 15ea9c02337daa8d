/* Targets: the things that changes are made to, each named by a text that tells it apart from all others of
 * its kind, can be read by people, and leads back to the thing. Reading and writing them here, below
 * operations, is what lets undo and recovery work without any operation's validator in their way.
 *
 *   registry value   HKLM\SOFTWARE\...\\Name   two backslashes before the name; HKLM32\ is the 32-bit view,
 *                    HKU\S-1-5-18\ the SYSTEM account
 *   file             C:\...; its state is its SHA-256
 *   task             \Microsoft\OnlineBackup\...; its state is its XML
 *   service          its name; its state is "start=<number> delayed=<0, 1, or - where unset>" */
#ifndef REPAIR_TARGET_H
#define REPAIR_TARGET_H

#include "host/host_writer.h"
#include "repair/journal.h"

const char *target_of_registry(arena *memory, const registry_path *path, const char *name);
/* False if the text names no registry value. The path's texts live in the arena. */
bool target_to_registry(arena *memory, const char *target, registry_path *path, const char **name);

change_state state_of_service(arena *memory, const service_config *config);
bool state_to_service(const change_state *state, service_config *out);

change_state state_of_file(arena *memory, const digest_value *sha256);

/* MARS_OK if a repair may ever change such a thing, else MARS_E_REFUSED: whatever an operation, or a journal
 * that somebody else wrote, asks for, nothing else is changed. */
mars_status target_allowed(change_kind kind, const char *target);
/* Whether programs that run see a change of it only after they restart. */
bool target_needs_restart(change_kind kind, const char *target);

/* What is there now. MARS_E_UNREADABLE if it cannot be told, MARS_E_MALFORMED if the text names no such
 * target. */
mars_status target_read(host *machine, arena *memory, change_kind kind, const char *target,
                        change_state *out);
/* Whether two states of such a target are the same thing: bytes that are equal; definitions of tasks that say
 * the same, since Windows does not keep them byte for byte (task_compare.h). If memory runs out the arena has
 * failed, and the answer means nothing. */
bool target_same(arena *memory, change_kind kind, const change_state *a, const change_state *b);
/* Makes it so, in one atomic act; not for files, whose state does not hold their content.
 * MARS_E_UNSUPPORTED where this host cannot change such a thing. */
mars_status target_write(host *machine, arena *memory, change_kind kind, const char *target,
                         const change_state *state);

/* The file that a change of this target is made in, on a host whose registry is files; NULL: none. */
mars_status target_file(host *machine, arena *memory, change_kind kind, const char *target,
                        const char **file);

/* ---- What is above: the keys of a registry value, the folders of a file; nothing for others ---- */

/* How many of them do not exist. */
mars_status target_missing_parents(host *machine, arena *memory, change_kind kind, const char *target,
                                   uint32_t *out);
/* Makes the last `count` folders above a file. */
mars_status target_make_folders(host *machine, arena *memory, const char *file, uint32_t count);
/* Removes the last `count` of them, from the inside out, as far as they are empty. */
mars_status target_remove_parents(host *machine, arena *memory, change_kind kind, const char *target,
                                  uint32_t count);

#endif
