/* An arena: memory that is given back all at once. Failure is sticky: arena_alloc returns NULL, the text
 * functions return "", and arena_failed() tells at the end of the work, so that code in between need not ask
 * at every step. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__MINGW32__)
/* There "printf" is Microsoft's old dialect; what is called here is the standard's, as everywhere. */
#    define PRINTF_LIKE(text, first) __attribute__((format(gnu_printf, text, first)))
#elif defined(__GNUC__)
#    define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#else
#    define PRINTF_LIKE(text, first)
#endif

typedef struct arena_chunk arena_chunk;
typedef struct arena {
    arena_chunk *newest;
    size_t used; /* bytes handed out, for limits */
    bool failed;
} arena;

/* A zeroed arena is ready for use. */
void arena_free(arena *memory);
bool arena_failed(const arena *memory);
/* Remembers a failure outside the arena that makes its content incomplete. */
void arena_set_failed(arena *memory);

/* Zeroed, aligned for any type; NULL on failure. */
void *arena_alloc(arena *memory, size_t size);
/* Zeroed array; NULL on failure or if count * size overflows. */
void *arena_array(arena *memory, size_t count, size_t size);
void *arena_copy(arena *memory, const void *data, size_t size);

/* Never NULL. */
const char *arena_text(arena *memory, const char *text);
const char *arena_text_n(arena *memory, const char *text, size_t length);
const char *arena_printf(arena *memory, const char *format, ...) PRINTF_LIKE(2, 3);
const char *arena_vprintf(arena *memory, const char *format, va_list arguments) PRINTF_LIKE(2, 0);

/* A growing array in an arena. Items are moved when it grows: keep indices, not pointers, while pushing. */
typedef struct arena_vector {
    arena *memory;
    size_t item_size;
    size_t count;
    size_t capacity;
    void *items;
} arena_vector;
#define ARENA_VECTOR(memory_, type_)                                                                         \
    { .memory = (memory_), .item_size = sizeof(type_) }
/* The new zeroed item; NULL on failure. */
void *arena_push(arena_vector *vector);

/* What almost every reader returns: bytes and how many, owned by an arena. */
typedef struct bytes {
    const uint8_t *data;
    size_t size;
} bytes;
typedef struct text_list {
    const char **items;
    size_t count;
} text_list;

#endif
