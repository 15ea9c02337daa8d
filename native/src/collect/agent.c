#include "collect/agent_events.h"
#include "collect/read.h"

#define AGENT_KEY       "SOFTWARE\\Microsoft\\Windows Azure Backup"
#define DATA_PROTECTION "SOFTWARE\\Microsoft\\Microsoft Data Protection Manager"
#define DEFAULT_FOLDER  "Microsoft Azure Recovery Services Agent"
#define ENGINE          "bin\\cbengine.exe"

static const char *default_folder(collector *c) {
    const char *programs = environment_value(c, "ProgramFiles");
    return programs != NULL
               ? path_join(c->memory, programs, DEFAULT_FOLDER)
               : arena_printf(c->memory, "%s\\Program Files\\" DEFAULT_FOLDER, c->machine->system_drive);
}

/* The registry's folder; where that has no agent, the default one if that has. */
static void find_folder(collector *c, agent_evidence *agent) {
    const fact_text *path = &agent->install_path;
    if (path->fact.state == FACT_KNOWN) {
        agent->folder =
            fact_text_known(path_clean(c->memory, environment_expand(c, path->value)), path->fact.where);
        agent->folder_present = read_folder_present(c, agent->folder.value);
    } else {
        agent->folder.fact = path->fact;
        agent->folder_present.fact = fact_depending_on(&path->fact);
    }
    const char *standard = default_folder(c);
    /* A folder that cannot be looked at may well be the agent's: another one is no substitute. */
    bool decided = fact_is_true(&agent->folder_present) ||
                   (path->fact.state == FACT_KNOWN && agent->folder_present.fact.state == FACT_UNKNOWN);
    if (decided) {
        return;
    }
    fact_flag engine = read_file_present(c, path_join(c->memory, standard, ENGINE));
    if (fact_is_true(&engine)) {
        agent->folder = fact_text_known(standard, engine.fact.where);
    }
}

static void read_engine(collector *c, agent_evidence *agent) {
    if (agent->folder.fact.state != FACT_KNOWN) {
        agent->engine.fact = agent->folder.fact;
        agent->engine_present.fact = fact_depending_on(&agent->folder.fact);
        agent->engine_version.fact = fact_depending_on(&agent->folder.fact);
        return;
    }
    agent->engine =
        fact_text_known(path_join(c->memory, agent->folder.value, ENGINE), agent->folder.fact.where);
    agent->engine_present = read_file_present(c, agent->engine.value);
    agent->engine_version = read_program_version(c, agent->engine.value);
}

static void read_registration(collector *c, agent_evidence *agent) {
    agent->resource_id = read_machine_text(c, AGENT_KEY "\\Config", "ResourceId");
    agent->vault = read_machine_text(c, AGENT_KEY "\\Config", "ServiceResourceName");
    agent_event_count mismatches = agent_events(c, AGENT_EVENT_REGISTRATION_MISMATCH);
    agent->registration_mismatches = mismatches.times;
    agent->last_registration_mismatch = mismatches.last;
}

/* Servers that a backup server protects have the setup's key, too; only the backup server has the database's.
 */
static fact_text read_backup_server(collector *c) {
    static const registry_path database = {REGISTRY_MACHINE, REGISTRY_64, DATA_PROTECTION "\\DB"};
    fact_flag has_database = read_key_present(c, &database);
    if (fact_is_true(&has_database)) {
        return read_machine_text(c, DATA_PROTECTION "\\Setup", "InstallPath");
    }
    return (fact_text){.fact = has_database.fact.state == FACT_UNKNOWN
                                   ? has_database.fact
                                   : fact_absent(has_database.fact.where)};
}

void collect_agent(collector *c) {
    agent_evidence *agent = &c->into->agent;
    agent->install_path = read_machine_text(c, AGENT_KEY "\\Setup", "InstallPath");
    find_folder(c, agent);
    read_engine(c, agent);
    agent->backup_server = read_backup_server(c);
    read_registration(c, agent);
}
