/* TLS 1.2: Schannel's settings for clients, and whether .NET Framework uses it. */
#include "checks/checks.h"
#include "checks/version.h"

/* Windows Server 2012 R2: from here on TLS 1.2 is used where no setting says otherwise. */
static const char first_modern[] = "6.3";

typedef struct view {
    judgement *j;
    const evidence *e;
    bool spoke;
    bool harmless; /* "but-working" was said */
} view;

static void cannot_tell(view *v, const fact *why) {
    if (!v->spoke) {
        judge_unknown(v->j, NULL, "whether the agent can use TLS 1.2", why);
    }
    v->spoke = true;
}

/* A backup that succeeded after the settings were written shows that they do no harm: said once for all. */
static void say_fault(view *v, const char *slug, const fact *read) {
    int64_t success = 0;
    bool works = succeeded_since(v->e, &v->e->prereq.crypto_written, &success);
    v->spoke = true;
    if (works && v->harmless) {
        return;
    }
    v->harmless = works;
    said *s = judge_say(v->j, NULL, works ? "but-working" : slug);
    say_text(s, "system", fact_text_or(&v->e->machine.product_name, "Windows"));
    if (works) {
        say_time(s, "success", success);
    }
    say_where(s, read);
}

/* Whether this Windows needs a setting for TLS 1.2. False after saying that it cannot be told. */
static bool judge_age(view *v, bool *old) {
    const fact_text *version = &v->e->machine.version;
    version_number actual = {0};
    fact why = version->fact;
    if (why.state != FACT_KNOWN || !version_parse(version->value, &actual)) {
        why = fact_unknown(REASON_DEPENDS, why.where, "the version of Windows is not known");
        cannot_tell(v, &why);
        return false;
    }
    *old = version_before(&actual, first_modern);
    return true;
}

static void judge_schannel(view *v) {
    const fact_number *enabled = &v->e->prereq.tls12_enabled;
    const fact_number *disabled = &v->e->prereq.tls12_disabled_by_default;
    bool old = false;
    if (enabled->fact.state == FACT_KNOWN && enabled->value == 0) {
        say_fault(v, "tls12-off", &enabled->fact);
    } else if (disabled->fact.state == FACT_KNOWN && disabled->value != 0) {
        say_fault(v, "tls12-off", &disabled->fact);
    } else if (enabled->fact.state == FACT_UNKNOWN || disabled->fact.state == FACT_UNKNOWN) {
        cannot_tell(v, enabled->fact.state == FACT_UNKNOWN ? &enabled->fact : &disabled->fact);
    } else if (enabled->fact.state == FACT_ABSENT && disabled->fact.state == FACT_ABSENT &&
               judge_age(v, &old) && old) {
        say_fault(v, "tls12-unset", &enabled->fact);
    }
}

static void judge_dotnet(view *v) {
    const fact_number *views[] = {&v->e->prereq.strong_crypto, &v->e->prereq.strong_crypto_32};
    bool old = false;
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        if (views[i]->fact.state == FACT_KNOWN && views[i]->value == 0) {
            say_fault(v, "dotnet-off", &views[i]->fact);
            return;
        }
    }
    for (size_t i = 0; i < sizeof views / sizeof views[0]; i++) {
        if (views[i]->fact.state == FACT_UNKNOWN) {
            cannot_tell(v, &views[i]->fact);
            return;
        }
        if (views[i]->fact.state == FACT_ABSENT) {
            if (judge_age(v, &old) && old) {
                say_fault(v, "dotnet-unset", &views[i]->fact);
            }
            return;
        }
    }
}

/* The older .NET Framework is not what the agent runs on: its settings are reported, not judged. */
static void say_older(said *s, const char *name, const fact_number *setting) {
    if (setting->fact.state == FACT_KNOWN) {
        say_number(s, name, setting->value);
        say_where(s, &setting->fact);
    }
}

void judge_prereq_strong_crypto(judgement *j, const evidence *e) {
    view v = {.j = j, .e = e};
    judge_schannel(&v);
    judge_dotnet(&v);
    if (!v.spoke) {
        said *s = judge_say(j, NULL, "on");
        say_where(s, &e->prereq.tls12_enabled.fact);
        say_where(s, &e->prereq.strong_crypto.fact);
        say_older(s, "dotnet_2", &e->prereq.strong_crypto_2);
        say_older(s, "dotnet_2_32", &e->prereq.strong_crypto_2_32);
    }
}
