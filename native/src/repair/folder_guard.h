/* Guards on folders that programs of the SYSTEM account are to trust. */
#ifndef REPAIR_FOLDER_GUARD_H
#define REPAIR_FOLDER_GUARD_H

#include "repair/operations.h"

/* MARS_E_REFUSED, saying who or why, unless the folder exists and only administrators can change what is
 * found in it: nobody else may write to it or own it, nor put another folder in the place of one above it
 * (parse/sddl.h), and none of them is a link. Where its own access list is not known, the nearest known one
 * above it is judged as if it were its own, since that is where it would inherit from. Where none is known, a
 * folder below Program Files or the Windows folder is let through with a note, since by default only
 * administrators can write there. */
mars_status folder_guard(operation_run *run, const char *folder);

#endif
