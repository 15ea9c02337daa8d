#include "checks/checks.h"
#include "core/unicode.h"
#include "report/catalog.h"

#include <string.h>

enum { LONGEST_BUILD = 9 }; /* digits */

/* -1 for anything but a build number. */
static int64_t build_number(const char *text) {
    int64_t number = 0;
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > LONGEST_BUILD || text[length] != '\0') {
        return -1;
    }
    for (size_t i = 0; i < length; i++) {
        number = number * 10 + (text[i] - '0');
    }
    return number;
}

/* NULL: not listed. newer: the build is behind all that are. */
static const catalog_os *find_os(bool server, int64_t build, bool *newer) {
    *newer = true;
    for (size_t i = 0; i < catalog_os_support_count; i++) {
        const catalog_os *row = &catalog_os_support[i];
        if ((row->server != 0) != server) {
            continue;
        }
        if (build >= row->first_build && build <= row->last_build) {
            return row;
        }
        *newer = *newer && build > row->last_build;
    }
    return NULL;
}

static const char *verdict_of(const machine_evidence *machine, const catalog_os *os, bool newer) {
    const char *installation = fact_text_or(&machine->installation_type, "");
    if (ascii_equal(fact_text_or(&machine->architecture, ""), "x86")) {
        return "not-64-bit";
    }
    if (ascii_equal(installation, "Server Core") || ascii_equal(installation, "Nano Server")) {
        return "server-core";
    }
    if (os == NULL) {
        return newer ? "newer-than-table" : "not-listed";
    }
    return os->supported ? "supported" : "not-supported";
}

void judge_agent_os(judgement *j, const evidence *e) {
    const machine_evidence *machine = &e->machine;
    const fact_text *needed[] = {&machine->build, &machine->product_type, &machine->installation_type};
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        if (needed[i]->fact.state != FACT_KNOWN) {
            judge_unknown(j, NULL, "which Windows this is", &needed[i]->fact);
            return;
        }
    }
    int64_t build = build_number(machine->build.value);
    if (build < 0) {
        fact malformed = fact_unknown(REASON_MALFORMED, machine->build.fact.where, machine->build.value);
        judge_unknown(j, NULL, "which Windows this is", &malformed);
        return;
    }
    bool newer = false;
    bool server = !ascii_equal(machine->product_type.value, "WinNT");
    const catalog_os *os = find_os(server, build, &newer);
    said *s = judge_say(j, NULL, verdict_of(machine, os, newer));
    say_text(s, "name", os != NULL ? os->name : fact_text_or(&machine->product_name, "this Windows"));
    say_text(s, "build", machine->build.value);
    say_text(s, "installation", machine->installation_type.value);
    say_text(s, "dated", catalog_os_support_dated);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        say_where(s, &needed[i]->fact);
    }
}
