/* What can stand against a repair of services or shadow copies. Each guard reads the machine and changes
 * nothing. MARS_OK: nothing stands against it. MARS_E_REFUSED: something does, or what would tell cannot be
 * read, and the message says what; a repair asks its guards before its first change. Texts live in the arena.
 */
#ifndef REPAIR_GUARDS_H
#define REPAIR_GUARDS_H

#include "host/host.h"

/* No task of the agent runs, no VSS writer waits for a backup (states 2 to 5), and no disk of a system state
 * backup (label CBSSBVol_*) is mounted. A backup that was started by hand in the agent's console shows only
 * while writers wait for it or such a disk is mounted: later, while it uploads, nothing here tells of it.
 * service: what would be stopped, for the message. */
mars_status guard_no_backup(host *machine, arena *memory, const char *service);

/* No volume is mounted to restore files from. Those are iSCSI disks; a disk of which it is not known whether
 * it is one counts as one. */
mars_status guard_no_recovery_volume(host *machine, arena *memory, const char *service);

/* Stopping the iSCSI initiator would cut nothing off but recovery volumes: it has no other disk connected, no
 * target that it connects again by itself, and the server is no node of a cluster. *cut_off: the names of the
 * recovery volumes, for a sentence; NULL: none is mounted. */
mars_status guard_iscsi_unused(host *machine, arena *memory, const char **cut_off);

/* The server is no node of a failover cluster: there is no cluster service, or it is disabled, as it is until
 * the server joins one, and was never told of a cluster. */
mars_status guard_no_cluster(host *machine, arena *memory, const char *service);

/* The server is no domain controller, by ProductType. */
mars_status guard_no_domain_controller(host *machine, arena *memory, const char *service);

/* MARS_E_REFUSED: "what" cannot be told, with the reason of the fact. */
mars_status guard_unknown(const char *service, const char *what, const fact *why);

#endif
