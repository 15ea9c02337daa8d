/* Guards on what the machine is and has connected. */
#include "repair/guards.h"

#include "core/error.h"
#include "core/unicode.h"

#include <string.h>

#define INITIATOR       "MSiSCSI"
#define CLUSTER_SERVICE "SYSTEM\\CurrentControlSet\\Services\\ClusSvc"
#define PRODUCT_OPTIONS "SYSTEM\\CurrentControlSet\\Control\\ProductOptions"
/* Storage adapters; the iSCSI initiator is an instance, 0000 and so on, of this class. */
#define ADAPTERS "SYSTEM\\CurrentControlSet\\Control\\Class\\{4D36E97B-E325-11CE-BFC1-08002BE10318}"

/* ---- iSCSI ---- */

static mars_status read_disks(host *machine, arena *memory, const char *service, iscsi_disk_list *out) {
    fact why = fact_unknown(REASON_NOT_ON_HOST, NULL, NULL);
    fact_state state = machine->read->iscsi_disks != NULL
                           ? machine->read->iscsi_disks(machine, memory, out, &why)
                           : FACT_UNKNOWN;
    return state != FACT_UNKNOWN ? MARS_OK : guard_unknown(service, "which iSCSI disks are connected", &why);
}

mars_status guard_no_recovery_volume(host *machine, arena *memory, const char *service) {
    iscsi_disk_list disks = {0};
    mars_status status = read_disks(machine, memory, service, &disks);
    for (size_t i = 0; status == MARS_OK && i < disks.count; i++) {
        const iscsi_disk *disk = &disks.items[i];
        if (fact_is_true(&disk->recovery_volume)) {
            status = error_set(MARS_E_REFUSED,
                               "%s is left alone while the agent has a recovery volume mounted (%s): unmount "
                               "it in the agent's console first",
                               service, disk->name);
        } else if (!fact_is_false(&disk->recovery_volume)) {
            const char *what = arena_printf(
                memory, "whether the iSCSI disk %s is a recovery volume of the agent", disk->name);
            status = guard_unknown(service, what, &disk->recovery_volume.fact);
        }
    }
    return status;
}

static mars_status only_recovery_volumes(host *machine, arena *memory) {
    iscsi_disk_list disks = {0};
    mars_status status = read_disks(machine, memory, INITIATOR, &disks);
    for (size_t i = 0; status == MARS_OK && i < disks.count; i++) {
        if (!fact_is_true(&disks.items[i].recovery_volume)) {
            status = error_set(MARS_E_REFUSED,
                               INITIATOR " is left alone, as stopping it would cut off the iSCSI disk %s",
                               disks.items[i].name);
        }
    }
    return status;
}

/* "0000": other sub-keys of a class are none of an adapter, and even administrators may not read them all. */
static bool is_instance(const char *name) {
    return strlen(name) == 4 && strspn(name, "0123456789") == 4;
}

static mars_status no_target_of(host *machine, arena *memory, const char *instance) {
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64,
                                arena_printf(memory, ADAPTERS "\\%s\\PersistentTargets", instance)};
    text_list targets = {0};
    fact why = {0};
    fact_state state = machine->read->registry_keys(machine, &path, memory, &targets, &why);
    if (state == FACT_UNKNOWN) {
        return guard_unknown(INITIATOR, "which iSCSI targets it connects again by itself", &why);
    }
    if (state == FACT_KNOWN && targets.count > 0) {
        return error_set(MARS_E_REFUSED,
                         INITIATOR " is left alone, as it has a target that it connects again by itself: %s",
                         targets.items[0]);
    }
    return MARS_OK;
}

static mars_status no_persistent_target(host *machine, arena *memory) {
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64, ADAPTERS};
    text_list instances = {0};
    fact why = {0};
    fact_state state = machine->read->registry_keys(machine, &path, memory, &instances, &why);
    if (state == FACT_UNKNOWN) {
        return guard_unknown(INITIATOR, "which iSCSI targets it connects again by itself", &why);
    }
    mars_status status = MARS_OK;
    for (size_t i = 0; state == FACT_KNOWN && status == MARS_OK && i < instances.count; i++) {
        if (is_instance(instances.items[i])) {
            status = no_target_of(machine, memory, instances.items[i]);
        }
    }
    return status;
}

mars_status guard_iscsi_unused(host *machine, arena *memory) {
    mars_status status = only_recovery_volumes(machine, memory);
    if (status == MARS_OK) {
        status = no_persistent_target(machine, memory);
    }
    return status == MARS_OK ? guard_no_cluster(machine, memory, INITIATOR) : status;
}

/* ---- Cluster, domain controller ---- */

static mars_status on_cluster(const char *service) {
    return error_set(MARS_E_REFUSED, "%s is left alone, as this server is a node of a failover cluster",
                     service);
}

mars_status guard_no_cluster(host *machine, arena *memory, const char *service) {
    static const char *const what = "whether this server is a node of a failover cluster";
    static const char *const signs[] = {"ClusterName", "NodeNames"};
    const registry_path own = {REGISTRY_MACHINE, REGISTRY_64, CLUSTER_SERVICE};
    const registry_path parameters = {REGISTRY_MACHINE, REGISTRY_64, CLUSTER_SERVICE "\\Parameters"};
    registry_value value = {0};
    int64_t start = 0;
    fact why = {0};
    fact_state state = machine->read->registry_read(machine, &own, "Start", memory, &value, &why);
    if (state == FACT_KNOWN && !registry_value_number(&value, &start)) {
        why = fact_unknown(REASON_MALFORMED, why.where, "Start is no number");
        state = FACT_UNKNOWN;
    }
    if (state == FACT_UNKNOWN) {
        return guard_unknown(service, what, &why);
    }
    if (state == FACT_KNOWN && start != SERVICE_START_DISABLED) {
        return on_cluster(service);
    }
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        state = machine->read->registry_read(machine, &parameters, signs[i], memory, &value, &why);
        if (state == FACT_UNKNOWN) {
            return guard_unknown(service, what, &why);
        }
        if (state == FACT_KNOWN) {
            return on_cluster(service);
        }
    }
    return MARS_OK;
}

mars_status guard_no_domain_controller(host *machine, arena *memory, const char *service) {
    const registry_path path = {REGISTRY_MACHINE, REGISTRY_64, PRODUCT_OPTIONS};
    registry_value value = {0};
    const char *type = NULL;
    fact why = {0};
    fact_state state = machine->read->registry_read(machine, &path, "ProductType", memory, &value, &why);
    if (state != FACT_KNOWN || !registry_value_text(&value, memory, &type)) {
        fact unread = state == FACT_UNKNOWN ? why : fact_unknown(REASON_MALFORMED, why.where, NULL);
        return guard_unknown(service, "whether this server is a domain controller", &unread);
    }
    if (ascii_equal(type, "LanmanNT")) {
        return error_set(MARS_E_REFUSED, "%s is left alone on a domain controller, whose clock others follow",
                         service);
    }
    return MARS_OK;
}
