/* An image in a temporary folder, for tests. Whatever goes wrong here ends the program with a message. */
#ifndef TEMP_IMAGE_H
#define TEMP_IMAGE_H

#include "hive_maker.h"
#include "host/host.h"

typedef struct temp_image {
    char path[64];
    arena memory; /* for what is read */
    fact why;
    host *machine;
} temp_image;

#define TEMP_IMAGE_CONFIG "Windows/System32/config/"
#define TEMP_IMAGE_AS_OF  1772438400 /* 2026-03-02T08:00:00Z, the time of its hives */

/* Makes an image that has a SYSTEM hive and nothing else. */
void temp_image_make(temp_image *image);
/* The same on a file system in memory where there is one: for tests that make hundreds, since a disk's waits
 * whenever a file takes another's name. */
void temp_image_make_in_memory(temp_image *image);
void temp_image_remove(temp_image *image);
/* cmocka's set-up and tear-down of a test with an image of its own, to which *state points. */
int temp_image_set_up(void **state);
int temp_image_tear_down(void **state);
/* Why the last thing was not read, for a message. */
const char *temp_image_detail(const temp_image *image);

/* Paths are relative to the image's root, with slashes. */
const char *temp_image_path(temp_image *image, const char *path);
void temp_image_file(temp_image *image, const char *path, const void *data, size_t size);
void temp_image_text(temp_image *image, const char *path, const char *text);
void temp_image_folder(temp_image *image, const char *path);
void temp_image_link(temp_image *image, const char *path, const char *target);
/* Makes a hive in place of the one there. */
void temp_image_hive(temp_image *image, hive_kind kind, const char *reg_text);
void temp_image_dirty_hive(temp_image *image, hive_kind kind, const char *reg_text);

/* A file's content; NULL data if there is none. */
bytes temp_image_bytes(temp_image *image, const char *path);
/* What hivexregedit, which shares no code with this library, says a hive holds; NULL where it is not
 * installed. */
const char *temp_image_export(temp_image *image, hive_kind kind);
/* Names and contents of all files but the journals, and their modes, in one digest. */
const char *temp_image_digest(temp_image *image);

/* Opens it, without waiting for the disk when it is changed; what was open before is closed. */
void temp_image_open(temp_image *image);

#endif
