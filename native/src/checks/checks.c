#include "checks/checks.h"

#include <string.h>

/* What every check that reads facts can say besides its own. */
#define UNKNOWN                                                                                              \
    { "unknown", STATUS_UNKNOWN }
#define NO_AGENT                                                                                             \
    { "no-agent", STATUS_SKIPPED }
#define VERDICTS(...) ((const verdict[]){__VA_ARGS__, {NULL, STATUS_UNKNOWN}})

const check all_checks[] = {
    {"agent.installed", true, false, GROUP(agent), judge_agent_installed,
     VERDICTS({"installed", STATUS_PASS}, {"not-installed", STATUS_FAIL}, {"folder-missing", STATUS_FAIL},
              {"program-missing", STATUS_FAIL}, {"registry-disagrees", STATUS_WARN}, UNKNOWN)},
    {"agent.version", false, true, GROUP(agent), judge_agent_version,
     VERDICTS({"current", STATUS_PASS}, {"not-newest", STATUS_INFO}, {"cannot-read-credentials", STATUS_WARN},
              {"cannot-connect", STATUS_FAIL}, UNKNOWN, NO_AGENT)},
};
const size_t all_checks_count = sizeof all_checks / sizeof all_checks[0];

const check *check_find(const char *id) {
    for (size_t i = 0; i < all_checks_count; i++) {
        if (strcmp(all_checks[i].id, id) == 0) {
            return &all_checks[i];
        }
    }
    return NULL;
}

const verdict *check_verdict(const check *row, const char *slug) {
    for (const verdict *v = row->verdicts; v->slug != NULL; v++) {
        if (strcmp(v->slug, slug) == 0) {
            return v;
        }
    }
    return NULL;
}
