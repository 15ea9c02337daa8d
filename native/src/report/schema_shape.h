/* JSON Schema of a document, made from one table per object. */
#ifndef REPORT_SCHEMA_SHAPE_H
#define REPORT_SCHEMA_SHAPE_H

#include "core/text_builder.h"

typedef enum member_kind {
    MEMBER_TEXT,
    MEMBER_TIME,
    MEMBER_FLAG,
    MEMBER_COUNT,
    MEMBER_CHOICE,  /* one of the choices */
    MEMBER_VALUES,  /* an object with members of any name */
    MEMBER_TEXTS,   /* an array of texts */
    MEMBER_OBJECT,  /* of the shape */
    MEMBER_OBJECTS, /* an array of the shape */
} member_kind;

typedef struct shape shape;
typedef struct member {
    const char *name;
    member_kind kind;
    bool nullable;
    const char *doc;
    const shape *of;
    const char *const *choices; /* NULL-ended */
} member;
struct shape {
    const member *members; /* ended by a row without name */
};
#define SHAPE(...)                                                                                           \
    {                                                                                                        \
        (const member[]) {                                                                                   \
            __VA_ARGS__, {                                                                                   \
                0                                                                                            \
            }                                                                                                \
        }                                                                                                    \
    }

/* Members that a later version adds do no harm to a reader, so others are allowed. */
void schema_write(text_builder *out, const char *id, const char *title, const shape *document);

#endif
