/* test_repairs IMAGE [ROUNDS [SEED]]: puts random sets of faults into a copy of a healthy image,
 * repairs it in one run or in several, and takes that back. Repaired, no check may find a fault that was put
 * in, and a second repair has nothing to do. Taken back newest first, every byte of every file is what it
 * was; taken back in another order, or after something unrelated was written to the same hive, every value
 * is, as an independent program exports them. Prints lines of the Test Anything Protocol; a failed round
 * names its seed. */
#include "abi/abi.h"
#include "core/text_builder.h"
#include "core/unicode.h"
#include "file_tree.h"
#include "host/host_writer.h"
#include "temp_image.h"
#include "unflushed.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define AGENT       "Program Files/Microsoft Azure Recovery Services Agent/bin/"
#define MODULE      AGENT "Modules/MSOnlineBackup/"
#define SHELL       "SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell"
#define ENVIRONMENT "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment"
#define DEFAULTS                                                                                             \
    "%ProgramFiles%\\WindowsPowerShell\\Modules;%SystemRoot%\\system32\\WindowsPowerShell\\v1.0\\Modules"

enum {
    DEFAULT_ROUNDS = 40,
    SPLITS_MAXIMUM = 2,
    RUNS_MAXIMUM = 8,
    UNRELATED_ODDS = 4,
    ORDER_ODDS = 4,
    REDO_ODDS = 3
};

typedef struct trial {
    const char *base;
    temp_image image; /* its path is this round's copy */
    mars_session *session;
    uint64_t seed;
    uint64_t state;
    text_builder complaints;
    const char *runs[RUNS_MAXIMUM];
    size_t run_count;
} trial;

/* ---- Chance: splitmix64, so that a seed means the same everywhere ---- */

static uint64_t next(trial *t) {
    uint64_t z = t->state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static size_t below(trial *t, size_t limit) {
    return (size_t)(next(t) % limit);
}

static void complain(trial *t, const char *about) {
    mars_error error = MARS_ERROR_INIT;
    (void)mars_error_copy(&error);
    text_addf(&t->complaints, "#   %s: %s\n", about, error.message);
}

/* ---- Faults ---- */

static void set_value(trial *t, const char *key, registry_view view, const char *name,
                      const registry_value *value) {
    host *machine = t->session->machine;
    const registry_path path = {REGISTRY_MACHINE, view, key};
    uint32_t created = 0;
    if (host_writer_of(machine)->registry_set(machine, &path, name, value, &created) != MARS_OK) {
        complain(t, name);
    }
}

static void set_text(trial *t, const char *key, const char *name, uint32_t type, const char *text) {
    const registry_value value = {.type = type,
                                  .data = utf16_from_utf8(&t->image.memory, text, strlen(text) + 1)};
    set_value(t, key, REGISTRY_64, name, &value);
}

static void set_number(trial *t, const char *key, registry_view view, const char *name, uint8_t number) {
    const uint8_t data[] = {number, 0, 0, 0};
    const registry_value value = {.type = REGISTRY_DWORD, .data = {.data = data, .size = sizeof data}};
    set_value(t, key, view, name, &value);
}

static void fault_policy(trial *t) {
    static const char *const words[] = {"Restricted", "Nonsense", "restricted"};
    set_text(t, SHELL, "ExecutionPolicy", REGISTRY_SZ, words[below(t, 3)]);
}

static void fault_module_path(trial *t) {
    static const char *const lists[] = {DEFAULTS, DEFAULTS ";", DEFAULTS ";C:\\Tools\\Modules;;", NULL};
    const char *list = lists[below(t, sizeof lists / sizeof lists[0])];
    if (list != NULL) {
        set_text(t, ENVIRONMENT, "PSModulePath", REGISTRY_EXPAND_SZ, list);
    } else {
        set_value(t, ENVIRONMENT, REGISTRY_64, "PSModulePath", NULL);
    }
}

static void disable(trial *t, const char *service) {
    const char *key = arena_printf(&t->image.memory, "SYSTEM\\CurrentControlSet\\Services\\%s", service);
    set_number(t, key, REGISTRY_64, "Start", SERVICE_START_DISABLED);
}

static void fault_agent_service(trial *t) {
    disable(t, "obengine");
}

static void fault_vss(trial *t) {
    disable(t, below(t, 2) != 0 ? "VSS" : "swprv");
}

static void fault_iscsi(trial *t) {
    disable(t, "MSiSCSI");
}

static void fault_task_scheduler(trial *t) {
    disable(t, below(t, 2) != 0 ? "Schedule" : "EventLog");
}

static void fault_disk_service(trial *t) {
    disable(t, "vds");
}

static void fault_crypto(trial *t) {
    set_number(t, "SOFTWARE\\Microsoft\\.NETFramework\\v4.0.30319",
               below(t, 2) != 0 ? REGISTRY_64 : REGISTRY_32, "SchUseStrongCrypto", 0);
}

static void fault_module(trial *t) {
    static const char *const files[] = {MODULE "MSOnlineBackup.psd1", MODULE "MSOnlineBackup.format.ps1xml"};
    const char *path = temp_image_path(&t->image, files[below(t, 2)]);
    if (below(t, 2) != 0) {
        (void)remove(path);
    } else {
        temp_image_text(&t->image, files[below(t, 2)], "");
    }
}

/* What is broken, and the check that must find nothing wrong afterwards. */
static const struct {
    const char *check;
    void (*put)(trial *t);
} faults[] = {
    {"powershell.execution-policy", fault_policy},
    {"powershell.module-path", fault_module_path},
    {"agent.service", fault_agent_service},
    {"services.vss", fault_vss},
    {"services.iscsi", fault_iscsi},
    {"services.schedule", fault_task_scheduler},
    {"services.schedule", fault_disk_service},
    {"prereq.strong-crypto", fault_crypto},
    {"powershell.module-integrity", fault_module},
};
enum { FAULTS = sizeof faults / sizeof faults[0] };

/* ---- Repairing ---- */

static bool open_session(trial *t) {
    mars_session_close(t->session);
    t->session = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = t->image.path;
    if (mars_session_open(&t->session, &options) != MARS_OK) {
        complain(t, "opening");
        return false;
    }
    unflushed_use(t->session->machine, &t->image.memory);
    return true;
}

static mars_report *judge(trial *t, const char *checks) {
    mars_evidence *facts = NULL;
    mars_report *judged = NULL;
    mars_check_options options = MARS_CHECK_OPTIONS_INIT;
    options.checks = checks;
    if (mars_collect(&facts, t->session, NULL) != MARS_OK ||
        mars_check(&judged, facts, &options) != MARS_OK) {
        complain(t, "judging");
    }
    mars_evidence_free(facts);
    return judged;
}

static mars_plan *plan_for(trial *t, const char *checks) {
    mars_report *judged = judge(t, checks);
    mars_plan *plan = NULL;
    mars_plan_options options = MARS_PLAN_OPTIONS_INIT;
    options.include_risk = MARS_RISK_MEDIUM;
    options.sets = arena_printf(&t->image.memory,
                                "powershell.restore-module.source=%s/" MODULE "\n"
                                "powershell.restore-module.allow_unsigned=true",
                                t->base);
    if (judged != NULL && mars_plan_make(&plan, judged, &options) != MARS_OK) {
        complain(t, "planning");
    }
    mars_report_free(judged);
    return plan;
}

static void told(trial *t, const mars_outcome *outcome) {
    mars_text *text = NULL;
    if (mars_outcome_render(&text, outcome, MARS_FORMAT_JSON, 0) == MARS_OK) {
        text_addf(&t->complaints, "#   %s\n", mars_text_data(text));
    }
    mars_text_free(text);
}

static void repair(trial *t, const char *checks) {
    mars_plan *plan = plan_for(t, checks);
    mars_outcome *outcome = NULL;
    if (plan == NULL || mars_plan_apply(&outcome, t->session, plan, NULL) != MARS_OK) {
        complain(t, "repairing");
    } else if (mars_outcome_state(outcome) != MARS_OUTCOME_APPLIED &&
               mars_outcome_state(outcome) != MARS_OUTCOME_NOTHING_TO_DO) {
        told(t, outcome);
    } else if (mars_outcome_run_id(outcome) != NULL) {
        t->runs[t->run_count++] = arena_text(&t->image.memory, mars_outcome_run_id(outcome));
    }
    mars_outcome_free(outcome);
    mars_plan_free(plan);
}

static void nothing_is_left(trial *t, const bool *put) {
    mars_report *judged = judge(t, NULL);
    for (uint64_t i = 0; i < mars_report_count(judged); i++) {
        mars_finding found = MARS_FINDING_INIT;
        (void)mars_report_finding(&found, judged, i);
        for (size_t fault = 0; fault < FAULTS; fault++) {
            if (put[fault] && strcmp(found.check, faults[fault].check) == 0 &&
                (found.status == MARS_STATUS_FAIL || found.status == MARS_STATUS_WARN)) {
                text_addf(&t->complaints, "#   after the repair: %s: %s\n", found.verdict, found.title);
            }
        }
    }
    mars_report_free(judged);
    size_t runs = t->run_count;
    repair(t, NULL);
    if (t->run_count != runs) {
        text_addf(&t->complaints, "#   a second repair changed something\n");
    }
}

/* The run that took it back; NULL if that failed. */
static const char *take_back(trial *t, const char *run) {
    mars_outcome *outcome = NULL;
    const char *id = NULL;
    if (mars_undo(&outcome, t->session, run, NULL) != MARS_OK) {
        complain(t, run);
    } else if (mars_outcome_state(outcome) != MARS_OUTCOME_APPLIED) {
        told(t, outcome);
    } else {
        id = arena_text(&t->image.memory, mars_outcome_run_id(outcome));
    }
    mars_outcome_free(outcome);
    return id;
}

/* ---- A round ---- */

typedef struct exports {
    const char *hives[2];
} exports;

static exports export_of(trial *t) {
    return (exports){
        {temp_image_export(&t->image, HIVE_SYSTEM), temp_image_export(&t->image, HIVE_SOFTWARE)}};
}

static void same_values(trial *t, const exports *before) {
    exports after = export_of(t);
    for (size_t i = 0; i < 2; i++) {
        bool known = before->hives[i] != NULL && after.hives[i] != NULL;
        if (known && strcmp(before->hives[i], after.hives[i]) != 0) {
            text_addf(&t->complaints, "#   a value of hive %zu is not what it was\n", i);
        }
    }
}

static void same_bytes(trial *t, const char *before) {
    if (strcmp(temp_image_digest(&t->image), before) != 0) {
        text_addf(&t->complaints, "#   a file is not what it was\n");
    }
}

static void repair_in_runs(trial *t, const bool *put) {
    size_t runs = 1 + below(t, SPLITS_MAXIMUM);
    for (size_t run = 1; run < runs; run++) {
        repair(t, faults[below(t, FAULTS)].check);
    }
    /* A fault may hide another: a module without manifest is not looked for in any path. */
    for (size_t before = t->run_count + 1; before != t->run_count && t->run_count < RUNS_MAXIMUM;) {
        before = t->run_count;
        repair(t, NULL);
    }
    nothing_is_left(t, put);
}

/* In the order in which they were made each but the last leaves the hives of the others as they are not known
 * to it, so values are set back. */
static void take_back_oldest_first(trial *t) {
    for (size_t i = 0; i < t->run_count; i++) {
        (void)take_back(t, t->runs[i]);
    }
}

static void take_back_newest_first(trial *t) {
    bool redo = t->run_count > 0 && below(t, REDO_ODDS) == 0;
    const char *last = NULL;
    for (size_t i = t->run_count; i > 0; i--) {
        last = take_back(t, t->runs[i - 1]);
    }
    for (int i = 0; redo && last != NULL && i < 2; i++) { /* the undo itself, and that undo */
        last = take_back(t, last);
    }
}

static void round_of(trial *t) {
    bool put[FAULTS] = {false};
    for (size_t i = 0; i < FAULTS; i++) {
        put[i] = below(t, 3) == 0;
        if (put[i]) {
            faults[i].put(t);
        }
    }
    bool unrelated = below(t, UNRELATED_ODDS) == 0;
    bool oldest_first = below(t, ORDER_ODDS) == 0;
    const char *before = temp_image_digest(&t->image);
    const exports values = unrelated || oldest_first ? export_of(t) : (exports){{NULL, NULL}};
    if (!open_session(t)) {
        return;
    }
    repair_in_runs(t, put);
    if (unrelated) {
        set_number(t, "SOFTWARE\\Contoso", REGISTRY_64, "Unrelated", 1);
    }
    if (oldest_first) {
        take_back_oldest_first(t);
    } else {
        take_back_newest_first(t);
    }
    if (unrelated) {
        const registry_path made = {REGISTRY_MACHINE, REGISTRY_64, "SOFTWARE\\Contoso"};
        set_value(t, "SOFTWARE\\Contoso", REGISTRY_64, "Unrelated", NULL);
        (void)host_writer_of(t->session->machine)->registry_prune(t->session->machine, &made, 1);
    }
    if (unrelated || oldest_first) {
        same_values(t, &values);
    } else {
        same_bytes(t, before);
    }
}

static bool run_round(const char *base, uint64_t seed) {
    trial t = {.base = base, .seed = seed, .state = seed};
    char text[HIVE_ERROR_SIZE] = "";
    maker_error error = {.text = text, .size = sizeof text};
    temp_image_make(&t.image);
    if (!tree_copy(base, t.image.path, &error)) {
        text_addf(&t.complaints, "#   %s\n", text);
    } else if (open_session(&t)) {
        round_of(&t);
    }
    bool good = t.complaints.length == 0;
    if (!good) {
        (void)printf("# seed %llu\n%s", (unsigned long long)seed, text_builder_text(&t.complaints));
    }
    mars_session_close(t.session);
    temp_image_remove(&t.image);
    text_builder_free(&t.complaints);
    return good;
}

int main(int argc, char **argv) {
    if (argc < 2) {
        (void)fprintf(stderr, "usage: test_repairs IMAGE [ROUNDS [SEED]]\n");
        return 2;
    }
    const char *wanted = getenv("REPAIR_ROUNDS"); // NOLINT(concurrency-mt-unsafe): there is one thread
    unsigned long rounds = argc > 2         ? strtoul(argv[2], NULL, 10)
                           : wanted != NULL ? strtoul(wanted, NULL, 10)
                                            : DEFAULT_ROUNDS;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : (uint64_t)time(NULL);
    (void)printf("# %lu rounds from seed %llu\n", rounds, (unsigned long long)seed);
    int failed = 0;
    for (unsigned long i = 0; i < rounds; i++) {
        bool good = run_round(argv[1], seed + i);
        failed += !good;
        (void)printf("%s - repaired and taken back, round %lu\n", good ? "ok" : "not ok", i + 1);
        (void)fflush(stdout);
    }
    return failed > 0;
}
