#include "system.h"

#include <unistd.h>

FILE *system_open(const char *path, const char *mode) {
    return fopen(path, mode);
}

bool system_replace(const char *from, const char *to) {
    return rename(from, to) == 0;
}

void system_remove(const char *path) {
    (void)unlink(path);
}

bool system_is_terminal(FILE *stream) {
    return isatty(fileno(stream)) == 1;
}

bool system_shows_colors(void) {
    return isatty(STDOUT_FILENO) == 1;
}

int main(int argc, char **argv) {
    return run_marshealth(argc, argv);
}
