/* Interim: until change_file is merged. */
#include "repair/change.h"

mars_status change_file(operation_run *run, const char *path, bytes content) {
    change_record *record = arena_push(&run->changes);
    if (record != NULL) {
        *record = (change_record){.kind = CHANGE_FILE, .target = arena_text(run->memory, path)};
    }
    if (run->what_if) {
        return MARS_OK;
    }
    const host_writer *writer = host_writer_of(run->machine);
    for (const char *at = path + 3; *at != '\0'; at++) {
        if (*at == '\\') {
            const char *folder = arena_text_n(run->memory, path, (size_t)(at - path));
            mars_status made = writer->folder_make(run->machine, folder);
            if (made != MARS_OK) {
                return made;
            }
        }
    }
    return writer->file_write(run->machine, path, content, NULL);
}

void change_note(operation_run *run, const char *sentence) {
    (void)run;
    (void)sentence;
}
