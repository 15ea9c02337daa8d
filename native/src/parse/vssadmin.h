/* What `vssadmin list shadowstorage` and `vssadmin list writers` print, in whatever language the server
 * speaks. Read by structure alone: GUIDs, colons, bracketed numbers, quotes and the order of lines, never by
 * the words of one language. Lines that a console wrapped are put together again.
 *
 * text: decoded to UTF-8 and NUL-ended. A list is all or nothing: an entry that is cut off or incomplete
 * makes the whole answer unknown, since a capture that ends early may lack further entries as well. */
#ifndef PARSE_VSSADMIN_H
#define PARSE_VSSADMIN_H

#include "core/fact.h"
#include "parse/vss_size.h"
#include "text/pattern.h"

enum { VSS_ENTRIES_MAX = 4096 }; /* associations or writers of one list; more is "too large" */

typedef struct vss_volume {
    const char *letter; /* "C", upper case; NULL: mounted in a folder or not at all */
    const char *guid;   /* lower case, without braces */
} vss_volume;

typedef struct vss_storage {
    vss_volume volume;  /* the one that shadow copies are made of */
    vss_volume storage; /* the one that holds them */
    vss_size used;
    vss_size allocated;
    vss_size maximum; /* the only one that may be unbounded */
} vss_storage;

typedef struct vss_storage_list {
    vss_storage *items;
    size_t count;
} vss_storage_list;

typedef struct vss_writer {
    const char *name;
    const char *writer_id;   /* lower case, without braces */
    const char *instance_id; /* lower case, without braces */
    int state;               /* VSS_WRITER_STATE: the number in brackets */
    const char *state_text;  /* in the server's language, may be "" */
    const char *last_error;  /* in the server's language */
} vss_writer;

typedef struct vss_writer_list {
    vss_writer *items;
    size_t count;
} vss_writer_list;

/* The associations, in the order printed; one that is printed twice with the same figures is taken once.
 *
 * An empty list, known, only if the output can be nothing else than the sentence "no items found": the tool's
 * two banner lines, then one sentence of one or two lines that ends as a sentence does and has no colon,
 * digit, slash, brace or double quote. The tool begins each of its error messages with "Error:" in the
 * server's language, hence the colon. Whatever else holds no association is unknown.
 *
 * False: *why tells the reason; *out is empty. */
bool vssadmin_read_storage(pattern_set *patterns, const char *text, arena *memory, vss_storage_list *out,
                           fact *why);

/* The writers, in the order printed; the same writer may have several instances. Output without any is always
 * unknown: Windows itself brings writers, so that either none answered or the output ends early. False: *why
 * tells the reason; *out is empty. */
bool vssadmin_read_writers(pattern_set *patterns, const char *text, arena *memory, vss_writer_list *out,
                           fact *why);

#endif
