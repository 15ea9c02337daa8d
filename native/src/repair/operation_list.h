/* Every operation that can change a machine, once. This list gives the typed prototype of each
 * (operations.h), its row in the table (operations.c) and so its arguments in plans, JSON calls, help and
 * schema: they cannot disagree.
 *
 * P(KIND, name)  a parameter; KIND is a row of argument_kinds.h
 * O(function, id, parameters, undo, risk, needs, restart_advised)
 *   undo   EXACT: taking it back restores what was there; NONE: it cannot be taken back
 *   risk   LOW: in the default plan; MEDIUM: only when named or asked for; HIGH: only when named and
 * confirmed needs  OFFLINE: also works on an image; RUNNING: only on the running server restart_advised
 * whether what it changes takes effect only after a restart */
#ifndef REPAIR_OPERATION_LIST_H
#define REPAIR_OPERATION_LIST_H

#define PARAMETERS_SET_EXECUTION_POLICY(P) P(POLICY, policy)
#define PARAMETERS_ADD_MODULE_PATH(P)      P(FOLDER, folder)
#define PARAMETERS_RESTORE_MODULE(P)       P(SOURCE, source) P(FLAG, allow_unsigned)
#define PARAMETERS_TASK(P)                 P(TASK, task)
#define PARAMETERS_TASK_PRINCIPAL(P)       P(TASK, task) P(PRINCIPAL, principal)
#define PARAMETERS_TASK_INSTANCES(P)       P(TASK, task) P(INSTANCES, policy)
#define PARAMETERS_SHADOW_RESIZE(P)        P(VOLUME, for_volume) P(VOLUME, on_volume) P(BYTES, max_bytes)
#define PARAMETERS_SERVICE_START_TYPE(P)   P(SERVICE, service) P(START_TYPE, start)
#define PARAMETERS_SERVICE(P)              P(SERVICE, service)
#define PARAMETERS_STRONG_CRYPTO(P)        P(RUNTIME, runtime)

#define OPERATIONS(O)                                                                                        \
    O(set_execution_policy, "powershell.set-execution-policy", PARAMETERS_SET_EXECUTION_POLICY, EXACT, LOW,  \
      OFFLINE, 0)                                                                                            \
    O(add_module_path, "powershell.add-module-path", PARAMETERS_ADD_MODULE_PATH, EXACT, LOW, OFFLINE, 1)     \
    O(restore_module, "powershell.restore-module", PARAMETERS_RESTORE_MODULE, EXACT, LOW, OFFLINE, 0)        \
    O(task_enable, "task.enable", PARAMETERS_TASK, EXACT, MEDIUM, RUNNING, 0)                                \
    O(task_enable_triggers, "task.enable-triggers", PARAMETERS_TASK, EXACT, LOW, RUNNING, 0)                 \
    O(task_set_principal, "task.set-principal", PARAMETERS_TASK_PRINCIPAL, EXACT, MEDIUM, RUNNING, 0)        \
    O(task_set_multiple_instances, "task.set-multiple-instances", PARAMETERS_TASK_INSTANCES, EXACT, LOW,     \
      RUNNING, 0)                                                                                            \
    O(shadow_resize, "shadow.resize", PARAMETERS_SHADOW_RESIZE, NONE, LOW, RUNNING, 0)                       \
    O(service_set_start, "service.set-start", PARAMETERS_SERVICE_START_TYPE, EXACT, LOW, OFFLINE, 0)         \
    O(service_start, "service.start", PARAMETERS_SERVICE, NONE, LOW, RUNNING, 0)                             \
    O(service_stop, "service.stop", PARAMETERS_SERVICE, NONE, MEDIUM, RUNNING, 0)                            \
    O(service_restart, "service.restart", PARAMETERS_SERVICE, NONE, MEDIUM, RUNNING, 0)                      \
    O(enable_strong_crypto, "dotnet.enable-strong-crypto", PARAMETERS_STRONG_CRYPTO, EXACT, MEDIUM, OFFLINE, \
      1)

#endif
