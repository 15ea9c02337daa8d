#include "evidence/evidence_schema.h"

#include <string.h>

static const char *const privacy_names[] = {
    [PRIVACY_PUBLIC] = "public", [PRIVACY_IDENTITY] = "identity", [PRIVACY_RAW] = "raw"};

static const char introduction[] =
    "# Evidence\n\n"
    "Evidence is what MarsHealth read of one machine: a JSON document, which `marshealth collect` writes and "
    "every\n"
    "check can be run on, at any time and on any machine. This page and the JSON Schema\n"
    "(`marshealth schema evidence`) are made from the program's own tables.\n\n"
    "A document has `schema` (`" EVIDENCE_SCHEMA
    "`), `tool` (the name and version of what collected it) and one\n"
    "object for each group below. A reader passes over keys that it does not know.\n\n"
    "## Facts\n\n"
    "Each field is a fact, an object with exactly one of these:\n\n"
    "| Key | Meaning |\n|---|---|\n"
    "| `value` | known: this was read |\n"
    "| `absent` | always `true`: it was looked for, and there is none |\n"
    "| `unknown` | it could not be read; one of the reasons below |\n\n"
    "`where` says where it was read (a registry path, a file, a command), `detail` what exactly went wrong; "
    "each is\n"
    "left out where there is nothing to say. A fact that is missing was not collected, which is as unknown "
    "as any\n"
    "other reason: unknown is never taken for good.\n\n"
    "```json\n"
    "\"local_machine\": {\"value\": \"Restricted\", \"where\": "
    "\"HKLM\\\\SOFTWARE\\\\...\\\\ExecutionPolicy\"},\n"
    "\"machine_policy\": {\"absent\": true},\n"
    "\"manifest\": {\"unknown\": \"access-denied\"}\n"
    "```\n\n";

static const char kinds[] =
    "\n## Kinds\n\n"
    "| Kind | In JSON |\n|---|---|\n"
    "| text | a string |\n"
    "| number | a whole number of 64 bits with sign |\n"
    "| flag | `true` or `false` |\n"
    "| time | UTC, always in the form `2026-03-02T08:00:00Z` |\n"
    "| texts | an array of strings |\n"
    "| list of ... | an array of objects, whose fields are facts again |\n\n"
    "## Privacy\n\n"
    "With `--redact`, a document can be shown to others:\n\n"
    "| Privacy | Redacted |\n|---|---|\n"
    "| public | stays; identities of four characters or more that stand inside it are replaced |\n"
    "| identity | is replaced by a pseudonym (`redacted-1`); the same text, upper or lower case, by the same "
    "one |\n"
    "| raw | is left out: unknown, `redacted` |\n\n"
    "In SIDs, the numbers of the domain are replaced, the same by the same: `S-1-5-21-1-1-1-500`. Accounts "
    "that every\n"
    "Windows has (`SYSTEM`, `S-1-5-18`) stay. Words that Windows uses itself, such as `Windows`, are not "
    "searched for\n"
    "inside other texts.\n";

/* Text for a table's cell: what Markdown would take for markup is escaped. */
static void add_cell(text_builder *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (strchr("\\|<>*`[]", *text) != NULL) {
            text_add_char(out, '\\');
        }
        text_add_char(out, *text);
    }
}

static void add_reasons(text_builder *out) {
    text_add(out, "| Reason | Why the fact is unknown |\n|---|---|\n");
    for (int i = 0; i < REASON_COUNT; i++) {
        text_addf(out, "| `%s` | ", unknown_reason_slug((unknown_reason)i));
        add_cell(out, unknown_reason_sentence((unknown_reason)i));
        text_add(out, " |\n");
    }
}

static void add_fields(text_builder *out, const char *title, const record *table) {
    text_addf(out, "\n### %s\n\n", title);
    add_cell(out, table->doc);
    text_add(out, ".\n\n| Field | Kind | Privacy | Meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < table->count; i++) {
        const field *f = &table->fields[i];
        text_addf(out, "| `%s` | ", f->name);
        if (f->item != NULL) {
            text_addf(out, "list of [%s](#%s)", f->item->name, f->item->name);
        } else {
            text_add(out, field_kind_names[f->kind]);
        }
        text_addf(out, " | %s | ", privacy_names[f->privacy]);
        add_cell(out, f->doc);
        text_add(out, " |\n");
    }
}

void evidence_reference(text_builder *out) {
    text_add(out, introduction);
    add_reasons(out);
    text_add(out, kinds);
    text_add(out, "\n## Groups\n");
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        add_fields(out, evidence_group_rows[i].name, evidence_group_rows[i].record);
    }
    text_add(out, "\n## Records\n");
    for (size_t i = 0; i < EVIDENCE_RECORD_COUNT; i++) {
        add_fields(out, evidence_records[i]->name, evidence_records[i]);
    }
}
