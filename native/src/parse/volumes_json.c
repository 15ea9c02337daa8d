#include "parse/volumes_json.h"

#include "core/unicode.h"
#include "parse/json_capture.h"

#include <string.h>

enum { VOLUMES_MAX = 4096, DEDUP_NOT_AVAILABLE = 4 };

/* A number of an MSFT_Volume property and the word for it. */
typedef struct numbered_word {
    int64_t number;
    const char *word;
} numbered_word;

static const numbered_word drive_types[] = {
    {0, "Unknown"}, {1, "Invalid Root Path"}, {2, "Removable"}, {3, "Fixed"}, {4, "Network"},
    {5, "CD-ROM"},  {6, "RAM Disk"},
};

static const numbered_word file_systems[] = {
    {2, "UFS"},
    {3, "HFS"},
    {4, "FAT"},
    {5, "FAT16"},
    {6, "FAT32"},
    {7, "NTFS4"},
    {8, "NTFS5"},
    {9, "XFS"},
    {10, "AFS"},
    {11, "EXT2"},
    {12, "EXT3"},
    {13, "ReiserFS"},
    {14, "NTFS"},
    {15, "ReFS"},
    {19, "exFAT"},
    {0x8000, "CSVFS_NTFS"},
    {0x8001, "CSVFS_ReFS"},
};

static const char *word_of(const numbered_word *words, size_t count, int64_t number) {
    for (size_t i = 0; i < count; i++) {
        if (words[i].number == number) {
            return words[i].word;
        }
    }
    return NULL;
}
#define WORD_OF(words, number) word_of(words, sizeof(words) / sizeof(words)[0], number)

static fact not_told(const char *where) {
    return fact_unknown(REASON_NOT_COLLECTED, where, "the capture does not tell");
}

static fact_text known_text(arena *memory, const char *text, const char *where) {
    return (fact_text){.fact = fact_known(where), .value = arena_text(memory, text)};
}

/* A letter as text, or as the number of a character; nothing, NUL and an empty text are none. */
static fact_text letter_of(const json_t *volume, arena *memory, const char *where) {
    const json_t *value = json_object_get(volume, "DriveLetter");
    const char *text = json_string_value(value);
    int64_t number = 0;
    if (text == NULL && json_is_integer(value) && json_capture_number(volume, "DriveLetter", &number)) {
        text = number == 0                      ? ""
               : number >= 'A' && number <= 'z' ? arena_printf(memory, "%c", (int)number)
                                                : "?";
    }
    if (value == NULL || (text == NULL && !json_is_null(value))) {
        return (fact_text){.fact = not_told(where)};
    }
    if (text == NULL || text[0] == '\0') {
        return (fact_text){.fact = fact_absent(where)};
    }
    char letter = ascii_lower(text[0]);
    if (letter < 'a' || letter > 'z' || (text[1] != '\0' && strcmp(text + 1, ":") != 0)) {
        return (fact_text){.fact = fact_unknown(REASON_MALFORMED, where, "DriveLetter is no letter")};
    }
    return known_text(memory, arena_printf(memory, "%c", letter - 'a' + 'A'), where);
}

/* A text property; null and "" are absent. */
static fact_text text_of(const json_t *volume, const char *key, arena *memory, const char *where) {
    const json_t *value = json_object_get(volume, key);
    const char *text = json_string_value(value);
    if (value == NULL || (text == NULL && !json_is_null(value))) {
        return (fact_text){.fact = not_told(where)};
    }
    if (text == NULL || text[0] == '\0') {
        return (fact_text){.fact = fact_absent(where)};
    }
    return known_text(memory, text, where);
}

static fact_text path_of(const json_t *volume, arena *memory, const char *where) {
    fact_text path = text_of(volume, "Path", memory, where);
    fact_text unique = text_of(volume, "UniqueId", memory, where);
    return path.fact.state == FACT_KNOWN || unique.fact.state != FACT_KNOWN ? path : unique;
}

/* FileSystem is a word; FileSystemType a word or a number. Neither of them: raw, locked or unreadable. */
static fact_text file_system_of(const json_t *volume, arena *memory, const char *where) {
    fact_text system = text_of(volume, "FileSystem", memory, where);
    if (system.fact.state == FACT_KNOWN) {
        return system;
    }
    int64_t number = 0;
    const char *word = json_capture_text(volume, "FileSystemType");
    if (json_capture_number(volume, "FileSystemType", &number)) {
        word = number == 0 ? "Unknown" : WORD_OF(file_systems, number);
        if (word == NULL) {
            return (fact_text){.fact = fact_unknown(REASON_MALFORMED, where,
                                                    arena_printf(memory, "FileSystemType %lld is not known",
                                                                 (long long)number))};
        }
    }
    if (word == NULL) {
        return system;
    }
    if (ascii_equal(word, "Unknown")) {
        return (fact_text){.fact = fact_absent(where)};
    }
    return known_text(memory, word, where);
}

static fact_text drive_type_of(const json_t *volume, arena *memory, const char *where) {
    int64_t number = 0;
    const char *word = json_capture_text(volume, "DriveType");
    if (json_capture_number(volume, "DriveType", &number)) {
        word = WORD_OF(drive_types, number);
    }
    if (word == NULL || word[0] == '\0') {
        return (fact_text){.fact = not_told(where)};
    }
    return known_text(memory, word, where);
}

static fact_number bytes_of(const json_t *volume, const char *key, const char *where) {
    int64_t number = 0;
    if (!json_capture_number(volume, key, &number)) {
        return (fact_number){.fact = not_told(where)};
    }
    if (number < 0) {
        return (fact_number){.fact = fact_unknown(REASON_MALFORMED, where, "a size is negative")};
    }
    return (fact_number){.fact = fact_known(where), .value = number};
}

/* 0 Disabled, 1..3 kinds of use, 4 NotAvailable: the feature is not installed. */
static fact_flag deduplicated_of(const json_t *volume, const char *where) {
    int64_t number = 0;
    const char *word = json_capture_text(volume, "DedupMode");
    if (json_capture_number(volume, "DedupMode", &number)) {
        if (number < 0 || number > DEDUP_NOT_AVAILABLE) {
            return (fact_flag){.fact = fact_unknown(REASON_MALFORMED, where, "DedupMode is not known")};
        }
        return (fact_flag){.fact = fact_known(where), .value = number != 0 && number != DEDUP_NOT_AVAILABLE};
    }
    if (word == NULL || word[0] == '\0') {
        return (fact_flag){.fact = not_told(where)};
    }
    return (fact_flag){.fact = fact_known(where),
                       .value = !ascii_equal(word, "Disabled") && !ascii_equal(word, "NotAvailable")};
}

static volume_info volume_of(const json_t *volume, arena *memory, const char *where) {
    return (volume_info){
        .letter = letter_of(volume, memory, where),
        .path = path_of(volume, memory, where),
        .label = text_of(volume, "FileSystemLabel", memory, where),
        .file_system = file_system_of(volume, memory, where),
        .drive_type = drive_type_of(volume, memory, where),
        .size = bytes_of(volume, "Size", where),
        .free = bytes_of(volume, "SizeRemaining", where),
        .deduplicated = deduplicated_of(volume, where),
    };
}

/* An object of something else than Get-Volume has neither. */
static bool looks_like_volume(const json_t *volume) {
    return json_object_get(volume, "DriveLetter") != NULL || json_object_get(volume, "Path") != NULL ||
           json_object_get(volume, "UniqueId") != NULL;
}

bool volumes_json_read(const uint8_t *data, size_t size, const char *where, arena *memory,
                       volume_info_list *out, fact *why) {
    *out = (volume_info_list){0};
    json_t *array = json_capture_load(data, size, memory, why);
    if (array == NULL) {
        why->where = where;
        return false;
    }
    *why = fact_known(where);
    size_t count = json_array_size(array);
    volume_info *items = count > VOLUMES_MAX ? NULL : arena_array(memory, count, sizeof *items);
    if (count > VOLUMES_MAX) {
        *why = fact_unknown(REASON_TOO_LARGE, where, "it lists more than 4096 volumes");
    }
    for (size_t i = 0; i < count && items != NULL && why->state == FACT_KNOWN; i++) {
        const json_t *volume = json_array_get(array, i);
        items[i] = volume_of(volume, memory, where);
        if (!looks_like_volume(volume)) {
            *why =
                fact_unknown(REASON_MALFORMED, where, arena_printf(memory, "item %zu is no volume", i + 1));
        }
    }
    json_decref(array);
    if (arena_failed(memory)) {
        *why = fact_unknown(REASON_NO_MEMORY, where, NULL);
    }
    if (why->state == FACT_KNOWN) {
        *out = (volume_info_list){.items = items, .count = count};
    }
    return why->state == FACT_KNOWN;
}
