/* sign_journal: JSON objects on standard input, one a line, as lines of a journal with the checksum that
 * belongs to each. So a test can forge a journal as somebody could who knows how it is made. Exit code 1 if a
 * line is no object. */
#include "repair/journal_line.h"

#include <stdio.h>
#include <string.h>

enum { LINE_MAXIMUM = 1 << 20 };

int main(void) {
    static char line[LINE_MAXIMUM];
    text_builder out = {0};
    bool good = true;
    while (good && fgets(line, sizeof line, stdin) != NULL) {
        json_t *object = json_loads(line, 0, NULL);
        good = json_is_object(object);
        (void)json_object_del(object, "crc");
        journal_line_add(&out, object);
    }
    good = good && !text_builder_failed(&out) && fputs(text_builder_text(&out), stdout) >= 0;
    text_builder_free(&out);
    return good ? 0 : 1;
}
