#include "repair/module_restore.h"

#include "core/error.h"
#include "core/text_builder.h"

#include <string.h>

enum { REFUSALS_NAMED = 10 }; /* in the message, which has an end; all are notes of the run */

/* ---- The source as a whole ---- */

static mars_status accept_version(const module_restore *restore) {
    const fact_text *theirs = &restore->source->agent_version;
    const fact_text *ours = &restore->machine->agent.engine_version;
    const char *folder = restore->source->folder;
    if (restore->expected != NULL || (theirs->fact.state == FACT_ABSENT && restore->allow_unsigned)) {
        return MARS_OK;
    }
    /* Signatures and names are the same whatever the version is. */
    if (theirs->fact.state == FACT_ABSENT) {
        return error_set(MARS_E_REFUSED,
                         "nothing shows the version of the agent that %s belongs to: name a folder that has "
                         "the agent's cbengine.exe too, or give a baseline",
                         folder);
    }
    if (theirs->fact.state == FACT_UNKNOWN) {
        return error_set(MARS_E_REFUSED,
                         "the version of the agent that %s belongs to cannot be read: give a baseline",
                         folder);
    }
    if (ours->fact.state != FACT_KNOWN) {
        return error_set(
            MARS_E_REFUSED,
            "%s belongs to an agent of version %s, and the version of the agent on the machine is "
            "not known",
            folder, theirs->value);
    }
    return strcmp(theirs->value, ours->value) == 0
               ? MARS_OK
               : error_set(MARS_E_REFUSED,
                           "%s belongs to an agent of version %s, but the machine has version %s", folder,
                           theirs->value, ours->value);
}

/* ---- One file: NULL, or why it is refused ---- */

static bool is_text(const fact_text *text, const char *value) {
    return text->fact.state == FACT_KNOWN && strcmp(text->value, value) == 0;
}

static const char *refuse_unlike_baseline(const module_restore *restore, const wanted_file *wanted,
                                          const module_file *file) {
    const baseline_file *expected = baseline_find(restore->expected, wanted->path);
    if (expected == NULL) {
        return "it is not in the baseline";
    }
    bool same = file->size.value == expected->size && strcmp(file->sha256.value, expected->sha256) == 0;
    return same ? NULL : "it is not the file of the baseline";
}

/* What shows that a file is damaged, whoever vouches for it. */
static const char *refuse_damaged(const module_file *file) {
    bool program = is_text(&file->kind, "program");
    if (file->size.value == 0) {
        return "it is empty";
    }
    if (program && !fact_is_true(&file->program_valid)) {
        return "it is no program file, or cut off";
    }
    if (is_text(&file->signature, "differs") || is_text(&file->signature, "malformed")) {
        return "it is not what was signed";
    }
    bool judged = is_text(&file->signature, "none") || is_text(&file->signature, "matches");
    return program && !judged ? "its signature is of a kind that cannot be judged" : NULL;
}

/* Before it is read; *file is the source's. */
static const char *refuse_by_facts(const module_restore *restore, const wanted_file *wanted,
                                   const module_file **file) {
    if (!module_path_safe(wanted->path)) {
        return "its name is none that Windows allows";
    }
    *file = module_source_find(restore->source, wanted->path);
    if (*file == NULL) {
        return "the source does not have it";
    }
    if ((*file)->size.fact.state != FACT_KNOWN || (*file)->sha256.fact.state != FACT_KNOWN) {
        const fact *why =
            (*file)->size.fact.state != FACT_KNOWN ? &(*file)->size.fact : &(*file)->sha256.fact;
        return why->detail != NULL ? why->detail : unknown_reason_sentence(why->reason);
    }
    return restore->expected != NULL ? refuse_unlike_baseline(restore, wanted, *file) : refuse_damaged(*file);
}

/* ---- All files ---- */

typedef struct refusals {
    operation_run *run;
    text_builder text; /* "a.dll: it is empty; b.dll: ..." */
    size_t count;
} refusals;

static void refuse(refusals *all, const char *path, const char *reason) {
    change_note(all->run, arena_printf(all->run->memory, "%s cannot be restored: %s.", path, reason));
    if (all->count < REFUSALS_NAMED) {
        text_addf(&all->text, "%s%s: %s", all->count > 0 ? "; " : "", path, reason);
    }
    all->count++;
}

static mars_status accept_file(const module_restore *restore, wanted_file *wanted, uint64_t *room,
                               refusals *refused) {
    const module_file *file = NULL;
    const char *reason = refuse_by_facts(restore, wanted, &file);
    if (reason == NULL) {
        if ((uint64_t)file->size.value > *room) {
            return error_set(MARS_E_TOO_LARGE, "the files to be restored have more than %d bytes",
                             MODULE_SOURCE_LIMIT);
        }
        *room -= (uint64_t)file->size.value;
        mars_status status =
            module_source_read(restore->source, file, restore->run->memory, &wanted->content);
        if (status != MARS_OK) {
            return status;
        }
        reason = restore->expected == NULL && !restore->allow_unsigned
                     ? module_refuse_signature(restore, wanted, file)
                     : NULL;
    }
    if (reason != NULL) {
        refuse(refused, wanted->path, reason);
    }
    return MARS_OK;
}

static mars_status tell(const module_restore *restore, const refusals *refused) {
    const char *advice = restore->expected == NULL && !restore->allow_unsigned
                             ? " (a baseline, or allow_unsigned, lets such files in)"
                             : "";
    const char *more = refused->count > REFUSALS_NAMED ? "; and more" : "";
    return error_set(MARS_E_REFUSED, "nothing is restored, because of %zu file%s: %s%s%s", refused->count,
                     refused->count == 1 ? "" : "s", text_builder_text(&refused->text), more, advice);
}

mars_status module_accept(module_restore *restore) {
    mars_status status = accept_version(restore);
    uint64_t room = MODULE_SOURCE_LIMIT;
    refusals refused = {.run = restore->run};
    for (size_t i = 0; i < restore->count && status == MARS_OK; i++) {
        status = accept_file(restore, &restore->wanted[i], &room, &refused);
    }
    if (status == MARS_OK && (text_builder_failed(&refused.text) || arena_failed(restore->run->memory))) {
        status = error_set(MARS_E_NO_MEMORY, "memory ran out while the source was judged");
    } else if (status == MARS_OK && refused.count > 0) {
        status = tell(restore, &refused);
    }
    text_builder_free(&refused.text);
    return status;
}
