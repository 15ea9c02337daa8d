#include "repair/service_ending.h"

#include "core/unicode.h"
#include "repair/guards.h"

static mars_status guard_initiator(host *machine, arena *memory, const char *service, const char **note) {
    const char *cut_off = NULL;
    mars_status status = guard_iscsi_unused(machine, memory, &cut_off);
    *note =
        status == MARS_OK && cut_off != NULL
            ? arena_printf(memory,
                           "Stopping %s cuts off the recovery volume that is mounted: files that are being "
                           "restored from it stay incomplete (%s).",
                           service, cut_off)
            : NULL;
    return status;
}

static mars_status guard_agent(host *machine, arena *memory, const char *service, const char **note) {
    *note =
        "A backup that was started by hand does not show from here while it uploads: stopping the agent's "
        "service ends it.";
    return guard_no_recovery_volume(machine, memory, service);
}

static const service_ending endings[] = {
    {"MSiSCSI", "It cuts off a recovery volume that is mounted, and what is being restored from it.",
     guard_initiator},
    {"obengine", "It ends a backup that was started by hand and uploads now.", guard_agent},
};

const service_ending *service_ending_find(const char *service) {
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        if (ascii_equal(endings[i].service, service)) {
            return &endings[i];
        }
    }
    return NULL;
}
