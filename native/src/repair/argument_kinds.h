/* What an operation's argument can be: its C type, its form in JSON, and what is accepted. A value that is
 * not accepted never reaches an operation, from wherever it comes. */
#ifndef REPAIR_ARGUMENT_KINDS_H
#define REPAIR_ARGUMENT_KINDS_H

#include "core/arena.h"

#include <ffi.h>
#include <jansson.h>

/* K(kind, C type, ffi type, JSON Schema, what is accepted, in words). */
#define ARGUMENT_KINDS(K)                                                                                    \
    K(POLICY, const char *, ffi_type_pointer, "{\"enum\": [\"RemoteSigned\", \"Unrestricted\"]}",            \
      "RemoteSigned or Unrestricted")                                                                        \
    K(FOLDER, const char *, ffi_type_pointer, "{\"type\": \"string\", \"maxLength\": 1024}",                 \
      "an absolute Windows path such as C:\\Tools, without quotes, wildcards or \"..\"")                     \
    K(BYTES, uint64_t, ffi_type_uint64, "{\"type\": \"integer\", \"minimum\": 335544320}",                   \
      "a number of bytes, at least 335544320 (320 MB)")                                                      \
    K(SERVICE, const char *, ffi_type_pointer, "{\"type\": \"string\", \"maxLength\": 256}",                 \
      "the name of a service: letters, digits, and . _ - $ + inside")                                        \
    K(START_TYPE, const char *, ffi_type_pointer, "{\"enum\": [\"automatic\", \"delayed\", \"manual\"]}",    \
      "automatic, delayed or manual")                                                                        \
    K(RUNTIME, const char *, ffi_type_pointer, "{\"enum\": [\"v4.0.30319\", \"all\"]}", "v4.0.30319 or all") \
    K(FLAG, int32_t, ffi_type_sint32, "{\"type\": \"boolean\"}", "true or false")

typedef enum argument_kind {
#define K(kind, type, ffi, schema, words) ARGUMENT_##kind,
    ARGUMENT_KINDS(K)
#undef K
        ARGUMENT_KIND_COUNT
} argument_kind;

#define K(kind, type, ffi, schema, words) typedef type argument_type_##kind;
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
    const char *schema; /* JSON Schema */
    const char *words;  /* what is accepted, for messages and help */
} argument_type;

extern const argument_type argument_types[ARGUMENT_KIND_COUNT];

/* Reads a JSON value as one of this kind; texts are copied to the arena. False if it is not accepted (or the
 * arena failed). */
bool argument_from_json(argument_kind kind, const json_t *json, arena *memory, operation_value *out);
/* Whether a typed value is accepted: for callers that have no JSON. */
bool argument_accepted(argument_kind kind, const operation_value *value);

#endif
