/* A journal storage in memory that remembers every act, so that a test can stop after any of them and lose
 * what a power cut may lose: data appended since a file's last flush, and names made since their folder's
 * last flush. */
#ifndef RECORDED_STORAGE_H
#define RECORDED_STORAGE_H

#include "repair/journal_storage.h"

typedef enum storage_loss {
    LOSE_NOTHING,   /* the system had written everything of itself */
    LOSE_UNFLUSHED, /* nothing but what was flushed is left */
    LOSE_HALF,      /* of data not flushed the first half is left, and names are */
} storage_loss;
enum { STORAGE_LOSSES = 3 };

journal_storage *recorded_storage_new(void);
size_t recorded_acts(const journal_storage *storage);
/* What is there after a power cut behind the first `acts` acts. */
journal_storage *recorded_storage_after(const journal_storage *storage, size_t acts, storage_loss loss);
/* The n-th act from now on fails (0: none). */
void recorded_storage_fail_at(journal_storage *storage, size_t n);

#endif
