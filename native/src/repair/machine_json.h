/* Which machine it is, in the documents that name one. */
#ifndef REPAIR_MACHINE_JSON_H
#define REPAIR_MACHINE_JSON_H

#include "repair/machine_identity.h"
#include "report/json_builder.h"
#include "report/schema_shape.h"

json_t *machine_json(json_builder *builder, const machine_identity *machine);
extern const shape machine_shape;

#endif
