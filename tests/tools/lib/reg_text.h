/* Reads registry text ("Windows Registry Editor Version 5.00") into keys and values. */
#ifndef REG_TEXT_H
#define REG_TEXT_H

#include "maker_error.h"
#include "reg_tree.h"

/* Turns a key's full name ("HKEY_LOCAL_MACHINE\\SOFTWARE\\X") into the key below which it lies and the rest
 * of the name
 * ("X"; "" for the key itself); NULL if the name is not one that can be written. */
typedef reg_key *(*reg_root_finder)(void *user, const char *name, const char **rest);

typedef struct reg_source {
    const char *name; /* for error messages: the file's name */
    const uint8_t *data;
    size_t size;
} reg_source;

/* Applies a text to keys that may have content already: values are replaced, `[-KEY]` and `"name"=-` remove.
 *
 * UTF-8 with or without BOM, or UTF-16LE with one. The header line may be left out. Values: "text" and
 * str(1|2|7):"text" (escapes \\ \" \n \r \0; terminated as Windows would), dword:, hex: and hex(<type>): with
 * lines that end in a backslash. A `;` begins a comment, also behind a value. A line `; time:
 * 2026-03-02T08:00:00Z` before a key's line is that key's last-write time.
 *
 * False: the error says what is wrong, beginning with "<name>:<line>: ". Results live in
 * memory. */
bool reg_text_apply(const reg_source *source, reg_root_finder finder, void *user, arena *memory,
                    const maker_error *error);

#endif
