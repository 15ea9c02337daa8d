/* What the library can do: every operation, for people and for programs. */
#ifndef REPAIR_RENDER_OPERATIONS_H
#define REPAIR_RENDER_OPERATIONS_H

#include "core/text_builder.h"

void render_operations_text(text_builder *out);
void render_operations_json(text_builder *out);

#endif
