#include "temp_image.h"

#include "core/error.h"
#include "core/text_builder.h"
#include "file_tree.h"
#include "unflushed.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static _Noreturn void give_up(const char *what, const char *why) {
    (void)fprintf(stderr, "temp_image: %s: %s\n", what, why);
    abort();
}

static void check(bool good, const char *what, const maker_error *error) {
    if (!good) {
        give_up(what, error->text);
    }
}

static void make_at(temp_image *image) {
    if (mkdtemp(image->path) == NULL) {
        give_up(image->path, "cannot be made");
    }
    temp_image_folder(image, TEMP_IMAGE_CONFIG);
    temp_image_hive(image, HIVE_SYSTEM, "");
}

void temp_image_make(temp_image *image) {
    *image = (temp_image){.path = "/tmp/marshealth-image-XXXXXX"};
    make_at(image);
}

void temp_image_make_in_memory(temp_image *image) {
    static const char place[] = "/dev/shm";
    *image = (temp_image){.path = "/tmp/marshealth-image-XXXXXX"};
    if (access(place, W_OK) == 0) {
        *image = (temp_image){.path = "/dev/shm/marshealth-image-XXXXXX"};
    }
    make_at(image);
}

/* Unlike tree_remove also links, FIFOs and folders that were closed. */
static void remove_all(const char *path) {
    if (unlink(path) == 0) {
        return;
    }
    (void)chmod(path, S_IRWXU);
    DIR *folder = opendir(path);
    const struct dirent *entry = NULL;
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        char below[4096];
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0 &&
            snprintf(below, sizeof below, "%s/%s", path, entry->d_name) < (int)sizeof below) {
            remove_all(below);
        }
    }
    if (folder == NULL || closedir(folder) != 0 || rmdir(path) != 0) {
        give_up(path, "cannot be removed");
    }
}

void temp_image_remove(temp_image *image) {
    host_close(image->machine);
    arena_free(&image->memory);
    remove_all(image->path);
}

int temp_image_set_up(void **state) {
    static temp_image made;
    made = (temp_image){0};
    temp_image_make(&made);
    *state = &made;
    return 0;
}

int temp_image_tear_down(void **state) {
    temp_image_remove(*state);
    return 0;
}

const char *temp_image_detail(const temp_image *image) {
    return image->why.detail != NULL ? image->why.detail : "no detail";
}

const char *temp_image_path(temp_image *image, const char *path) {
    return arena_printf(&image->memory, "%s/%s", image->path, path);
}

void temp_image_file(temp_image *image, const char *path, const void *data, size_t size) {
    char text[HIVE_ERROR_SIZE] = "";
    maker_error error = {.text = text, .size = sizeof text};
    check(file_store(temp_image_path(image, path), data, size, &error), path, &error);
}

void temp_image_text(temp_image *image, const char *path, const char *text) {
    temp_image_file(image, path, text, strlen(text));
}

void temp_image_folder(temp_image *image, const char *path) {
    char text[HIVE_ERROR_SIZE] = "";
    maker_error error = {.text = text, .size = sizeof text};
    check(folder_make(temp_image_path(image, path), &error), path, &error);
}

void temp_image_link(temp_image *image, const char *path, const char *target) {
    if (symlink(target, temp_image_path(image, path)) != 0) {
        give_up(path, "the link cannot be made");
    }
}

static void make_hive(temp_image *image, hive_kind kind, const char *reg_text, bool dirty) {
    char error[HIVE_ERROR_SIZE] = "";
    hive_options options = {.as_of = TEMP_IMAGE_AS_OF, .dirty = dirty};
    const char *path =
        temp_image_path(image, arena_printf(&image->memory, TEMP_IMAGE_CONFIG "%s", hive_kind_name(kind)));
    if (!hive_make(path, kind, reg_text, &options, error)) {
        give_up(path, error);
    }
}

void temp_image_hive(temp_image *image, hive_kind kind, const char *reg_text) {
    make_hive(image, kind, reg_text, false);
}

void temp_image_dirty_hive(temp_image *image, hive_kind kind, const char *reg_text) {
    make_hive(image, kind, reg_text, true);
}

bytes temp_image_bytes(temp_image *image, const char *path) {
    char text[HIVE_ERROR_SIZE] = "";
    maker_error error = {.text = text, .size = sizeof text};
    bytes content = {0};
    if (access(temp_image_path(image, path), F_OK) == 0) {
        check(file_load(temp_image_path(image, path), &image->memory, &content, &error), path, &error);
    }
    return content;
}

/* What a program prints; NULL if it failed. */
static const char *output_of(temp_image *image, const char *command) {
    FILE *pipe = popen(command, "r"); // NOLINT(cert-env33-c): the commands are ours
    text_builder out = {0};
    char piece[4096];
    size_t count = 0;
    while (pipe != NULL && (count = fread(piece, 1, sizeof piece, pipe)) > 0) {
        text_add_n(&out, piece, count);
    }
    bool good = pipe != NULL && pclose(pipe) == 0 && !text_builder_failed(&out);
    const char *text = good ? arena_text(&image->memory, text_builder_text(&out)) : NULL;
    text_builder_free(&out);
    return text;
}

const char *temp_image_export(temp_image *image, hive_kind kind) {
    return output_of(image,
                     arena_printf(&image->memory,
                                  "hivexregedit --export '%s/" TEMP_IMAGE_CONFIG "%s' '\\' 2>/dev/null",
                                  image->path, hive_kind_name(kind)));
}

const char *temp_image_digest(temp_image *image) {
    return output_of(
        image,
        arena_printf(&image->memory,
                     "cd '%s' && find . -path ./ProgramData -prune -o -print0 | sort -z | tar --no-recursion "
                     "--hard-dereference "
                     "--mtime=@0 --null -T - -c | sha256sum",
                     image->path));
}

void temp_image_open(temp_image *image) {
    host_close(image->machine);
    if (host_open_image(&image->machine, image->path) != MARS_OK) {
        give_up(image->path, error_message());
    }
    unflushed_use(image->machine, &image->memory);
}
