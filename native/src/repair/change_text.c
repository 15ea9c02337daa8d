#include "repair/change_text.h"

#include "core/text_builder.h"
#include "core/unicode.h"
#include "repair/target.h"

#include <string.h>

enum { SHOWN_BYTES = 16 };

/* ---- Registry ---- */

static const char *size_text(arena *memory, size_t size) {
    return arena_printf(memory, size == 1 ? "%zu byte" : "%zu bytes", size);
}

static const char *binary_text(arena *memory, uint32_t type, bytes data) {
    text_builder out = {0};
    text_add(&out, type == REGISTRY_BINARY ? "" : arena_printf(memory, "type %u, ", (unsigned)type));
    text_add(&out, size_text(memory, data.size));
    for (size_t i = 0; i < data.size && i < SHOWN_BYTES; i++) {
        text_addf(&out, i == 0 ? ": %02x" : " %02x", data.data[i]);
    }
    text_add(&out, data.size > SHOWN_BYTES ? " ..." : "");
    const char *text = arena_text(memory, text_builder_text(&out));
    if (text_builder_failed(&out)) {
        arena_set_failed(memory);
    }
    text_builder_free(&out);
    return text;
}

/* "a", "b": each text of the list up to its NUL. */
static const char *texts(arena *memory, bytes data) {
    const char *all = "";
    size_t length = 0;
    const char *text = utf8_from_utf16(memory, data.data, data.size / 2, &length);
    for (size_t at = 0; at < length && text[at] != '\0'; at += strlen(text + at) + 1) {
        all = arena_printf(memory, "%s%s\"%s\"", all, all[0] != '\0' ? ", " : "", text + at);
    }
    return all[0] != '\0' ? all : "no text";
}

static const char *registry_text(arena *memory, const change_state *state) {
    const registry_value value = {.type = state->type, .data = state->data};
    const char *text = NULL;
    int64_t number = 0;
    if (registry_value_text(&value, memory, &text)) {
        return arena_printf(memory, "\"%s\"", text);
    }
    if (registry_value_number(&value, &number)) {
        return arena_printf(memory, "%lld", (long long)number);
    }
    return state->type == REGISTRY_MULTI_SZ ? texts(memory, state->data)
                                            : binary_text(memory, state->type, state->data);
}

/* ---- Others ---- */

static const char *service_text(arena *memory, const change_state *state) {
    static const char *const starts[] = {
        [SERVICE_START_BOOT] = "boot start",           [SERVICE_START_SYSTEM] = "system start",
        [SERVICE_START_AUTOMATIC] = "automatic start", [SERVICE_START_MANUAL] = "manual start",
        [SERVICE_START_DISABLED] = "disabled",
    };
    service_config config;
    if (!state_to_service(state, &config)) {
        return binary_text(memory, REGISTRY_BINARY, state->data);
    }
    bool delayed = config.delay == SERVICE_DELAY_ON && config.start == SERVICE_START_AUTOMATIC;
    return delayed ? "delayed automatic start" : starts[config.start];
}

static const char *file_text(arena *memory, const change_state *state) {
    return arena_printf(memory, "SHA-256 %s", hex_lower(memory, state->data.data, state->data.size));
}

static const char *task_text(arena *memory, const change_state *state) {
    digest_value value = {0};
    if (!digest_of(DIGEST_SHA256, state->data.data, state->data.size, &value)) {
        arena_set_failed(memory);
    }
    return arena_printf(memory, "definition of %s, SHA-256 %s", size_text(memory, state->data.size),
                        hex_lower(memory, value.data, value.size));
}

static const char *event_text(arena *memory, const change_state *state) {
    return arena_text_n(memory, (const char *)state->data.data, state->data.size);
}

const char *change_state_text(arena *memory, change_kind kind, const change_state *state) {
    static const char *(*const texts_of[CHANGE_KIND_COUNT])(arena *, const change_state *) = {
        [CHANGE_REGISTRY_VALUE] = registry_text, [CHANGE_FILE] = file_text,   [CHANGE_TASK] = task_text,
        [CHANGE_SERVICE_CONFIG] = service_text,  [CHANGE_EVENT] = event_text,
    };
    return state->present ? texts_of[kind](memory, state) : "absent";
}
