/* Whether the next scheduled backup starts. Only blocking checks tell, and only all of them together tell
 * that it does: one that was not judged leaves it unknown. */
#include "report/report.h"

/* The most urgent status that the report has for a check; unknown if it was not judged. */
static finding_status status_of(const report *document, const check *row) {
    finding_status worst = STATUS_UNKNOWN;
    bool found = false;
    for (size_t i = 0; i < document->finding_count; i++) {
        const finding *f = &document->findings[i];
        finding_status status = f->parts[0].verdict->status;
        if (f->check == row && (!found || finding_urgency(status) < finding_urgency(worst))) {
            worst = status;
            found = true;
        }
    }
    return worst;
}

static bool any_blocking(const report *document, finding_status status) {
    for (size_t i = 0; i < all_checks_count; i++) {
        if (all_checks[i].blocking && status_of(document, &all_checks[i]) == status) {
            return true;
        }
    }
    return false;
}

next_backup next_backup_expected(const report *document) {
    return any_blocking(document, STATUS_FAIL)      ? NEXT_BACKUP_FAILS
           : any_blocking(document, STATUS_UNKNOWN) ? NEXT_BACKUP_UNKNOWN
                                                    : NEXT_BACKUP_STARTS;
}

bool next_backup_told_by(const report *document, const check *row) {
    if (!row->blocking || document->next_backup == NEXT_BACKUP_STARTS) {
        return false;
    }
    finding_status decisive = document->next_backup == NEXT_BACKUP_FAILS ? STATUS_FAIL : STATUS_UNKNOWN;
    return status_of(document, row) == decisive;
}
