#include "collect/read.h"

#include <string.h>

#define WINDOWS_NT "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
#define CONTROL    "SYSTEM\\CurrentControlSet\\Control"

/* Azure gives each of its machines this chassis asset tag; see
 * https://learn.microsoft.com/azure/automation/troubleshoot/update-agent-issues-linux */
static const char azure_tag[] = "7783-7084-3265-9085-8269-3286-77";

static bool bytes_contain(const bytes *data, const char *text) {
    const uint8_t *at = data->data;
    size_t left = data->size;
    size_t length = strlen(text);
    while (left >= length && (at = memchr(at, text[0], left - length + 1)) != NULL) {
        if (memcmp(at, text, length) == 0) {
            return true;
        }
        at++;
        left = data->size - (size_t)(at - data->data);
    }
    return false;
}

/* The firmware's tables as Windows last read them. */
static fact_flag read_azure_asset_tag(collector *c) {
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64,
                                "SYSTEM\\CurrentControlSet\\Services\\mssmbios\\Data"};
    registry_value tables = {0};
    fact_flag result = {0};
    if (c->machine->read->registry_read(c->machine, &path, "SMBiosData", c->memory, &tables, &result.fact) !=
        FACT_KNOWN) {
        return result;
    }
    return fact_flag_known(bytes_contain(&tables.data, azure_tag), result.fact.where);
}

static void read_hardware(collector *c, machine_evidence *m) {
    const registry_path guest_agent = {REGISTRY_MACHINE, REGISTRY_64,
                                       "SYSTEM\\CurrentControlSet\\Services\\WindowsAzureGuestAgent"};
    m->system_manufacturer = read_machine_text(c, CONTROL "\\SystemInformation", "SystemManufacturer");
    m->system_model = read_machine_text(c, CONTROL "\\SystemInformation", "SystemProductName");
    m->azure_asset_tag = read_azure_asset_tag(c);
    m->azure_vm_id = read_machine_text(c, "SOFTWARE\\Microsoft\\Windows Azure", "VmId");
    m->azure_guest_agent = read_key_present(c, &guest_agent);
}

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
    read_hardware(c, m);
    m->elevated = (fact_flag){.fact = fact_unknown(REASON_NOT_ON_HOST, NULL, NULL)};
    if (c->machine->read->elevated != NULL) {
        (void)c->machine->read->elevated(c->machine, c->memory, &m->elevated.value, &m->elevated.fact);
    }
}
