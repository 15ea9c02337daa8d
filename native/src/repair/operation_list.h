/* Every operation that can change a machine, once. This list gives the typed prototype of each
 * (operations.h), its row in the table (operations.c), its exported function (abi/operation_api.c), and so
 * its arguments in plans, JSON calls, help and schema: they cannot disagree. Its order is the order of a
 * plan's steps: what others stand on comes first, what starts something comes last.
 *
 * P(KIND, name)  a parameter; KIND is a row of argument_kinds.h
 * O(function, id, parameters, undo, risk, needs, asks, restart_advised, title)
 *   function         operation_<function> is the operation, mars_<function> its exported form
 *   undo             EXACT: taking it back restores what was there; NONE: it cannot be taken back
 *   risk             LOW: in the default plan; MEDIUM: if named or asked for; HIGH: if named and confirmed
 *   needs            what must run for it: a row of OPERATION_NEEDS; NOTHING: an image will do
 *   asks             1: a confirmation of the whole plan is not enough, it wants one of its own
 *   restart_advised  1: what it changes takes effect for running programs only after they restart
 *   title            what it does, for people; {name} is an argument */
#ifndef REPAIR_OPERATION_LIST_H
#define REPAIR_OPERATION_LIST_H

#define PARAMETERS_POLICY(P)  P(POLICY, policy)
#define PARAMETERS_FOLDER(P)  P(FOLDER, folder)
#define PARAMETERS_RUNTIME(P) P(RUNTIME, runtime)
#define PARAMETERS_MODULE(P)                                                                                 \
    P(SOURCE, source) P(BASELINE, baseline) P(FLAG, allow_unsigned) P(FLAG, every_file)
#define PARAMETERS_SERVICE(P)        P(SERVICE, service)
#define PARAMETERS_SERVICE_START(P)  P(SERVICE, service) P(START_TYPE, start)
#define PARAMETERS_SHADOW(P)         P(VOLUME, for_volume) P(VOLUME, on_volume) P(BYTES, max_bytes)
#define PARAMETERS_TASK(P)           P(TASK, task)
#define PARAMETERS_TASK_PRINCIPAL(P) P(TASK, task) P(PRINCIPAL, principal)
#define PARAMETERS_TASK_INSTANCES(P) P(TASK, task) P(INSTANCES, policy)

/* N(name, why an image cannot take such an operation). */
#define OPERATION_NEEDS(N)                                                                                   \
    N(NOTHING, "")                                                                                           \
    N(TASK_SCHEDULER,                                                                                        \
      "only the Task Scheduler of the running server can change a task: Windows keeps a copy or a hash of "  \
      "each definition and does not accept a file that was edited")                                          \
    N(SERVICE_MANAGER, "a service can only be started or stopped where it runs")                             \
    N(SHADOW_COPIES, "shadow storage can only be resized by the running server")

#define OPERATIONS(O)                                                                                        \
    O(set_execution_policy, "powershell.set-execution-policy", PARAMETERS_POLICY, EXACT, LOW, NOTHING, 0, 0, \
      "Set PowerShell's execution policy of this machine to {policy}")                                       \
    O(add_module_path, "powershell.add-module-path", PARAMETERS_FOLDER, EXACT, LOW, NOTHING, 0, 1,           \
      "Add {folder} to the machine's PSModulePath")                                                          \
    O(restore_module, "powershell.restore-module", PARAMETERS_MODULE, EXACT, MEDIUM, NOTHING, 0, 0,          \
      "Restore missing and damaged files of the module MSOnlineBackup from {source}")                        \
    O(enable_strong_crypto, "dotnet.enable-strong-crypto", PARAMETERS_RUNTIME, EXACT, MEDIUM, NOTHING, 0, 1, \
      "Let .NET programs ({runtime}) use TLS 1.2")                                                           \
    O(set_service_start, "service.set-start", PARAMETERS_SERVICE_START, EXACT, LOW, NOTHING, 0, 0,           \
      "Set the start type of the service {service} to {start}")                                              \
    O(resize_shadow_storage, "shadow.resize", PARAMETERS_SHADOW, NONE, LOW, SHADOW_COPIES, 0, 0,             \
      "Let shadow copies of {for_volume} take up to {max_bytes} bytes on {on_volume}")                       \
    O(set_task_multiple_instances, "task.set-multiple-instances", PARAMETERS_TASK_INSTANCES, EXACT, LOW,     \
      TASK_SCHEDULER, 0, 0, "Let the task {task} ignore a start while it runs ({policy})")                   \
    O(enable_task_triggers, "task.enable-triggers", PARAMETERS_TASK, EXACT, LOW, TASK_SCHEDULER, 0, 0,       \
      "Enable the triggers of the task {task}")                                                              \
    O(set_task_principal, "task.set-principal", PARAMETERS_TASK_PRINCIPAL, EXACT, MEDIUM, TASK_SCHEDULER, 0, \
      0, "Let the task {task} run as {principal}")                                                           \
    O(enable_task, "task.enable", PARAMETERS_TASK, EXACT, MEDIUM, TASK_SCHEDULER, 0, 0,                      \
      "Enable the task {task}")                                                                              \
    O(start_service, "service.start", PARAMETERS_SERVICE, NONE, LOW, SERVICE_MANAGER, 0, 0,                  \
      "Start the service {service}")                                                                         \
    O(stop_service, "service.stop", PARAMETERS_SERVICE, NONE, MEDIUM, SERVICE_MANAGER, 1, 0,                 \
      "Stop the service {service}")                                                                          \
    O(restart_service, "service.restart", PARAMETERS_SERVICE, NONE, MEDIUM, SERVICE_MANAGER, 1, 0,           \
      "Restart the service {service}")

#endif
