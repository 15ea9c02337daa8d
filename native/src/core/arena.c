#include "core/arena.h"

#include "core/alloc.h"

#include <stdio.h>
#include <string.h>

enum { CHUNK_SIZE = 16 * 1024, ALIGNMENT = _Alignof(max_align_t) };

struct arena_chunk {
    arena_chunk *older;
    size_t used;
    size_t size;
    _Alignas(max_align_t) uint8_t data[];
};

void arena_free(arena *memory) {
    arena_chunk *chunk = memory->newest;
    while (chunk != NULL) {
        arena_chunk *older = chunk->older;
        mem_free(chunk);
        chunk = older;
    }
    *memory = (arena){0};
}

bool arena_failed(const arena *memory) {
    return memory->failed;
}

void arena_set_failed(arena *memory) {
    memory->failed = true;
}

static arena_chunk *new_chunk(arena *memory, size_t wanted) {
    size_t size = wanted > CHUNK_SIZE ? wanted : CHUNK_SIZE;
    if (wanted > SIZE_MAX - sizeof(arena_chunk) - ALIGNMENT) {
        return NULL;
    }
    arena_chunk *chunk = mem_alloc(sizeof *chunk + size);
    if (chunk == NULL) {
        return NULL;
    }
    chunk->size = size;
    /* A large block goes behind the current chunk, which may still have room. */
    if (wanted > CHUNK_SIZE && memory->newest != NULL) {
        chunk->older = memory->newest->older;
        memory->newest->older = chunk;
    } else {
        chunk->older = memory->newest;
        memory->newest = chunk;
    }
    return chunk;
}

void *arena_alloc(arena *memory, size_t size) {
    if (size > SIZE_MAX - ALIGNMENT) {
        memory->failed = true;
        return NULL;
    }
    size_t needed = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    arena_chunk *chunk = memory->newest;
    if (chunk == NULL || chunk->size - chunk->used < needed) {
        chunk = new_chunk(memory, needed);
        if (chunk == NULL) {
            memory->failed = true;
            return NULL;
        }
    }
    void *block = chunk->data + chunk->used;
    chunk->used += needed;
    memory->used += needed;
    return block;
}

void *arena_array(arena *memory, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) {
        memory->failed = true;
        return NULL;
    }
    return arena_alloc(memory, count * size);
}

void *arena_copy(arena *memory, const void *data, size_t size) {
    void *copy = arena_alloc(memory, size);
    if (copy != NULL && size > 0) {
        memcpy(copy, data, size);
    }
    return copy;
}

const char *arena_text_n(arena *memory, const char *text, size_t length) {
    char *copy = length < SIZE_MAX ? arena_alloc(memory, length + 1) : NULL;
    if (copy == NULL) {
        memory->failed = true;
        return "";
    }
    if (length > 0) {
        memcpy(copy, text, length);
    }
    return copy;
}

const char *arena_text(arena *memory, const char *text) {
    return arena_text_n(memory, text, strlen(text));
}

const char *arena_vprintf(arena *memory, const char *format, va_list arguments) {
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = length < 0 ? NULL : arena_alloc(memory, (size_t)length + 1);
    if (text == NULL) {
        memory->failed = true;
        return "";
    }
    (void)vsnprintf(text, (size_t)length + 1, format, arguments);
    return text;
}

const char *arena_printf(arena *memory, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    const char *text = arena_vprintf(memory, format, arguments);
    va_end(arguments);
    return text;
}

void *arena_push(arena_vector *vector) {
    if (vector->count == vector->capacity) {
        size_t capacity = vector->capacity == 0 ? 8 : vector->capacity * 2;
        uint8_t *items = arena_array(vector->memory, capacity, vector->item_size);
        if (items == NULL) {
            return NULL;
        }
        if (vector->count > 0) {
            memcpy(items, vector->items, vector->count * vector->item_size);
        }
        vector->items = items;
        vector->capacity = capacity;
    }
    return (uint8_t *)vector->items + vector->count++ * vector->item_size;
}
