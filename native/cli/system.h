/* What differs between systems, besides threads. Texts are UTF-8 everywhere; system_<name>.c has the entry of
 * the program, which makes them so and calls run_marshealth. */
#ifndef CLI_SYSTEM_H
#define CLI_SYSTEM_H

#include <stdbool.h>
#include <stdio.h>

/* The program: the words of the command line, its own name first; returns the exit code. */
int run_marshealth(int argc, char **argv);

/* As fopen, in binary mode whatever the system has; errno on failure. */
FILE *system_open(const char *path, const char *mode);
/* Gives a file the name of another one, which it replaces; errno on failure. */
bool system_replace(const char *from, const char *to);
void system_remove(const char *path);

bool system_is_terminal(FILE *stream);
/* Whether standard output is a terminal that understands colour sequences. */
bool system_shows_colors(void);

#endif
