/* The plan of an image, through the public interface. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "marshealth.h"

#include <string.h>

/* The broken example image, from its findings' repairs to its plan. */
static void test_repairs_of_a_finding(void **state) {
    (void)state;
    mars_session *session = NULL;
    mars_evidence *facts = NULL;
    mars_report *judged = NULL;
    mars_plan *made = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    options.image_path = EXAMPLES_BUILT "/broken";
    assert_int_equal(mars_session_open(&session, &options), MARS_OK);
    assert_int_equal(mars_collect(&facts, session, NULL), MARS_OK);
    assert_int_equal(mars_check(&judged, facts, NULL), MARS_OK);
    size_t offering = 0;
    for (uint64_t i = 0; i < mars_report_count(judged); i++) {
        mars_finding found = MARS_FINDING_INIT;
        assert_int_equal(mars_report_finding(&found, judged, i), MARS_OK);
        offering += strcmp(found.repairs, "[]") != 0;
        if (strcmp(found.check, "powershell.execution-policy") == 0) {
            assert_string_equal(found.repairs,
                                "[{\"operation\":\"powershell.set-execution-policy\",\"arguments\":{"
                                "\"policy\":\"RemoteSigned\"},\"needs\":[],\"undo\":\"exact\",\"risk\":"
                                "\"low\"}]");
        } else if (strcmp(found.check, "powershell.module-integrity") == 0) {
            assert_non_null(strstr(found.repairs, "\"needs\":[\"source\"]"));
            assert_null(strstr(found.repairs, "},{")); /* two verdicts, one repair */
        }
    }
    assert_int_equal(offering, 9);
    assert_int_equal(mars_plan_make(&made, judged, NULL), MARS_OK);
    assert_int_equal(mars_plan_count(made), 9);
    mars_plan_free(made);
    mars_report_free(judged);
    mars_evidence_free(facts);
    mars_session_close(session);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_repairs_of_a_finding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
