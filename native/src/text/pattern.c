#include "text/pattern.h"

#include "core/alloc.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

enum { MATCH_LIMIT = 200000, DEPTH_LIMIT = 2000, HEAP_LIMIT_KIB = 4096 };

static const char *const pattern_texts[PATTERN_COUNT] = {
#define X(name, text) [PATTERN_##name] = (text),
    PATTERNS(X)
#undef X
};

struct pattern_set {
    pcre2_code *codes[PATTERN_COUNT];
    pcre2_match_context *limits;
    pcre2_match_data *data;
    const char *replacements[PATTERN_COUNT]; /* by pattern_test_replace */
};

pattern_set *pattern_set_new(void) {
    pattern_set *set = mem_alloc(sizeof *set);
    if (set == NULL) {
        return NULL;
    }
    set->limits = pcre2_match_context_create(NULL);
    set->data = pcre2_match_data_create(PATTERN_GROUPS, NULL);
    if (set->limits == NULL || set->data == NULL) {
        pattern_set_free(set);
        return NULL;
    }
    pcre2_set_match_limit(set->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(set->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(set->limits, HEAP_LIMIT_KIB);
    return set;
}

void pattern_set_free(pattern_set *set) {
    if (set == NULL) {
        return;
    }
    for (int i = 0; i < PATTERN_COUNT; i++) {
        pcre2_code_free(set->codes[i]);
    }
    pcre2_match_context_free(set->limits);
    pcre2_match_data_free(set->data);
    mem_free(set);
}

void pattern_test_replace(pattern_set *set, pattern_id id, const char *text) {
    pcre2_code_free(set->codes[id]);
    set->codes[id] = NULL;
    set->replacements[id] = text;
}

static const pcre2_code *code_of(pattern_set *set, pattern_id id) {
    if (set->codes[id] == NULL) {
        int error = 0;
        PCRE2_SIZE offset = 0;
        const char *text = set->replacements[id] != NULL ? set->replacements[id] : pattern_texts[id];
        set->codes[id] = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_UTF, &error,
                                       &offset, NULL);
        if (set->codes[id] != NULL) {
            /* Without JIT (no executable memory allowed) the same pattern is interpreted. */
            (void)pcre2_jit_compile(set->codes[id], PCRE2_JIT_COMPLETE);
        }
    }
    return set->codes[id];
}

pattern_result pattern_find(pattern_set *set, pattern_id id, const char *text, size_t length, size_t start,
                            pattern_match *match) {
    const pcre2_code *code = code_of(set, id);
    if (code == NULL) {
        return PATTERN_GAVE_UP;
    }
    int groups = pcre2_match(code, (PCRE2_SPTR)text, length, start, 0, set->data, set->limits);
    if (groups == PCRE2_ERROR_NOMATCH) {
        return PATTERN_NO_MATCH;
    }
    if (groups < 0) {
        return PATTERN_GAVE_UP;
    }
    const PCRE2_SIZE *offsets = pcre2_get_ovector_pointer(set->data);
    for (int i = 0; i < PATTERN_GROUPS; i++) {
        match->group[i].begin = i < groups ? offsets[2 * (size_t)i] : SIZE_MAX;
        match->group[i].end = i < groups ? offsets[2 * (size_t)i + 1] : SIZE_MAX;
    }
    return PATTERN_MATCHED;
}

const char *pattern_group(arena *memory, const char *text, const pattern_match *match, size_t group) {
    if (match->group[group].begin == SIZE_MAX) {
        return NULL;
    }
    return arena_text_n(memory, text + match->group[group].begin, match->group[group].end - match->group[group].begin);
}
