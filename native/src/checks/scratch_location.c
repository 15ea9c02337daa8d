#include "checks/checks.h"
#include "checks/volumes.h"
#include "core/unicode.h"

#include <string.h>

typedef struct view {
    judgement *j;
    const evidence *e;
    const scratch_evidence *scratch;
    bool faulty;         /* something was said that is not good */
    arena_vector unread; /* of const char *: what a usable folder also needs, but could not be told */
} view;

static said *say_fault(view *v, const char *slug) {
    const scratch_evidence *scratch = v->scratch;
    said *s = judge_say(v->j, NULL, slug);
    say_text(s, "location", fact_text_or(&scratch->location, ""));
    say_text(s, "folder", fact_text_or(&scratch->folder, ""));
    say_where(s, &scratch->location.fact);
    v->faulty = true;
    return s;
}

static void cannot_tell(view *v, const char *what, const fact *why) {
    (void)judge_unknown(v->j, NULL, what, why);
    v->faulty = true;
}

static void note_unread(view *v, const char *what) {
    const char **place = arena_push(&v->unread);
    if (place != NULL) {
        *place = what;
    }
}

static void judge_equality(view *v) {
    const scratch_evidence *scratch = v->scratch;
    fact why = scratch->provider_location.fact;
    int64_t success = 0;
    if (why.state == FACT_ABSENT) {
        why = fact_unknown(REASON_DEPENDS, why.where, "CloudBackupProvider has no ScratchLocation");
    }
    if (why.state != FACT_KNOWN) {
        cannot_tell(v, "whether both places of the registry name the same scratch folder", &why);
        return;
    }
    if (windows_name_equal(fact_text_or(&scratch->folder, ""), fact_text_or(&scratch->provider_folder, ""))) {
        return;
    }
    bool works = succeeded_since(v->e, &scratch->location_written, &success);
    said *s = say_fault(v, works ? "not-equal-but-working" : "not-equal");
    say_text(s, "provider_location", scratch->provider_location.value);
    if (works) {
        say_time(s, "success", success);
    }
    say_where(s, &scratch->provider_location.fact);
}

/* Two backslashes in a row, elsewhere than at the beginning of a path on another computer. */
static bool is_doubled(const fact_text *location) {
    const char *text = fact_text_or(location, "");
    return strlen(text) > 2 && strstr(text + 1, "\\\\") != NULL;
}

static void judge_spelling(view *v) {
    const scratch_evidence *scratch = v->scratch;
    if (is_doubled(&scratch->location) || is_doubled(&scratch->provider_location)) {
        bool first = is_doubled(&scratch->location);
        const fact_text *written = first ? &scratch->location : &scratch->provider_location;
        say_text(say_fault(v, "doubled-backslash"), "written", written->value);
    }
}

static void judge_volume(view *v) {
    const scratch_evidence *scratch = v->scratch;
    const volume *holder = volume_of_scratch(v->e);
    const char *kind = holder != NULL ? fact_text_or(&holder->drive_type, NULL) : NULL;
    bool elsewhere = scratch->letter.fact.state == FACT_ABSENT && scratch->volume.fact.state != FACT_KNOWN;
    if (!elsewhere && kind == NULL) {
        note_unread(v, "whether its volume is a fixed disk of this server");
    } else if (elsewhere || !ascii_equal(kind, "Fixed")) {
        said *s = say_fault(v, "not-local");
        say_text(s, "drive_type", kind != NULL ? kind : "");
        if (holder != NULL) {
            say_where(s, &holder->drive_type.fact);
        }
    }
}

static void judge_folder(view *v) {
    const scratch_evidence *scratch = v->scratch;
    if (fact_is_false(&scratch->folder_present)) {
        say_where(say_fault(v, "folder-missing"), &scratch->folder_present.fact);
        return;
    }
    if (!fact_is_true(&scratch->folder_present)) {
        cannot_tell(v, "whether the scratch folder is there", &scratch->folder_present.fact);
        return;
    }
    if (fact_is_false(&scratch->system_writes)) {
        say_where(say_fault(v, "no-write"), &scratch->system_writes.fact);
    } else if (!fact_is_true(&scratch->system_writes)) {
        note_unread(v, "whether the SYSTEM account may write to it");
    }
}

void judge_scratch_location(judgement *j, const evidence *e) {
    const scratch_evidence *scratch = &e->scratch;
    view v = {.j = j, .e = e, .scratch = scratch, .unread = ARENA_VECTOR(judge_memory(j), const char *)};
    if (scratch->location.fact.state == FACT_ABSENT) {
        (void)say_fault(&v, "no-location");
        return;
    }
    if (scratch->location.fact.state == FACT_UNKNOWN) {
        cannot_tell(&v, "where the scratch folder is", &scratch->location.fact);
        return;
    }
    judge_equality(&v);
    judge_spelling(&v);
    judge_volume(&v);
    judge_folder(&v);
    if (v.faulty) {
        return;
    }
    said *s = judge_say(j, NULL, v.unread.count > 0 ? "partly-unread" : "usable");
    say_text(s, "folder", scratch->folder.value);
    if (v.unread.count > 0) {
        say_texts(s, "unread", &(text_list){.items = v.unread.items, .count = v.unread.count});
    }
    say_where(s, &scratch->location.fact);
    say_where(s, &scratch->folder_present.fact);
}
