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
#define PARAMETERS_SERVICE_SET_START(P)    P(SERVICE, service) P(START_TYPE, start)
#define PARAMETERS_ENABLE_STRONG_CRYPTO(P) P(RUNTIME, runtime)

#define OPERATIONS(O)                                                                                        \
    O(set_execution_policy, "powershell.set-execution-policy", PARAMETERS_SET_EXECUTION_POLICY, EXACT, LOW,  \
      OFFLINE, 0)                                                                                            \
    O(add_module_path, "powershell.add-module-path", PARAMETERS_ADD_MODULE_PATH, EXACT, LOW, OFFLINE, 1)     \
    O(service_set_start, "service.set-start", PARAMETERS_SERVICE_SET_START, EXACT, LOW, OFFLINE, 0)          \
    O(enable_strong_crypto, "dotnet.enable-strong-crypto", PARAMETERS_ENABLE_STRONG_CRYPTO, EXACT, MEDIUM,   \
      OFFLINE, 1)

#endif
