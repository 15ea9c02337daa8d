#include "repair/argument_kinds.h"

#include "core/unicode.h"

#include <string.h>

#define TASK_FOLDER "\\Microsoft\\OnlineBackup\\"

enum {
    SMALLEST_SHADOW_STORAGE = 320 * 1024 * 1024,
    PATH_MAXIMUM = 1024,
    LOCAL_PATH_MAXIMUM = 4096,
    TASK_MAXIMUM = 512,
    SERVICE_MAXIMUM = 256,
};

const argument_type argument_types[ARGUMENT_KIND_COUNT] = {
#define K(kind, type, ffi_, optional_, schema_, words_)                                                      \
    [ARGUMENT_##kind] = {.name = #kind,                                                                      \
                         .ffi = &(ffi_),                                                                     \
                         .optional = (optional_) != 0,                                                       \
                         .schema = (schema_),                                                                \
                         .words = (words_)},
    ARGUMENT_KINDS(K)
#undef K
};

/* ---- What is accepted ---- */

static bool one_of(const char *text, const char *const *words) {
    for (; *words != NULL; words++) {
        if (strcmp(text, *words) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_letter(char c) {
    return ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z';
}

static bool has_control(const char *text) {
    for (; *text != '\0'; text++) {
        if ((unsigned char)*text < 0x20 || *text == 0x7F) {
            return true;
        }
    }
    return false;
}

/* No part of a path may be "." or "..", or end in a blank or a dot, which Windows drops. */
static bool parts_are_plain(const char *path) {
    for (;;) {
        size_t length = strcspn(path, "\\");
        if (length == 0 || path[length - 1] == '.' || path[length - 1] == ' ' || path[0] == ' ') {
            return false;
        }
        if (path[length] == '\0') {
            return true;
        }
        path += length + 1;
    }
}

static bool is_folder(const char *text) {
    return strlen(text) <= PATH_MAXIMUM && is_letter(text[0]) && text[1] == ':' && text[2] == '\\' &&
           text[3] != '\0' && strpbrk(text + 2, "/:*?\"<>|;%") == NULL && !has_control(text) &&
           parts_are_plain(text + 3);
}

static bool is_local_path(const char *text) {
    return text[0] != '\0' && strlen(text) <= LOCAL_PATH_MAXIMUM && !has_control(text);
}

static bool is_task(const char *text) {
    size_t folder = strlen(TASK_FOLDER);
    return strlen(text) <= TASK_MAXIMUM && ascii_starts(text, TASK_FOLDER) && text[folder] != '\0' &&
           strpbrk(text, "/:*?\"<>|") == NULL && !has_control(text) && parts_are_plain(text + folder);
}

static bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
}

/* X:, or \\?\Volume{xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx}\ */
static bool is_volume(const char *text) {
    static const char form[] = "\\\\?\\Volume{00000000-0000-0000-0000-000000000000}\\";
    if (is_letter(text[0]) && text[1] == ':' && text[2] == '\0') {
        return true;
    }
    if (strlen(text) != sizeof form - 1) {
        return false;
    }
    for (size_t i = 0; i < sizeof form - 1; i++) {
        if (form[i] == '0' ? !is_hex(text[i]) : ascii_lower(text[i]) != ascii_lower(form[i])) {
            return false;
        }
    }
    return true;
}

static bool is_service(const char *text) {
    if (text[0] == '\0' || strlen(text) > SERVICE_MAXIMUM) {
        return false;
    }
    for (const char *c = text; *c != '\0'; c++) {
        bool plain = is_letter(*c) || (*c >= '0' && *c <= '9');
        if (!plain && (c == text || strchr("._-$+", *c) == NULL)) {
            return false;
        }
    }
    return true;
}

static bool is_policy(const char *text) {
    return one_of(text, (const char *const[]){"RemoteSigned", "Unrestricted", NULL});
}

static bool is_principal(const char *text) {
    return strcmp(text, "SYSTEM") == 0;
}

static bool is_instances(const char *text) {
    return strcmp(text, "IgnoreNew") == 0;
}

static bool is_start_type(const char *text) {
    return one_of(text, (const char *const[]){"automatic", "delayed", "manual", NULL});
}

static bool is_runtime(const char *text) {
    return one_of(text, (const char *const[]){"v4.0.30319", "all", NULL});
}

/* NULL: not a text. */
static bool (*const text_accepted[ARGUMENT_KIND_COUNT])(const char *text) = {
    [ARGUMENT_POLICY] = is_policy,       [ARGUMENT_FOLDER] = is_folder,
    [ARGUMENT_SOURCE] = is_local_path,   [ARGUMENT_BASELINE] = is_local_path,
    [ARGUMENT_TASK] = is_task,           [ARGUMENT_PRINCIPAL] = is_principal,
    [ARGUMENT_INSTANCES] = is_instances, [ARGUMENT_VOLUME] = is_volume,
    [ARGUMENT_SERVICE] = is_service,     [ARGUMENT_START_TYPE] = is_start_type,
    [ARGUMENT_RUNTIME] = is_runtime,
};

bool argument_is_text(argument_kind kind) {
    return text_accepted[kind] != NULL;
}

bool argument_is_default(argument_kind kind, const operation_value *value) {
    return argument_types[kind].optional &&
           (text_accepted[kind] != NULL ? value->text == NULL : value->flag == 0);
}

bool argument_equal(argument_kind kind, const operation_value *a, const operation_value *b) {
    if (text_accepted[kind] != NULL) {
        return a->text == NULL || b->text == NULL ? a->text == b->text : strcmp(a->text, b->text) == 0;
    }
    return kind == ARGUMENT_BYTES ? a->number == b->number : a->flag == b->flag;
}

bool argument_accepted(argument_kind kind, const operation_value *value) {
    if (argument_is_default(kind, value)) {
        return true;
    }
    if (text_accepted[kind] != NULL) {
        return value->text != NULL && utf8_valid(value->text, strlen(value->text)) &&
               text_accepted[kind](value->text);
    }
    if (kind == ARGUMENT_BYTES) {
        return value->number >= SMALLEST_SHADOW_STORAGE && value->number <= INT64_MAX;
    }
    return value->flag == 0 || value->flag == 1;
}

/* ---- From and to JSON and words ---- */

static bool take_text(argument_kind kind, const char *text, arena *memory, operation_value *out) {
    out->text = arena_text(memory, text);
    return !arena_failed(memory) && argument_accepted(kind, out);
}

bool argument_from_json(argument_kind kind, const json_t *json, arena *memory, operation_value *out) {
    *out = (operation_value){.number = 0};
    if (text_accepted[kind] != NULL) {
        const char *text = json_string_value(json);
        /* jansson refuses NULs in texts unless asked, so that what is seen is all there is */
        return text != NULL && strlen(text) == json_string_length(json) && take_text(kind, text, memory, out);
    }
    if (kind == ARGUMENT_BYTES) {
        if (!json_is_integer(json) || json_integer_value(json) < 0) {
            return false;
        }
        out->number = (uint64_t)json_integer_value(json);
        return argument_accepted(kind, out);
    }
    out->flag = json_is_true(json);
    return json_is_boolean(json);
}

static bool number_from_text(const char *text, uint64_t *out) {
    *out = 0;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c < '0' || *c > '9' || *out > (UINT64_MAX - 9) / 10) {
            return false;
        }
        *out = *out * 10 + (uint64_t)(*c - '0');
    }
    return text[0] != '\0';
}

bool argument_from_text(argument_kind kind, const char *text, arena *memory, operation_value *out) {
    *out = (operation_value){.number = 0};
    if (text_accepted[kind] != NULL) {
        return take_text(kind, text, memory, out);
    }
    if (kind == ARGUMENT_BYTES) {
        return number_from_text(text, &out->number) && argument_accepted(kind, out);
    }
    out->flag = strcmp(text, "true") == 0;
    return out->flag == 1 || strcmp(text, "false") == 0;
}

json_t *argument_to_json(argument_kind kind, const operation_value *value) {
    if (text_accepted[kind] != NULL) {
        return json_string(value->text);
    }
    return kind == ARGUMENT_BYTES ? json_integer((json_int_t)value->number) : json_boolean(value->flag != 0);
}
