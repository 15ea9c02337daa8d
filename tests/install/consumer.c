/* Another program that uses the installed library: judges an image and prints what is wrong with it. It includes nothing
 * of the project but the public header. Exit code: 0 as judged, 1 if that could not be done. */
#include <marshealth.h>

#include <inttypes.h>
#include <stdio.h>

static int complain(const char *what) {
    mars_error error = MARS_ERROR_INIT;
    (void)mars_error_copy(&error);
    (void)fprintf(stderr, "%s: %s (%s)\n", what, error.message, error.name);
    return 1;
}

static int print_findings(const mars_report *report) {
    for (uint64_t i = 0; i < mars_report_count(report); i++) {
        mars_finding finding = MARS_FINDING_INIT;
        if (mars_report_finding(&finding, report, i) != MARS_OK) {
            return complain("finding");
        }
        if (finding.status == MARS_STATUS_FAIL) {
            (void)printf("%s: %s\n", finding.verdict, finding.title);
        }
    }
    mars_summary summary = MARS_SUMMARY_INIT;
    if (mars_report_summary(&summary, report) != MARS_OK) {
        return complain("summary");
    }
    (void)printf("fail %" PRIu64 " of %" PRIu64 "\n", summary.fail, mars_report_count(report));
    return 0;
}

int main(int argc, char **argv) {
    mars_version_info version = MARS_VERSION_INFO_INIT;
    if (argc != 2 || mars_version(&version) != MARS_OK || version.abi != MARS_ABI) {
        (void)fputs("usage: consumer IMAGE (with a library that fits the header)\n", stderr);
        return 1;
    }
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = argv[1];
    mars_session *session = NULL;
    mars_evidence *evidence = NULL;
    mars_report *report = NULL;
    int code = mars_session_open(&session, &options) == MARS_OK && mars_collect(&evidence, session, NULL) == MARS_OK
                       && mars_check(&report, evidence, NULL) == MARS_OK
                   ? print_findings(report)
                   : complain(argv[1]);
    mars_report_free(report);
    mars_evidence_free(evidence);
    mars_session_close(session);
    return code;
}
