#include "checks/azure_vm.h"

#include "checks/checks.h"
#include "core/unicode.h"

#include <string.h>

/* Only Hyper-V calls itself that, and Azure's machines run on it. */
#define AZURE_MANUFACTURER "Microsoft Corporation"

azure_vm is_azure_vm(const machine_evidence *machine, const fact **decided_by) {
    const fact_text *maker = &machine->system_manufacturer;
    *decided_by = &machine->azure_asset_tag.fact;
    if (fact_is_true(&machine->azure_asset_tag)) {
        return AZURE_VM_YES;
    }
    /* What the guest agent wrote also moves along with a disk that leaves Azure. */
    if (maker->fact.state == FACT_KNOWN && !ascii_equal(maker->value, AZURE_MANUFACTURER)) {
        *decided_by = &maker->fact;
        return AZURE_VM_NO;
    }
    if (machine->azure_vm_id.fact.state == FACT_KNOWN && machine->azure_vm_id.value[0] != '\0') {
        *decided_by = &machine->azure_vm_id.fact;
        return AZURE_VM_YES;
    }
    if (fact_is_true(&machine->azure_guest_agent)) {
        *decided_by = &machine->azure_guest_agent.fact;
        return AZURE_VM_YES;
    }
    const fact *signs[] = {&machine->azure_vm_id.fact, &machine->azure_guest_agent.fact};
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        *decided_by = signs[i];
        if (signs[i]->state == FACT_UNKNOWN) {
            return AZURE_VM_UNKNOWN;
        }
    }
    return AZURE_VM_NO;
}

void judge_agent_on_azure_vm(judgement *j, const evidence *e) {
    const fact *decided_by = NULL;
    azure_vm is = is_azure_vm(&e->machine, &decided_by);
    if (is == AZURE_VM_UNKNOWN) {
        judge_unknown(j, NULL, "whether this is an Azure virtual machine", decided_by);
        return;
    }
    said *s = judge_say(j, NULL, is == AZURE_VM_YES ? "on-azure-vm" : "elsewhere");
    say_text(s, "manufacturer", fact_text_or(&e->machine.system_manufacturer, ""));
    say_where(s, decided_by);
}
