/* What is read of a machine: every fact, once. Each list below gives a struct of facts (evidence.h) and the
 * field table (evidence.c) that drives saving, loading, schema, redaction and the reference page.
 *
 * F(S, kind, name, privacy, doc)   one fact; kind is text, number, flag, time or texts
 * L(S, record, name, privacy, doc) a list of records
 * S is handed through: the struct's name, which the field table needs for its offsets.
 *
 * Privacy: PUBLIC stays in a redacted document, IDENTITY is replaced by a pseudonym (the same text by the
 * same one, so that comparing still works), RAW is left out. */
#ifndef EVIDENCE_FIELDS_H
#define EVIDENCE_FIELDS_H

/* Where the document comes from. Always collected. */
#define SOURCE_FIELDS(S, F, L)                                                                               \
    F(S, text, kind, PUBLIC, "What was read: image or live")                                                 \
    F(S, text, name, IDENTITY, "The image's path, or the computer's name")                                   \
    F(S, time, collected, PUBLIC, "When it was read")                                                        \
    F(S, time, as_of, PUBLIC,                                                                                \
      "The time against which ages are judged: live the same, for an image the newest "                      \
      "time that it itself shows")                                                                           \
    F(S, texts, warnings, PUBLIC, "What to know of the source, e.g. that a hive was copied while in use")

/* Which machine it is. Always collected. */
#define MACHINE_FIELDS(S, F, L)                                                                              \
    F(S, text, computer_name, IDENTITY, "The active computer name")                                          \
    F(S, text, configured_name, IDENTITY, "The computer name after the next restart")                        \
    F(S, text, machine_guid, IDENTITY, "MachineGuid of this Windows installation")                           \
    F(S, text, mars_machine_id, IDENTITY, "MachineId under which the agent is registered")                   \
    F(S, text, product_name, PUBLIC, "Name of the Windows edition")                                          \
    F(S, text, product_type, PUBLIC, "WinNT: client, ServerNT: server, LanmanNT: domain controller")         \
    F(S, text, installation_type, PUBLIC, "Client, Server, Server Core, ...")                                \
    F(S, text, version, PUBLIC, "CurrentVersion, e.g. 6.3")                                                  \
    F(S, text, build, PUBLIC, "CurrentBuild, e.g. 17763")                                                    \
    F(S, number, update_revision, PUBLIC, "UBR: the update's number behind the build")                       \
    F(S, text, system_root, PUBLIC, "The Windows folder")                                                    \
    F(S, text, architecture, PUBLIC, "Processor architecture, e.g. AMD64")                                   \
    F(S, flag, elevated, PUBLIC, "Whether the reading process had administrator rights (live only)")         \
    F(S, text, system_manufacturer, PUBLIC, "Who made the hardware or the hypervisor")                       \
    F(S, text, system_model, PUBLIC, "Its model, e.g. Virtual Machine")                                      \
    F(S, flag, azure_asset_tag, PUBLIC, "Whether the firmware's tables hold the asset tag of Azure VMs")     \
    F(S, text, azure_vm_id, IDENTITY, "VmId that Azure's guest agent wrote")                                 \
    F(S, flag, azure_guest_agent, PUBLIC, "Whether the service of Azure's guest agent is there")

#define AGENT_FIELDS(S, F, L)                                                                                \
    F(S, text, install_path, PUBLIC, "InstallPath exactly as the registry has it")                           \
    F(S, text, folder, PUBLIC,                                                                               \
      "The folder it names, expanded, without a trailing backslash; else the default "                       \
      "folder if the agent's program is there")                                                              \
    F(S, flag, folder_present, PUBLIC, "Whether the folder that InstallPath names is there")                 \
    F(S, text, engine, PUBLIC, "The agent's program, bin\\cbengine.exe, below the folder")                   \
    F(S, flag, engine_present, PUBLIC, "Whether it is there")                                                \
    F(S, text, engine_version, PUBLIC, "Its file version, a.b.c.d")                                          \
    F(S, text, backup_server, PUBLIC,                                                                        \
      "Folder of System Center DPM's or Azure Backup Server's server; absent: neither is "                   \
      "installed")                                                                                           \
    F(S, text, resource_id, IDENTITY, "ResourceId under which the agent is registered")                      \
    F(S, text, vault, IDENTITY, "ServiceResourceName: the vault with which it is registered")                \
    F(S, number, registration_mismatches, PUBLIC,                                                            \
      "How often the agent's newest log reports that the server is not registered with the "                 \
      "vault (230006) in the seven days before as_of")                                                       \
    F(S, time, last_registration_mismatch, PUBLIC, "The newest of these reports")

#define TRIGGER_FIELDS(S, F, L)                                                                              \
    F(S, text, kind, PUBLIC, "CalendarTrigger, TimeTrigger, BootTrigger, ...")                               \
    F(S, flag, enabled, PUBLIC, "Whether the trigger is enabled (the default)")                              \
    F(S, text, start_boundary, PUBLIC, "StartBoundary as written")                                           \
    F(S, text, end_boundary, PUBLIC, "EndBoundary as written; absent: no end")

#define ACTION_FIELDS(S, F, L)                                                                               \
    F(S, text, kind, PUBLIC, "Exec, ComHandler, ...")                                                        \
    F(S, text, command, PUBLIC, "Command of an Exec action as written")                                      \
    F(S, text, arguments, PUBLIC, "Its arguments as written")                                                \
    F(S, text, working_directory, PUBLIC, "Its working directory as written")                                \
    F(S, text, program, PUBLIC,                                                                              \
      "The program the command resolves to: expanded, searched along the machine's "                         \
      "Path where it has no folder; absent: there is none")                                                  \
    F(S, flag, program_present, PUBLIC, "Whether that program is there")                                     \
    F(S, flag, powershell, PUBLIC, "Whether the program is Windows PowerShell")                              \
    F(S, text, execution_policy, PUBLIC, "The policy named in a PowerShell action's own arguments")          \
    F(S, texts, imports, PUBLIC, "Modules that a PowerShell action imports, as written: names or paths")

#define TASK_FIELDS(S, F, L)                                                                                 \
    F(S, text, path, PUBLIC, "Path in the Task Scheduler")                                                   \
    F(S, flag, defined, PUBLIC, "Whether it has a definition")                                               \
    F(S, flag, registered, PUBLIC, "Whether the Task Scheduler knows it")                                    \
    F(S, flag, readable, PUBLIC, "Whether the definition could be read; unknown says why not")               \
    F(S, flag, enabled, PUBLIC, "Settings/Enabled")                                                          \
    F(S, text, multiple_instances, PUBLIC, "MultipleInstancesPolicy; IgnoreNew where none is written")       \
    F(S, text, user, IDENTITY, "The principal's UserId as written")                                          \
    F(S, text, group, PUBLIC, "The principal's GroupId as written")                                          \
    F(S, text, sid, PUBLIC, "SID of the user or group, where it is written or can be resolved")              \
    F(S, text, logon_type, PUBLIC, "LogonType as written")                                                   \
    F(S, text, run_level, PUBLIC, "RunLevel as written; LeastPrivilege where none is")                       \
    F(S, flag, administrator, PUBLIC, "Whether a user principal is a member of Administrators, or SYSTEM")   \
    F(S, flag, built_in, PUBLIC,                                                                             \
      "Whether a user principal is the server's built-in Administrator; an image shows only "                \
      "that its SID ends in 500")                                                                            \
    F(S, flag, only_if_idle, PUBLIC, "Whether it starts only while the server is idle")                      \
    F(S, flag, only_with_network, PUBLIC, "Whether it starts only while a network is available")             \
    F(S, flag, not_on_batteries, PUBLIC, "Whether it does not start on batteries")                           \
    F(S, flag, stops_on_batteries, PUBLIC, "Whether it is stopped when the server goes on batteries")        \
    F(S, flag, start_when_available, PUBLIC, "Whether a missed start is made up for")                        \
    F(S, text, time_limit, PUBLIC,                                                                           \
      "ExecutionTimeLimit as written, PT72H where none is; absent: no limit (PT0S)")                         \
    F(S, time, registration_written, PUBLIC, "When its registration was last written")                       \
    L(S, trigger_facts, triggers, PUBLIC, "Its triggers")                                                    \
    L(S, action_facts, actions, PUBLIC, "Its actions")                                                       \
    F(S, time, last_run, PUBLIC, "Last start")                                                               \
    F(S, number, last_result, PUBLIC, "Result of the last run: an HRESULT as unsigned number")               \
    F(S, time, last_success, PUBLIC, "Last run that ended with result 0")

#define SCHEDULE_FIELDS(S, F, L)                                                                             \
    L(S, scheduled_task, tasks, PUBLIC, "Tasks below \\Microsoft\\OnlineBackup")                             \
    F(S, text, backup_trace, PUBLIC,                                                                         \
      "What shows that backups were scheduled or made before; absent: nothing does")                         \
    F(S, number, user_account_control, PUBLIC, "EnableLUA: 0 is User Account Control off; absent: it is on") \
    F(S, number, filters_built_in, PUBLIC,                                                                   \
      "FilterAdministratorToken: 1 is User Account Control also for the built-in "                           \
      "Administrator; absent: not for that")

#define MODULE_PATH_ELEMENT_FIELDS(S, F, L)                                                                  \
    F(S, text, raw, PUBLIC, "The element as written")                                                        \
    F(S, text, folder, PUBLIC,                                                                               \
      "The folder it names: expanded if the value is REG_EXPAND_SZ, without surrounding "                    \
      "blanks and trailing backslash")                                                                       \
    F(S, flag, quoted, PUBLIC, "Whether it stands in quotes, which PowerShell does not remove")              \
    F(S, flag, present, PUBLIC, "Whether the folder is there")                                               \
    F(S, text, manifest, PUBLIC, "The MSOnlineBackup manifest that PowerShell finds through it; absent: none")

#define MODULE_IMPORT_FIELDS(S, F, L)                                                                        \
    F(S, text, path, PUBLIC, "The path as a task's action has it")                                           \
    F(S, text, resolved, PUBLIC, "The file that PowerShell finds for it; absent: none")

#define MODULE_REFERENCE_FIELDS(S, F, L)                                                                     \
    F(S, text, key, PUBLIC, "The manifest's key: RootModule, NestedModules, ...")                            \
    F(S, text, name, PUBLIC, "What it names")                                                                \
    F(S, flag, file, PUBLIC, "Whether that is a file name; otherwise an assembly or module by name")         \
    F(S, text, resolved, PUBLIC, "The file found for it; absent: missing; unknown: cannot be looked up")

#define MODULE_FILE_FIELDS(S, F, L)                                                                          \
    F(S, text, path, PUBLIC, "Path below the module's folder")                                               \
    F(S, text, kind, PUBLIC,                                                                                 \
      "program (.dll, .exe), script (.ps1, .psm1, .ps1xml), manifest (.psd1) or other")                      \
    F(S, number, size, PUBLIC, "Bytes")                                                                      \
    F(S, text, sha256, PUBLIC, "SHA-256 in lower-case hex")                                                  \
    F(S, flag, program_valid, PUBLIC, "Whether a program is a PE file")                                      \
    F(S, text, version, PUBLIC, "File version of a program")                                                 \
    F(S, text, signature, PUBLIC,                                                                            \
      "Embedded signature: none, matches (its digest fits the bytes), differs, "                             \
      "malformed, unsupported. Trust is another question")                                                   \
    F(S, text, signer, PUBLIC, "SHA-1 thumbprint of the signer's certificate")                               \
    F(S, flag, publisher_trusted, PUBLIC,                                                                    \
      "Whether that certificate is among the machine's trusted publishers")                                  \
    F(S, number, zone, PUBLIC, "ZoneId of its mark of the web; absent: none")

#define POWERSHELL_FIELDS(S, F, L)                                                                           \
    F(S, number, machine_policy_enabled, PUBLIC, "EnableScripts of the machine's group policy")              \
    F(S, text, machine_policy, PUBLIC, "ExecutionPolicy of the machine's group policy")                      \
    F(S, number, user_policy_enabled, PUBLIC, "EnableScripts of the SYSTEM account's group policy")          \
    F(S, text, user_policy, PUBLIC, "ExecutionPolicy of the SYSTEM account's group policy")                  \
    F(S, text, system_preference, PUBLIC, "PSExecutionPolicyPreference in SYSTEM's own environment")         \
    F(S, text, machine_preference, PUBLIC, "PSExecutionPolicyPreference in the machine's environment")       \
    F(S, text, current_user, PUBLIC, "ExecutionPolicy of the SYSTEM account")                                \
    F(S, text, local_machine, PUBLIC, "ExecutionPolicy of the machine (64-bit)")                             \
    F(S, time, policy_written, PUBLIC, "When the newest of these keys was last written")                     \
    F(S, text, system_module_path, PUBLIC, "PSModulePath in SYSTEM's own environment, unexpanded")           \
    F(S, text, machine_module_path, PUBLIC, "PSModulePath in the machine's environment, unexpanded")         \
    F(S, text, module_path_type, PUBLIC, "Registry type of the one that counts: REG_SZ, REG_EXPAND_SZ")      \
    F(S, time, module_path_written, PUBLIC, "When the key of the one that counts was last written")          \
    L(S, module_path_element, module_path, PUBLIC, "Its elements, in order")                                 \
    L(S, module_import, imports, PUBLIC, "Modules that the agent's tasks import by path, each once")         \
    F(S, text, module_folder, PUBLIC, "The agent's module folder, bin\\Modules\\MSOnlineBackup")             \
    F(S, flag, module_present, PUBLIC, "Whether it is there")                                                \
    F(S, text, manifest, PUBLIC, "Its manifest; absent: missing; unknown: cannot be read")                   \
    F(S, text, manifest_version, PUBLIC, "ModuleVersion")                                                    \
    L(S, module_reference, references, PUBLIC, "What the manifest refers to")                                \
    L(S, module_file, files, PUBLIC, "Every file of the module")                                             \
    F(S, number, applocker_mode, PUBLIC,                                                                     \
      "EnforcementMode of AppLocker's script rules: 0 audit only, 1 enforced; absent: enforced "             \
      "if there are rules")                                                                                  \
    F(S, number, applocker_rules, PUBLIC, "How many script rules AppLocker has")                             \
    F(S, flag, applocker_allows_system, PUBLIC, "Whether one of them allows SYSTEM every script")            \
    F(S, number, applocker_service_start, PUBLIC,                                                            \
      "Start of the service AppIDSvc, without which AppLocker enforces nothing")                             \
    F(S, number, software_restriction_level, PUBLIC,                                                         \
      "DefaultLevel of the machine's software restriction policies: 0x40000 unrestricted; "                  \
      "absent: there are none")                                                                              \
    F(S, number, software_restriction_scope, PUBLIC,                                                         \
      "PolicyScope of these: 1: administrators, and so SYSTEM, are exempt")                                  \
    F(S, number, code_integrity_deployed, PUBLIC,                                                            \
      "DeployConfigCIPolicy: 1: group policy deploys a code integrity policy")                               \
    F(S, flag, code_integrity_policy, PUBLIC, "Whether the code integrity policy SIPolicy.p7b is there")     \
    F(S, text, lockdown_variable, PUBLIC,                                                                    \
      "__PSLockdownPolicy in the environment of SYSTEM, else the machine's; 4: constrained language")        \
    F(S, time, lockdown_written, PUBLIC, "When the newest of these settings was last written")

#define VOLUME_FIELDS(S, F, L)                                                                               \
    F(S, text, letter, PUBLIC, "Drive letter, upper case; absent: none")                                     \
    F(S, text, path, IDENTITY, "\\\\?\\Volume{...}\\")                                                       \
    F(S, text, label, IDENTITY, "Label")                                                                     \
    F(S, text, file_system, PUBLIC, "NTFS, ReFS, ...; absent: raw")                                          \
    F(S, text, drive_type, PUBLIC, "Fixed, Removable, CD-ROM, Network, ...")                                 \
    F(S, number, size, PUBLIC, "Bytes")                                                                      \
    F(S, number, free, PUBLIC, "Free bytes")                                                                 \
    F(S, flag, deduplicated, PUBLIC, "Whether data deduplication is on")

#define VOLUMES_FIELDS(S, F, L) L(S, volume, list, PUBLIC, "Every volume, with or without a drive letter")

#define STORAGE_FIELDS(S, F, L)                                                                              \
    F(S, text, source_letter, PUBLIC, "Drive letter of the volume that is copied; absent: none")             \
    F(S, text, source_volume, IDENTITY, "Its \\\\?\\Volume{...}\\ path")                                     \
    F(S, text, storage_letter, PUBLIC, "Drive letter of the volume that holds the copies; absent: none")     \
    F(S, text, storage_volume, IDENTITY, "Its \\\\?\\Volume{...}\\ path")                                    \
    F(S, number, used, PUBLIC, "Bytes used, as far as the rounded output tells")                             \
    F(S, number, allocated, PUBLIC, "Bytes allocated")                                                       \
    F(S, number, maximum, PUBLIC, "Largest size in bytes; absent: unbounded")                                \
    F(S, number, margin, PUBLIC, "Largest rounding error of these figures in bytes")

#define WRITER_FIELDS(S, F, L)                                                                               \
    F(S, text, name, PUBLIC, "The writer's name")                                                            \
    F(S, text, id, PUBLIC, "Its id, lower case, without braces")                                             \
    F(S, text, instance, IDENTITY, "Its instance's id")                                                      \
    F(S, number, state, PUBLIC, "VSS_WRITER_STATE: 1 stable, 2 to 5 waiting, 6 to 15 failed")                \
    F(S, text, state_text, PUBLIC, "The state in the server's language")                                     \
    F(S, text, error_text, PUBLIC, "The last error in the server's language")

#define SHADOW_FIELDS(S, F, L)                                                                               \
    F(S, text, storage_text, RAW, "What vssadmin list shadowstorage printed, at most 64 KiB")                \
    F(S, text, writers_text, RAW, "What vssadmin list writers printed, at most 64 KiB")                      \
    L(S, shadow_storage, storage, PUBLIC, "Shadow storage associations")                                     \
    L(S, shadow_writer, writers, PUBLIC, "VSS writers")                                                      \
    F(S, number, shortages, PUBLIC,                                                                          \
      "How often the agent's newest log reports insufficient shadow storage "                                \
      "(0x186C2) in the seven days before as_of")                                                            \
    F(S, time, last_shortage, PUBLIC, "The newest of these reports")

#define SERVICE_FIELDS(S, F, L)                                                                              \
    F(S, text, name, PUBLIC, "Name of the service")                                                          \
    F(S, flag, present, PUBLIC, "Whether there is such a service")                                           \
    F(S, text, display_name, PUBLIC, "Display name as stored")                                               \
    F(S, number, start, PUBLIC, "Start: 2 automatic, 3 manual, 4 disabled")                                  \
    F(S, flag, delayed, PUBLIC, "Whether an automatic start is delayed")                                     \
    F(S, text, account, IDENTITY, "ObjectName as stored")                                                    \
    F(S, text, account_kind, PUBLIC, "That account: system, local-service, network-service, other")          \
    F(S, text, image_path, PUBLIC, "ImagePath as stored")                                                    \
    F(S, number, state, PUBLIC, "1 stopped, 2 starting, 3 stopping, 4 running, 7 paused")                    \
    F(S, number, exit_code, PUBLIC, "Exit code of the last run; 1077: not started since the system start")

#define SERVICES_FIELDS(S, F, L)                                                                             \
    L(S, service_facts, services, PUBLIC, "Services that backups and restores need")                         \
    F(S, flag, iscsi_device, PUBLIC, "Whether the iSCSI initiator's device, ROOT\\ISCSIPRT, is there")       \
    F(S, number, iscsi_device_flags, PUBLIC, "Its ConfigFlags: 1 disabled, 0x40 failed installation")        \
    F(S, number, iscsi_device_problem, PUBLIC, "Its problem code, 0: none (live only)")

#define SCRATCH_FIELDS(S, F, L)                                                                              \
    F(S, text, location, PUBLIC, "ScratchLocation of the agent's Config key, as written")                    \
    F(S, text, provider_location, PUBLIC, "ScratchLocation of its CloudBackupProvider key, as written")      \
    F(S, time, location_written, PUBLIC, "When the newer of these keys was last written")                    \
    F(S, text, folder, PUBLIC,                                                                               \
      "The folder that location names: expanded, without doubled and trailing backslashes")                  \
    F(S, text, provider_folder, PUBLIC, "The folder that provider_location names, likewise")                 \
    F(S, text, letter, PUBLIC,                                                                               \
      "Letter of the drive that the folder is on, upper case; absent: it is on another computer, or on a "   \
      "volume that is mounted into a folder")                                                                \
    F(S, text, volume, PUBLIC,                                                                               \
      "Path of the volume that the folder is on; absent: only the drive letter tells it")                    \
    F(S, flag, folder_present, PUBLIC, "Whether the folder is there")                                        \
    F(S, number, attributes, PUBLIC, "The folder's FILE_ATTRIBUTE_... bits")                                 \
    F(S, flag, system_writes, PUBLIC,                                                                        \
      "Whether its access list lets the SYSTEM account add files and folders")                               \
    F(S, texts, marked_files, PUBLIC,                                                                        \
      "Files and folders directly in it that are encrypted or compressed; unknown unless all the others "    \
      "are known not to be")                                                                                 \
    F(S, flag, key_file_present, PUBLIC, "Whether OnlineBackup.KEK is in it")                                \
    F(S, number, key_file_size, PUBLIC, "The size of OnlineBackup.KEK in bytes")                             \
    F(S, number, protected_bytes, PUBLIC, "Size of the data that is backed up, where it can be read")

#define PREREQ_FIELDS(S, F, L)                                                                               \
    F(S, number, dotnet_release, PUBLIC,                                                                     \
      "Release of .NET Framework 4.5 or later; absent: none is installed")                                   \
    F(S, text, dotnet_version, PUBLIC, "Version of .NET Framework 4")                                        \
    F(S, time, dotnet_written, PUBLIC, "When the key of these two was last written")                         \
    F(S, text, powershell_version, PUBLIC, "Windows PowerShell's own version; absent: none is installed")    \
    F(S, number, strong_crypto, PUBLIC, "SchUseStrongCrypto of .NET Framework 4 for 64-bit programs")        \
    F(S, number, strong_crypto_32, PUBLIC, "The same for 32-bit programs")                                   \
    F(S, number, strong_crypto_2, PUBLIC,                                                                    \
      "SchUseStrongCrypto of .NET Framework 2 and 3.5 for 64-bit programs")                                  \
    F(S, number, strong_crypto_2_32, PUBLIC, "The same for 32-bit programs")                                 \
    F(S, number, tls12_enabled, PUBLIC, "Enabled of Schannel's TLS 1.2 for clients")                         \
    F(S, number, tls12_disabled_by_default, PUBLIC, "DisabledByDefault of Schannel's TLS 1.2 for clients")   \
    F(S, time, crypto_written, PUBLIC,                                                                       \
      "When the newest of the keys of TLS 1.2 and of .NET Framework 4 was last written")                     \
    F(S, flag, offline_backup, PUBLIC,                                                                       \
      "Whether the agent has the certificate that offline backup works with (AzureADAppCertThumbprint_...)") \
    F(S, time, offline_backup_written, PUBLIC, "When the key of that certificate was last written")          \
    F(S, texts, azure_powershell, PUBLIC, "Versions of Azure PowerShell that are installed, each once")      \
    F(S, flag, servicing_reboot, PUBLIC, "Whether Windows' component servicing waits for a restart")         \
    F(S, flag, update_reboot, PUBLIC, "Whether Windows Update waits for a restart")                          \
    F(S, flag, join_reboot, PUBLIC, "Whether joining or leaving a domain waits for a restart")               \
    F(S, number, file_renames, PUBLIC, "How many files are to be replaced or removed at the next restart")

/* R(struct, fields, doc): records that lists hold. */
#define EVIDENCE_RECORDS(R)                                                                                  \
    R(trigger_facts, TRIGGER_FIELDS, "A trigger of a scheduled task")                                        \
    R(action_facts, ACTION_FIELDS, "An action of a scheduled task")                                          \
    R(scheduled_task, TASK_FIELDS, "A scheduled task")                                                       \
    R(module_path_element, MODULE_PATH_ELEMENT_FIELDS, "An element of PSModulePath")                         \
    R(module_import, MODULE_IMPORT_FIELDS, "A module that a task imports by path")                           \
    R(module_reference, MODULE_REFERENCE_FIELDS, "A reference in a module manifest")                         \
    R(module_file, MODULE_FILE_FIELDS, "A file of the agent's module")                                       \
    R(volume, VOLUME_FIELDS, "A volume")                                                                     \
    R(shadow_storage, STORAGE_FIELDS, "A shadow storage association")                                        \
    R(shadow_writer, WRITER_FIELDS, "A VSS writer")                                                          \
    R(service_facts, SERVICE_FIELDS, "A Windows service")

/* G(name, struct, fields, doc): the groups of a document, in its order. Checks name the groups they need. */
#define EVIDENCE_GROUPS(G)                                                                                   \
    G(source, source_evidence, SOURCE_FIELDS, "Where the document comes from")                               \
    G(machine, machine_evidence, MACHINE_FIELDS, "Which machine it is")                                      \
    G(agent, agent_evidence, AGENT_FIELDS, "The MARS agent")                                                 \
    G(schedule, schedule_evidence, SCHEDULE_FIELDS, "The agent's scheduled tasks")                           \
    G(powershell, powershell_evidence, POWERSHELL_FIELDS, "What the tasks' PowerShell needs")                \
    G(volumes, volumes_evidence, VOLUMES_FIELDS, "Volumes")                                                  \
    G(shadow, shadow_evidence, SHADOW_FIELDS, "Shadow copies")                                               \
    G(scratch, scratch_evidence, SCRATCH_FIELDS, "The agent's scratch folder")                               \
    G(prereq, prereq_evidence, PREREQ_FIELDS, "What Windows must have for the agent")                        \
    G(services, services_evidence, SERVICES_FIELDS, "Services that backups and restores need")

#endif
