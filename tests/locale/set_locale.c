/* Preloaded into a program, makes it what a program with a user interface is: one that has taken over the locale of its
 * environment. The library must not care. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

__attribute__((constructor)) static void take_locale(void) {
    if (setlocale(LC_ALL, "") == NULL) {
        (void)fputs("set_locale: this locale is not installed\n", stderr);
        abort();
    }
}
