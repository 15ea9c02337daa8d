/* Baselines of the agent's PowerShell module. */
#include "abi/abi.h"
#include "checks/baseline.h"
#include "core/error.h"
#include "repair/module_source.h"

static mars_status make(mars_text **out, const module_source *source, const char *agent_version,
                        arena *memory) {
    const char *version = agent_version != NULL ? agent_version : fact_text_or(&source->agent_version, NULL);
    if (version == NULL) {
        return error_set(
            MARS_E_NOT_FOUND,
            "%s: the version of its agent cannot be read from cbengine.exe two folders above the "
            "module: give agent_version",
            source->folder);
    }
    const char *json = NULL;
    mars_status status = baseline_make(&json, memory, source->files, source->count, version);
    if (status != MARS_OK) {
        return status;
    }
    text_builder text = {0};
    text_add(&text, json);
    return abi_text_out(out, &text);
}

mars_status mars_baseline_make(mars_text **out, const char *folder, const char *agent_version) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(folder, "folder");
    if (status == MARS_OK) {
        status = abi_text_in(folder, "folder");
    }
    if (status == MARS_OK) {
        status = abi_text_in(agent_version, "agent_version");
    }
    arena memory = {0};
    module_source source = {0};
    if (status == MARS_OK) {
        status = module_source_open(&source, folder, &memory);
    }
    if (status == MARS_OK) {
        status = make(out, &source, agent_version, &memory);
        module_source_close(&source);
    }
    arena_free(&memory);
    return status;
}
