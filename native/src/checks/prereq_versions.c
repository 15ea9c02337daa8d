/* Versions of what the agent is built on. */
#include "checks/checks.h"
#include "checks/version.h"
#include "core/unicode.h"

/* Release of .NET Framework 4.5.2. */
enum { OLDEST_RELEASE = 379893, OLDEST_POWERSHELL = 3 };
static const char oldest_dotnet[] = "4.5.2";

void judge_prereq_dotnet(judgement *j, const evidence *e) {
    const fact_number *release = &e->prereq.dotnet_release;
    const fact_text *version = &e->prereq.dotnet_version;
    int64_t success = 0;
    if (release->fact.state == FACT_UNKNOWN) {
        judge_unknown(j, NULL, "which version of .NET Framework is installed", &release->fact);
        return;
    }
    bool old = release->fact.state == FACT_ABSENT || release->value < OLDEST_RELEASE;
    bool none = release->fact.state == FACT_ABSENT && version->fact.state == FACT_ABSENT;
    bool works = old && succeeded_since(e, &e->prereq.dotnet_written, &success);
    said *s = judge_say(j, NULL,
                        !old    ? "supported"
                        : none  ? "missing"
                        : works ? "too-old-but-working"
                                : "too-old");
    say_text(s, "version", fact_text_or(version, "4"));
    say_text(s, "oldest", oldest_dotnet);
    if (release->fact.state == FACT_KNOWN) {
        say_number(s, "release", release->value);
    }
    if (works && !none) {
        say_time(s, "success", success);
    }
    say_where(s, &release->fact);
}

void judge_prereq_powershell(judgement *j, const evidence *e) {
    const fact_text *version = &e->prereq.powershell_version;
    version_number actual = {0};
    fact why = version->fact;
    if (why.state == FACT_KNOWN && !version_parse(version->value, &actual)) {
        why = fact_unknown(REASON_MALFORMED, why.where, version->value);
    }
    if (why.state == FACT_UNKNOWN) {
        judge_unknown(j, NULL, "which version of Windows PowerShell is installed", &why);
        return;
    }
    const char *slug = why.state == FACT_ABSENT             ? "missing"
                       : actual.part[0] < OLDEST_POWERSHELL ? "too-old"
                                                            : "supported";
    said *s = judge_say(j, NULL, slug);
    say_text(s, "version", fact_text_or(version, ""));
    say_number(s, "oldest", OLDEST_POWERSHELL);
    say_where(s, &why);
}

/* Of Azure PowerShell: the one that offline backup is documented to need. */
static const char offline_version[] = "3.7.0";

static bool is_offline_version(const char *version) {
    return ascii_equal(version, offline_version) || ascii_starts(version, "3.7.0.");
}

void judge_prereq_offline_backup(judgement *j, const evidence *e) {
    const prereq_evidence *prereq = &e->prereq;
    const fact_texts *installed = &prereq->azure_powershell;
    int64_t success = 0;
    if (fact_is_false(&prereq->offline_backup)) {
        say_where(judge_say(j, NULL, "not-configured"), &prereq->offline_backup.fact);
        return;
    }
    const fact *needed =
        fact_is_true(&prereq->offline_backup) ? &installed->fact : &prereq->offline_backup.fact;
    if (needed->state != FACT_KNOWN) {
        judge_unknown(j, NULL, "whether offline backup has the Azure PowerShell that it needs", needed);
        return;
    }
    bool found = false;
    for (size_t i = 0; i < installed->value.count; i++) {
        found = found || is_offline_version(installed->value.items[i]);
    }
    bool works = !found && succeeded_since(e, &prereq->offline_backup_written, &success);
    said *s = judge_say(j, NULL, found ? "installed" : works ? "missing-but-working" : "missing");
    say_text(s, "needed", offline_version);
    say_texts(s, "installed", &installed->value);
    if (works) {
        say_time(s, "success", success);
    }
    say_where(s, &prereq->offline_backup.fact);
}
