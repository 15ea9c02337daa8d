/* The version resource of the PE files that tests make. */
#ifndef VERSION_RESOURCE_H
#define VERSION_RESOURCE_H

#include "pe_writer.h"

/* Appends VS_VERSIONINFO; *out must be empty, because its parts are aligned. */
void put_version_resource(const pe_recipe *recipe, text_builder *out);

#endif
