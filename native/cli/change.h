/* What the commands that change a machine share: opening it, asking, being interrupted, and saying what came
 * of it. */
#ifndef CLI_CHANGE_H
#define CLI_CHANGE_H

#include "cli.h"

typedef struct change {
    const options *given;
    const char *what; /* the command's name */
    source machine;
    int32_t format;
    char *baseline; /* JSON text, or NULL */
    mars_session *session;
    bool tells;             /* what the library says of the run is shown, also without --verbose */
    mars_apply_options how; /* for the library; its callbacks hold this struct */
} change;

/* Opens the machine that is to be changed. False after a message; close it in either case. */
bool change_open(change *out, const char *what, const options *given);
void change_close(change *of);

/* Prints what came of it, or why nothing was begun, frees it, and gives the exit code. */
int change_report(const change *of, mars_status status, mars_outcome *outcome);

#endif
