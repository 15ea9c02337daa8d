#include "collect/read.h"

#define WINDOWS_NT "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define CONTROL    "SYSTEM\\CurrentControlSet\\Control"

void collect_machine(collector *c) {
    machine_evidence *m = &c->into->machine;
    m->computer_name = read_machine_text(c, CONTROL "\\ComputerName\\ActiveComputerName", "ComputerName");
    m->configured_name = read_machine_text(c, CONTROL "\\ComputerName\\ComputerName", "ComputerName");
    if (m->computer_name.fact.state != FACT_KNOWN && m->configured_name.fact.state == FACT_KNOWN) {
        /* The active name's key is volatile: a hive on disk has only the configured one. */
        m->computer_name = m->configured_name;
    }
    m->machine_guid = read_machine_text(c, "SOFTWARE\\Microsoft\\Cryptography", "MachineGuid");
    m->mars_machine_id =
        read_machine_text(c, "SOFTWARE\\Microsoft\\Windows Azure Backup\\Config", "MachineId");
    m->product_name = read_machine_text(c, WINDOWS_NT, "ProductName");
    m->product_type = read_machine_text(c, CONTROL "\\ProductOptions", "ProductType");
    m->installation_type = read_machine_text(c, WINDOWS_NT, "InstallationType");
    m->version = read_machine_text(c, WINDOWS_NT, "CurrentVersion");
    m->build = read_machine_text(c, WINDOWS_NT, "CurrentBuild");
    m->update_revision = read_machine_number(c, WINDOWS_NT, "UBR");
    m->system_root = read_machine_text(c, WINDOWS_NT, "SystemRoot");
    m->architecture =
        read_machine_text(c, CONTROL "\\Session Manager\\Environment", "PROCESSOR_ARCHITECTURE");
    m->elevated = (fact_flag){.fact = fact_unknown(REASON_NOT_ON_HOST, NULL, NULL)};
}
