#include "task_server.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The value of "name=..." in a text of such lines; NULL if there is none. */
static const char *line_value(const char *text, const char *name) {
    size_t length = strlen(name);
    for (const char *line = text; line != NULL && *line != '\0';) {
        if (strncmp(line, name, length) == 0 && line[length] == '=') {
            return line + length + 1;
        }
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return NULL;
}

static char *read_file(const wchar_t *name) {
    path_text file;
    size_t size = 0;
    store_file(name, file);
    return store_read(file, &size);
}

void control_note(const char *method, const char *format, ...) {
    path_text file;
    store_file(L"calls.txt", file);
    FILE *calls = _wfopen(file, L"ab");
    if (calls == NULL) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    (void)fprintf(calls, "%s ", method);
    (void)vfprintf(calls, format, arguments);
    (void)fputc('\n', calls);
    va_end(arguments);
    (void)fclose(calls);
}

/* How often the method stands in calls.txt. */
static unsigned calls_of(const char *method) {
    char *calls = read_file(L"calls.txt");
    size_t length = strlen(method);
    unsigned count = 0;
    for (const char *line = calls; line != NULL && *line != '\0';) {
        count += strncmp(line, method, length) == 0 && line[length] == ' ';
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    free(calls);
    return count;
}

HRESULT control_answer(const char *method) {
    char numbered[128];
    char *control = read_file(L"control.txt");
    if (control == NULL) {
        return S_OK;
    }
    (void)snprintf(numbered, sizeof numbered, "%s#%u", method, calls_of(method));
    const char *value = line_value(control, numbered);
    value = value != NULL ? value : line_value(control, method);
    HRESULT answer = value != NULL ? (HRESULT)strtoul(value, NULL, 16) : S_OK;
    free(control);
    return answer;
}

void control_sleep(void) {
    char *control = read_file(L"control.txt");
    const char *value = control != NULL ? line_value(control, "sleep") : NULL;
    if (value != NULL) {
        Sleep(strtoul(value, NULL, 10));
    }
    free(control);
}

/* ---- A task's own file ---- */

bool store_state(const wchar_t *task, const char *name, char *value, size_t room) {
    path_text file;
    size_t size = 0;
    store_task_file(task, L".state", file);
    char *text = store_read(file, &size);
    const char *found = text != NULL ? line_value(text, name) : NULL;
    if (found != NULL) {
        (void)snprintf(value, room, "%.*s", (int)strcspn(found, "\r\n"), found);
    }
    free(text);
    return found != NULL;
}

bool store_set_state(const wchar_t *task, const char *name, const char *value) {
    path_text file;
    size_t size = 0;
    size_t length = strlen(name);
    store_task_file(task, L".state", file);
    char *text = store_read(file, &size);
    FILE *state = _wfopen(file, L"wb");
    if (state == NULL) {
        free(text);
        return false;
    }
    for (char *line = text != NULL ? strtok(text, "\r\n") : NULL; line != NULL; line = strtok(NULL, "\r\n")) {
        if (strncmp(line, name, length) != 0 || line[length] != '=') {
            (void)fprintf(state, "%s\n", line);
        }
    }
    (void)fprintf(state, "%s=%s\n", name, value);
    free(text);
    return fclose(state) == 0;
}
