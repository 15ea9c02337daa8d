#include "abi/abi.h"

#include "core/alloc.h"
#include "core/error.h"
#include "core/unicode.h"

#include <string.h>

struct mars_text {
    char *data;
    size_t size;
};

mars_status abi_given(const void *argument, const char *parameter) {
    return argument != NULL ? MARS_OK : error_set(MARS_E_INVALID_ARGUMENT, "%s is NULL", parameter);
}

mars_status abi_text_in(const char *text, const char *parameter) {
    if (text == NULL || utf8_valid(text, strlen(text))) {
        return MARS_OK;
    }
    return error_set(MARS_E_INVALID_ARGUMENT, "%s is not valid UTF-8", parameter);
}

static uint32_t size_given(const void *given) {
    uint32_t size = 0;
    memcpy(&size, given, sizeof size);
    return size;
}

mars_status abi_struct_ready(const void *given, size_t version_1, const char *parameter) {
    mars_status status = abi_given(given, parameter);
    if (status == MARS_OK && size_given(given) < version_1) {
        return error_set(MARS_E_STRUCT_SIZE,
                         "%s->struct_size is %u, smaller than any version of the struct (%zu)", parameter,
                         size_given(given), version_1);
    }
    return status;
}

mars_status abi_struct_in(void *ours, size_t size, const void *given, size_t version_1,
                          const char *parameter) {
    memset(ours, 0, size);
    if (given == NULL) {
        return MARS_OK;
    }
    mars_status status = abi_struct_ready(given, version_1, parameter);
    if (status == MARS_OK) {
        memcpy(ours, given, size_given(given) < size ? size_given(given) : size);
    }
    return status;
}

void abi_struct_out(void *given, const void *ours, size_t size) {
    uint32_t given_size = size_given(given);
    memcpy(given, ours, given_size < size ? given_size : size);
    memcpy(given, &given_size, sizeof given_size);
}

mars_status abi_text_out(mars_text **out, text_builder *built) {
    text_add_n(built, "", 0); /* so that there is a NUL even when nothing was added */
    mars_text *text = text_builder_failed(built) ? NULL : mem_alloc(sizeof *text);
    if (text == NULL) {
        text_builder_free(built);
        return error_set(MARS_E_NO_MEMORY, "memory ran out while writing");
    }
    *text = (mars_text){.data = built->data, .size = built->length};
    *built = (text_builder){0};
    *out = text;
    return MARS_OK;
}

const char *mars_text_data(const mars_text *text) {
    return text != NULL ? text->data : "";
}

uint64_t mars_text_size(const mars_text *text) {
    return text != NULL ? text->size : 0;
}

void mars_text_free(mars_text *text) {
    if (text != NULL) {
        mem_free(text->data);
        mem_free(text);
    }
}
