/* generate_docs DIR FIXTURES: writes the pages that come from the tables: DIR/checks/<id>.md,
 * DIR/checks/README.md, DIR/operations.md, DIR/evidence.md, and DIR/coverage.md with the fixtures
 * (fixture.h). */
#include "evidence/evidence_schema.h"
#include "fixture.h"
#include "report/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const char *title_of(const check *row) {
    const catalog_check *entry = catalog_check_find(row->id);
    return entry != NULL ? entry->title : row->id;
}

/* Text of the catalogue as Markdown: nothing in it is markup, and the {places} stand out. */
static void add_plain(text_builder *out, const char *text) {
    while (*text != '\0') {
        size_t name = *text == '{' ? strspn(text + 1, "abcdefghijklmnopqrstuvwxyz0123456789_") : 0;
        if (name > 0 && text[name + 1] == '}') {
            text_addf(out, "`%.*s`", (int)name + 2, text);
            text += name + 2;
            continue;
        }
        if (strchr("\\`*_<>[]|", *text) != NULL) {
            text_add_char(out, '\\');
        }
        text_add_char(out, *text++);
    }
}

static void add_paragraph(text_builder *out, const char *label, const char *text) {
    if (text != NULL) {
        text_addf(out, "%s", label);
        add_plain(out, text);
        text_add(out, "\n\n");
    }
}

static void add_evidence(text_builder *out, const check *row) {
    evidence_groups needs = row->needs | (row->needs_agent ? GROUP(agent) : 0);
    const char *separator = "- Evidence read: ";
    for (size_t i = 0; i < EVIDENCE_GROUP_COUNT; i++) {
        if ((needs >> i & 1) != 0) {
            const char *name = evidence_group_rows[i].name;
            text_addf(out, "%s[%s](../evidence.md#%s)", separator, name, name);
            separator = ", ";
        }
    }
    text_add(out, "\n");
}

static void add_condition(text_builder *out, const char *word, const catalog_condition *condition) {
    if (condition->name != NULL) {
        text_addf(out, ", %s `%s` is ", word, condition->name);
        if (condition->text != NULL) {
            text_addf(out, "`%s`", condition->text);
        } else {
            text_add(out, "known");
        }
    }
}

static void add_repairs(text_builder *out, const catalog_verdict *texts) {
    for (size_t i = 0; i < texts->repair_count; i++) {
        const catalog_repair *repair = &texts->repairs[i];
        text_addf(out, "%s[%s](../operations.md#%s)", i == 0 ? "Repairs: " : "; ", repair->operation,
                  repair->operation);
        for (size_t a = 0; a < repair->argument_count; a++) {
            text_addf(out, "%s `%s` = `%s`", a == 0 ? " with" : ",", repair->arguments[a].name,
                      repair->arguments[a].text);
        }
        add_condition(out, "where", &repair->when);
        add_condition(out, "unless", &repair->unless);
    }
    text_add(out, texts->repair_count > 0 ? "\n\n" : "");
}

/* The heading is the slug alone, so that the anchor is the slug. */
static void add_verdict(text_builder *out, const check *row, const verdict *v) {
    const catalog_verdict *texts = catalog_verdict_find(row->id, v->slug);
    text_addf(out, "### %s\n\n**%s**: ", v->slug, finding_status_name(v->status));
    if (texts == NULL) {
        text_add(out, "\n\n");
        return;
    }
    add_paragraph(out, "", texts->title);
    add_paragraph(out, "Why it matters: ", texts->cause);
    add_paragraph(out, "What to do: ", texts->advice);
    if (texts->command != NULL) {
        text_addf(out, "```\n%s\n```\n\n", texts->command);
    }
    add_repairs(out, texts);
}

static void add_page(text_builder *out, const check *row) {
    const catalog_check *entry = catalog_check_find(row->id);
    text_addf(out, "<!-- Generated from native/catalog/ by tests/tools/generate_docs.c -->\n# %s\n\n",
              row->id);
    add_paragraph(out, "", title_of(row));
    add_paragraph(out, "", entry != NULL ? entry->rule : NULL);
    text_add(out,
             row->blocking ? "- Blocking: decides whether the next backup starts\n" : "- Not blocking\n");
    text_add(out, row->only_when_asked
                      ? "- Judged only when the check or its group is named, for instance with --check\n"
                      : "");
    text_add(out, row->needs_agent ? "- Skipped where no agent is installed\n" : "");
    add_evidence(out, row);
    text_add(out, "\n## Verdicts\n\nA `{name}` stands for a value that the report fills in.\n\n");
    for (const verdict *v = row->verdicts; v->slug != NULL; v++) {
        add_verdict(out, row, v);
    }
    text_add(out, "## Sources\n\n");
    for (size_t i = 0; entry != NULL && entry->sources[i] != NULL; i++) {
        text_addf(out, "- <%s>\n", entry->sources[i]);
    }
}

static void add_index(text_builder *out) {
    text_add(out,
             "<!-- Generated from native/catalog/ by tests/tools/generate_docs.c -->\n# Checks\n\n"
             "Every check, in the order of the report. A blocking check decides whether the next scheduled "
             "backup starts. A check marked \"when asked\" is judged only if it or its group is named.\n\n| "
             "Check | What it checks | Blocking | Verdicts |\n|---|---|---|---|\n");
    for (size_t i = 0; i < all_checks_count; i++) {
        const check *row = &all_checks[i];
        text_addf(out, "| [%s](%s.md) | ", row->id, row->id);
        add_plain(out, title_of(row));
        text_addf(out, " | %s%s | ", row->blocking ? "yes" : "no",
                  row->only_when_asked ? ", when asked" : "");
        for (const verdict *v = row->verdicts; v->slug != NULL; v++) {
            text_addf(out, "%s[%s](%s.md#%s) (%s)", v == row->verdicts ? "" : ", ", v->slug, row->id, v->slug,
                      finding_status_name(v->status));
        }
        text_add(out, " |\n");
    }
}

/* Ends the text with exactly one line feed, writes it to DIR/name and frees it. */
static bool write_page(const char *folder, const char *name, text_builder *page) {
    text_builder path = {0};
    text_addf(&path, "%s/%s", folder, name);
    while (page->length > 0 && page->data[page->length - 1] == '\n') {
        page->length--;
    }
    text_add_char(page, '\n');
    FILE *file = text_builder_failed(page) ? NULL : fopen(text_builder_text(&path), "wb");
    bool good = file != NULL && fwrite(page->data, 1, page->length, file) == page->length;
    good = file != NULL && fclose(file) == 0 && good;
    if (!good) {
        (void)fprintf(stderr, "generate_docs: cannot write %s\n", text_builder_text(&path));
    }
    text_builder_free(&path);
    text_builder_free(page);
    return good;
}

static bool write_check_pages(const char *folder) {
    bool good = true;
    for (size_t i = 0; good && i < all_checks_count; i++) {
        text_builder page = {0};
        text_builder name = {0};
        add_page(&page, &all_checks[i]);
        text_addf(&name, "checks/%s.md", all_checks[i].id);
        good = write_page(folder, text_builder_text(&name), &page);
        text_builder_free(&name);
    }
    text_builder index = {0};
    add_index(&index);
    return write_page(folder, "checks/README.md", &index) && good;
}

/* ---- Operations ---- */

/* An explicit anchor, since the one made from a heading would lose the dot. */
static void add_operation(text_builder *out, const operation *row) {
    const catalog_operation *entry = catalog_operation_find(row->id);
    text_addf(out, "## <a id=\"%s\"></a>%s\n\n", row->id, row->id);
    add_paragraph(out, "", row->title);
    text_addf(out, "- Risk: %s\n- Undo: %s\n", operation_risk_name(row->risk),
              row->undo == UNDO_EXACT ? "exact: what was there is restored"
                                      : "none: it cannot be taken back");
    if (row->needs != NEEDS_NOTHING) {
        text_addf(out, "- Only on the running server: %s\n", operation_needs_reason(row->needs));
    }
    text_add(out, row->asks ? "- Asks for a confirmation of its own\n" : "");
    text_add(out, row->restart_advised ? "- Running programs see the change only after they restart\n" : "");
    text_add(out, "\n| Argument | What is accepted |\n|---|---|\n");
    for (size_t i = 0; i < row->count; i++) {
        const argument_type *type = &argument_types[row->parameters[i].kind];
        text_addf(out, "| %s%s | ", row->parameters[i].name, type->optional ? " (may be left out)" : "");
        add_plain(out, type->words);
        text_add(out, " |\n");
    }
    text_add_char(out, '\n');
    add_paragraph(out, "Guards: ", entry != NULL ? entry->guards : NULL);
}

/* The checks' verdicts that an operation answers. */
static void add_answers(text_builder *out, const operation *row) {
    const char *separator = "Answers: ";
    for (size_t i = 0; i < all_checks_count; i++) {
        const check *of = &all_checks[i];
        for (const verdict *v = of->verdicts; v->slug != NULL; v++) {
            const catalog_verdict *texts = catalog_verdict_find(of->id, v->slug);
            bool answers = false;
            for (size_t r = 0; texts != NULL && r < texts->repair_count; r++) {
                answers = answers || strcmp(texts->repairs[r].operation, row->id) == 0;
            }
            if (answers) {
                text_addf(out, "%s[%s/%s](checks/%s.md#%s)", separator, of->id, v->slug, of->id, v->slug);
                separator = ", ";
            }
        }
    }
    text_add(out, separator[0] == ',' ? "\n\n" : "");
}

static bool write_operations_page(const char *folder) {
    text_builder page = {0};
    text_add(&page,
             "<!-- Generated from native/src/repair/operation_list.h and native/catalog/operations.json by "
             "tests/tools/generate_docs.c -->\n# Operations\n\n"
             "Everything that can change a machine, in the order in which a plan takes it. Each change is "
             "recorded before it is made. A low risk is in a plan by default, a medium one when it is asked "
             "for, a high one when it is named and confirmed. Every guard refuses before anything is "
             "changed, and says why.\n\n");
    for (size_t i = 0; i < all_operations_count; i++) {
        add_operation(&page, &all_operations[i]);
        add_answers(&page, &all_operations[i]);
    }
    return write_page(folder, "operations.md", &page);
}

static bool write_evidence_page(const char *folder) {
    text_builder page = {0};
    evidence_reference(&page);
    return write_page(folder, "evidence.md", &page);
}

/* The fixtures that give a verdict; of the passes of the healthy image, that one. */
static void add_fixtures(text_builder *out, const fixture_list *all, const char *verdict_name) {
    const char *separator = "";
    if (fixture_adds(&all->healthy, verdict_name)) {
        text_add(out, "[healthy](../examples/images/healthy)");
        separator = ", ";
    }
    for (size_t i = 0; i < all->count; i++) {
        const char *name = all->items[i].name;
        if (fixture_adds(&all->items[i], verdict_name)) {
            text_addf(out, "%s[%s](../tests/fixtures/images/%s)", separator, name, name);
            separator = ", ";
        }
    }
}

static void add_coverage(text_builder *out, const fixture_list *all) {
    text_add(out,
             "<!-- Generated from tests/fixtures/images by tests/tools/generate_docs.c -->\n"
             "# Which fixture gives which verdict\n\n"
             "Each fixture is an image with one fault, made from the healthy example image; its "
             "`expect.txt` lists all that it changes. The tests make and judge every one, and fail where "
             "a verdict has none.\n\n| Check | Verdict | Status | Fixtures |\n|---|---|---|---|\n");
    for (size_t i = 0; i < all_checks_count; i++) {
        const check *row = &all_checks[i];
        for (const verdict *v = row->verdicts; v->slug != NULL; v++) {
            text_builder name = {0};
            text_addf(&name, "%s/%s", row->id, v->slug);
            text_addf(out, "| [%s](checks/%s.md) | [%s](checks/%s.md#%s) | %s | ", row->id, row->id, v->slug,
                      row->id, v->slug, finding_status_name(v->status));
            add_fixtures(out, all, text_builder_text(&name));
            text_add(out, " |\n");
            text_builder_free(&name);
        }
    }
}

static bool write_coverage_page(const char *folder, const char *fixtures) {
    arena memory = {0};
    char error[1024];
    fixture_list all = {0};
    text_builder page = {0};
    bool good =
        fixture_list_read(&all, fixtures, &memory, &(maker_error){.text = error, .size = sizeof error});
    if (good) {
        add_coverage(&page, &all);
        good = write_page(folder, "coverage.md", &page);
    } else {
        (void)fprintf(stderr, "generate_docs: %s\n", error);
    }
    arena_free(&memory);
    return good;
}

static bool make_folder(const char *folder, const char *name) {
    text_builder path = {0};
    text_addf(&path, "%s/%s", folder, name);
    bool good = mkdir(text_builder_text(&path), 0777) == 0 || errno == EEXIST;
    if (!good) {
        (void)fprintf(stderr, "generate_docs: cannot make %s\n", text_builder_text(&path));
    }
    text_builder_free(&path);
    return good;
}

int main(int argc, char **argv) {
    if (argc != 3) {
        (void)fputs("usage: generate_docs DIR FIXTURES\n", stderr);
        return 2;
    }
    return make_folder(argv[1], "") && make_folder(argv[1], "checks") && write_check_pages(argv[1]) &&
                   write_operations_page(argv[1]) && write_evidence_page(argv[1]) &&
                   write_coverage_page(argv[1], argv[2])
               ? 0
               : 1;
}
