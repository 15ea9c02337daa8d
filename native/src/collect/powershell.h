/* The powershell group's parts. */
#ifndef COLLECT_POWERSHELL_H
#define COLLECT_POWERSHELL_H

#include "collect/collect.h"

#define MODULE_NAME "MSOnlineBackup"

/* Execution policy in its scopes. */
void collect_execution_policy(collector *c, powershell_evidence *powershell);
/* Policies of the machine that constrain scripts, and when they were last written. */
void collect_lockdown(collector *c, powershell_evidence *powershell);
/* PSModulePath, what its elements lead to, and modules that tasks import by path. */
void collect_module_path(collector *c, powershell_evidence *powershell);
/* The manifest of the agent's module and what it refers to. Needs module_folder and module_present. */
void collect_module_manifest(collector *c, powershell_evidence *powershell);
/* Every file of the agent's module. Needs module_folder and module_present. */
void collect_module_files(collector *c, powershell_evidence *powershell);

/* A path that a manifest in this folder names, with its "." and ".." taken out; a path with a drive stands
 * for itself. NULL if it leaves the drive. */
const char *module_resolve_path(arena *memory, const char *folder, const char *name);

#endif
