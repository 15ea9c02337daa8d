#include "repair/machine_identity.h"

#include "core/error.h"
#include "core/unicode.h"

#include <string.h>

#define COMPUTER_NAME "SYSTEM\\CurrentControlSet\\Control\\ComputerName\\"

static const char *text_at(host *machine, arena *memory, const char *key, const char *name) {
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64, key};
    registry_value value = {0};
    const char *text = NULL;
    fact why = {0};
    bool known = machine->read->registry_read(machine, &path, name, memory, &value, &why) == FACT_KNOWN &&
                 registry_value_text(&value, memory, &text);
    return known && text[0] != '\0' ? text : NULL;
}

machine_identity machine_identity_of(host *machine, arena *memory) {
    /* The active name's key is volatile: a hive on disk has only the configured one. */
    const char *active = text_at(machine, memory, COMPUTER_NAME "ActiveComputerName", "ComputerName");
    return (machine_identity){
        .computer_name =
            active != NULL ? active : text_at(machine, memory, COMPUTER_NAME "ComputerName", "ComputerName"),
        .machine_guid = text_at(machine, memory, "SOFTWARE\\Microsoft\\Cryptography", "MachineGuid"),
        .mars_machine_id =
            text_at(machine, memory, "SOFTWARE\\Microsoft\\Windows Azure Backup\\Config", "MachineId"),
    };
}

mars_status machine_identity_same(const machine_identity *meant, const machine_identity *actual) {
    const struct {
        const char *name;
        const char *meant;
        const char *actual;
    } parts[] = {
        {"computer name", meant->computer_name, actual->computer_name},
        {"MachineGuid", meant->machine_guid, actual->machine_guid},
        {"MARS MachineId", meant->mars_machine_id, actual->mars_machine_id},
    };
    bool known = false;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].meant == NULL || parts[i].actual == NULL) {
            continue;
        }
        if (!windows_name_equal(parts[i].meant, parts[i].actual)) {
            return error_set(MARS_E_OTHER_MACHINE,
                             "meant for another machine: its %s is %s, this one's is %s", parts[i].name,
                             parts[i].meant, parts[i].actual);
        }
        known = true;
    }
    return known ? MARS_OK
                 : error_set(MARS_E_OTHER_MACHINE,
                             "it cannot be told whether this is the machine that is meant: neither name nor "
                             "MachineGuid nor MARS MachineId is known of both");
}
