#include "collect/task_facts.h"

#include "collect/read.h"
#include "core/unicode.h"
#include "parse/task_xml.h"
#include "report/catalog.h"

#include <string.h>

#define TASK_TREE "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree"

static fact_text text_or_absent(const char *text, const char *where) {
    return text != NULL ? fact_text_known(text, where) : (fact_text){.fact = fact_absent(where)};
}

static bool is_sid(const char *text) {
    return ascii_starts(text, "S-1-");
}

/* A name is resolved only by the server itself: names are in its language, and a domain's are not here at
 * all. */
static fact_text sid_of_name(collector *c, const char *account, const char *where) {
    const host_reader *read = c->machine->read;
    fact_text sid = {.fact = fact_unknown(REASON_NOT_ON_HOST, where,
                                          "an account's name is resolved only on the server itself")};
    if (read->account_sid != NULL &&
        read->account_sid(c->machine, account, c->memory, &sid.value, &sid.fact) == FACT_ABSENT) {
        sid.fact = fact_unknown(REASON_UNREADABLE, sid.fact.where, "there is no account of that name");
    }
    return sid;
}

/* Some accounts have known names in many languages. */
static fact_text sid_of(collector *c, const char *account, const char *where) {
    if (account == NULL) {
        return (fact_text){.fact = fact_absent(where)};
    }
    if (is_sid(account)) {
        /* Windows takes a small s, too. */
        return fact_text_known(arena_printf(c->memory, "S%s", account + 1), where);
    }
    const char *known = catalog_account_sid(account);
    return known != NULL ? fact_text_known(known, where) : sid_of_name(c, account, where);
}

/* Membership stands in the account database. */
static fact_flag ask_administrator(collector *c, const char *sid, const char *where) {
    const host_reader *read = c->machine->read;
    fact_flag flag = {
        .fact = fact_unknown(
            REASON_NOT_ON_HOST, where,
            "whether an account is a member of Administrators is told only by the server itself")};
    if (read->account_is_administrator != NULL &&
        read->account_is_administrator(c->machine, sid, c->memory, &flag.value, &flag.fact) == FACT_ABSENT) {
        flag.fact = fact_unknown(REASON_UNREADABLE, flag.fact.where, "there is no account with that SID");
    }
    return flag;
}

static bool ends_in_500(const char *sid) {
    return ascii_starts(sid, "S-1-5-21-") && ascii_ends(sid, "-500");
}

/* Every domain has an account with the relative id 500. That of an image is taken for the server's own. */
static fact_flag built_in_of(collector *c, const char *sid, const char *where) {
    const host_reader *read = c->machine->read;
    const char *domain = "";
    fact_flag flag = fact_flag_known(ends_in_500(sid), where);
    if (flag.value && read->own_domain != NULL) {
        read->own_domain(c->machine, c->memory, &domain, &flag.fact);
        flag.value = strcmp(sid, arena_printf(c->memory, "%s-500", domain)) == 0;
    }
    return flag;
}

/* What a SID itself tells: SYSTEM has the group's rights, and the other service accounts do not. Where nobody
 * can be asked, the built-in account with the relative id 500 is taken for a member, as it is from the start.
 */
static fact_flag administrator_of(collector *c, const char *sid, const char *where) {
    if (strcmp(sid, "S-1-5-18") == 0) {
        return fact_flag_known(true, where);
    }
    if (strcmp(sid, "S-1-5-19") == 0 || strcmp(sid, "S-1-5-20") == 0) {
        return fact_flag_known(false, where);
    }
    if (c->machine->read->account_is_administrator == NULL && ends_in_500(sid)) {
        return fact_flag_known(true, where);
    }
    return ask_administrator(c, sid, where);
}

static void read_principal(collector *c, const task_definition *definition, const char *where,
                           scheduled_task *out) {
    const task_principal *principal = definition->principal;
    if (principal == NULL) {
        fact unclear =
            definition->principal_count == 0
                ? fact_absent(where)
                : fact_unknown(REASON_MALFORMED, where, "the actions name a principal that is not defined");
        out->user.fact = unclear;
        out->group.fact = unclear;
        out->sid.fact = unclear;
        out->logon_type.fact = unclear;
        out->run_level.fact = unclear;
        return;
    }
    out->user = text_or_absent(principal->user_id, where);
    out->group = text_or_absent(principal->group_id, where);
    out->sid = sid_of(c, principal->user_id != NULL ? principal->user_id : principal->group_id, where);
    out->logon_type = text_or_absent(principal->logon_type, where);
    out->run_level = fact_text_known(principal->run_level, where);
    if (principal->user_id != NULL && out->sid.fact.state == FACT_KNOWN) {
        out->administrator = administrator_of(c, fact_text_or(&out->sid, ""), where);
        out->built_in = built_in_of(c, fact_text_or(&out->sid, ""), where);
    } else {
        out->administrator.fact = fact_unknown(REASON_DEPENDS, where, "the account is not known by its SID");
        out->built_in.fact = out->administrator.fact;
    }
}

static void read_conditions(const task_definition *definition, const char *where, scheduled_task *out) {
    bool unlimited = strcmp(definition->execution_time_limit, "PT0S") == 0;
    out->only_if_idle = fact_flag_known(definition->run_only_if_idle, where);
    out->only_with_network = fact_flag_known(definition->run_only_if_network, where);
    out->not_on_batteries = fact_flag_known(definition->disallow_start_on_batteries, where);
    out->stops_on_batteries = fact_flag_known(definition->stop_on_batteries, where);
    out->start_when_available = fact_flag_known(definition->start_when_available, where);
    out->time_limit = text_or_absent(unlimited ? NULL : definition->execution_time_limit, where);
}

static fact_list read_triggers(collector *c, const task_definition *definition, const char *where) {
    arena_vector triggers = ARENA_VECTOR(c->memory, trigger_facts);
    for (size_t i = 0; i < definition->trigger_count; i++) {
        const task_trigger *from = &definition->triggers[i];
        trigger_facts *to = arena_push(&triggers);
        if (to != NULL) {
            to->kind = fact_text_known(from->kind, where);
            to->enabled = fact_flag_known(from->enabled, where);
            to->start_boundary = text_or_absent(from->start_boundary, where);
            to->end_boundary = text_or_absent(from->end_boundary, where);
        }
    }
    return fact_list_known(&triggers, where);
}

static void read_action(collector *c, const task_action *from, const char *where, action_facts *to) {
    to->kind = fact_text_known(from->kind, where);
    to->command = text_or_absent(from->command, where);
    to->arguments = text_or_absent(from->arguments, where);
    to->working_directory = text_or_absent(from->working_directory, where);
    if (from->command == NULL) {
        to->program.fact = fact_absent(where);
        to->program_present.fact = fact_absent(where);
        to->powershell = fact_flag_known(false, where);
    } else {
        resolve_program(c, from->command, where, to);
    }
    if (fact_is_true(&to->powershell)) {
        read_powershell_arguments(c, from->arguments, where, to);
    } else {
        to->execution_policy.fact = fact_absent(where);
        to->imports.fact = fact_absent(where);
    }
}

static fact_list read_actions(collector *c, const task_definition *definition, const char *where) {
    arena_vector actions = ARENA_VECTOR(c->memory, action_facts);
    for (size_t i = 0; i < definition->action_count; i++) {
        action_facts *to = arena_push(&actions);
        if (to != NULL) {
            read_action(c, &definition->actions[i], where, to);
        }
    }
    return fact_list_known(&actions, where);
}

static void read_definition(collector *c, const char *path, uint64_t *room, scheduled_task *out) {
    bytes xml = {0};
    fact why = {0};
    task_definition definition = {0};
    if (*room == 0) {
        out->readable.fact = fact_unknown(REASON_TOO_LARGE, out->defined.fact.where,
                                          "the tasks' definitions are together larger than 64 MiB");
        return;
    }
    if (c->machine->read->task_xml(c->machine, path, c->memory, &xml, &why) != FACT_KNOWN) {
        out->readable.fact = why.state == FACT_ABSENT
                                 ? fact_unknown(REASON_UNREADABLE, why.where, "the task has no definition")
                                 : why;
        return;
    }
    const char *where = why.where;
    *room -= xml.size < *room ? xml.size : *room;
    if (!task_xml_read(xml.data, xml.size, c->memory, &definition, &why)) {
        out->readable.fact = fact_unknown(why.reason, where, why.detail);
        return;
    }
    out->readable = fact_flag_known(true, where);
    out->enabled = fact_flag_known(definition.enabled, where);
    out->multiple_instances = fact_text_known(definition.multiple_instances_text, where);
    read_principal(c, &definition, where, out);
    read_conditions(&definition, where, out);
    out->triggers = read_triggers(c, &definition, where);
    out->actions = read_actions(c, &definition, where);
}

/* The Task Scheduler writes this key when it registers a task, not when it runs one. */
static fact_time read_registration_time(collector *c, const char *path) {
    const registry_path key = {REGISTRY_MACHINE, REGISTRY_64, arena_printf(c->memory, TASK_TREE "%s", path)};
    return read_key_time(c, &key);
}

void read_task(collector *c, const task_entry *entry, uint64_t *room, scheduled_task *out) {
    out->path = fact_text_known(entry->path, entry->defined.fact.where);
    out->defined = entry->defined;
    out->registered = entry->registered;
    read_definition(c, entry->path, room, out);
    out->registration_written = read_registration_time(c, entry->path);
    task_status status = {0};
    fact why = {0};
    if (c->machine->read->task_status(c->machine, entry->path, c->memory, &status, &why) == FACT_KNOWN) {
        out->last_run = status.last_run;
        out->last_result = status.last_result;
        out->last_success = status.last_success;
    } else {
        out->last_run.fact = why;
        out->last_result.fact = why;
        out->last_success.fact = why;
    }
}
