#include "evidence/redaction.h"

#include "core/text_builder.h"
#include "core/unicode.h"

#include <string.h>

enum { SEARCHED_LENGTH = 4 }; /* characters from which on a name is looked for inside other texts */

typedef struct name_node {
    uint32_t code_point; /* upper case */
    uint32_t child;      /* 0: none */
    uint32_t sibling;
    uint32_t number; /* of the text that ends here; 0: none does */
    bool searched;   /* also inside other texts */
} name_node;

static name_node *node_at(const name_tree *tree, uint32_t index) {
    return (name_node *)tree->nodes.items + index;
}

static uint32_t find_child(const name_tree *tree, uint32_t parent, uint32_t code_point) {
    if (tree->nodes.count == 0) {
        return 0;
    }
    uint32_t index = node_at(tree, parent)->child;
    while (index != 0 && node_at(tree, index)->code_point != code_point) {
        index = node_at(tree, index)->sibling;
    }
    return index;
}

/* 0 if memory ran out. */
static uint32_t add_child(name_tree *tree, uint32_t parent, uint32_t code_point) {
    uint32_t index = (uint32_t)tree->nodes.count;
    name_node *node = arena_push(&tree->nodes);
    if (node == NULL) {
        return 0;
    }
    node->code_point = code_point;
    node->sibling = node_at(tree, parent)->child;
    node_at(tree, parent)->child = index;
    return index;
}

/* The text's number; a new text gets the next one. 0 if memory ran out. */
static uint32_t tree_add(name_tree *tree, const char *text, size_t length, bool searched) {
    if (tree->nodes.count == 0 && arena_push(&tree->nodes) == NULL) {
        return 0;
    }
    uint32_t node = 0;
    size_t at = 0;
    while (at < length) {
        uint32_t code_point = unicode_upper(utf8_next(text, length, &at));
        uint32_t child = find_child(tree, node, code_point);
        node = child != 0 ? child : add_child(tree, node, code_point);
        if (node == 0) {
            return 0;
        }
    }
    name_node *end = node_at(tree, node);
    if (end->number == 0) {
        end->number = ++tree->count;
        end->searched = searched;
    }
    return end->number;
}

/* The number of exactly this text, or 0. */
static uint32_t tree_find(const name_tree *tree, const char *text) {
    size_t length = strlen(text);
    uint32_t node = 0;
    size_t at = 0;
    while (at < length) {
        node = find_child(tree, node, unicode_upper(utf8_next(text, length, &at)));
        if (node == 0) {
            return 0;
        }
    }
    return tree->nodes.count > 0 ? node_at(tree, node)->number : 0;
}

/* The number of the longest searched text that starts at *at, moving *at behind it; 0: none starts there. */
static uint32_t tree_match(const name_tree *tree, const char *text, size_t length, size_t *at) {
    uint32_t number = 0;
    size_t end = *at;
    size_t next = *at;
    uint32_t node = 0;
    while (next < length) {
        node = find_child(tree, node, unicode_upper(utf8_next(text, length, &next)));
        if (node == 0) {
            break;
        }
        if (node_at(tree, node)->searched) {
            number = node_at(tree, node)->number;
            end = next;
        }
    }
    *at = end;
    return number;
}

/* Words that are no secret, and that many texts need to keep. */
static const char *const common_words[] = {
    "Administrator",
    "Administrators",
    "Azure",
    "Backup",
    "Backups",
    "Client",
    "Control",
    "CurrentVersion",
    "Data",
    "Default",
    "Disk",
    "DomainController",
    "Domain",
    "Drive",
    "Exec",
    "Files",
    "Fixed",
    "Guest",
    "Host",
    "Image",
    "Live",
    "Local",
    "Local Disk",
    "Machine",
    "Manifest",
    "Microsoft",
    "Modules",
    "Network",
    "New Volume",
    "None",
    "NTFS",
    "OnlineBackup",
    "Other",
    "PowerShell",
    "Program",
    "Program Files",
    "Program Files (x86)",
    "Recovery",
    "ReFS",
    "Registry",
    "Removable",
    "Reserved",
    "Scratch",
    "Script",
    "Scripts",
    "Server",
    "Service",
    "Shadow",
    "Software",
    "Storage",
    "System",
    "System Reserved",
    "System32",
    "Task",
    "Tasks",
    "Temp",
    "Temporary Storage",
    "Test",
    "User",
    "Users",
    "Volume",
    "Windows",
    "WinRE",
    "WORKGROUP",
};

/* Accounts that every Windows has. */
static const char *const common_accounts[] = {"SYSTEM", "LocalSystem", "LOCAL SERVICE", "NETWORK SERVICE"};

static bool listed(const char *const *words, size_t count, const char *text, size_t length) {
    for (size_t i = 0; i < count; i++) {
        if (windows_name_equal_n(words[i], strlen(words[i]), text, length)) {
            return true;
        }
    }
    return false;
}

static bool worth_searching(const char *text, size_t length) {
    size_t characters = 0;
    for (size_t at = 0; at < length && characters < SEARCHED_LENGTH; characters++) {
        (void)utf8_next(text, length, &at);
    }
    return characters >= SEARCHED_LENGTH &&
           !listed(common_words, sizeof common_words / sizeof common_words[0], text, length);
}

static bool is_sid(const char *text) {
    return ascii_starts(text, "S-1-") && text[4 + strspn(text + 4, "0123456789-")] == '\0';
}

/* A text that names nobody, or a SID, which is treated as such. */
static bool needs_no_pseudonym(const char *text) {
    return text[0] == '\0' || is_sid(text) || ascii_starts(text, "NT AUTHORITY\\") ||
           ascii_starts(text, "BUILTIN\\") ||
           listed(common_accounts, sizeof common_accounts / sizeof common_accounts[0], text, strlen(text));
}

static void add_whole(redaction *r, const char *text) {
    if (!needs_no_pseudonym(text)) {
        size_t length = strlen(text);
        (void)tree_add(&r->names, text, length, worth_searching(text, length));
    }
}

/* DOMAIN\user and user@domain are also known by each half, and a volume by its GUID. */
static void add_parts(redaction *r, const char *text) {
    static const char separators[] = "\\@{}";
    if (needs_no_pseudonym(text)) {
        return;
    }
    while (*text != '\0') {
        size_t length = strcspn(text, separators);
        if (worth_searching(text, length)) {
            (void)tree_add(&r->names, text, length, true);
        }
        text += length + (text[length] != '\0');
    }
}

typedef void (*identity_visitor)(redaction *r, const char *text);

static void visit_record(redaction *r, const record *table, const void *from, identity_visitor visit);

static void visit_fact(redaction *r, const field *f, const fact *of, identity_visitor visit) {
    if (of->state != FACT_KNOWN) {
        return;
    }
    if (f->kind == FIELD_list) {
        const fact_list *list = (const fact_list *)of;
        for (size_t i = 0; i < list->count; i++) {
            visit_record(r, f->item, (const char *)list->items + i * f->item->size, visit);
        }
    } else if (f->privacy == PRIVACY_IDENTITY && f->kind == FIELD_text) {
        visit(r, ((const fact_text *)of)->value);
    } else if (f->privacy == PRIVACY_IDENTITY && f->kind == FIELD_texts) {
        const text_list *texts = &((const fact_texts *)of)->value;
        for (size_t i = 0; i < texts->count; i++) {
            visit(r, texts->items[i]);
        }
    }
}

static void visit_record(redaction *r, const record *table, const void *from, identity_visitor visit) {
    for (size_t i = 0; i < table->count; i++) {
        visit_fact(r, &table->fields[i], field_fact(&table->fields[i], from), visit);
    }
}

static void visit_document(redaction *r, const evidence *document, identity_visitor visit) {
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        visit_record(r, evidence_group_rows[i].record, (const char *)document + evidence_group_rows[i].offset,
                     visit);
    }
}

void redaction_make(redaction *r, const evidence *document) {
    *r = (redaction){0};
    r->names.nodes = (arena_vector)ARENA_VECTOR(&r->memory, name_node);
    r->domains.nodes = (arena_vector)ARENA_VECTOR(&r->memory, name_node);
    /* Whole texts first: a redacted document has only these, and so gets the same numbers again. */
    visit_document(r, document, add_whole);
    visit_document(r, document, add_parts);
}

void redaction_free(redaction *r) {
    arena_free(&r->memory);
    *r = (redaction){0};
}

/* How many numbers behind the prefix tell the domain (or the directory, of an Azure AD account). */
static const struct {
    const char *prefix;
    int numbers;
} domain_sids[] = {{"S-1-5-21-", 3}, {"S-1-12-1-", 4}};

/* Length of `count` numbers with hyphens in between at text, or 0. */
static size_t numbers_length(const char *text, int count) {
    size_t length = 0;
    for (int i = 0; i < count; i++) {
        length += i > 0 ? 1 : 0;
        size_t digits = strspn(text + length, "0123456789");
        if (digits == 0 || (i + 1 < count && text[length + digits] != '-')) {
            return 0;
        }
        length += digits;
    }
    return length;
}

/* Replaces the domain of a SID at *at; false if none starts there. */
static bool replace_domain(redaction *r, const char *text, size_t *at, text_builder *out) {
    for (size_t i = 0; i < sizeof domain_sids / sizeof domain_sids[0]; i++) {
        const char *numbers = text + *at + strlen(domain_sids[i].prefix);
        size_t length = ascii_starts(text + *at, domain_sids[i].prefix)
                            ? numbers_length(numbers, domain_sids[i].numbers)
                            : 0;
        if (length == 0) {
            continue;
        }
        uint32_t number = tree_add(&r->domains, numbers, length, true);
        text_add(out, domain_sids[i].prefix);
        for (int n = 0; n < domain_sids[i].numbers; n++) {
            text_addf(out, n > 0 ? "-%u" : "%u", (unsigned)number);
        }
        *at += strlen(domain_sids[i].prefix) + length;
        return true;
    }
    return false;
}

static bool replace_name(const redaction *r, const char *text, size_t length, size_t *at, text_builder *out) {
    uint32_t number = tree_match(&r->names, text, length, at);
    if (number != 0) {
        text_addf(out, "redacted-%u", (unsigned)number);
    }
    return number != 0;
}

const char *redaction_text(redaction *r, const char *text) {
    text_builder out = {0};
    size_t length = strlen(text);
    size_t at = 0;
    bool replaced = false;
    while (at < length) {
        if (replace_domain(r, text, &at, &out) || replace_name(r, text, length, &at, &out)) {
            replaced = true;
            continue;
        }
        size_t from = at;
        (void)utf8_next(text, length, &at);
        text_add_n(&out, text + from, at - from);
    }
    const char *result = replaced ? arena_text(&r->memory, text_builder_text(&out)) : text;
    if (text_builder_failed(&out)) {
        arena_set_failed(&r->memory);
    }
    text_builder_free(&out);
    return result;
}

const char *redaction_identity(redaction *r, const char *text) {
    uint32_t number = needs_no_pseudonym(text) ? 0 : tree_find(&r->names, text);
    return number != 0 ? arena_printf(&r->memory, "redacted-%u", (unsigned)number) : redaction_text(r, text);
}
