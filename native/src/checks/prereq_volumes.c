#include "checks/checks.h"
#include "core/unicode.h"

/* An EFI system partition is FAT and small; somebody may have given it a letter. */
static const int64_t largest_efi_partition = INT64_C(1024) * 1024 * 1024;

static bool is_efi_partition(const volume *v) {
    return ascii_starts(fact_text_or(&v->file_system, ""), "FAT") && v->size.fact.state == FACT_KNOWN &&
           v->size.value < largest_efi_partition;
}

/* Whether something other than "supported" was said. */
static bool judge_one_volume(judgement *j, const volume *v) {
    const fact_text *system = &v->file_system;
    if (ascii_starts(fact_text_or(system, ""), "NTFS") || is_efi_partition(v)) {
        return false;
    }
    const char *name = arena_printf(judge_memory(j), "%s:", v->letter.value);
    if (system->fact.state == FACT_UNKNOWN) {
        judge_unknown(j, name, "which file system the volume has", &system->fact);
        return true;
    }
    said *s = judge_say(j, name, system->fact.state == FACT_ABSENT ? "no-file-system" : "not-ntfs");
    say_text(s, "volume", name);
    say_text(s, "file_system", fact_text_or(system, ""));
    say_where(s, &system->fact);
    return true;
}

void judge_prereq_unsupported_volumes(judgement *j, const evidence *e) {
    const fact_list *list = &e->volumes.list;
    bool spoke = false;
    if (list->fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "which volumes the agent can back up", &list->fact);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        const volume *v = (const volume *)list->items + i;
        if (!ascii_equal(fact_text_or(&v->drive_type, ""), "Fixed")) {
            continue;
        }
        if (v->letter.fact.state == FACT_KNOWN) {
            spoke = judge_one_volume(j, v) || spoke;
        } else if (v->letter.fact.state == FACT_UNKNOWN) {
            judge_unknown(j, fact_text_or(&v->path, NULL), "whether the volume has a drive letter",
                          &v->letter.fact);
            spoke = true;
        }
    }
    if (!spoke) {
        say_where(judge_say(j, NULL, "supported"), &list->fact);
    }
}
