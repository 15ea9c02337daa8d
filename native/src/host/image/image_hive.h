/* One hive file, read from its cells. Each function says in *why what went wrong, with the hive's name as
 * where: the caller knows the registry path. */
#ifndef HOST_IMAGE_IMAGE_HIVE_H
#define HOST_IMAGE_IMAGE_HIVE_H

#include "core/fact.h"
#include "host/host.h"
#include "host/image/image_cells.h"

#define IMAGE_HIVE_LIMIT (512ull * 1024 * 1024)

/* What the base block, the first 4096 bytes, says. */
typedef struct image_hive_header {
    uint32_t primary_sequence;   /* raised before a write, */
    uint32_t secondary_sequence; /* and this one after it: if they differ, a write was under way */
    uint64_t written;            /* FILETIME */
    uint64_t bins_end;           /* where the file must not end before */
    size_t root;                 /* offset of the root key */
} image_hive_header;

typedef struct image_hive {
    fact state;    /* known: open. Its where is the file's path below the image's root */
    uint8_t *copy; /* of the whole file, as it was when it was opened */
    bytes data;    /* the same, to be read */
    image_hive_header header;
    cells_survey cells;
} image_hive;

/* Reads a regular file that is open for reading at descriptor. What becomes of the file and the descriptor
 * afterwards makes no difference.
 * False: *why, and hive->state, say what it is instead of a hive. where must live as long as the hive. */
bool image_hive_open(image_hive *hive, int descriptor, const char *where, arena *memory, fact *why);
void image_hive_close(image_hive *hive);

/* False if the bytes do not begin like a hive or one of its logs, or the checksum is wrong. */
bool image_hive_read_header(const uint8_t *data, size_t size, image_hive_header *out);

/* hivex takes a file name. This one leads to the descriptor's file and to nothing else. */
enum { IMAGE_DESCRIPTOR_NAME = 64 };
void image_hive_descriptor_name(int descriptor, char name[IMAGE_DESCRIPTOR_NAME]);

/* Compares a name with UTF-16LE as Windows does, without regard to case. */
bool image_hive_name_equal(const cell_name *name, bytes wanted);

/* Keys are the offsets of their cells. */

/* Goes from a key to its sub-key of that name, which has so many bytes. */
fact_state image_hive_child(const image_hive *hive, const char *name, size_t length, arena *memory,
                            size_t *key, fact *why);
/* A key by its path below the hive's root ("" is the root itself). */
fact_state image_hive_find(const image_hive *hive, const char *key, arena *memory, size_t *out, fact *why);
fact_state image_hive_keys(const image_hive *hive, size_t key, arena *memory, text_list *out, fact *why);
fact_state image_hive_values(const image_hive *hive, size_t key, arena *memory, text_list *out, fact *why);
fact_state image_hive_value(const image_hive *hive, size_t key, const char *name, arena *memory,
                            registry_value *out, fact *why);
/* FILETIME of a key's last write. */
fact_state image_hive_time(const image_hive *hive, size_t key, uint64_t *out, fact *why);

#endif
