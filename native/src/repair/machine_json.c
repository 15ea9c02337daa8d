#include "repair/machine_json.h"

const shape machine_shape =
    SHAPE({"computer_name", MEMBER_TEXT, true, "The active computer name", NULL, NULL},
          {"machine_guid", MEMBER_TEXT, true, "MachineGuid of the Windows installation", NULL, NULL},
          {"mars_machine_id", MEMBER_TEXT, true, "The id under which the agent is registered", NULL, NULL});

json_t *machine_json(json_builder *builder, const machine_identity *machine) {
    json_t *object = json_object();
    json_put(builder, object, "computer_name", json_text(machine->computer_name));
    json_put(builder, object, "machine_guid", json_text(machine->machine_guid));
    json_put(builder, object, "mars_machine_id", json_text(machine->mars_machine_id));
    return object;
}
