#include "evidence_tools.h"

#include "core/text_builder.h"

#include <stdlib.h>
#include <string.h>

static void fill_text_list(arena *memory, text_list *texts, int number) {
    texts->count = (size_t)(number % 3);
    texts->items = arena_array(memory, texts->count, sizeof *texts->items);
    for (size_t i = 0; i < texts->count; i++) {
        texts->items[i] = arena_printf(memory, "text %d of list %d", (int)i, number);
    }
}

static void fill_list(arena *memory, const record *item, fact_list *list, int way, int *number) {
    list->count = way == FILL_MIXED ? (size_t)(*number % 4) : 2;
    list->items = arena_array(memory, list->count, item->size);
    for (size_t i = 0; i < list->count; i++) {
        fill_record(memory, item, (char *)list->items + i * item->size, way, number);
    }
}

static void fill_value(arena *memory, const field *f, void *into, int way, int *number) {
    switch (f->kind) {
    case FIELD_text:
        ((fact_text *)into)->value =
            arena_printf(memory, "%s %d \"\\\t\n\x1a\x7f é 日 \xF0\x9F\x98\x80", f->name, *number);
        break;
    case FIELD_number:
        ((fact_number *)into)->value = *number % 5 == 0   ? INT64_MIN + *number
                                       : *number % 5 == 1 ? INT64_MAX - *number
                                                          : *number;
        break;
    case FIELD_flag:
        ((fact_flag *)into)->value = *number % 2 == 0;
        break;
    case FIELD_time:
        ((fact_time *)into)->value = 1600000000 + *number;
        break;
    case FIELD_texts:
        fill_text_list(memory, &((fact_texts *)into)->value, *number);
        break;
    case FIELD_list:
        fill_list(memory, f->item, into, way, number);
        break;
    }
}

static void fill_fact(arena *memory, const field *f, void *into, int way, int *number) {
    enum { WAYS = REASON_COUNT + 2 };
    int here = way != FILL_MIXED               ? way
               : *number % WAYS <= FILL_ABSENT ? *number % WAYS
                                               : FILL_UNKNOWN + *number % WAYS - 2;
    fact *of = into;
    bool has_where = way != FILL_MIXED || *number % 2 == 0;
    bool has_detail = here >= FILL_UNKNOWN && (way != FILL_MIXED || *number % 3 == 0);
    if (here >= FILL_UNKNOWN) {
        of->reason = (unknown_reason)(here - FILL_UNKNOWN);
    }
    of->state = here == FILL_KNOWN ? FACT_KNOWN : here == FILL_ABSENT ? FACT_ABSENT : FACT_UNKNOWN;
    of->where = has_where ? arena_printf(memory, "HKLM\\Key %d", *number) : NULL;
    of->detail = has_detail ? arena_printf(memory, "byte %d of \"%s\"", *number, f->name) : NULL;
    if (of->state == FACT_KNOWN) {
        fill_value(memory, f, into, way, number);
    }
}

void fill_record(arena *memory, const record *table, void *into, int way, int *number) {
    for (size_t i = 0; i < table->count; i++) {
        ++*number;
        fill_fact(memory, &table->fields[i], (char *)into + table->fields[i].offset, way, number);
    }
}

evidence *filled_evidence(int way) {
    evidence *document = evidence_new();
    int number = 0;
    for (size_t i = 0; document != NULL && i < EVIDENCE_GROUP_COUNT; i++) {
        const evidence_group_row *row = &evidence_group_rows[i];
        fill_record(&document->memory, row->record, (char *)document + row->offset, way, &number);
    }
    return document;
}

static bool same_text(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_texts(const text_list *a, const text_list *b) {
    bool same = a->count == b->count;
    for (size_t i = 0; same && i < a->count; i++) {
        same = same_text(a->items[i], b->items[i]);
    }
    return same;
}

static bool same_value(const field *f, const fact *a, const fact *b) {
    switch (f->kind) {
    case FIELD_text:
        return same_text(((const fact_text *)a)->value, ((const fact_text *)b)->value);
    case FIELD_number:
        return ((const fact_number *)a)->value == ((const fact_number *)b)->value;
    case FIELD_flag:
        return ((const fact_flag *)a)->value == ((const fact_flag *)b)->value;
    case FIELD_time:
        return ((const fact_time *)a)->value == ((const fact_time *)b)->value;
    case FIELD_texts:
        return same_texts(&((const fact_texts *)a)->value, &((const fact_texts *)b)->value);
    case FIELD_list:
        return ((const fact_list *)a)->count == ((const fact_list *)b)->count;
    }
    return false;
}

static bool find_difference(const record *table, const void *a, const void *b, text_builder *out);

static bool list_differs(const field *f, const fact_list *a, const fact_list *b, text_builder *out) {
    for (size_t i = 0; i < a->count; i++) {
        size_t at = i * f->item->size;
        size_t length = out->length;
        text_addf(out, ".%s[%zu]", f->name, i);
        if (find_difference(f->item, (const char *)a->items + at, (const char *)b->items + at, out)) {
            return true;
        }
        out->length = length;
        out->data[length] = '\0';
    }
    return false;
}

static bool find_difference(const record *table, const void *a, const void *b, text_builder *out) {
    for (size_t i = 0; i < table->count; i++) {
        const field *f = &table->fields[i];
        const fact *x = field_fact(f, a);
        const fact *y = field_fact(f, b);
        bool same = x->state == y->state && (x->state != FACT_UNKNOWN || x->reason == y->reason) &&
                    same_text(x->where, y->where) && same_text(x->detail, y->detail) &&
                    (x->state != FACT_KNOWN || same_value(f, x, y));
        if (!same) {
            text_addf(out, ".%s", f->name);
            return true;
        }
        if (f->kind == FIELD_list && x->state == FACT_KNOWN &&
            list_differs(f, (const fact_list *)x, (const fact_list *)y, out)) {
            return true;
        }
    }
    return false;
}

static char *taken(text_builder *out, bool differs) {
    char *text = differs ? strdup(text_builder_text(out)) : NULL;
    text_builder_free(out);
    return text;
}

char *record_difference(const record *table, const void *a, const void *b) {
    text_builder out = {0};
    text_add(&out, table->name);
    return taken(&out, find_difference(table, a, b, &out));
}

char *evidence_difference(const evidence *a, const evidence *b) {
    if (!same_text(a->tool_version, b->tool_version)) {
        return strdup("tool.version");
    }
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        const evidence_group_row *row = &evidence_group_rows[i];
        char *found =
            record_difference(row->record, (const char *)a + row->offset, (const char *)b + row->offset);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}
