/* open_hives FILE...: opens each registry hive with hivex, all at once, and closes them again. */
#include <hivex.h>
#include <stdio.h>

enum { MOST_HIVES = 8 };

int main(int argc, char **argv) {
    hive_h *hives[MOST_HIVES];
    int opened = 0;
    int code = 0;
    for (int i = 1; i < argc && opened < MOST_HIVES && code == 0; i++) {
        hives[opened] = hivex_open(argv[i], 0);
        if (hives[opened] == NULL) {
            perror(argv[i]);
            code = 1;
        } else {
            opened++;
        }
    }
    while (opened > 0) {
        (void)hivex_close(hives[--opened]);
    }
    return code;
}
