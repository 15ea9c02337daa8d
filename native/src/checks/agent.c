#include "checks/checks.h"

#include "checks/version.h"
#include "report/catalog.h"

/* Where the registry does not tell the folder, or that cannot be looked at, an agent in the default folder is
 * no proof that they agree. NULL: both are known. */
static const fact *hidden_place(const agent_evidence *agent) {
    if (agent->install_path.fact.state != FACT_KNOWN) {
        return agent->install_path.fact.state == FACT_UNKNOWN ? &agent->install_path.fact : NULL;
    }
    return agent->folder_present.fact.state != FACT_KNOWN ? &agent->folder_present.fact : NULL;
}

void judge_agent_installed(judgement *j, const evidence *e) {
    const agent_evidence *agent = &e->agent;
    const fact *hidden = hidden_place(agent);
    bool named = fact_is_true(&agent->folder_present);
    if (hidden != NULL) {
        judge_unknown(j, NULL, "whether the agent is installed", hidden);
        return;
    }
    if (fact_is_true(&agent->engine_present)) {
        said *s = judge_say(j, NULL, named ? "installed" : "registry-disagrees");
        say_text(s, "folder", agent->folder.value);
        say_where(s, &agent->install_path.fact);
        say_where(s, &agent->engine_present.fact);
        return;
    }
    if (agent->install_path.fact.state == FACT_ABSENT) {
        say_where(judge_say(j, NULL, "not-installed"), &agent->install_path.fact);
        return;
    }
    const fact_flag *deciding = named ? &agent->engine_present : &agent->folder_present;
    if (deciding->fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "whether the agent is installed", &deciding->fact);
        return;
    }
    said *s = judge_say(j, NULL, named ? "program-missing" : "folder-missing");
    say_text(s, "folder", agent->folder.value);
    say_text(s, "engine", agent->engine.value);
    say_where(s, &agent->install_path.fact);
    say_where(s, &deciding->fact);
}

/* Below the first the agent cannot talk to the service; below the second it cannot read present credentials
 * files. */
static const char *const oldest_working = "2.0.9083.0";
static const char *const oldest_for_credentials = "2.0.9249.0";

void judge_agent_version(judgement *j, const evidence *e) {
    const fact_text *version = &e->agent.engine_version;
    version_number actual = {0};
    if (version->fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "which version of the agent this is", &version->fact);
        return;
    }
    if (!version_parse(version->value, &actual)) {
        fact malformed = fact_unknown(REASON_MALFORMED, version->fact.where, version->value);
        judge_unknown(j, NULL, "which version of the agent this is", &malformed);
        return;
    }
    const char *newest = catalog_agent_versions[catalog_agent_versions_count - 1];
    const char *slug = version_before(&actual, oldest_working)           ? "cannot-connect"
                       : version_before(&actual, oldest_for_credentials) ? "cannot-read-credentials"
                       : version_before(&actual, newest)                 ? "not-newest"
                                                                         : "current";
    said *s = judge_say(j, NULL, slug);
    say_text(s, "version", version->value);
    say_text(s, "oldest_working", oldest_working);
    say_text(s, "oldest_for_credentials", oldest_for_credentials);
    say_text(s, "newest_known", newest);
    say_text(s, "dated", catalog_agent_versions_dated);
    say_where(s, &version->fact);
}
