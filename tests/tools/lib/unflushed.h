/* An image host that does not wait for the disk: that proves nothing in a test and takes most of its time. */
#ifndef UNFLUSHED_H
#define UNFLUSHED_H

#include "host/host.h"

/* memory must live as long as the host. */
void unflushed_use(host *machine, arena *memory);

#endif
