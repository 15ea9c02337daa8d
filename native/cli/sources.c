/* Where evidence comes from: a machine, or a saved document. */
#include "cli.h"

#include <stdlib.h>

const char *source_name(const source *from) {
    return from->path != NULL ? from->path : "this machine";
}

bool one_source(const char *name, const options *given, source *out) {
    if (given->source_count > 1) {
        complain("%s reads one machine at a time", name);
        return false;
    }
    *out = given->source_count > 0 ? given->sources[0] : (source){.kind = SOURCE_IMAGE, .path = NULL};
    return true;
}

static void log_event(void *user, const mars_event *event) {
    if (event->kind == MARS_EVENT_LOG) {
        (void)fprintf(stderr, "marshealth: %s: %s\n", source_name(user), event->text);
        (void)fflush(stderr);
    }
}

/* The library's record tells of its own failures; a file that cannot be read is told here. */
static mars_status load_evidence(const source *from, mars_evidence **out, mars_error *error) {
    size_t size = 0;
    char *data = read_whole_file(from->path, &size, error->message, sizeof error->message);
    if (data == NULL) {
        error->code = MARS_E_UNREADABLE;
        (void)snprintf(error->name, sizeof error->name, "unreadable");
        return error->code;
    }
    mars_status status = mars_evidence_load(out, data, size, from->path);
    free(data);
    return status;
}

mars_status source_evidence(const source *from, const options *given, mars_evidence **out,
                            mars_error *error) {
    if (from->kind == SOURCE_EVIDENCE) {
        return load_evidence(from, out, error);
    }
    mars_session_options how = MARS_SESSION_OPTIONS_INIT;
    how.image_path = from->path;
    how.on_event = given->verbose ? log_event : NULL;
    how.user = (void *)from;
    mars_collect_options what = MARS_COLLECT_OPTIONS_INIT;
    what.checks = given->checks;
    mars_session *session = NULL;
    mars_status status = mars_session_open(&session, &how);
    if (status == MARS_OK) {
        status = mars_collect(out, session, &what);
    }
    mars_session_close(session);
    return status;
}
