#include "unflushed.h"

#include "host/image/image_write.h"

static bool no_sync(int descriptor) {
    (void)descriptor;
    return true;
}

void unflushed_use(host *machine, arena *memory) {
    image_calls *calls = arena_copy(memory, &image_calls_system, sizeof image_calls_system);
    if (calls != NULL) {
        calls->sync = no_sync;
        image_of(machine)->calls = calls;
    }
}
