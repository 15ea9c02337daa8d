/* The commands that print what the library knows, and collect. */
#include "cli.h"

#include <string.h>

static void show_event(void *user, const mars_event *event) {
    (void)user;
    if (event->kind == MARS_EVENT_PROGRESS) {
        (void)fprintf(stderr, "marshealth: collecting %s\n", event->text);
    } else {
        (void)fprintf(stderr, "marshealth: %s\n", event->text);
    }
    (void)fflush(stderr);
}

int run_collect(const options *given) {
    source from;
    if (!one_source("collect", given, &from)) {
        return EXIT_NOT_JUDGED;
    }
    mars_session_options how = MARS_SESSION_OPTIONS_INIT;
    how.image_path = from.path;
    how.on_event = given->verbose ? show_event : NULL;
    mars_collect_options what = MARS_COLLECT_OPTIONS_INIT;
    what.checks = given->checks;
    mars_session *session = NULL;
    mars_evidence *evidence = NULL;
    mars_text *text = NULL;
    bool collected = mars_session_open(&session, &how) == MARS_OK &&
                     mars_collect(&evidence, session, &what) == MARS_OK &&
                     mars_evidence_save(&text, evidence, given->redact ? MARS_SAVE_REDACTED : 0) == MARS_OK;
    if (!collected) {
        complain_error(from.path);
    }
    mars_evidence_free(evidence);
    mars_session_close(session);
    return collected && output_text(given->output, text) ? EXIT_DONE : EXIT_NOT_JUDGED;
}

static int print_text(mars_status status, const char *path, mars_text *text) {
    if (status != MARS_OK) {
        complain_error(NULL);
        return EXIT_NOT_JUDGED;
    }
    return output_text(path, text) ? EXIT_DONE : EXIT_NOT_JUDGED;
}

int run_checks(const options *given) {
    int32_t format = format_named(given->format, 1u << MARS_FORMAT_TEXT | 1u << MARS_FORMAT_JSON);
    if (format == 0) {
        return EXIT_NOT_JUDGED;
    }
    mars_text *text = NULL;
    mars_status status = mars_catalog_checks(&text, format);
    return print_text(status, given->output, text);
}

int run_operations(const options *given) {
    int32_t format = format_named(given->format, 1u << MARS_FORMAT_TEXT | 1u << MARS_FORMAT_JSON);
    if (format == 0) {
        return EXIT_NOT_JUDGED;
    }
    mars_text *text = NULL;
    mars_status status = mars_catalog_operations(&text, format);
    return print_text(status, given->output, text);
}

int run_baseline(const options *given) {
    mars_text *text = NULL;
    mars_status status = mars_baseline_make(&text, given->arguments[0], given->agent_version);
    return print_text(status, given->output, text);
}

int run_history(const options *given) {
    int32_t format = format_named(given->format,
                                  1u << MARS_FORMAT_TEXT | 1u << MARS_FORMAT_JSON | 1u << MARS_FORMAT_JSONL);
    source from;
    if (format == 0 || !one_source("history", given, &from)) {
        return EXIT_NOT_JUDGED;
    }
    mars_session_options how = MARS_SESSION_OPTIONS_INIT;
    how.image_path = from.path;
    how.on_event = given->verbose ? show_event : NULL;
    mars_session *session = NULL;
    mars_text *text = NULL;
    mars_status status = mars_session_open(&session, &how);
    if (status == MARS_OK) {
        status = mars_history(&text, session, format);
    }
    mars_session_close(session);
    return print_text(status, given->output, text);
}

int run_schema(const options *given) {
    mars_text *text = NULL;
    mars_status status = mars_schema(&text, given->arguments[0]);
    return print_text(status, given->output, text);
}

int run_version(const options *given) {
    int32_t format = format_named(given->format, 1u << MARS_FORMAT_TEXT | 1u << MARS_FORMAT_JSON);
    mars_version_info info = MARS_VERSION_INFO_INIT;
    if (format == 0 || mars_version(&info) != MARS_OK) {
        return EXIT_NOT_JUDGED;
    }
    if (format == MARS_FORMAT_JSON) {
        (void)printf("{\"version\": \"%s\", \"abi\": %u, \"evidence\": \"%s\", \"report\": \"%s\"}\n",
                     info.text, info.abi, info.evidence_schema, info.report_schema);
    } else {
        (void)printf("marshealth %s (ABI %u)\n", info.text, info.abi);
    }
    return EXIT_DONE;
}
