#include "checks/checks.h"
#include "checks/schedule_tasks.h"
#include "checks/volumes.h"

/* What the agent's documentation asks for: a share of the data that is backed up, and more with the system
 * state. Where the amount of data is not known, the volume stands for it. */
enum { NEEDED_PERCENT = 5, RECOMMENDED_PERCENT = 10, OF_VOLUME_PERCENT = 5 };
static const int64_t gigabyte = INT64_C(1024) * 1024 * 1024;
enum { LEAST_GIGABYTES = 2, SYSTEM_STATE_GIGABYTES = 35 };

static void say_space(judgement *j, const evidence *e, const volume *holder, const char *slug,
                      int64_t needed) {
    said *s = judge_say(j, NULL, slug);
    say_text(s, "volume", volume_name(judge_memory(j), &holder->letter, &holder->path));
    say_text(s, "folder", fact_text_or(&e->scratch.folder, ""));
    say_bytes(s, "free", holder->free.value);
    if (needed > 0) {
        say_bytes(s, "needed", needed);
    }
    say_where(s, &holder->free.fact);
}

/* Evidence may come from anywhere: sizes that no disk has are not judged. */
static const fact *unusable(const fact_number *size, fact *malformed) {
    *malformed = fact_unknown(REASON_MALFORMED, size->fact.where, "the size is impossible");
    return size->fact.state != FACT_KNOWN ? &size->fact : size->value < 0 ? malformed : NULL;
}

static bool judge_amount(judgement *j, const evidence *e, const volume *holder) {
    const fact_number *data = &e->scratch.protected_bytes;
    fact malformed;
    bool by_data = unusable(data, &malformed) == NULL;
    int64_t least = by_data ? data->value / 100 * NEEDED_PERCENT : LEAST_GIGABYTES * gigabyte;
    if (holder->free.value < least) {
        say_space(j, e, holder, "too-little", least);
        return true;
    }
    const fact *unread = by_data ? NULL : unusable(&holder->size, &malformed);
    if (unread != NULL) {
        judge_unknown(j, NULL, "whether the scratch folder's volume has enough free space", unread);
        return true;
    }
    int64_t enough =
        by_data ? data->value / 100 * RECOMMENDED_PERCENT : holder->size.value / 100 * OF_VOLUME_PERCENT;
    if (holder->free.value < enough) {
        say_space(j, e, holder, "little", enough);
        return true;
    }
    return false;
}

static bool judge_system_state(judgement *j, const evidence *e, const volume *holder) {
    const int64_t needed = SYSTEM_STATE_GIGABYTES * gigabyte;
    if (!system_state_protected(e) || holder->free.value >= needed) {
        return false;
    }
    say_space(j, e, holder, "little-for-system-state", needed);
    return true;
}

void judge_scratch_free_space(judgement *j, const evidence *e) {
    const volume *holder = volume_of_scratch(e);
    const fact *letter = &e->scratch.letter.fact;
    bool told = letter->state == FACT_KNOWN || e->scratch.volume.fact.state == FACT_KNOWN;
    fact missing =
        told ? volume_not_found(e)
             : fact_unknown(REASON_DEPENDS, letter->where, "the scratch folder's drive is not known");
    fact malformed;
    const fact *unread = holder != NULL ? unusable(&holder->free, &malformed) : &missing;
    if (unread != NULL) {
        judge_unknown(j, NULL, "how much space is free for the scratch folder", unread);
        return;
    }
    bool short_of_space = judge_amount(j, e, holder);
    bool short_for_system_state = judge_system_state(j, e, holder);
    if (!short_of_space && !short_for_system_state) {
        say_space(j, e, holder, "room", 0);
    }
}
