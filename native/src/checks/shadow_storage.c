#include "checks/checks.h"
#include "checks/volumes.h"

#include <string.h>

/* Below this a snapshot may fail; volumes smaller than the second are served by less. The figures are those
 * of vssadmin's help and of the VSS documentation. */
static const int64_t smallest_useful = INT64_C(320) * 1024 * 1024;
/* A volume smaller than the second needs only the first; the System Reserved partition is one. */
static const int64_t smallest_useful_if_small = INT64_C(50) * 1024 * 1024;
static const int64_t small_volume = INT64_C(500) * 1024 * 1024;
static const int64_t smallest_judged_volume = INT64_C(4) * 1024 * 1024 * 1024;
/* What a repair leaves free on the volume that holds the copies, or a tenth of it if that is more. */
static const int64_t kept_free_at_least = INT64_C(5) * 1024 * 1024 * 1024;
enum { NEARLY_FULL_PERCENT = 95, ASSOCIATIONS_MAX = 1000 };

typedef struct storage_view {
    const char *subject;
    const char *source;
    const char *storage;
    bool bounded;
    fact_number free;        /* of the volume that holds the copies */
    fact_number size;        /* likewise */
    fact_number source_size; /* of the volume that is copied */
} storage_view;

static storage_view view_of(judgement *j, const evidence *e, const shadow_storage *s) {
    const volume *holder = volume_find(e, &s->storage_letter, &s->storage_volume);
    const volume *copied = volume_find(e, &s->source_letter, &s->source_volume);
    fact missing = volume_not_found(e);
    storage_view view = {
        .source = volume_name(judge_memory(j), &s->source_letter, &s->source_volume),
        .storage = volume_name(judge_memory(j), &s->storage_letter, &s->storage_volume),
        .bounded = s->maximum.fact.state == FACT_KNOWN,
        .free = holder != NULL ? holder->free : (fact_number){.fact = missing},
        .size = holder != NULL ? holder->size : (fact_number){.fact = missing},
        .source_size = copied != NULL ? copied->size : (fact_number){.fact = missing},
    };
    bool same = strcmp(view.source, view.storage) == 0;
    view.subject = same ? view.source : arena_printf(judge_memory(j), "%s on %s", view.source, view.storage);
    return view;
}

static said *say_storage(judgement *j, const storage_view *view, const shadow_storage *s, const char *slug) {
    said *said_one = judge_say(j, view->subject, slug);
    say_text(said_one, "volume", view->source);
    say_text(said_one, "storage", view->storage);
    say_bytes(said_one, "used", s->used.value);
    say_bytes(said_one, "allocated", s->allocated.value);
    if (view->bounded) {
        say_bytes(said_one, "maximum", s->maximum.value);
    }
    if (view->free.fact.state == FACT_KNOWN) {
        say_bytes(said_one, "free", view->free.value);
    }
    say_where(said_one, &s->used.fact);
    say_where(said_one, &view->free.fact);
    return said_one;
}

/* What a new snapshot may still take: what is left of the maximum and the free space of the volume that holds
 * it. Where there is no maximum, the free space alone is the limit. */
static bool room_in_doubt(judgement *j, const storage_view *view, const shadow_storage *s) {
    bool small = view->source_size.fact.state == FACT_KNOWN && view->source_size.value < small_volume;
    int64_t needed = small ? smallest_useful_if_small : smallest_useful;
    int64_t margin = s->margin.fact.state == FACT_KNOWN ? s->margin.value : 0;
    int64_t left = view->bounded ? s->maximum.value - s->used.value : s->allocated.value - s->used.value;
    left = left > 0 ? left : 0;
    if (left >= needed) {
        return false;
    }
    if (view->free.fact.state != FACT_KNOWN) {
        judge_unknown(j, view->subject, "whether there is room for another shadow copy", &view->free.fact);
        return true;
    }
    if (view->free.value + left + margin >= needed) {
        return false;
    }
    say_bytes(say_storage(j, view, s, "no-room"), "needed", needed);
    return true;
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

/* Says a maximum that serves: a tenth of the volume, as Windows itself sets, or one and a half of what is
 * used, as far as the volume that holds the copies keeps a tenth of its size and 5 GB free. Where even what
 * is needed at least does not fit, nothing is said: then there is nothing to resize to. Where that volume's
 * figures are not known, somebody has to choose. */
static void say_resize(said *said_one, const storage_view *view, const shadow_storage *s) {
    static const int64_t megabyte = INT64_C(1024) * 1024;
    bool known = view->free.fact.state == FACT_KNOWN && view->size.fact.state == FACT_KNOWN;
    int64_t least = larger(smallest_useful, s->maximum.value) + 2 * s->margin.value + megabyte;
    int64_t wanted = larger(view->source_size.value / 10, s->used.value + s->used.value / 2);
    int64_t kept_free = larger(view->size.value / 10, kept_free_at_least);
    int64_t most = s->allocated.value + view->free.value - kept_free;
    int64_t chosen = larger(wanted, least);
    if (known && chosen > most) {
        chosen = most;
    }
    if (known && chosen < least) {
        return;
    }
    say_text(said_one, "for_volume", view->source);
    say_text(said_one, "on_volume", view->storage);
    if (known) {
        say_bytes(said_one, "max_bytes", chosen / megabyte * megabyte);
    }
}

static bool maximum_in_doubt(judgement *j, const storage_view *view, const shadow_storage *s) {
    if (!view->bounded || s->maximum.value + s->margin.value >= smallest_useful) {
        return false;
    }
    if (view->source_size.fact.state != FACT_KNOWN) {
        judge_unknown(j, view->subject, "whether the maximum is too small for the volume",
                      &view->source_size.fact);
        return true;
    }
    if (view->source_size.value < smallest_judged_volume) {
        return false;
    }
    said *said_one = say_storage(j, view, s, "maximum-small");
    say_bytes(said_one, "needed", smallest_useful);
    say_resize(said_one, view, s);
    return true;
}

/* Evidence may come from anywhere: figures that no disk has would overflow what is calculated from them. */
static bool possible(const fact_number *size) {
    return size->fact.state != FACT_KNOWN || (size->value >= 0 && size->value <= INT64_C(1) << 60);
}

static bool figures_agree(const storage_view *view, const shadow_storage *s) {
    if (!possible(&s->used) || !possible(&s->allocated) || !possible(&s->maximum) || !possible(&s->margin) ||
        !possible(&view->free) || !possible(&view->size) || !possible(&view->source_size)) {
        return false;
    }
    int64_t margin = 2 * s->margin.value;
    return s->used.value <= s->allocated.value + margin &&
           (!view->bounded || s->allocated.value <= s->maximum.value + margin);
}

static void judge_association(judgement *j, const evidence *e, const shadow_storage *s) {
    storage_view view = view_of(j, e, s);
    const fact *unread = s->used.fact.state != FACT_KNOWN        ? &s->used.fact
                         : s->allocated.fact.state != FACT_KNOWN ? &s->allocated.fact
                         : s->maximum.fact.state == FACT_UNKNOWN ? &s->maximum.fact
                                                                 : NULL;
    if (unread != NULL) {
        judge_unknown(j, view.subject, "how much shadow storage is used", unread);
        return;
    }
    if (!figures_agree(&view, s)) {
        fact why = fact_unknown(REASON_MALFORMED, s->used.fact.where,
                                "used, allocated and maximum do not follow each other");
        judge_unknown(j, view.subject, "how much shadow storage is used", &why);
        return;
    }
    bool no_room = room_in_doubt(j, &view, s);
    bool small = maximum_in_doubt(j, &view, s);
    if (no_room || small) {
        return;
    }
    bool nearly_full = view.bounded && s->used.value >= s->maximum.value / 100 * NEARLY_FULL_PERCENT;
    say_storage(j, &view, s, nearly_full ? "nearly-full" : view.bounded ? "room" : "unbounded");
}

/* A log that is there and cannot be read may tell of a shortage. Without an agent, or before its first job,
 * there is none. */
static void judge_shortages(judgement *j, const evidence *e) {
    const shadow_evidence *shadow = &e->shadow;
    const fact *read = &shadow->shortages.fact;
    if (read->state == FACT_UNKNOWN && read->reason != REASON_DEPENDS &&
        read->reason != REASON_NOT_COLLECTED) {
        judge_unknown(j, NULL, "whether the agent ran out of shadow storage", read);
    }
    if (shadow->shortages.fact.state == FACT_KNOWN && shadow->shortages.value > 0) {
        said *s = judge_say(j, NULL, "shortage-reported");
        say_number(s, "times", shadow->shortages.value);
        say_time(s, "last", shadow->last_shortage.value);
        say_where(s, &shadow->shortages.fact);
    }
}

void judge_shadow_storage(judgement *j, const evidence *e) {
    const fact_list *storage = &e->shadow.storage;
    judge_shortages(j, e);
    if (storage->fact.state != FACT_KNOWN) {
        judge_unknown(j, NULL, "how much shadow storage there is", &storage->fact);
        return;
    }
    if (storage->count > ASSOCIATIONS_MAX) {
        fact why = fact_unknown(REASON_TOO_LARGE, storage->fact.where,
                                "there are more than 1,000 associations, and a server has one per volume");
        judge_unknown(j, NULL, "how much shadow storage there is", &why);
        return;
    }
    if (storage->count == 0) {
        say_where(judge_say(j, NULL, "no-association"), &storage->fact);
        return;
    }
    for (size_t i = 0; i < storage->count; i++) {
        judge_association(j, e, (const shadow_storage *)storage->items + i);
    }
}
