/* Guards on what the iSCSI initiator has connected. */
#include "core/error.h"
#include "core/unicode.h"
#include "repair/guards.h"

#include <string.h>

#define INITIATOR "MSiSCSI"

static mars_status read_disks(host *machine, arena *memory, const char *service, iscsi_disk_list *out) {
    fact why = fact_unknown(REASON_NOT_ON_HOST, NULL, NULL);
    fact_state state = machine->read->iscsi_disks != NULL
                           ? machine->read->iscsi_disks(machine, memory, out, &why)
                           : FACT_UNKNOWN;
    return state == FACT_KNOWN ? MARS_OK : guard_unknown(service, "which iSCSI disks are connected", &why);
}

static bool is_recovery_volume(const iscsi_disk *disk) {
    return fact_is_true(&disk->recovery_volume);
}

static bool is_no_recovery_volume(const iscsi_disk *disk) {
    return !is_recovery_volume(disk);
}

static bool is_in_doubt(const iscsi_disk *disk) {
    return !is_recovery_volume(disk) && !fact_is_false(&disk->recovery_volume);
}

static bool is_named(const arena_vector *names, const char *name) {
    for (size_t i = 0; i < names->count; i++) {
        if (ascii_equal(((const char *const *)names->items)[i], name)) {
            return true;
        }
    }
    return false;
}

/* A target to which there are several ways is connected, and listed, more than once. */
static void add_name(arena_vector *names, const char *name) {
    const char **item = !is_named(names, name) ? arena_push(names) : NULL;
    if (item != NULL) {
        *item = name;
    }
}

/* "A, B"; NULL if there is none. So many fit into a message. */
static const char *names_text(arena *memory, const arena_vector *names) {
    enum { NAMES_MAX = 3 };
    const char *const *items = names->items;
    const char *text = names->count > 0 ? items[0] : NULL;
    for (size_t i = 1; i < names->count && i < NAMES_MAX; i++) {
        text = arena_printf(memory, "%s, %s", text, items[i]);
    }
    return names->count > NAMES_MAX ? arena_printf(memory, "%s and %zu more", text, names->count - NAMES_MAX)
                                    : text;
}

/* Of the disks of one kind; *why becomes that of the first one. */
static const char *disks_text(arena *memory, const iscsi_disk_list *disks, bool (*is)(const iscsi_disk *),
                              fact *why) {
    arena_vector names = ARENA_VECTOR(memory, const char *);
    for (size_t i = 0; i < disks->count; i++) {
        const iscsi_disk *disk = &disks->items[i];
        if (is(disk)) {
            *why = names.count == 0 ? disk->recovery_volume.fact : *why;
            add_name(&names, disk->name);
        }
    }
    return names_text(memory, &names);
}

mars_status guard_no_recovery_volume(host *machine, arena *memory, const char *service) {
    iscsi_disk_list disks = {0};
    fact why = {0};
    mars_status status = read_disks(machine, memory, service, &disks);
    if (status != MARS_OK) {
        return status;
    }
    const char *mounted = disks_text(memory, &disks, is_recovery_volume, &why);
    if (mounted != NULL) {
        return error_set(
            MARS_E_REFUSED,
            "%s is left alone while there is a recovery volume mounted (%s): unmount it first, in the "
            "agent's console or wherever that was begun",
            service, mounted);
    }
    const char *doubtful = disks_text(memory, &disks, is_in_doubt, &why);
    if (doubtful == NULL) {
        return MARS_OK;
    }
    const char *what =
        arena_printf(memory, "whether the agent restores files from the iSCSI disk %s", doubtful);
    return guard_unknown(service, what, &why);
}

static mars_status no_persistent_target(host *machine, arena *memory) {
    text_list targets = {0};
    arena_vector names = ARENA_VECTOR(memory, const char *);
    fact why = fact_unknown(REASON_NOT_ON_HOST, NULL, NULL);
    fact_state state = machine->read->iscsi_persistent != NULL
                           ? machine->read->iscsi_persistent(machine, memory, &targets, &why)
                           : FACT_UNKNOWN;
    if (state != FACT_KNOWN) {
        return guard_unknown(INITIATOR, "which iSCSI targets it connects again by itself", &why);
    }
    for (size_t i = 0; i < targets.count; i++) {
        add_name(&names, targets.items[i]);
    }
    return targets.count == 0
               ? MARS_OK
               : error_set(MARS_E_REFUSED,
                           INITIATOR
                           " is left alone, as it has a target that it connects again by itself: %s",
                           names_text(memory, &names));
}

mars_status guard_iscsi_unused(host *machine, arena *memory, const char **cut_off) {
    iscsi_disk_list disks = {0};
    fact why = {0};
    mars_status status = read_disks(machine, memory, INITIATOR, &disks);
    const char *others = disks_text(memory, &disks, is_no_recovery_volume, &why);
    if (status == MARS_OK && others != NULL) {
        status = error_set(
            MARS_E_REFUSED, INITIATOR " is left alone, as stopping it would cut off the iSCSI disk %s%s",
            others, why.state == FACT_UNKNOWN ? ", which is not known to be a recovery volume" : "");
    }
    if (status == MARS_OK) {
        status = no_persistent_target(machine, memory);
    }
    *cut_off = disks_text(memory, &disks, is_recovery_volume, &why);
    return status == MARS_OK ? guard_no_cluster(machine, memory, INITIATOR) : status;
}
