#include "fixture.h"

#include "file_tree.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int compare_lines(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void lines_sort(text_list *lines) {
    if (lines->count > 1) {
        qsort(lines->items, lines->count, sizeof *lines->items, compare_lines);
    }
}

static bool exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

/* ---- expect.txt ---- */

static bool add_line(arena_vector lists[2], const char *line, const char *place, arena *memory,
                     const maker_error *error) {
    if (line[0] == '\0' || line[0] == '#') {
        return true;
    }
    bool warning = line[0] == '!';
    bool repair = strncmp(line, "+ repair ", strlen("+ repair ")) == 0;
    if ((line[0] != '+' && line[0] != '-' && !warning) || line[1] != ' ' ||
        (strchr(line, '/') == NULL && !repair)) {
        return maker_fail(
            error, "%s: expected `+ check/verdict [subject]`, `+ repair ...`, `- ...` or `! warning`", place);
    }
    const char **item = arena_push(&lists[line[0] == '-']);
    if (item == NULL) {
        return maker_fail(error, "%s: no memory", place);
    }
    *item = arena_text(memory, warning ? line : line + 2);
    return true;
}

static bool read_expectation(fixture *out, arena *memory, const maker_error *error) {
    const char *path = arena_printf(memory, "%s/expect.txt", out->folder);
    bytes text = {0};
    if (!file_load(path, memory, &text, error)) {
        return false;
    }
    arena_vector lists[2] = {ARENA_VECTOR(memory, const char *), ARENA_VECTOR(memory, const char *)};
    const char *at = (const char *)text.data;
    for (int number = 1; *at != '\0'; number++) {
        size_t length = strcspn(at, "\n");
        size_t kept = length > 0 && at[length - 1] == '\r' ? length - 1 : length;
        const char *place = arena_printf(memory, "%s:%d", path, number);
        const char *line = arena_text_n(memory, at, kept);
        if (strcmp(line, "quiet") == 0) {
            out->quiet = true;
        } else if (!add_line(lists, line, place, memory, error)) {
            return false;
        }
        at += length + (at[length] != '\0');
    }
    out->added = (text_list){.items = lists[0].items, .count = lists[0].count};
    out->removed = (text_list){.items = lists[1].items, .count = lists[1].count};
    if (out->quiet && out->removed.count > 0) {
        return maker_fail(error, "%s: a quiet fixture has no `-` lines", path);
    }
    lines_sort(&out->added);
    lines_sort(&out->removed);
    return true;
}

/* NULL where there is no such file. */
static bool read_optional(const char **out, const char *folder, const char *name, arena *memory,
                          const maker_error *error) {
    const char *path = arena_printf(memory, "%s/%s", folder, name);
    bytes text = {0};
    *out = NULL;
    if (!exists(path)) {
        return true;
    }
    bool good = file_load(path, memory, &text, error);
    *out = good ? (const char *)text.data : NULL;
    return good;
}

static bool read_fixture(fixture *out, const char *root, const char *name, arena *memory,
                         const maker_error *error) {
    out->name = arena_text(memory, name);
    out->folder = arena_printf(memory, "%s/%s", root, name);
    if (!read_optional(&out->baseline, out->folder, "baseline.json", memory, error) ||
        !read_optional(&out->checks, out->folder, "checks.txt", memory, error)) {
        return false;
    }
    if (out->checks != NULL) {
        out->checks = arena_text_n(memory, out->checks, strcspn(out->checks, "\r\n"));
    }
    return read_expectation(out, memory, error);
}

/* ---- All of them ---- */

static int is_visible(const struct dirent *entry) {
    return entry->d_name[0] != '.';
}

/* By bytes: alphasort would ask the locale. */
static int by_name(const struct dirent **a, const struct dirent **b) {
    return strcmp((*a)->d_name, (*b)->d_name);
}

/* The names in root/group, each as "group/name"; those that are no folders are left out. */
static bool list_group(text_list *out, const char *root, const char *group, arena *memory,
                       const maker_error *error) {
    const char *folder = group[0] == '\0' ? root : arena_printf(memory, "%s/%s", root, group);
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, is_visible, by_name);
    if (count < 0) {
        return maker_fail(error, "%s: no such folder", folder);
    }
    *out = (text_list){.items = arena_array(memory, (size_t)count + 1, sizeof *out->items)};
    for (int i = 0; i < count; i++) {
        const char *name = group[0] == '\0' ? arena_text(memory, entries[i]->d_name)
                                            : arena_printf(memory, "%s/%s", group, entries[i]->d_name);
        struct stat info;
        if (out->items != NULL && stat(arena_printf(memory, "%s/%s", root, name), &info) == 0 &&
            S_ISDIR(info.st_mode)) {
            out->items[out->count++] = name;
        }
        free(entries[i]);
    }
    free(entries);
    return out->items != NULL || maker_fail(error, "%s: no memory", folder);
}

static bool read_group(arena_vector *fixtures, const char *root, const char *group,
                       const maker_error *error) {
    text_list names = {0};
    if (!list_group(&names, root, group, fixtures->memory, error)) {
        return false;
    }
    for (size_t i = 0; i < names.count; i++) {
        fixture *item = arena_push(fixtures);
        if (item == NULL) {
            return maker_fail(error, "%s: no memory", root);
        }
        if (!read_fixture(item, root, names.items[i], fixtures->memory, error)) {
            return false;
        }
    }
    return true;
}

bool fixture_list_read(fixture_list *out, const char *root, arena *memory, const maker_error *error) {
    *out = (fixture_list){0};
    text_list groups = {0};
    arena_vector fixtures = ARENA_VECTOR(memory, fixture);
    if (!list_group(&groups, root, "", memory, error) ||
        !read_fixture(&out->healthy, root, "healthy", memory, error)) {
        return false;
    }
    for (size_t i = 0; i < groups.count; i++) {
        if (strcmp(groups.items[i], "healthy") != 0 && !read_group(&fixtures, root, groups.items[i], error)) {
            return false;
        }
    }
    out->items = fixtures.items;
    out->count = fixtures.count;
    return !arena_failed(memory) || maker_fail(error, "%s: no memory", root);
}

/* ---- What they are to give ---- */

bool fixture_expected(text_list *out, const fixture_list *all, const fixture *of, arena *memory,
                      const maker_error *error) {
    const text_list none = {0};
    const text_list *base = of->checks != NULL ? &none : &all->healthy.added;
    const text_list *removed = of == &all->healthy ? &none : &of->removed;
    const text_list *added = of == &all->healthy ? &none : &of->added;
    *out = (text_list){.items = arena_array(memory, base->count + added->count + 1, sizeof *out->items)};
    if (out->items == NULL) {
        return maker_fail(error, "%s: no memory", of->name);
    }
    size_t gone = 0;
    for (size_t i = 0; i < base->count; i++) {
        if (gone < removed->count && strcmp(removed->items[gone], base->items[i]) == 0) {
            gone++;
        } else {
            out->items[out->count++] = base->items[i];
        }
    }
    if (gone < removed->count) {
        return maker_fail(error, "%s/expect.txt: \"%s\" is not given anyway", of->folder,
                          removed->items[gone]);
    }
    for (size_t i = 0; i < added->count; i++) {
        out->items[out->count++] = added->items[i];
    }
    lines_sort(out);
    return true;
}

bool fixture_adds(const fixture *of, const char *verdict) {
    size_t length = strlen(verdict);
    for (size_t i = 0; i < of->added.count; i++) {
        const char *line = of->added.items[i];
        if (strncmp(line, verdict, length) == 0 && (line[length] == '\0' || line[length] == ' ')) {
            return true;
        }
    }
    return false;
}
