/* Windows PowerShell's execution policy, as it is decided for the agent's scheduled tasks. */
#ifndef CHECKS_POLICY_DECISION_H
#define CHECKS_POLICY_DECISION_H

#include "evidence/evidence.h"

typedef enum policy_word {
    POLICY_UNDEFINED = 0, /* no scope decides */
    POLICY_DEFAULT,       /* the word "Default" decides */
    POLICY_RESTRICTED,
    POLICY_ALL_SIGNED,
    POLICY_REMOTE_SIGNED,
    POLICY_UNRESTRICTED,
    POLICY_BYPASS,
    POLICY_UNRECOGNISED, /* a word that PowerShell does not know, and takes for Restricted */
} policy_word;

typedef enum policy_scope {
    POLICY_SCOPE_NONE = 0,
    POLICY_SCOPE_MACHINE_POLICY,
    POLICY_SCOPE_USER_POLICY,
    POLICY_SCOPE_TASK,        /* Process: the task's own -ExecutionPolicy argument */
    POLICY_SCOPE_ENVIRONMENT, /* Process: PSExecutionPolicyPreference */
    POLICY_SCOPE_CURRENT_USER,
    POLICY_SCOPE_LOCAL_MACHINE,
} policy_scope;

typedef struct policy_decision {
    policy_scope scope;
    policy_word word;
    const char *value; /* as written; "" if no scope decides */
    const fact *read;  /* the deciding fact; LocalMachine's if no scope decides */
    const fact
        *hidden; /* a fact that is not known and may decide; then nothing else here counts. Else NULL */
} policy_decision;

policy_word policy_word_of(const char *text);
/* "MachinePolicy", ...; "none" if no scope decides. */
const char *policy_scope_name(policy_scope scope);
/* The first of MachinePolicy, UserPolicy, Process, CurrentUser and LocalMachine that is not undefined.
 * argument: the policy that the task's PowerShell action names; NULL: it is known to name none. */
policy_decision policy_decide(const powershell_evidence *powershell, const fact_text *argument);

#endif
