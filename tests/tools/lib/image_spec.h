/* The description of an image: image.json of its source folder and of the folders it is based on. */
#ifndef IMAGE_SPEC_H
#define IMAGE_SPEC_H

#include "hive_maker.h"
#include "maker_error.h"

typedef struct image_pe {
    const char *path;    /* below the image's root, with / */
    const char *version; /* "2.0.9506.0" */
    const char *product;
    bool dll;
    bool managed;
    bool is_signed;
    const char *damage; /* NULL, "byte", "truncate" or "empty" */
    bool written;       /* for the maker: a later layer does not write it again */
} image_pe;

/* A path below the image's root and what belongs to it: an encoding, a time. */
typedef struct image_path {
    const char *path;
    const char *encoding;
    int64_t time;
} image_path;

/* What all layers together say. A layer's "remove" also drops what earlier layers said about those paths. */
typedef struct image_spec {
    int64_t as_of;
    bool dirty[HIVE_KINDS];
    bool without[HIVE_KINDS]; /* not made */
    arena_vector pe;          /* of image_pe; a path occurs once */
    arena_vector encoded;     /* of image_path: texts, or folders of texts, to be re-encoded */
    arena_vector scripts;     /* of image_path: to be signed */
    arena_vector times;       /* of image_path: files with a time of their own */
} image_spec;

/* What one layer says for itself. */
typedef struct image_layer {
    text_list bases;   /* in the order in which they are applied */
    text_list remove;  /* paths of earlier layers to leave out */
    text_list folders; /* folders to make, which may stay empty */
} image_layer;

void image_spec_init(image_spec *spec, arena *memory);
/* Reads a layer's image.json, whose path is given for messages, into both. What is not known there is an
 * error. */
bool image_spec_read(image_spec *spec, image_layer *layer, const char *path, bytes json, arena *memory,
                     const maker_error *error);
/* Only the bases of a layer, which must be read first. */
bool image_layer_bases(text_list *bases, const char *path, bytes json, arena *memory,
                       const maker_error *error);
/* Whether inner is path itself or lies below it. */
bool image_path_covers(const char *path, const char *inner);
/* Removes what the spec says about path and what lies below it. */
void image_spec_drop(image_spec *spec, const char *path);

#endif
