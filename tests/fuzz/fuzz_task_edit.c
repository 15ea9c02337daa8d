/* The first byte chooses the edit, the others are the definition. An edit that succeeds gives a definition
 * that can be read, is so already, and says the same as before but for what was edited. */
#include "parse/task_xml.h"
#include "repair/task_compare.h"
#include "repair/task_edit.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds) {
    if (!holds) {
        abort();
    }
}

static bool equal(const char *a, const char *b) {
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* No edit is about these. */
static void require_same_work(const task_definition *a, const task_definition *b) {
    require(a->trigger_count == b->trigger_count && a->action_count == b->action_count);
    require(a->principal_count == b->principal_count && equal(a->actions_context, b->actions_context));
    require(equal(a->author, b->author) && equal(a->version, b->version) && a->hidden == b->hidden);
    for (size_t i = 0; i < a->trigger_count; i++) {
        require(equal(a->triggers[i].kind, b->triggers[i].kind));
        require(equal(a->triggers[i].start_boundary, b->triggers[i].start_boundary));
    }
    for (size_t i = 0; i < a->action_count; i++) {
        require(equal(a->actions[i].command, b->actions[i].command));
        require(equal(a->actions[i].arguments, b->actions[i].arguments));
    }
}

static void check_edit(bytes before, task_edit_kind kind, arena *memory) {
    task_edited edited;
    fact why;
    bool good = task_edit(before.data, before.size, kind, memory, &edited, &why);
    require(good == (why.state == FACT_KNOWN));
    if (!good || !edited.changed) {
        require(!good || edited.definition.data == before.data);
        return;
    }
    task_definition old;
    task_definition now;
    task_edited again;
    require(task_xml_read(before.data, before.size, memory, &old, &why));
    require(task_xml_read(edited.definition.data, edited.definition.size, memory, &now, &why));
    require_same_work(&old, &now);
    require(task_edit(edited.definition.data, edited.definition.size, kind, memory, &again, &why));
    require(!again.changed);
    require(!task_document_same(memory, before, edited.definition));
    /* A definition that has no canonical form is not even the same as itself but for that flag. */
    bool comparable = task_document_same_but_enabled(memory, before, edited.definition);
    require(!comparable || kind == TASK_EDIT_ENABLE || kind == TASK_EDIT_DISABLE);
    if (comparable) {
        task_edit_kind back = kind == TASK_EDIT_ENABLE ? TASK_EDIT_DISABLE : TASK_EDIT_ENABLE;
        require(task_edit(edited.definition.data, edited.definition.size, back, memory, &again, &why));
        require(again.changed && task_document_same(memory, before, again.definition));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    arena memory = {0};
    if (size > 0) {
        const bytes before = {.data = data + 1, .size = size - 1};
        check_edit(before, (task_edit_kind)(data[0] % TASK_EDIT_COUNT), &memory);
    }
    arena_free(&memory);
    return 0;
}
