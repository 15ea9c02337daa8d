/* A temporary image of a server that is healthy but for faults in its registry. Whatever goes wrong here ends
 * the program with a message. */
#ifndef FAULTY_IMAGE_H
#define FAULTY_IMAGE_H

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

/* Makes the image of base, a source folder as of image_maker.h, with this registry text over it, and opens
 * it. */
void faulty_image_make(temp_image *image, const char *base, const char *reg_text);

#endif
