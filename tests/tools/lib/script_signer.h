/* Signs PowerShell scripts for tests, as Set-AuthenticodeSignature lays them out. */
#ifndef SCRIPT_SIGNER_H
#define SCRIPT_SIGNER_H

#include "core/digest.h"
#include "core/text_builder.h"

/* Appends the script and its signature block. The script is UTF-8, with or without a byte order mark, or
 * UTF-16LE with one; is_xml for .ps1xml. *out must be empty; free it with text_builder_free. */
bool script_sign(const char *text, size_t length, bool is_xml, digest_kind kind, text_builder *out);

#endif
