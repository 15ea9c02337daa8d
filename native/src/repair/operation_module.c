/* powershell.restore-module: files of the agent's module from a good copy. */
#include "repair/module_restore.h"

#include "collect/collect.h"
#include "collect/read.h"
#include "core/error.h"
#include "host/local_folder.h"
#include "repair/target.h"

static mars_status read_baseline(const char *path, arena *memory, const baseline **out) {
    bytes text = {0};
    mars_status status = local_file_read(path, BASELINE_SIZE_LIMIT, memory, &text);
    return status == MARS_OK ? baseline_read(out, memory, (const char *)text.data, text.size) : status;
}

/* A baseline of another version says nothing about the files that belong here. */
static mars_status accept_baseline(const baseline *expected, const fact_text *agent_version) {
    switch (baseline_fits(expected, agent_version)) {
    case BASELINE_FITS:
        return MARS_OK;
    case BASELINE_OF_OTHER_VERSION:
        return error_set(MARS_E_REFUSED,
                         "the baseline is of an agent of version %s, but the machine has version %s",
                         expected->agent_version, agent_version->value);
    case BASELINE_NOT_COMPARABLE:
        break;
    }
    return error_set(MARS_E_REFUSED,
                     "the baseline is of an agent of version %s, and the version of the agent on the machine "
                     "is not known",
                     expected->agent_version);
}

static mars_status accept_place(const evidence *machine) {
    const powershell_evidence *module = &machine->powershell;
    const fact *hidden = module->module_folder.fact.state != FACT_KNOWN    ? &module->module_folder.fact
                         : module->module_present.fact.state != FACT_KNOWN ? &module->module_present.fact
                                                                           : NULL;
    return hidden == NULL ? MARS_OK
                          : error_set(MARS_E_REFUSED, "where the agent's module belongs cannot be told (%s)",
                                      hidden->where != NULL ? hidden->where : "the agent's folder");
}

static const char *target_of(const module_restore *restore, size_t index) {
    const char *folder = fact_text_or(&restore->machine->powershell.module_folder, "");
    return path_join(restore->run->memory, folder, restore->wanted[index].path);
}

/* What would be refused half-way is refused before. */
static mars_status accept_targets(const module_restore *restore) {
    for (size_t i = 0; i < restore->count; i++) {
        const char *target = target_of(restore, i);
        mars_status status = target_allowed(CHANGE_FILE, target);
        if (status != MARS_OK) {
            return error_set(status, "nothing is restored, since no repair writes to such a path: %s",
                             target);
        }
    }
    return MARS_OK;
}

static mars_status judge_all(module_restore *restore) {
    mars_status status = accept_place(restore->machine);
    if (status == MARS_OK && restore->expected != NULL) {
        status = accept_baseline(restore->expected, &restore->machine->agent.engine_version);
    }
    if (status == MARS_OK) {
        status = module_want(restore);
    }
    if (status == MARS_OK && restore->count > 0) {
        status = module_accept(restore);
    }
    return status == MARS_OK ? accept_targets(restore) : status;
}

static mars_status restore_files(module_restore *restore) {
    mars_status status = judge_all(restore);
    for (size_t i = 0; i < restore->count && status == MARS_OK; i++) {
        status = change_file(restore->run, target_of(restore, i), restore->wanted[i].content);
    }
    return status;
}

mars_status operation_restore_module(operation_run *run, const char *source, const char *baseline_path,
                                     int32_t allow_unsigned, int32_t every_file) {
    module_source from = {0};
    evidence *machine = NULL;
    module_restore restore = {
        .run = run, .source = &from, .allow_unsigned = allow_unsigned != 0, .every_file = every_file != 0};
    mars_status status =
        baseline_path != NULL ? read_baseline(baseline_path, run->memory, &restore.expected) : MARS_OK;
    if (status == MARS_OK) {
        status = module_source_open(&from, source, run->memory);
    }
    if (status == MARS_OK) {
        status = collect(&machine, run->machine, GROUP(agent) | GROUP(powershell), NULL);
    }
    restore.machine = machine;
    if (status == MARS_OK) {
        status = restore_files(&restore);
    }
    evidence_free(machine);
    module_source_close(&from);
    return status;
}
