/* The version resource of a PE file ("PE Format", ".rsrc"; "VS_VERSIONINFO structure"). */
#ifndef PARSE_PE_VERSION_H
#define PARSE_PE_VERSION_H

#include "parse/pe.h"
#include "parse/pe_layout.h"

/* Fills the version and the texts of *out. */
void pe_version_read(const pe_layout *layout, arena *memory, pe_info *out);

#endif
