#include "change.h"
#include "system.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_SIZE = 16 };

/* ---- Asking ---- */

static bool is_in_list(const char *list, const char *name) {
    size_t length = strlen(name);
    for (const char *at = list; at != NULL; at = strchr(at, ',')) {
        at += *at == ',';
        if (strncmp(at, name, length) == 0 && (at[length] == ',' || at[length] == '\0')) {
            return true;
        }
    }
    return false;
}

static bool ask(const char *question) {
    char answer[ANSWER_SIZE] = "";
    (void)fprintf(stderr, "%s [y/N] ", question);
    (void)fflush(stderr);
    return fgets(answer, sizeof answer, stdin) != NULL && (answer[0] == 'y' || answer[0] == 'Y');
}

static int32_t confirm(void *user, const char *operation, const char *text) {
    const change *of = user;
    const options *given = of->given;
    if (operation != NULL ? is_in_list(given->confirmed, operation) : given->yes) {
        return 1;
    }
    (void)fprintf(stderr, "%s\n", text);
    if (system_is_terminal(stdin)) {
        return ask("Go on?");
    }
    if (operation != NULL) {
        complain("%s wants a confirmation of its own: --yes-to %s", operation, operation);
    } else {
        complain("nothing is changed without a confirmation: --yes");
    }
    return 0;
}

/* ---- Being interrupted ---- */

/* What the signal handler cancels. A repair ends between two changes, never inside one. */
static mars_session *volatile running;

static void interrupt(int number) {
    (void)number;
    if (running != NULL) {
        (void)mars_session_cancel(running);
    }
}

static void show_event(void *user, const mars_event *event) {
    const change *of = user;
    if (event->kind == MARS_EVENT_LOG) {
        if (of->given->verbose || of->tells) {
            complain("%s", event->text);
        }
    } else if (of->given->verbose || system_is_terminal(stderr)) {
        (void)fprintf(stderr, "[%llu/%llu] %s\n", (unsigned long long)event->done + 1,
                      (unsigned long long)event->total, event->text);
    }
}

/* ---- Opening ---- */

bool change_open(change *out, const char *what, const options *given) {
    *out = (change){.given = given, .what = what};
    out->format = format_named(given->format,
                               1u << MARS_FORMAT_TEXT | 1u << MARS_FORMAT_JSON | 1u << MARS_FORMAT_JSONL);
    if (out->format == 0 || !one_source(what, given, &out->machine) ||
        (given->baseline != NULL && !read_input(given->baseline, &out->baseline, &(size_t){0}))) {
        return false;
    }
    mars_session_options how = MARS_SESSION_OPTIONS_INIT;
    how.image_path = out->machine.path;
    how.on_event = show_event;
    how.user = out;
    if (mars_session_open(&out->session, &how) != MARS_OK) {
        complain_error(out->machine.path);
        return false;
    }
    out->how = (mars_apply_options)MARS_APPLY_OPTIONS_INIT;
    out->how.flags = (given->what_if ? MARS_APPLY_WHAT_IF : 0) |
                     (given->any_machine ? MARS_APPLY_ANY_MACHINE : 0) |
                     (given->force ? MARS_UNDO_FORCE : 0) | (given->partial ? MARS_UNDO_PARTIAL : 0);
    out->how.baseline = out->baseline;
    out->how.confirm = confirm;
    out->how.user = out;
    running = out->session;
    (void)signal(SIGINT, interrupt);
    (void)signal(SIGTERM, interrupt);
    return true;
}

void change_close(change *of) {
    running = NULL;
    mars_session_close(of->session);
    free(of->baseline);
}

/* ---- Reporting ---- */

static bool changed_nothing(const mars_outcome *outcome) {
    return mars_outcome_run_id(outcome) == NULL;
}

static int exit_code(const mars_outcome *outcome) {
    switch (mars_outcome_state(outcome)) {
    case MARS_OUTCOME_APPLIED:
    case MARS_OUTCOME_NOTHING_TO_DO:
    case MARS_OUTCOME_WOULD_CHANGE:
        return EXIT_DONE;
    case MARS_OUTCOME_STOPPED:
    case MARS_OUTCOME_CANCELLED:
        return changed_nothing(outcome) ? EXIT_REFUSED : EXIT_STOPPED;
    default:
        return EXIT_STOPPED;
    }
}

static int not_begun(const change *of, mars_status status) {
    complain_error(of->machine.path);
    switch (status) {
    case MARS_E_BUSY:
    case MARS_E_REFUSED:
    case MARS_E_OTHER_MACHINE:
    case MARS_E_CONFLICT:
        return EXIT_REFUSED;
    default:
        return EXIT_NOT_BEGUN;
    }
}

int change_report(const change *of, mars_status status, mars_outcome *outcome) {
    if (status != MARS_OK) {
        return not_begun(of, status);
    }
    int code = exit_code(outcome);
    uint32_t flags = wants_color(of->given) ? MARS_RENDER_COLOR : 0;
    mars_text *text = NULL;
    if (mars_outcome_render(&text, outcome, of->format, flags) != MARS_OK) {
        complain_error(NULL);
    } else if (!output_text(of->given->output, text)) {
        /* The machine is as it is: losing the report must not look like a repair that did not happen. */
        const char *id = mars_outcome_run_id(outcome);
        complain("%s", id != NULL ? id : "nothing was changed");
    }
    mars_outcome_free(outcome);
    return code;
}
