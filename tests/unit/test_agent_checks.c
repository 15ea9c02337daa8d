/* Rules of the checks of the agent's service, the Windows version, Azure, and script policies that hang on
 * single values. What is read of an image is tested by fixtures. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "judging.h"

#include <stdio.h>
#include <string.h>

static fact_text text(const char *value) {
    return (fact_text){.fact = value != NULL ? fact_known("there") : fact_absent("there"), .value = value};
}

static fact_number number(int64_t value) {
    return (fact_number){.fact = fact_known("there"), .value = value};
}

static fact_flag flag(bool value) {
    return (fact_flag){.fact = fact_known("there"), .value = value};
}

static const fact unknown_fact = {.state = FACT_UNKNOWN, .reason = REASON_UNREADABLE};

static void assert_judged(const char *id, const evidence *e, const char *expected, const char *about) {
    judging run;
    judging_run(&run, id, e, NULL);
    const char *verdicts = judging_verdicts(&run);
    if (strcmp(verdicts, expected) != 0) {
        fail_msg("%s: %s: \"%s\", not \"%s\"", id, about, verdicts, expected);
    }
    judging_free(&run);
}

/* ---- Services ---- */

enum { NOT_KNOWN = -1 };

static void assert_service(const char *id, const char *name, int64_t start, int64_t state, int64_t exit_code,
                           const char *account, const char *expected) {
    service_facts service = {.name = text(name), .present = flag(true), .account_kind = text(account)};
    service.start = start == NOT_KNOWN ? (fact_number){.fact = unknown_fact} : number(start);
    service.state = state == NOT_KNOWN ? (fact_number){.fact = unknown_fact} : number(state);
    service.exit_code = state == NOT_KNOWN ? (fact_number){.fact = unknown_fact} : number(exit_code);
    evidence e = {.services.services = {.fact = fact_known(NULL), .count = 1, .items = &service}};
    char about[64];
    (void)snprintf(about, sizeof about, "start %d, state %d, exit code %d", (int)start, (int)state,
                   (int)exit_code);
    assert_judged(id, &e, expected, about);
}

static void test_agent_service(void **state) {
    (void)state;
    static const struct {
        int64_t start;
        int64_t state;
        const char *expected;
    } rows[] = {
        {2, 4, "running"},
        {3, 4, "manual-start; running"},
        {4, 4, "disabled"},
        {4, NOT_KNOWN, "disabled"},
        {2, 1, "stopped"},
        {2, 3, "stopped"},
        {2, 6, "stopped"},
        {2, 7, "stopped"},
        {2, 2, "starting"},
        {2, 5, "starting"},
        {3, 1, "manual-start; stopped"},
        {2, NOT_KNOWN, "unknown"},
        {3, NOT_KNOWN, "manual-start; unknown"},
        {NOT_KNOWN, 4, "unknown; running"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_service("agent.service", "obengine", rows[i].start, rows[i].state, 0, NULL, rows[i].expected);
    }
}

static void test_services_that_were_not_read(void **state) {
    (void)state;
    const evidence nothing = {0};
    assert_judged("agent.service", &nothing, "unknown", "nothing collected");
    assert_judged("services.vss", &nothing, "VSS: unknown; swprv: unknown", "nothing collected");
    assert_judged("services.iscsi", &nothing, "unknown; unknown", "nothing collected");
    service_facts unread = {.name = text("obengine"), .present.fact = unknown_fact};
    evidence e = {.services.services = {.fact = fact_known(NULL), .count = 1, .items = &unread}};
    assert_judged("agent.service", &e, "unknown", "the registry cannot be read");
    unread.present = flag(false);
    assert_judged("agent.service", &e, "missing", "no such service");
}

static void test_start_failures(void **state) {
    (void)state;
    static const struct {
        int64_t start;
        int64_t state;
        int64_t exit_code;
        const char *account;
        const char *expected;
    } rows[] = {
        {2, 4, 0, "network-service", "COMSysApp: unknown; MSDTC: good"},
        {3, 1, 0, "network-service", "COMSysApp: unknown; MSDTC: good"},
        {3, 1, 1077, "network-service", "COMSysApp: unknown; MSDTC: good"},
        {3, 1, 1067, "network-service", "COMSysApp: unknown; MSDTC: failed-to-start"},
        {3, 4, 1067, "network-service", "COMSysApp: unknown; MSDTC: good"},
        {4, 1, 1067, "network-service", "COMSysApp: unknown; MSDTC: disabled"},
        {4, 1, 0, "system", "COMSysApp: unknown; MSDTC: disabled; MSDTC: other-account"},
        {2, 4, 0, "other", "COMSysApp: unknown; MSDTC: other-account"},
        {2, 4, 0, NULL, "COMSysApp: unknown; MSDTC: unknown"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_service("services.com-plus", "MSDTC", rows[i].start, rows[i].state, rows[i].exit_code,
                       rows[i].account, rows[i].expected);
    }
}

static void test_iscsi_device(void **state) {
    (void)state;
    service_facts service = {.name = text("MSiSCSI"), .present = flag(true), .start = number(3)};
    evidence e = {.services.services = {.fact = fact_known(NULL), .count = 1, .items = &service}};
    e.services.iscsi_device = flag(true);
    e.services.iscsi_device_flags.fact = fact_absent(NULL);
    assert_judged("services.iscsi", &e, "ready", "no flags");
    e.services.iscsi_device_flags = number(0x400);
    assert_judged("services.iscsi", &e, "ready", "a flag that is no fault");
    e.services.iscsi_device_flags = number(0x40);
    assert_judged("services.iscsi", &e, "device-problem", "failed installation");
    e.services.iscsi_device_flags = number(0);
    e.services.iscsi_device_problem = number(22);
    assert_judged("services.iscsi", &e, "device-problem", "problem code");
    service.start = number(4);
    assert_judged("services.iscsi", &e, "device-problem; disabled", "both");
}

/* ---- Windows ---- */

static void test_windows_versions(void **state) {
    (void)state;
    static const struct {
        const char *type;
        const char *build;
        const char *installation;
        const char *expected;
    } rows[] = {
        {"ServerNT", "9200", "Server", "supported"},
        {"ServerNT", "9600", "Server", "supported"},
        {"LanmanNT", "14393", "Server", "supported"},
        {"ServerNT", "17763", "Server", "supported"},
        {"ServerNT", "20348", "Server", "supported"},
        {"ServerNT", "26100", "Server", "supported"},
        {"ServerNT", "26101", "Server", "newer-than-table"},
        {"ServerNT", "17763", "Server Core", "server-core"},
        {"ServerNT", "26100", "Server Core", "server-core"},
        {"ServerNT", "7601", "Server", "not-supported"},
        {"ServerNT", "17762", "Server", "not-listed"},
        {"ServerNT", "3790", "Server", "not-listed"},
        {"WinNT", "19045", "Client", "supported"},
        {"WinNT", "20348", "Client", "not-listed"},
        {"WinNT", "7601", "Client", "not-supported"},
        {"ServerNT", "", "Server", "unknown"},
        {"ServerNT", "17763x", "Server", "unknown"},
        {"ServerNT", "99999999999999999999", "Server", "unknown"},
        {NULL, "17763", "Server", "unknown"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evidence e = {.machine = {.product_type = text(rows[i].type),
                                  .build = text(rows[i].build),
                                  .installation_type = text(rows[i].installation)}};
        assert_judged("agent.os", &e, rows[i].expected, rows[i].build);
    }
}

static void test_azure_signs(void **state) {
    (void)state;
    static const struct {
        const char *about;
        const char *maker;
        const char *vm_id;
        bool asset_tag;
        bool guest_agent;
        const char *expected;
    } rows[] = {
        {"nothing", NULL, NULL, false, false, "elsewhere"},
        {"Hyper-V", "Microsoft Corporation", NULL, false, false, "elsewhere"},
        {"VmId", "Microsoft Corporation", "id", false, false, "on-azure-vm"},
        {"an empty VmId", "Microsoft Corporation", "", false, false, "elsewhere"},
        {"guest agent", "Microsoft Corporation", NULL, false, true, "on-azure-vm"},
        {"guest agent, maker not known", NULL, NULL, false, true, "on-azure-vm"},
        {"left Azure", "VMware, Inc.", "id", false, true, "elsewhere"},
        {"asset tag", "VMware, Inc.", NULL, true, false, "on-azure-vm"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evidence e = {.machine = {.system_manufacturer = text(rows[i].maker),
                                  .azure_vm_id = text(rows[i].vm_id),
                                  .azure_asset_tag = flag(rows[i].asset_tag),
                                  .azure_guest_agent = flag(rows[i].guest_agent)}};
        assert_judged("agent.on-azure-vm", &e, rows[i].expected, rows[i].about);
    }
    const evidence nothing = {0};
    assert_judged("agent.on-azure-vm", &nothing, "unknown", "nothing collected");
}

/* ---- Registration ---- */

static evidence registered(void) {
    return (evidence){.machine = {.mars_machine_id = text("machine"),
                                  .computer_name = text("SERVER"),
                                  .configured_name = text("server")},
                      .agent = {.resource_id = text("resource"),
                                .vault = text("vault"),
                                .registration_mismatches = number(0)}};
}

static void test_registration(void **state) {
    (void)state;
    evidence e = registered();
    assert_judged("agent.registration", &e, "registered", "names differ by case only");
    e.machine.configured_name = text("other");
    assert_judged("agent.registration", &e, "rename-pending; registered", "rename");
    e = registered();
    e.agent.resource_id = text("");
    assert_judged("agent.registration", &e, "not-registered", "an empty ResourceId");
    e = registered();
    e.agent.resource_id.fact = unknown_fact;
    assert_judged("agent.registration", &e, "unknown", "ResourceId cannot be read");
    e.machine.mars_machine_id = text(NULL);
    assert_judged("agent.registration", &e, "not-registered", "no MachineId, whatever the other is");
    e = registered();
    e.agent.registration_mismatches.fact = unknown_fact;
    assert_judged("agent.registration", &e, "registered", "no log");
    e.agent.registration_mismatches = number(2);
    e.agent.last_registration_mismatch = (fact_time){.fact = fact_known("log"), .value = 1000};
    assert_judged("agent.registration", &e, "mismatch-reported; registered", "no backup succeeded since");
}

/* ---- Script policies ---- */

static evidence unconstrained(void) {
    return (evidence){.powershell = {
                          .applocker_mode.fact = fact_absent("there"),
                          .applocker_rules = number(0),
                          .applocker_allows_system = flag(false),
                          .applocker_service_start = number(3),
                          .software_restriction_level.fact = fact_absent("there"),
                          .software_restriction_scope.fact = fact_absent("there"),
                          .code_integrity_deployed.fact = fact_absent("there"),
                          .code_integrity_policy = flag(false),
                          .lockdown_variable.fact = fact_absent("there"),
                      }};
}

static void test_applocker(void **state) {
    (void)state;
    evidence e = unconstrained();
    assert_judged("powershell.lockdown", &e, "free", "nothing set");
    e.powershell.applocker_rules = number(2);
    assert_judged("powershell.lockdown", &e, "applocker", "rules without a mode are enforced");
    e.powershell.applocker_mode = number(0);
    assert_judged("powershell.lockdown", &e, "free", "audit only");
    e.powershell.applocker_mode = number(1);
    e.powershell.applocker_service_start = number(4);
    assert_judged("powershell.lockdown", &e, "free", "its service is disabled");
    e.powershell.applocker_service_start.fact = fact_absent("there");
    assert_judged("powershell.lockdown", &e, "free", "its service is not there");
    e.powershell.applocker_service_start.fact = unknown_fact;
    assert_judged("powershell.lockdown", &e, "applocker", "its service is not known");
    e.powershell.applocker_allows_system = flag(true);
    assert_judged("powershell.lockdown", &e, "applocker-allows-system", "SYSTEM is allowed everything");
}

static void test_lockdown_variable(void **state) {
    (void)state;
    static const struct {
        const char *value;
        const char *expected;
    } rows[] = {
        {"4", "lockdown-variable"},
        {"12", "lockdown-variable"},
        {"2147483652", "lockdown-variable"},
        {"0", "free"},
        {"8", "free"},
        {"", "free"},
        {"4x", "free"},
        {"x4", "free"},
        {"99999999999999999999999", "free"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        evidence e = unconstrained();
        e.powershell.lockdown_variable = text(rows[i].value);
        assert_judged("powershell.lockdown", &e, rows[i].expected, rows[i].value);
    }
}

static void test_other_policies(void **state) {
    (void)state;
    evidence e = unconstrained();
    e.powershell.software_restriction_level = number(0x40000);
    assert_judged("powershell.lockdown", &e, "free", "unrestricted");
    e.powershell.software_restriction_level = number(0x20000);
    assert_judged("powershell.lockdown", &e, "software-restriction", "basic user");
    e.powershell.software_restriction_scope = number(1);
    assert_judged("powershell.lockdown", &e, "free", "administrators are exempt");
    e.powershell.code_integrity_deployed = number(1);
    assert_judged("powershell.lockdown", &e, "code-integrity", "deployed by group policy");
    e.powershell.applocker_rules.fact = unknown_fact;
    assert_judged("powershell.lockdown", &e, "code-integrity; unknown", "one of them is not known");
    const evidence nothing = {0};
    assert_judged("powershell.lockdown", &nothing, "unknown", "nothing collected");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_agent_service),     cmocka_unit_test(test_services_that_were_not_read),
        cmocka_unit_test(test_start_failures),    cmocka_unit_test(test_iscsi_device),
        cmocka_unit_test(test_windows_versions),  cmocka_unit_test(test_azure_signs),
        cmocka_unit_test(test_registration),      cmocka_unit_test(test_applocker),
        cmocka_unit_test(test_lockdown_variable), cmocka_unit_test(test_other_policies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
