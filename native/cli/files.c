#include "cli.h"
#include "system.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The library's limit for evidence, and more than any baseline needs. */
enum { MAXIMUM_INPUT = 64 * 1024 * 1024 };

static char *read_stream(FILE *from, size_t *size, char *message, size_t message_size) {
    size_t capacity = (size_t)64 * 1024;
    char *data = malloc(capacity + 1);
    *size = 0;
    while (data != NULL) {
        *size += fread(data + *size, 1, capacity - *size, from);
        if (*size < capacity) {
            break;
        }
        if (capacity > MAXIMUM_INPUT) {
            (void)snprintf(message, message_size, "it is larger than %d MiB", MAXIMUM_INPUT / (1024 * 1024));
            free(data);
            return NULL;
        }
        capacity *= 2;
        char *larger = realloc(data, capacity + 1);
        if (larger == NULL) {
            free(data);
        }
        data = larger;
    }
    if (data == NULL) {
        (void)snprintf(message, message_size, "memory ran out while reading it");
        return NULL;
    }
    if (ferror(from) != 0) {
        (void)snprintf(message, message_size, "it could not be read: %s", strerror(errno));
        free(data);
        return NULL;
    }
    data[*size] = '\0';
    return data;
}

char *read_whole_file(const char *path, size_t *size, char *message, size_t message_size) {
    if (strcmp(path, "-") == 0) {
        return read_stream(stdin, size, message, message_size);
    }
    FILE *file = system_open(path, "rb");
    if (file == NULL) {
        (void)snprintf(message, message_size, "it could not be opened: %s", strerror(errno));
        return NULL;
    }
    char *data = read_stream(file, size, message, message_size);
    (void)fclose(file);
    return data;
}

bool read_input(const char *path, char **out, size_t *size) {
    char message[MARS_ERROR_MESSAGE_SIZE];
    *out = read_whole_file(path, size, message, sizeof message);
    if (*out == NULL) {
        complain("%s: %s", path, message);
    }
    return *out != NULL;
}

bool output_open(output *out, const char *path) {
    *out = (output){.to = stdout, .path = path};
    if (path == NULL) {
        return true;
    }
    size_t size = strlen(path) + sizeof ".part";
    out->temporary = malloc(size);
    if (out->temporary == NULL) {
        complain("memory ran out");
        return false;
    }
    (void)snprintf(out->temporary, size, "%s.part", path);
    out->to = system_open(out->temporary, "wb");
    if (out->to == NULL) {
        complain("%s could not be created: %s", out->temporary, strerror(errno));
        free(out->temporary);
        return false;
    }
    return true;
}

bool output_close(output *out, bool keep) {
    bool written = fflush(out->to) == 0 && ferror(out->to) == 0;
    if (out->path == NULL) {
        if (!written) {
            complain("the output could not be written: %s", strerror(errno));
        }
        return written;
    }
    written = fclose(out->to) == 0 && written;
    if (keep && written) {
        written = system_replace(out->temporary, out->path);
    }
    if (!keep || !written) {
        system_remove(out->temporary);
    }
    if (!written) {
        complain("%s could not be written: %s", out->path, strerror(errno));
    }
    free(out->temporary);
    return written;
}

bool output_text(const char *path, mars_text *text) {
    output out;
    bool written = output_open(&out, path);
    if (written) {
        (void)fwrite(mars_text_data(text), 1, (size_t)mars_text_size(text), out.to);
        written = output_close(&out, true);
    }
    mars_text_free(text);
    return written;
}

int32_t format_named(const char *name, unsigned allowed) {
    static const struct {
        const char *name;
        int32_t format;
    } formats[] = {
        {"text", MARS_FORMAT_TEXT},   {"json", MARS_FORMAT_JSON},     {"jsonl", MARS_FORMAT_JSONL},
        {"junit", MARS_FORMAT_JUNIT}, {"nagios", MARS_FORMAT_NAGIOS},
    };
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if ((allowed & 1u << formats[i].format) != 0 &&
            (name == NULL || strcmp(name, formats[i].name) == 0)) {
            return formats[i].format;
        }
    }
    complain("there is no format \"%s\" here; see --help", name);
    return 0;
}

bool wants_color(const options *given) {
    const char *no_color = getenv("NO_COLOR");
    return given->output == NULL && !given->no_color && (no_color == NULL || no_color[0] == '\0') &&
           system_shows_colors();
}
