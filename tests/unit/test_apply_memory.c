/* Applying while each allocation in turn fails. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "applied.h"
#include "core/alloc.h"
#include "core/error.h"
#include "repair/undo.h"

#include <string.h>

#define HEALTHY EXAMPLE_IMAGES "/healthy"

/* Every allocation would take a minute; a prime stride still meets every kind of them. */
enum { STRIDE = 11 };

static void take_back(const applied *a) {
    const undo_settings settings = {0};
    outcome *result = NULL;
    if (undo_run(&result, a->image.machine, NULL, &settings) != MARS_OK) {
        fail_msg("undo: %s", error_message());
    }
    assert_int_equal(result->state, OUTCOME_APPLIED);
    outcome_free(result);
}

/* Nothing was changed, or the outcome names the run that can be taken back. */
static void test_every_allocation_may_fail(void **state) {
    (void)state;
    applied a;
    applied_make(&a, HEALTHY, FAULT_POLICY);
    const char *before = temp_image_digest(&a.image);
    const plan *planned = applied_plan(&a, "powershell.execution-policy", RISK_LOW);
    uint64_t refused = 0;
    uint64_t stopped = 0;
    bool whole = false;
    for (uint64_t n = 1; !whole; n += STRIDE) {
        outcome *result = NULL;
        mem_test_fail_at(n);
        mars_status status = apply_plan(&result, a.image.machine, planned, &(apply_settings){0});
        whole = mem_test_count() < n;
        mem_test_fail_at(0);
        assert_true((status == MARS_OK) == (result != NULL));
        assert_true(status == MARS_OK || status == MARS_E_NO_MEMORY);
        refused += status != MARS_OK;
        stopped += status == MARS_OK && result->state != OUTCOME_APPLIED;
        if (result != NULL && result->run_id != NULL) {
            take_back(&a);
        }
        if (strcmp(temp_image_digest(&a.image), before) != 0) {
            fail_msg("allocation %u failed, and the image is not what it was (%d)", (unsigned)n, status);
        }
        outcome_free(result);
    }
    assert_true(refused > 0);
    assert_true(stopped > 0);
    applied_free(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
