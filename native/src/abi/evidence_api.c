#include "abi/abi.h"

#include "collect/collect.h"
#include "core/error.h"
#include "core/version.h"
#include "evidence/evidence_json.h"

#include <string.h>

/* Which groups the named checks need; all for NULL. */
static mars_status groups_needed(const char *checks, evidence_groups *out) {
    if (checks == NULL || checks[0] == '\0') {
        *out = ((evidence_groups)1 << EVIDENCE_GROUP_COUNT) - 1;
        return MARS_OK;
    }
    arena scratch = {0};
    check_selection selection = {0};
    mars_status status = check_select(checks, &scratch, &selection);
    if (status == MARS_OK) {
        *out = check_selection_needs(&selection);
    }
    arena_free(&scratch);
    return status;
}

/* Looks at it without using it up. */
static bool is_cancelled(void *user) {
    mars_session *session = user;
    return atomic_load(&session->cancelled);
}

static mars_status collect_groups(mars_evidence **out, mars_session *session, evidence_groups groups) {
    mars_status status = session_enter(session);
    if (status != MARS_OK) {
        return status;
    }
    const collect_watch watch = {
        .user = session, .cancelled = session_cancelled, .progress = session_progress};
    /* Only here: what is read in the midst of a change is read to its end. */
    session->machine->cancelled = is_cancelled;
    session->machine->cancel_user = session;
    status = collect(out, session->machine, groups, &watch);
    session->machine->cancelled = NULL;
    session_leave(session);
    return status;
}

mars_status mars_collect(mars_evidence **out, mars_session *session, const mars_collect_options *options) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    mars_collect_options wanted = {0};
    evidence_groups groups = 0;
    status = abi_given(session, "session");
    if (status == MARS_OK) {
        status = abi_struct_in(&wanted, sizeof wanted, options, sizeof(mars_collect_options), "options");
    }
    if (status == MARS_OK) {
        status = abi_text_in(wanted.checks, "options->checks");
    }
    if (status == MARS_OK) {
        status = groups_needed(wanted.checks, &groups);
    }
    return status == MARS_OK ? collect_groups(out, session, groups) : status;
}

mars_status mars_evidence_load(mars_evidence **out, const char *data, uint64_t size, const char *name) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(data, "data");
    if (status == MARS_OK) {
        status = abi_text_in(name, "name");
    }
    evidence *document = NULL;
    if (status == MARS_OK) {
        status = evidence_load(&document, data, (size_t)size, name != NULL ? name : "evidence");
    }
    if (status == MARS_OK && strcmp(document->tool_version, MARSHEALTH_VERSION) != 0) {
        status = collect_from_raw_text(document);
    }
    if (status != MARS_OK) {
        evidence_free(document);
        return status;
    }
    *out = document;
    return MARS_OK;
}

mars_status mars_evidence_save(mars_text **out, const mars_evidence *document, uint32_t flags) {
    mars_status status = abi_given(out, "out");
    if (status != MARS_OK) {
        return status;
    }
    *out = NULL;
    status = abi_given(document, "evidence");
    if (status == MARS_OK && (flags & ~MARS_SAVE_REDACTED) != 0) {
        status = error_set(MARS_E_INVALID_ARGUMENT, "flags 0x%x has bits that mean nothing", flags);
    }
    if (status != MARS_OK) {
        return status;
    }
    text_builder built = {0};
    status = evidence_save(&built, document, (flags & MARS_SAVE_REDACTED) != 0);
    if (status != MARS_OK) {
        text_builder_free(&built);
        return status;
    }
    return abi_text_out(out, &built);
}

void mars_evidence_free(mars_evidence *document) {
    evidence_free(document);
}
