/* What SDDL texts are made of; private to the readers of access lists (sddl.c, sddl_others.c). */
#ifndef PARSE_SDDL_PARTS_H
#define PARSE_SDDL_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of the text. */
typedef struct span {
    const char *text;
    size_t length;
} span;

enum { ENTRY_FIELDS = 6 };
enum { FIELD_TYPE, FIELD_FLAGS, FIELD_RIGHTS, FIELD_OBJECT, FIELD_INHERITED_OBJECT, FIELD_SID };

/* Without regard to case. */
bool span_is(span s, const char *text);
/* Whether the flags of an entry have this one, two letters. */
bool sddl_has_flag(span flags, const char *flag);
/* The mask of an entry's rights, letters or a number; generic ones are those of files. */
bool sddl_read_rights(span s, uint32_t *out);

/* What follows a tag ("D:"); NULL if the text has no such part. */
const char *sddl_part(const char *sddl, const char *tag);
/* The owner's SID; its text is NULL if there is none. */
span sddl_owner(const char *sddl);

/* Called for each entry in order; false stops. */
typedef bool (*sddl_visitor)(void *user, const span fields[ENTRY_FIELDS]);
/* Visits every entry behind "D:" and the list's flags. NULL, or what is wrong with the text. */
const char *sddl_each_entry(const char *list, sddl_visitor visit, void *user);

#endif
