/* Access lists as SDDL text ("O:SYD:AI(A;OICI;FA;;;SY)...", MS-DTYP 2.5.1): what they let the SYSTEM account
 * do. */
#ifndef PARSE_SDDL_H
#define PARSE_SDDL_H

#include "core/fact.h"

enum { /* as in winnt.h, for a folder */
       FOLDER_RIGHT_ADD_FILE = 0x2,
       FOLDER_RIGHT_ADD_FOLDER = 0x4,
};

/* The rights that a process of the SYSTEM account gets on the file or folder itself, as a mask of specific
 * and standard rights: its entries are taken in order, the first one that names a right decides it; entries
 * that are only inherited do not count; generic rights are those of files. SYSTEM is S-1-5-18, and a member
 * of Administrators, Everyone and Authenticated Users; the entry of the owner's rights (S-1-3-4) counts if
 * one of these owns the object. Privileges, which can overrule the list, are not considered. A list that is
 * present and NULL grants everything. False: *why tells the reason: malformed, no access list in the text, or
 * an entry of SYSTEM's of another kind than allow and deny. */
bool sddl_system_rights(const char *sddl, uint32_t *out, fact *why);

#endif
