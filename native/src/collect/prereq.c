/* What Windows must have for the agent: .NET Framework, PowerShell, TLS, Azure PowerShell; and whether it
 * waits for a restart. */
#include "collect/read.h"

#include "core/unicode.h"

#include <string.h>

#define DOTNET_SETUP    "SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full"
#define DOTNET          "SOFTWARE\\Microsoft\\.NETFramework\\"
#define POWERSHELL      "SOFTWARE\\Microsoft\\PowerShell\\"
#define SCHANNEL        "SYSTEM\\CurrentControlSet\\Control\\SecurityProviders\\SCHANNEL"
#define TLS12           SCHANNEL "\\Protocols\\TLS 1.2"
#define WINDOWS         "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\"
#define PROVIDER_KEY    "SOFTWARE\\Microsoft\\Windows Azure Backup\\Config\\CloudBackupProvider"
#define CERTIFICATE     "AzureADAppCertThumbprint_"
#define SESSION_MANAGER "SYSTEM\\CurrentControlSet\\Control\\Session Manager"
#define NETLOGON        "SYSTEM\\CurrentControlSet\\Services\\Netlogon"

static registry_path path_of(registry_view view, const char *key) {
    return (registry_path){.root = REGISTRY_MACHINE, .view = view, .key = key};
}

static fact_number read_in_view(collector *c, registry_view view, const char *key, const char *name) {
    registry_path path = path_of(view, key);
    return read_number(c, &path, name);
}

/* ---- Versions ---- */

static void read_versions(collector *c, prereq_evidence *prereq) {
    registry_path dotnet = path_of(REGISTRY_64, DOTNET_SETUP);
    prereq->dotnet_release = read_machine_number(c, DOTNET_SETUP, "Release");
    prereq->dotnet_version = read_machine_text(c, DOTNET_SETUP, "Version");
    prereq->dotnet_written = read_key_time(c, &dotnet);
    /* Key 1 says 2.0 on every Windows; from 3.0 on the version is in key 3. */
    prereq->powershell_version = read_machine_text(c, POWERSHELL "3\\PowerShellEngine", "PowerShellVersion");
    if (prereq->powershell_version.fact.state == FACT_ABSENT) {
        prereq->powershell_version =
            read_machine_text(c, POWERSHELL "1\\PowerShellEngine", "PowerShellVersion");
    }
}

/* ---- TLS ---- */

static void read_cryptography(collector *c, prereq_evidence *prereq) {
    /* With the keys above, since removing a setting changes only those. */
    static const registry_path keys[] = {
        {REGISTRY_MACHINE, REGISTRY_64, DOTNET "v4.0.30319"},
        {REGISTRY_MACHINE, REGISTRY_32, DOTNET "v4.0.30319"},
        {REGISTRY_MACHINE, REGISTRY_64, SCHANNEL},
        {REGISTRY_MACHINE, REGISTRY_64, SCHANNEL "\\Protocols"},
        {REGISTRY_MACHINE, REGISTRY_64, TLS12},
        {REGISTRY_MACHINE, REGISTRY_64, TLS12 "\\Client"},
    };
    static const char name[] = "SchUseStrongCrypto";
    prereq->strong_crypto = read_in_view(c, REGISTRY_64, DOTNET "v4.0.30319", name);
    prereq->strong_crypto_32 = read_in_view(c, REGISTRY_32, DOTNET "v4.0.30319", name);
    prereq->strong_crypto_2 = read_in_view(c, REGISTRY_64, DOTNET "v2.0.50727", name);
    prereq->strong_crypto_2_32 = read_in_view(c, REGISTRY_32, DOTNET "v2.0.50727", name);
    prereq->tls12_enabled = read_machine_number(c, TLS12 "\\Client", "Enabled");
    prereq->tls12_disabled_by_default = read_machine_number(c, TLS12 "\\Client", "DisabledByDefault");
    prereq->crypto_written = read_newest_key_time(c, keys, sizeof keys / sizeof keys[0]);
}

/* ---- Offline backup ---- */

/* The agent's certificate for the service that takes in disks; the name ends in the user's id. */
static fact_flag has_certificate(collector *c) {
    registry_path path = path_of(REGISTRY_64, PROVIDER_KEY);
    text_list names = {0};
    fact why = {0};
    if (c->machine->read->registry_values(c->machine, &path, c->memory, &names, &why) == FACT_UNKNOWN) {
        return (fact_flag){.fact = why};
    }
    bool found = false;
    for (size_t i = 0; i < names.count; i++) {
        found = found || ascii_starts(names.items[i], CERTIFICATE);
    }
    return fact_flag_known(found, why.where);
}

typedef struct version_search {
    collector *c;
    arena_vector found; /* of const char * */
    fact unread;        /* state FACT_KNOWN: all could be read */
} version_search;

static void add_version(version_search *search, const char *version) {
    const char **found = search->found.items;
    for (size_t i = 0; i < search->found.count; i++) {
        if (strcmp(found[i], version) == 0) {
            return;
        }
    }
    const char **place = arena_push(&search->found);
    if (place != NULL) {
        *place = arena_text(search->found.memory, version);
    }
}

static void note_state(version_search *search, fact_state state, const fact *why) {
    if (state == FACT_UNKNOWN) {
        search->unread = *why;
    }
}

/* What its own installer registered. */
static void find_installed(version_search *search, registry_view view) {
    collector *c = search->c;
    registry_path programs = path_of(view, WINDOWS "Uninstall");
    text_list keys = {0};
    fact why = {0};
    note_state(search, c->machine->read->registry_keys(c->machine, &programs, c->memory, &keys, &why), &why);
    for (size_t i = 0; i < keys.count; i++) {
        registry_path program = path_of(view, arena_printf(c->memory, "%s\\%s", programs.key, keys.items[i]));
        fact_text name = read_text(c, &program, "DisplayName", NULL);
        if (ascii_starts(fact_text_or(&name, ""), "Microsoft Azure PowerShell")) {
            fact_text version = read_text(c, &program, "DisplayVersion", NULL);
            note_state(search, version.fact.state, &version.fact);
            if (version.fact.state == FACT_KNOWN) {
                add_version(search, version.value);
            }
        }
    }
}

static bool visit_version(void *user, const folder_entry *entry) {
    if (entry->kind == FILE_FOLDER && entry->name[0] >= '0' && entry->name[0] <= '9') {
        add_version(user, entry->name);
    }
    return true;
}

/* What came from the PowerShell Gallery: a folder for each version. */
static void find_modules(version_search *search, const char *module) {
    collector *c = search->c;
    const char *programs = environment_value(c, "ProgramFiles");
    fact why = {0};
    if (programs == NULL) {
        programs = arena_printf(c->memory, "%s\\Program Files", c->machine->system_drive);
    }
    const char *folder = arena_printf(c->memory, "%s\\WindowsPowerShell\\Modules\\%s", programs, module);
    note_state(search,
               c->machine->read->folder_each(c->machine, folder, visit_version, search, c->memory, &why),
               &why);
}

static fact_texts find_azure_powershell(collector *c) {
    version_search search = {
        .c = c, .found = ARENA_VECTOR(c->memory, const char *), .unread = fact_known(NULL)};
    find_installed(&search, REGISTRY_64);
    find_installed(&search, REGISTRY_32);
    find_modules(&search, "AzureRM");
    find_modules(&search, "Azure");
    if (search.found.count == 0 && search.unread.state != FACT_KNOWN) {
        return (fact_texts){.fact = search.unread};
    }
    return (fact_texts){.fact = fact_known(NULL),
                        .value = {.items = search.found.items, .count = search.found.count}};
}

static void read_offline_backup(collector *c, prereq_evidence *prereq) {
    registry_path provider = path_of(REGISTRY_64, PROVIDER_KEY);
    prereq->offline_backup = has_certificate(c);
    prereq->offline_backup_written = read_key_time(c, &provider);
    prereq->azure_powershell = find_azure_powershell(c);
}

/* ---- Restart ---- */

/* Pairs of NUL-ended texts, the second of which is empty where the file is to be removed. */
static int64_t count_renames(bytes data) {
    int64_t count = 0;
    size_t ended = 0;
    bool empty = true;
    for (size_t i = 0; i + 1 < data.size; i += 2) {
        if (data.data[i] != 0 || data.data[i + 1] != 0) {
            empty = false;
            continue;
        }
        bool first = ended % 2 == 0;
        if (first && empty) {
            return count;
        }
        count += first ? 1 : 0;
        ended++;
        empty = true;
    }
    return count;
}

static fact_number read_renames(collector *c, const char *name) {
    registry_path path = path_of(REGISTRY_64, SESSION_MANAGER);
    registry_value value = {0};
    fact_number result = {0};
    fact_state state =
        c->machine->read->registry_read(c->machine, &path, name, c->memory, &value, &result.fact);
    if (state == FACT_UNKNOWN) {
        return result;
    }
    if (state == FACT_KNOWN && value.type != REGISTRY_MULTI_SZ) {
        result.fact = fact_unknown(REASON_MALFORMED, result.fact.where, "the value is no list of texts");
        return result;
    }
    return fact_number_known(state == FACT_KNOWN ? count_renames(value.data) : 0, result.fact.where);
}

static fact_flag read_value_present(collector *c, const char *key, const char *name) {
    registry_path path = path_of(REGISTRY_64, key);
    registry_value value = {0};
    fact why = {0};
    fact_state state = c->machine->read->registry_read(c->machine, &path, name, c->memory, &value, &why);
    if (state == FACT_UNKNOWN) {
        return (fact_flag){.fact = why};
    }
    return fact_flag_known(state == FACT_KNOWN, why.where);
}

static void read_restart(collector *c, prereq_evidence *prereq) {
    registry_path servicing = path_of(REGISTRY_64, WINDOWS "Component Based Servicing\\RebootPending");
    registry_path update = path_of(REGISTRY_64, WINDOWS "WindowsUpdate\\Auto Update\\RebootRequired");
    prereq->servicing_reboot = read_key_present(c, &servicing);
    prereq->update_reboot = read_key_present(c, &update);
    prereq->join_reboot = read_value_present(c, NETLOGON, "JoinDomain");
    if (fact_is_false(&prereq->join_reboot)) {
        prereq->join_reboot = read_value_present(c, NETLOGON, "AvoidSpnSet");
    }
    prereq->file_renames = read_renames(c, "PendingFileRenameOperations");
    fact_number more = read_renames(c, "PendingFileRenameOperations2");
    if (more.fact.state != FACT_KNOWN) {
        prereq->file_renames = more;
    } else {
        prereq->file_renames.value += more.value;
    }
}

void collect_prereq(collector *c) {
    prereq_evidence *prereq = &c->into->prereq;
    read_versions(c, prereq);
    read_cryptography(c, prereq);
    read_offline_backup(c, prereq);
    read_restart(c, prereq);
}
