/* Plans and runs on a temporary image of the healthy example server with faults. Whatever goes wrong here
 * ends the program with a message; what is returned lives until applied_free. */
#ifndef APPLIED_H
#define APPLIED_H

#include "repair/apply.h"
#include "temp_image.h"

#define FAULT_POLICY                                                                                         \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell]\n"             \
    "\"ExecutionPolicy\"=\"Restricted\"\n\n"
#define FAULT_MODULE_PATH                                                                                    \
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment]\n"               \
    "\"PSModulePath\"=str(2):\"%SystemRoot%\\\\system32\\\\WindowsPowerShell\\\\v1.0\\\\Modules\"\n\n"
#define FAULT_CRYPTO                                                                                         \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319]\n"                    \
    "\"SchUseStrongCrypto\"=dword:00000000\n\n"
/* Windows Server 2012, where it is off unless it is set. */
#define FAULT_CRYPTO_UNSET                                                                                   \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion]\n"                                \
    "\"ProductName\"=\"Windows Server 2012 Standard\"\n\"CurrentVersion\"=\"6.2\"\n"                         \
    "\"CurrentBuild\"=\"9200\"\n\n"                                                                          \
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL\\Protocols\\TLS "  \
    "1.2\\Client]\n\"Enabled\"=dword:00000001\n\"DisabledByDefault\"=dword:00000000\n\n"                     \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319]\n\"SchUseStrongCrypto\"=-\n\n"     \
    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\WOW6432Node\\Microsoft\\.NETFramework\\v4.0.30319]\n"                    \
    "\"SchUseStrongCrypto\"=-\n\n"
#define FAULT_SERVICE(name)                                                                                  \
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\" name "]\n\"Start\"=dword:00000004\n\n"
#define OTHER_NAME                                                                                           \
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\n"                 \
    "\"ComputerName\"=\"OTHER-01\"\n\n"                                                                      \
    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ActiveComputerName]\n"           \
    "\"ComputerName\"=\"OTHER-01\"\n\n"

enum { APPLIED_MAX = 16 };

typedef struct applied {
    temp_image image;
    plan *plans[APPLIED_MAX];
    size_t plan_count;
    outcome *outcomes[APPLIED_MAX];
    size_t outcome_count;
} applied;

/* healthy: the source folder of the healthy example; reg_text: the faults. */
void applied_make(applied *a, const char *healthy, const char *reg_text);
void applied_free(applied *a);

/* A plan for these checks, separated by commas. */
const plan *applied_plan(applied *a, const char *checks, operation_risk include_risk);
/* Applies it; MARS_OK is expected. */
const outcome *applied_run(applied *a, const plan *document, const apply_settings *settings);
/* Undoes the newest run. */
const outcome *applied_undo(applied *a);
/* Takes over an outcome. */
const outcome *applied_keep(applied *a, outcome *result);

/* Whether these checks find nothing wrong and nothing unknown. */
bool applied_is_good(applied *a, const char *checks);
/* How many runs the image's journals hold. */
size_t applied_runs(applied *a);
/* Sets a text below HKLM past all that keeps records, as a person would. */
void applied_set_text(applied *a, const char *key, const char *name, const char *text);

#endif
