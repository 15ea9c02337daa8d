/* Guards on what the machine is: a node of a cluster, a domain controller. */
#include "repair/guards.h"

#include "core/error.h"
#include "core/unicode.h"

#define CLUSTER_SERVICE "SYSTEM\\CurrentControlSet\\Services\\ClusSvc"
#define PRODUCT_OPTIONS "SYSTEM\\CurrentControlSet\\Control\\ProductOptions"

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
