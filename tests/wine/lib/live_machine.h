/* The machine that a test runs on, and Wine's own tools to look at it with. */
#ifndef LIVE_MACHINE_H
#define LIVE_MACHINE_H

#include "host/host_writer.h"

typedef struct live_machine {
    host *machine;
    const host_reader *read;
    const host_writer *write;
    arena memory;
    fact why; /* of the last thing that was read */
} live_machine;

/* cmocka's setup and teardown: *state is a live_machine. Fails on a machine that is neither Wine nor said to be
 * one to throw away: every test that changes the machine begins with it. */
int live_open(void **state);
int live_close(void **state);

/* The test fails, with the product's own words, unless it is MARS_OK. */
#define expect_ok(status) expect_ok_at(status, #status, __FILE__, __LINE__)
void expect_ok_at(mars_status status, const char *what, const char *file, int line);

/* What a program printed; its exit code. */
const char *tool_output(live_machine *on, const char *command, int *exit_code);
/* Runs it; the test fails unless it ends with 0. */
const char *tool(live_machine *on, const char *command);

/* Where the programs of tests/wine/tools are: a Windows path. */
const char *tool_path(live_machine *on, const char *name);

void store(const char *path, const void *data, size_t size);
/* NULL if there is no such file. */
const char *load(live_machine *on, const char *path, size_t *size);

#endif
