/* What an operation's argument can be: its C type, its form in JSON, and what is accepted. A value that is
 * not accepted never reaches an operation, from wherever it comes. */
#ifndef REPAIR_ARGUMENT_KINDS_H
#define REPAIR_ARGUMENT_KINDS_H

#include "core/arena.h"

#include <ffi.h>
#include <jansson.h>

/* K(kind, C type, ffi type, optional, JSON Schema, what is accepted, in words). An optional one that is not
 * given is NULL or 0. */
#define ARGUMENT_KINDS(K)                                                                                    \
    K(POLICY, const char *, ffi_type_pointer, 0, "{\"enum\": [\"RemoteSigned\", \"Unrestricted\"]}",         \
      "RemoteSigned or Unrestricted")                                                                        \
    K(FOLDER, const char *, ffi_type_pointer, 0, "{\"type\": \"string\", \"maxLength\": 1024}",              \
      "an absolute Windows path such as C:\\Tools, without quotes, wildcards or \"..\"")                     \
    K(SOURCE, const char *, ffi_type_pointer, 0,                                                             \
      "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 4096}",                                       \
      "a folder on the machine that marshealth runs on")                                                     \
    K(BASELINE, const char *, ffi_type_pointer, 1,                                                           \
      "{\"type\": \"string\", \"minLength\": 1, \"maxLength\": 4096}",                                       \
      "a baseline file on the machine that marshealth runs on")                                              \
    K(TASK, const char *, ffi_type_pointer, 0, "{\"type\": \"string\", \"maxLength\": 512}",                 \
      "the path of a task below \\Microsoft\\OnlineBackup")                                                  \
    K(PRINCIPAL, const char *, ffi_type_pointer, 0, "{\"enum\": [\"SYSTEM\"]}", "SYSTEM")                    \
    K(INSTANCES, const char *, ffi_type_pointer, 0, "{\"enum\": [\"IgnoreNew\"]}", "IgnoreNew")              \
    K(VOLUME, const char *, ffi_type_pointer, 0, "{\"type\": \"string\", \"maxLength\": 64}",                \
      "a drive such as C: or a path such as \\\\?\\Volume{...}\\")                                           \
    K(BYTES, uint64_t, ffi_type_uint64, 0, "{\"type\": \"integer\", \"minimum\": 335544320}",                \
      "a number of bytes, at least 335544320 (320 MB)")                                                      \
    K(SERVICE, const char *, ffi_type_pointer, 0, "{\"type\": \"string\", \"maxLength\": 256}",              \
      "the name of a service: letters, digits, and . _ - $ + inside")                                        \
    K(START_TYPE, const char *, ffi_type_pointer, 0, "{\"enum\": [\"automatic\", \"delayed\", \"manual\"]}", \
      "automatic, delayed or manual")                                                                        \
    K(RUNTIME, const char *, ffi_type_pointer, 0, "{\"enum\": [\"v4.0.30319\", \"all\"]}",                   \
      "v4.0.30319 or all")                                                                                   \
    K(FLAG, int32_t, ffi_type_sint32, 1, "{\"type\": \"boolean\"}", "true or false")

typedef enum argument_kind {
#define K(kind, type, ffi, optional, schema, words) ARGUMENT_##kind,
    ARGUMENT_KINDS(K)
#undef K
        ARGUMENT_KIND_COUNT
} argument_kind;

#define K(kind, type, ffi, optional, schema, words) typedef type argument_type_##kind;
ARGUMENT_KINDS(K)
#undef K

/* Room for any kind's C value. libffi is handed the address. */
typedef union operation_value {
    const char *text;
    uint64_t number;
    int32_t flag;
} operation_value;

typedef struct argument_type {
    const char *name; /* "policy", "folder", ... */
    ffi_type *ffi;
    bool optional;
    const char *schema; /* JSON Schema */
    const char *words;  /* what is accepted, for messages and help */
} argument_type;

extern const argument_type argument_types[ARGUMENT_KIND_COUNT];

/* Reads a JSON value as one of this kind; texts are copied to the arena. False if it is not accepted (or the
 * arena failed). */
bool argument_from_json(argument_kind kind, const json_t *json, arena *memory, operation_value *out);
/* The same from a word of a command line. */
bool argument_from_text(argument_kind kind, const char *text, arena *memory, operation_value *out);
/* As JSON; NULL if memory ran out. Not for an optional value that is not given. */
json_t *argument_to_json(argument_kind kind, const operation_value *value);
/* Whether an optional value says nothing: NULL, or false. */
bool argument_is_default(argument_kind kind, const operation_value *value);
/* Whether values of this kind are texts. */
bool argument_is_text(argument_kind kind);
/* Whether two accepted values are the same. */
bool argument_equal(argument_kind kind, const operation_value *a, const operation_value *b);
/* Whether a typed value is accepted: for callers that have no JSON. */
bool argument_accepted(argument_kind kind, const operation_value *value);

#endif
