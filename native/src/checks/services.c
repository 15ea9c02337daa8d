#include "checks/services.h"

#include "checks/checks.h"
#include "core/unicode.h"
#include "host/host.h"

#include <string.h>

enum {
    ERROR_SERVICE_NEVER_STARTED = 1077, /* the exit code of a service that was not started since the system */
    CONFIG_FLAG_DISABLED = 0x1,
    CONFIG_FLAG_FAILED_INSTALL = 0x40,
};

static const service_facts *find_service(const evidence *e, const char *name) {
    const service_facts *all = e->services.services.items;
    for (size_t i = 0; i < e->services.services.count; i++) {
        if (ascii_equal(fact_text_or(&all[i].name, ""), name)) {
            return &all[i];
        }
    }
    return NULL;
}

said *say_service(judgement *j, const char *subject, const char *slug, const service_facts *service) {
    const char *name = fact_text_or(&service->name, "");
    const char *display_name = fact_text_or(&service->display_name, name);
    said *s = judge_say(j, subject, slug);
    say_text(s, "service", name);
    /* "@file,-number" stands for a text in a resource. */
    say_text(s, "display_name", display_name[0] == '@' ? name : display_name);
    say_where(s, &service->present.fact);
    say_where(s, &service->start.fact);
    return s;
}

const service_facts *judge_service_present(judgement *j, const evidence *e, const char *name,
                                           const char *subject, const char *what, const char *missing) {
    const service_facts *service = find_service(e, name);
    if (service == NULL) {
        const fact *list = &e->services.services.fact;
        fact why = list->state == FACT_UNKNOWN ? *list : fact_unknown(REASON_NOT_COLLECTED, NULL, NULL);
        judge_unknown(j, subject, what, &why);
        return NULL;
    }
    if (service->present.fact.state != FACT_KNOWN) {
        judge_unknown(j, subject, what, &service->present.fact);
        return NULL;
    }
    if (!service->present.value) {
        (void)say_service(j, subject, missing, service);
        return NULL;
    }
    return service;
}

/* ---- Services that must not be disabled ---- */

typedef struct enabled_rule {
    const char *name;
    const char *missing;
    const char *disabled;
} enabled_rule;

static void judge_enabled(judgement *j, const evidence *e, const enabled_rule *rule) {
    static const char *const what = "whether the service may start";
    const service_facts *service = judge_service_present(j, e, rule->name, rule->name, what, rule->missing);
    if (service == NULL) {
        return;
    }
    if (service->start.fact.state != FACT_KNOWN) {
        judge_unknown(j, rule->name, what, &service->start.fact);
        return;
    }
    bool disabled = service->start.value == SERVICE_START_DISABLED;
    (void)say_service(j, rule->name, disabled ? rule->disabled : "enabled", service);
}

void judge_services_vss(judgement *j, const evidence *e) {
    static const enabled_rule rules[] = {{"VSS", "missing", "disabled"}, {"swprv", "missing", "disabled"}};
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        judge_enabled(j, e, &rules[i]);
    }
}

void judge_services_schedule(judgement *j, const evidence *e) {
    static const enabled_rule rules[] = {
        {"Schedule", "missing", "disabled"},
        {"EventLog", "missing", "disabled"},
        {"vds", "disk-service-missing", "disk-service-disabled"},
    };
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        judge_enabled(j, e, &rules[i]);
    }
}

/* ---- iSCSI ---- */

/* Whether there is something to say about the device. */
static bool judge_iscsi_device(judgement *j, const services_evidence *services) {
    const fact_number *flags = &services->iscsi_device_flags;
    const fact_number *problem = &services->iscsi_device_problem;
    if (services->iscsi_device.fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "whether the iSCSI initiator's device is there", &services->iscsi_device.fact);
        return true;
    }
    if (!services->iscsi_device.value) {
        say_where(judge_say(j, NULL, "device-missing"), &services->iscsi_device.fact);
        return true;
    }
    if (flags->fact.state == FACT_UNKNOWN) {
        judge_unknown(j, NULL, "whether the iSCSI initiator's device works", &flags->fact);
        return true;
    }
    bool flagged = flags->fact.state == FACT_KNOWN &&
                   (flags->value & (CONFIG_FLAG_DISABLED | CONFIG_FLAG_FAILED_INSTALL)) != 0;
    bool reported = problem->fact.state == FACT_KNOWN && problem->value != 0;
    if (!flagged && !reported) {
        return false;
    }
    said *s = judge_say(j, NULL, "device-problem");
    say_number(s, "flags", flagged ? flags->value : 0);
    say_number(s, "problem", reported ? problem->value : 0);
    say_where(s, flagged ? &flags->fact : &problem->fact);
    return true;
}

void judge_services_iscsi(judgement *j, const evidence *e) {
    static const char *const what = "whether the iSCSI initiator may start";
    bool device_said = judge_iscsi_device(j, &e->services);
    const service_facts *service = judge_service_present(j, e, "MSiSCSI", NULL, what, "missing");
    if (service == NULL) {
        return;
    }
    if (service->start.fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, what, &service->start.fact);
    } else if (service->start.value == SERVICE_START_DISABLED) {
        (void)say_service(j, NULL, "disabled", service);
    } else if (!device_said) {
        say_where(say_service(j, NULL, "ready", service), &e->services.iscsi_device.fact);
    }
}

/* ---- COM+ and the Windows Installer, which Azure VM backup needs ---- */

static bool is_start_failure(const service_facts *service) {
    return service->state.value == SERVICE_STATE_STOPPED && service->exit_code.fact.state == FACT_KNOWN &&
           service->exit_code.value != 0 && service->exit_code.value != ERROR_SERVICE_NEVER_STARTED;
}

/* Whether something was said that stands against the service. */
static bool judge_start(judgement *j, const char *name, const service_facts *service) {
    if (service->start.fact.state != FACT_KNOWN) {
        judge_unknown(j, name, "whether the service may start", &service->start.fact);
        return true;
    }
    if (service->start.value == SERVICE_START_DISABLED) {
        (void)say_service(j, name, "disabled", service);
        return true;
    }
    if (service->state.fact.state != FACT_KNOWN) {
        judge_unknown(j, name, "whether the service starts without failure", &service->state.fact);
        return true;
    }
    if (is_start_failure(service)) {
        said *s = say_service(j, name, "failed-to-start", service);
        say_number(s, "exit_code", service->exit_code.value);
        say_where(s, &service->state.fact);
        return true;
    }
    return false;
}

static bool judge_account(judgement *j, const char *name, const service_facts *service) {
    const fact_text *kind = &service->account_kind;
    if (kind->fact.state != FACT_KNOWN) {
        judge_unknown(j, name, "which account the service runs under", &kind->fact);
        return true;
    }
    if (strcmp(kind->value, "network-service") != 0) {
        said *s = say_service(j, name, "other-account", service);
        say_text(s, "account", fact_text_or(&service->account, ""));
        say_where(s, &service->account.fact);
        return true;
    }
    return false;
}

void judge_services_com_plus(judgement *j, const evidence *e) {
    static const char *const names[] = {"COMSysApp", "MSDTC"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const service_facts *service =
            judge_service_present(j, e, names[i], names[i], "whether the service may start", "missing");
        if (service == NULL) {
            continue;
        }
        bool faulty = judge_start(j, names[i], service);
        if (strcmp(names[i], "MSDTC") == 0) {
            faulty = judge_account(j, names[i], service) || faulty;
        }
        if (!faulty) {
            (void)say_service(j, names[i], "good", service);
        }
    }
}

void judge_services_msiserver(judgement *j, const evidence *e) {
    static const char *const what = "whether the Windows Installer may start";
    const service_facts *service = judge_service_present(j, e, "msiserver", NULL, what, "missing");
    if (service == NULL) {
        return;
    }
    if (service->start.fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, what, &service->start.fact);
        return;
    }
    const char *slug = service->start.value == SERVICE_START_DISABLED ? "disabled"
                       : service->start.value == SERVICE_START_MANUAL ? "manual"
                                                                      : "other-start";
    say_number(say_service(j, NULL, slug, service), "start", service->start.value);
}
