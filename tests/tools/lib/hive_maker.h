/* Makes registry hives from registry text. The same texts and options always give the same bytes. */
#ifndef HIVE_MAKER_H
#define HIVE_MAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum hive_kind { HIVE_SYSTEM, HIVE_SOFTWARE, HIVE_DEFAULT, HIVE_KINDS } hive_kind;
enum { HIVE_ERROR_SIZE = 512 };

/* The file's name below System32\config: "SYSTEM". */
const char *hive_kind_name(hive_kind kind);

typedef struct hive_maker hive_maker;
/* NULL if memory ran out. */
hive_maker *hive_maker_new(void);
void hive_maker_free(hive_maker *maker);

/* Applies a text (see reg_text.h for the syntax) over what earlier texts said. Where keys go:
 *   HKEY_LOCAL_MACHINE\SYSTEM (CurrentControlSet is ControlSet001), HKEY_LOCAL_MACHINE\SOFTWARE,
 *   HKEY_USERS\.DEFAULT or HKEY_USERS\S-1-5-18.
 * False: error (HIVE_ERROR_SIZE bytes) begins with "<source_name>:<line>: ". */
bool hive_maker_add(hive_maker *maker, const char *source_name, const void *data, size_t size, char *error);

typedef struct hive_options {
    int64_t as_of; /* seconds since 1970: the hive's time, and that of keys without a time of their own */
    bool dirty;    /* leave the sequence numbers unequal, as in a hive copied from a running machine */
} hive_options;

/* Writes one hive; it has no keys if no text named any. SYSTEM gets a Select key unless a text has made one.
 * False: error says why, and no file is left. */
bool hive_maker_write(hive_maker *maker, hive_kind kind, const char *path, const hive_options *options,
                      char *error);

/* All of it for one text. */
bool hive_make(const char *path, hive_kind kind, const char *reg_text, const hive_options *options,
               char *error);

#endif
