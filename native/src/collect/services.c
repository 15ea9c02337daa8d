#include "collect/read.h"

#include "core/unicode.h"

#include <string.h>

#define ISCSI_DEVICES "SYSTEM\\CurrentControlSet\\Enum\\ROOT\\ISCSIPRT"

/* Every service that a check names. */
static const char *const names[] = {
    "obengine", "VSS", "swprv", "Schedule", "EventLog", "vds", "MSiSCSI", "COMSysApp", "MSDTC", "msiserver",
};

/* ---- Accounts ---- */

static const struct {
    const char *account;
    const char *kind;
} service_accounts[] = {
    {"LocalSystem", "system"},
    {"NT AUTHORITY\\SYSTEM", "system"},
    {"NT AUTHORITY\\LocalService", "local-service"},
    {"NT AUTHORITY\\LOCAL SERVICE", "local-service"},
    {"NT AUTHORITY\\NetworkService", "network-service"},
    {"NT AUTHORITY\\NETWORK SERVICE", "network-service"},
};

/* In every language the service accounts' authority has the word NT in it. */
static bool names_the_authority(const char *account) {
    const char *end = strchr(account, '\\');
    for (const char *at = account; end != NULL && at + 2 <= end; at++) {
        bool begins = at == account || at[-1] == ' ' || at[-1] == '-';
        bool ends = at[2] == '\\' || at[2] == ' ' || at[2] == '-';
        if (begins && ends && ascii_equal_n(at, "NT", 2)) {
            return true;
        }
    }
    return false;
}

static fact_text kind_of(const fact_text *account) {
    if (account->fact.state != FACT_KNOWN) {
        return (fact_text){.fact = account->fact};
    }
    for (size_t i = 0; i < sizeof service_accounts / sizeof service_accounts[0]; i++) {
        if (ascii_equal(account->value, service_accounts[i].account)) {
            return fact_text_known(service_accounts[i].kind, account->fact.where);
        }
    }
    if (names_the_authority(account->value) && !ascii_starts(account->value, "NT SERVICE\\")) {
        return (fact_text){.fact = fact_unknown(REASON_NOT_ON_HOST, account->fact.where,
                                                "an account's name in another language is resolved only on "
                                                "the server itself")};
    }
    return fact_text_known("other", account->fact.where);
}

/* ---- Services ---- */

static void set_details(service_facts *to, const fact *why) {
    to->display_name.fact = *why;
    to->start.fact = *why;
    to->delayed.fact = *why;
    to->account.fact = *why;
    to->account_kind.fact = *why;
    to->image_path.fact = *why;
    to->state.fact = *why;
    to->exit_code.fact = *why;
}

static void read_service(collector *c, const char *name, service_facts *to) {
    service_info info = {0};
    fact why = {0};
    fact_state state = c->machine->read->service_info(c->machine, name, c->memory, &info, &why);
    to->name = fact_text_known(name, why.where);
    if (state != FACT_KNOWN) {
        to->present = state == FACT_ABSENT ? fact_flag_known(false, why.where) : (fact_flag){.fact = why};
        set_details(to, &why);
        return;
    }
    to->present = fact_flag_known(true, why.where);
    to->display_name = info.display_name;
    to->start = info.start;
    to->delayed = info.delayed;
    to->account = info.account;
    to->account_kind = kind_of(&info.account);
    to->image_path = info.image_path;
    to->state = info.state;
    to->exit_code = info.exit_code;
}

/* ---- The iSCSI initiator's device ---- */

/* The first instance is 0000; one that was installed anew may have another number. */
static void read_iscsi_device(collector *c, services_evidence *services) {
    const registry_path devices = {REGISTRY_MACHINE, REGISTRY_64, ISCSI_DEVICES};
    text_list instances = {0};
    fact why = {0};
    fact_state state = c->machine->read->registry_keys(c->machine, &devices, c->memory, &instances, &why);
    if (state == FACT_UNKNOWN) {
        services->iscsi_device.fact = why;
        services->iscsi_device_flags.fact = why;
        return;
    }
    bool present = state == FACT_KNOWN && instances.count > 0;
    services->iscsi_device = fact_flag_known(present, why.where);
    if (!present) {
        services->iscsi_device_flags.fact = fact_absent(why.where);
        return;
    }
    const char *instance = instances.items[0];
    for (size_t i = 0; i < instances.count; i++) {
        instance = strcmp(instances.items[i], "0000") == 0 ? instances.items[i] : instance;
    }
    services->iscsi_device_flags =
        read_machine_number(c, arena_printf(c->memory, ISCSI_DEVICES "\\%s", instance), "ConfigFlags");
}

void collect_services(collector *c) {
    services_evidence *services = &c->into->services;
    arena_vector all = ARENA_VECTOR(c->memory, service_facts);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        service_facts *service = arena_push(&all);
        if (service != NULL) {
            read_service(c, names[i], service);
        }
    }
    services->services = fact_list_known(&all, NULL);
    read_iscsi_device(c, services);
    services->iscsi_device_problem.fact = fact_unknown(REASON_NOT_ON_HOST, NULL, NULL);
}
