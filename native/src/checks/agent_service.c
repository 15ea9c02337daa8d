#include "checks/checks.h"
#include "checks/services.h"
#include "host/host.h"

#include <string.h>

static const char *verdict_of_state(int64_t state) {
    switch (state) {
    case SERVICE_STATE_RUNNING:
        return "running";
    case SERVICE_STATE_START_PENDING:
    case SERVICE_STATE_CONTINUE_PENDING:
        return "starting";
    default:
        return "stopped";
    }
}

static void judge_state(judgement *j, const service_facts *service) {
    if (service->state.fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "whether the agent's service runs", &service->state.fact);
        return;
    }
    said *s = say_service(j, NULL, verdict_of_state(service->state.value), service);
    say_number(s, "state", service->state.value);
    say_number(s, "exit_code", service->exit_code.value);
    say_where(s, &service->state.fact);
}

/* What is to be repaired besides: enabling the service does not start it. */
static void judge_disabled_state(judgement *j, const service_facts *service) {
    if (service->state.fact.state == FACT_KNOWN &&
        strcmp(verdict_of_state(service->state.value), "stopped") == 0) {
        judge_state(j, service);
    }
}

void judge_agent_service(judgement *j, const evidence *e) {
    const service_facts *service =
        judge_service_present(j, e, "obengine", NULL, "whether the agent's service is there", "missing");
    if (service == NULL) {
        return;
    }
    if (service->start.fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "how the agent's service starts", &service->start.fact);
    } else if (service->start.value == SERVICE_START_DISABLED) {
        (void)say_service(j, NULL, "disabled", service);
        judge_disabled_state(j, service);
        return;
    } else if (service->start.value == SERVICE_START_MANUAL) {
        (void)say_service(j, NULL, "manual-start", service);
    }
    judge_state(j, service);
}
