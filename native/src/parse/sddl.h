/* Access lists as SDDL text ("O:SYD:AI(A;OICI;FA;;;SY)...", MS-DTYP 2.5.1): what they let the SYSTEM account
 * do, and whether they let others than administrators do something. */
#ifndef PARSE_SDDL_H
#define PARSE_SDDL_H

#include "core/fact.h"

enum { /* as in winnt.h, for a folder */
       FOLDER_RIGHT_ADD_FILE = 0x2,
       FOLDER_RIGHT_ADD_FOLDER = 0x4,
       FOLDER_RIGHT_DELETE_CHILD = 0x40,
       FOLDER_RIGHT_WRITE_ATTRIBUTES = 0x100, /* makes an empty folder a junction (MS-FSA 2.1.5.10.37) */
       FOLDER_RIGHT_DELETE = 0x10000,
       FOLDER_RIGHT_WRITE_DAC = 0x40000,
       FOLDER_RIGHT_WRITE_OWNER = 0x80000,
};
enum {
    /* To put another folder in the place of one in it. */
    FOLDER_RIGHTS_REPLACE =
        FOLDER_RIGHT_DELETE_CHILD | FOLDER_RIGHT_DELETE | FOLDER_RIGHT_WRITE_DAC | FOLDER_RIGHT_WRITE_OWNER,
    /* To change what programs find in it. */
    FOLDER_RIGHTS_WRITE = FOLDER_RIGHT_ADD_FILE | FOLDER_RIGHT_ADD_FOLDER | FOLDER_RIGHT_WRITE_ATTRIBUTES |
                          FOLDER_RIGHTS_REPLACE,
};

/* The rights that a process of the SYSTEM account gets on the file or folder itself, as a mask of specific
 * and standard rights: its entries are taken in order, the first one that names a right decides it; entries
 * that are only inherited do not count; generic rights are those of files. SYSTEM is S-1-5-18, and a member
 * of Administrators, Everyone and Authenticated Users; the entry of the owner's rights (S-1-3-4) counts if
 * one of these owns the object. Privileges, which can overrule the list, are not considered. A list that is
 * present and NULL grants everything. False: *why tells the reason: malformed, no access list in the text, or
 * an entry of SYSTEM's of another kind than allow and deny. */
bool sddl_system_rights(const char *sddl, uint32_t *out, fact *why);

/* Whether anyone is granted one of these rights who does not have the machine anyway: *who is the first such
 * account as the text names it ("BU", "S-1-1-0"), in the arena, or NULL. Not meant are SYSTEM, Administrators
 * (the built-in account, Domain and Enterprise Admins too), TrustedInstaller, CREATOR OWNER, and Backup and
 * Server Operators, who can restore over any file. inherited: what is only for files and folders made in it
 * counts, too. The owner, who can change the list, counts as granted everything; a NULL list grants
 * everyone everything. Conditional and object entries that allow are taken to do so; of those that deny only
 * simple ones for everyone count. False: *why tells the reason: malformed, no access list or no owner in the
 * text, or an entry of another kind. */
bool sddl_others_granted(const char *sddl, uint32_t rights, bool inherited, arena *memory, const char **who,
                         fact *why);

#endif
