#include "collect/agent_events.h"
#include "collect/read.h"

#include "core/error.h"
#include "parse/vssadmin.h"

#include <string.h>

/* What is kept of a tool's output, so that another version can read it again. */
enum { KEPT_TEXT = 64 * 1024 };

static fact_text ask_console(collector *c, console_question question) {
    fact_text text = {0};
    (void)c->machine->read->console(c->machine, console_tool_of(question), c->memory, &text.value,
                                    &text.fact);
    if (text.fact.state == FACT_KNOWN && strlen(text.value) > KEPT_TEXT) {
        text.fact = fact_unknown(REASON_TOO_LARGE, text.fact.where, "the output is longer than 64 KiB");
    }
    return text;
}

static fact_text letter_fact(const char *letter, const char *where) {
    return letter != NULL ? fact_text_known(letter, where) : (fact_text){.fact = fact_absent(where)};
}

static fact_text volume_path(arena *memory, const char *guid, const char *where) {
    return fact_text_known(arena_printf(memory, "\\\\?\\Volume{%s}\\", guid), where);
}

static fact_number size_fact(const vss_size *size, const char *where) {
    if (!size->known) {
        return (fact_number){.fact = fact_unknown(REASON_MALFORMED, where, size->text)};
    }
    if (size->unbounded) {
        return (fact_number){.fact = fact_absent(where)};
    }
    return fact_number_known(size->bytes, where);
}

static int64_t larger(int64_t a, int64_t b) {
    return a > b ? a : b;
}

static void fill_storage(arena *memory, const vss_storage *from, const char *where, shadow_storage *to) {
    to->source_letter = letter_fact(from->volume.letter, where);
    to->source_volume = volume_path(memory, from->volume.guid, where);
    to->storage_letter = letter_fact(from->storage.letter, where);
    to->storage_volume = volume_path(memory, from->storage.guid, where);
    to->used = size_fact(&from->used, where);
    to->allocated = size_fact(&from->allocated, where);
    to->maximum = size_fact(&from->maximum, where);
    to->margin = fact_number_known(
        larger(larger(from->used.margin, from->allocated.margin), from->maximum.margin), where);
}

static void read_storage(pattern_set *patterns, arena *memory, shadow_evidence *shadow) {
    vss_storage_list list = {0};
    fact why = {0};
    const char *where = shadow->storage_text.fact.where;
    if (shadow->storage_text.fact.state != FACT_KNOWN) {
        shadow->storage.fact = shadow->storage_text.fact;
        return;
    }
    if (!vssadmin_read_storage(patterns, shadow->storage_text.value, memory, &list, &why)) {
        shadow->storage.fact = fact_unknown(why.reason, where, why.detail);
        return;
    }
    arena_vector items = ARENA_VECTOR(memory, shadow_storage);
    for (size_t i = 0; i < list.count; i++) {
        shadow_storage *item = arena_push(&items);
        if (item != NULL) {
            fill_storage(memory, &list.items[i], where, item);
        }
    }
    shadow->storage = fact_list_known(&items, where);
}

static void read_writers(pattern_set *patterns, arena *memory, shadow_evidence *shadow) {
    vss_writer_list list = {0};
    fact why = {0};
    const char *where = shadow->writers_text.fact.where;
    if (shadow->writers_text.fact.state != FACT_KNOWN) {
        shadow->writers.fact = shadow->writers_text.fact;
        return;
    }
    if (!vssadmin_read_writers(patterns, shadow->writers_text.value, memory, &list, &why)) {
        shadow->writers.fact = fact_unknown(why.reason, where, why.detail);
        return;
    }
    arena_vector items = ARENA_VECTOR(memory, shadow_writer);
    for (size_t i = 0; i < list.count; i++) {
        shadow_writer *item = arena_push(&items);
        if (item != NULL) {
            item->name = fact_text_known(list.items[i].name, where);
            item->id = fact_text_known(list.items[i].writer_id, where);
            item->instance = fact_text_known(list.items[i].instance_id, where);
            item->state = fact_number_known(list.items[i].state, where);
            item->state_text = fact_text_known(list.items[i].state_text, where);
            item->error_text = fact_text_known(list.items[i].last_error, where);
        }
    }
    shadow->writers = fact_list_known(&items, where);
}

void collect_shadow(collector *c) {
    shadow_evidence *shadow = &c->into->shadow;
    shadow->storage_text = ask_console(c, CONSOLE_SHADOW_STORAGE);
    shadow->writers_text = ask_console(c, CONSOLE_SHADOW_WRITERS);
    read_storage(c->patterns, c->memory, shadow);
    read_writers(c->patterns, c->memory, shadow);
    agent_event_count shortages = agent_events(c, AGENT_EVENT_SHADOW_SHORTAGE);
    shadow->shortages = shortages.times;
    shadow->last_shortage = shortages.last;
}

mars_status collect_from_raw_text(evidence *document) {
    pattern_set *patterns = pattern_set_new();
    if (patterns == NULL) {
        return error_set(MARS_E_NO_MEMORY, "memory ran out while reading");
    }
    shadow_evidence *shadow = &document->shadow;
    if (shadow->storage_text.fact.state == FACT_KNOWN) {
        read_storage(patterns, &document->memory, shadow);
    }
    if (shadow->writers_text.fact.state == FACT_KNOWN) {
        read_writers(patterns, &document->memory, shadow);
    }
    pattern_set_free(patterns);
    return arena_failed(&document->memory) ? error_set(MARS_E_NO_MEMORY, "memory ran out while reading")
                                           : MARS_OK;
}
