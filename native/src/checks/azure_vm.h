/* Whether the machine is an Azure virtual machine. */
#ifndef CHECKS_AZURE_VM_H
#define CHECKS_AZURE_VM_H

#include "evidence/evidence.h"

typedef enum azure_vm { AZURE_VM_UNKNOWN, AZURE_VM_NO, AZURE_VM_YES } azure_vm;

/* By the firmware's asset tag, the maker of the hardware, and what Azure's guest agent leaves in the
 * registry. decided_by: the fact that told, or the one that could not be read. */
azure_vm is_azure_vm(const machine_evidence *machine, const fact **decided_by);

#endif
