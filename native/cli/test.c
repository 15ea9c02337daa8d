/* marshealth test: judges sources side by side and reports them in order. */
#include "cli.h"
#include "ordered.h"
#include "system.h"
#include "threads.h"

#include <stdlib.h>
#include <string.h>

typedef struct judged {
    mars_text *text; /* NULL if it could not be judged */
    mars_summary summary;
    mars_error error;
} judged;

typedef struct test_run {
    const options *given;
    const char *baseline;
    int32_t format;
    uint32_t flags;
    output out;
    size_t written;
    bool fails;
    bool warns;
    bool unknown;
} test_run;

static mars_status judge_source(const test_run *run, const source *from, judged *result) {
    mars_evidence *evidence = NULL;
    mars_report *report = NULL;
    mars_check_options how = MARS_CHECK_OPTIONS_INIT;
    how.checks = run->given->checks;
    how.baseline = run->baseline;
    mars_status status = source_evidence(from, run->given, &evidence, &result->error);
    if (status == MARS_OK) {
        status = mars_check(&report, evidence, &how);
    }
    if (status == MARS_OK) {
        status = mars_report_summary(&result->summary, report);
    }
    if (status == MARS_OK) {
        status = mars_report_render(&result->text, report, run->format, run->flags);
    }
    mars_report_free(report);
    mars_evidence_free(evidence);
    return status;
}

static void *work(void *user, size_t n) {
    const test_run *run = user;
    judged *result = calloc(1, sizeof *result);
    if (result == NULL) {
        return NULL;
    }
    result->summary.struct_size = sizeof result->summary;
    result->error.struct_size = sizeof result->error;
    if (judge_source(run, &run->given->sources[n], result) != MARS_OK && result->error.code == MARS_OK) {
        (void)mars_error_copy(&result->error);
    }
    return result;
}

static void print_json_text(FILE *to, const char *text) {
    (void)fputc('"', to);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            (void)fprintf(to, "\\%c", c);
        } else if (c < 0x20) {
            (void)fprintf(to, "\\u%04x", c);
        } else {
            (void)fputc(c, to);
        }
    }
    (void)fputc('"', to);
}

/* Something for every source, so that whoever reads the output can count on it. */
static void print_error(const test_run *run, const char *path, const mars_error *error) {
    if (run->format != MARS_FORMAT_JSON && run->format != MARS_FORMAT_JSONL) {
        return;
    }
    FILE *to = run->out.to;
    (void)fputs("{\"schema\":\"marshealth/error/1\",\"source\":", to);
    print_json_text(to, path);
    (void)fprintf(to, ",\"error\":{\"code\":\"%s\",\"message\":", error->name);
    print_json_text(to, error->message);
    (void)fputs("}}\n", to);
}

static void print_separator(test_run *run) {
    bool several = run->given->source_count > 1;
    if (several && run->format == MARS_FORMAT_JSON) {
        (void)fputs(run->written == 0 ? "[\n" : ",\n", run->out.to);
    } else if (several && run->format == MARS_FORMAT_TEXT && run->written > 0) {
        (void)fputc('\n', run->out.to);
    }
    run->written++;
}

static void show_progress(const test_run *run, size_t done) {
    size_t count = run->given->source_count;
    if (run->out.path != NULL && count > 1 && system_is_terminal(stderr)) {
        (void)fprintf(stderr, "\r%zu of %zu judged%s", done, count, done == count ? "\n" : "");
        (void)fflush(stderr);
    }
}

static void finish(void *user, size_t n, void *made) {
    test_run *run = user;
    judged *result = made;
    const char *path = source_name(&run->given->sources[n]);
    if (result == NULL) {
        complain("%s: memory ran out", path);
        run->unknown = true;
        return;
    }
    print_separator(run);
    if (result->text == NULL) {
        run->unknown = true;
        complain("%s%s%s", strstr(result->error.message, path) == NULL ? path : "",
                 strstr(result->error.message, path) == NULL ? ": " : "", result->error.message);
        print_error(run, path, &result->error);
    } else {
        (void)fwrite(mars_text_data(result->text), 1, (size_t)mars_text_size(result->text), run->out.to);
        run->fails = run->fails || result->summary.fail > 0;
        run->warns = run->warns || result->summary.warn > 0;
        run->unknown = run->unknown || (result->summary.unknown_blocking > 0 && !run->given->unknown_ok);
    }
    show_progress(run, n + 1);
    mars_text_free(result->text);
    free(result);
}

static void print_frame(const test_run *run, bool end) {
    bool several = run->given->source_count > 1;
    if (end && several && run->format == MARS_FORMAT_JSON) {
        (void)fputs("]\n", run->out.to);
    } else if (several && run->format == MARS_FORMAT_JUNIT) {
        (void)fputs(end ? "</testsuites>\n" : "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n",
                    run->out.to);
    }
}

static int judge_all(test_run *run) {
    if (!output_open(&run->out, run->given->output)) {
        return EXIT_NOT_JUDGED;
    }
    const ordered_work all = {
        .count = run->given->source_count,
        .threads = run->given->jobs > 0 ? (size_t)run->given->jobs : processor_count(),
        .user = run,
        .work = work,
        .finish = finish,
    };
    print_frame(run, false);
    bool ran = ordered_run(&all);
    print_frame(run, true);
    if (!ran) {
        complain("no thread could be started");
    }
    if (!output_close(&run->out, ran) || !ran) {
        return EXIT_NOT_JUDGED;
    }
    return run->fails     ? EXIT_FAILURES
           : run->warns   ? EXIT_WARNINGS
           : run->unknown ? EXIT_NOT_JUDGED
                          : EXIT_DONE;
}

int run_test(const options *given) {
    enum { EVERY_FORMAT = ~0 };
    test_run run = {.given = given, .format = format_named(given->format, (unsigned)EVERY_FORMAT)};
    if (run.format == 0) {
        return EXIT_NOT_JUDGED;
    }
    source this_machine = {.kind = SOURCE_IMAGE, .path = NULL};
    options with_source = *given;
    if (given->source_count == 0) {
        with_source.sources = &this_machine;
        with_source.source_count = 1;
        run.given = &with_source;
    }
    run.flags = (wants_color(given) ? MARS_RENDER_COLOR : 0) | (given->all ? MARS_RENDER_ALL : 0) |
                (run.format == MARS_FORMAT_JUNIT && given->source_count > 1 ? MARS_RENDER_PART : 0);
    char *baseline = NULL;
    if (given->baseline != NULL && !read_input(given->baseline, &baseline, &(size_t){0})) {
        return EXIT_NOT_JUDGED;
    }
    run.baseline = baseline;
    int code = judge_all(&run);
    free(baseline);
    return code;
}
