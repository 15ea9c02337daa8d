/* Services, with a real one of ours, made and looked at with Wine's sc and reg. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "core/text_builder.h"
#include "live_machine.h"
#include "wrapped_call.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

#define LOG      "C:\\services.txt"
#define SERVICES "SYSTEM\\CurrentControlSet\\Services\\"
enum { PLENTY_S = 120 };

static void create(live_machine *on, const char *name, const char *mode, const char *more) {
    (void)tool(on, arena_printf(&on->memory, "sc create %s binpath= \"%s %s %s %s\" start= demand %s", name,
                                tool_path(on, "test_service.exe"), name, LOG, mode, more));
}

/* What the service manager says of a service that ended with a code of its own. */
static const DWORD of_its_own = ERROR_SERVICE_SPECIFIC_ERROR;

static int64_t state_of(live_machine *on, const char *name) {
    service_info info;
    assert_int_equal(on->read->service_info(on->machine, name, &on->memory, &info, &on->why), FACT_KNOWN);
    assert_int_equal(info.state.fact.state, FACT_KNOWN);
    return info.state.value;
}

static const char *happened(live_machine *on) {
    size_t size = 0;
    const char *text = load(on, LOG, &size);
    return text != NULL ? text : "";
}

static void go(void) {
    store(LOG ".go", "", 0);
}

/* How often the service manager is busy first, and whether a service may go on once it is said to be
 * starting. */
static struct {
    int busy;
    bool go;
} starting;
static BOOL(WINAPI *real_start)(SC_HANDLE, DWORD, LPCWSTR *);
static BOOL WINAPI start_service(SC_HANDLE service, DWORD count, LPCWSTR *values) {
    if (starting.busy-- > 0) {
        SetLastError(ERROR_SERVICE_DATABASE_LOCKED);
        return FALSE;
    }
    BOOL done = real_start(service, count, values);
    DWORD error = GetLastError();
    if (starting.go) {
        go();
    }
    SetLastError(error);
    return done;
}

static int wrap(void **state) {
    static const wrapped_call call = {"StartServiceW", (FARPROC)(void (*)(void))start_service,
                                      (FARPROC *)(void *)&real_start};
    (void)state;
    wrap_call(&call);
    return 0;
}

static mars_status start(live_machine *on, const char *name) {
    return on->write->service_start(on->machine, name, PLENTY_S);
}

static mars_status stop(live_machine *on, const char *name) {
    return on->write->service_stop(on->machine, name, PLENTY_S);
}

static int prepare(void **state) {
    (void)live_open(state);
    (void)DeleteFileW(L"" LOG);
    (void)DeleteFileW(L"" LOG ".go");
    memset(&starting, 0, sizeof starting);
    return 0;
}

/* ---- Reading ---- */

static void what_a_service_is(void **state) {
    live_machine *on = *state;
    service_info info;
    create(on, "told", "good", "displayname= \"Told Service\"");
    assert_int_equal(on->read->service_info(on->machine, "TOLD", &on->memory, &info, &on->why), FACT_KNOWN);
    assert_string_equal(fact_text_or(&info.display_name, ""), "Told Service");
    assert_int_equal(info.start.fact.state, FACT_KNOWN);
    assert_int_equal(info.start.value, SERVICE_START_MANUAL);
    assert_true(fact_is_false(&info.delayed));
    assert_string_equal(fact_text_or(&info.account, ""), "LocalSystem");
    assert_non_null(strstr(fact_text_or(&info.image_path, ""), "test_service.exe told"));
    assert_int_equal(info.state.value, SERVICE_STATE_STOPPED);
    assert_int_equal(info.exit_code.fact.state, FACT_KNOWN);
    assert_int_equal(on->read->service_info(on->machine, "none", &on->memory, &info, &on->why), FACT_ABSENT);
    assert_int_equal(on->read->service_info(on->machine, "a\\b", &on->memory, &info, &on->why), FACT_UNKNOWN);
    assert_int_equal(on->read->service_info(on->machine, "", &on->memory, &info, &on->why), FACT_UNKNOWN);
}

/* ---- Configuration ---- */

static service_config config_of(live_machine *on, const char *name) {
    service_config config;
    expect_ok(on->write->service_config(on->machine, name, &config));
    return config;
}

static void configure(live_machine *on, const char *name, int64_t start_type, service_delay delay) {
    const service_config config = {.start = start_type, .delay = delay};
    expect_ok(on->write->service_configure(on->machine, name, &config));
    service_config now = config_of(on, name);
    assert_int_equal(now.start, start_type);
    assert_int_equal(now.delay, delay);
}

static void start_type_and_delay(void **state) {
    live_machine *on = *state;
    service_info info;
    create(on, "typed", "good", "");
    const char *before = tool(on, "reg query HKLM\\" SERVICES "typed /s");
    service_config config = config_of(on, "typed");
    assert_int_equal(config.start, SERVICE_START_MANUAL);
    assert_int_equal(config.delay, SERVICE_DELAY_UNSET);
    configure(on, "typed", SERVICE_START_AUTOMATIC, SERVICE_DELAY_ON);
    assert_int_equal(on->read->service_info(on->machine, "typed", &on->memory, &info, &on->why), FACT_KNOWN);
    assert_true(fact_is_true(&info.delayed));
    assert_non_null(strstr(tool(on, "reg query HKLM\\" SERVICES "typed /v Start"), "0x2"));
    assert_non_null(strstr(tool(on, "reg query HKLM\\" SERVICES "typed /v DelayedAutostart"), "0x1"));
    configure(on, "typed", SERVICE_START_AUTOMATIC, SERVICE_DELAY_OFF);
    configure(on, "typed", SERVICE_START_DISABLED, SERVICE_DELAY_OFF);
    configure(on, "typed", SERVICE_START_MANUAL, SERVICE_DELAY_ON); /* says nothing, but was so before */
    configure(on, "typed", SERVICE_START_MANUAL, SERVICE_DELAY_UNSET);
    assert_string_equal(tool(on, "reg query HKLM\\" SERVICES "typed /s"), before);
    const service_config wrong = {.start = 7};
    assert_int_equal(on->write->service_configure(on->machine, "typed", &wrong), MARS_E_INVALID_ARGUMENT);
    assert_int_equal(on->write->service_configure(on->machine, "none", &config), MARS_E_NOT_FOUND);
    assert_int_equal(on->write->service_config(on->machine, "none", &config), MARS_E_NOT_FOUND);
}

/* ---- Starting and stopping ---- */

static void a_good_one(void **state) {
    live_machine *on = *state;
    create(on, "good", "good", "");
    expect_ok(start(on, "good"));
    assert_int_equal(state_of(on, "good"), SERVICE_STATE_RUNNING);
    assert_non_null(strstr(tool(on, "sc query good"), "RUNNING"));
    expect_ok(start(on, "good")); /* runs already */
    expect_ok(stop(on, "good"));
    assert_int_equal(state_of(on, "good"), SERVICE_STATE_STOPPED);
    expect_ok(stop(on, "good"));
    assert_string_equal(happened(on), "good started\ngood stopped\n");
    assert_int_equal(start(on, "none"), MARS_E_NOT_FOUND);
}

static void a_slow_one_is_waited_for(void **state) {
    live_machine *on = *state;
    create(on, "slow", "slow", "");
    expect_ok(start(on, "slow"));
    assert_int_equal(state_of(on, "slow"), SERVICE_STATE_RUNNING);
    expect_ok(stop(on, "slow"));
    assert_int_equal(state_of(on, "slow"), SERVICE_STATE_STOPPED);
    assert_string_equal(happened(on), "slow started\nslow stopped\n");
    /* not as long as it takes */
    create(on, "held", "held", "");
    expect_ok(start(on, "held"));
    assert_int_equal(on->write->service_stop(on->machine, "held", 0), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), "still stopping after 0 seconds"));
    go();
    expect_ok(start(on, "held")); /* waits until it has stopped */
    expect_ok(stop(on, "held"));
}

static void a_busy_manager_is_waited_for(void **state) {
    enum { FOR_EVER = 1000000 };
    live_machine *on = *state;
    create(on, "later", "good", "");
    starting.busy = 2;
    expect_ok(start(on, "later"));
    expect_ok(stop(on, "later"));
    starting.busy = FOR_EVER;
    assert_int_equal(on->write->service_start(on->machine, "later", 0), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), "cannot be started while others are"));
}

/* ---- Who watches is told ---- */

static void remember(void *user, const char *what) {
    text_addf(user, "%s\n", what);
}

static size_t times(const text_builder *heard, const char *what) {
    size_t count = 0;
    for (const char *at = text_builder_text(heard); (at = strstr(at, what)) != NULL; at++) {
        count++;
    }
    return count;
}

static void who_watches_is_told(void **state) {
    enum { MOMENT_S = 1, LONGER_THAN_BETWEEN_TWO_S = 7 };
    live_machine *on = *state;
    text_builder heard = {0};
    on->machine->waiting = remember;
    on->machine->waiting_user = &heard;
    create(on, "queued", "good", "");
    starting.busy = 2;
    expect_ok(start(on, "queued"));
    assert_int_equal(times(&heard, "Waiting for the service queued, which is not started yet (0 s)"), 1);
    expect_ok(stop(on, "queued"));
    create(on, "watched", "fail", "");
    assert_int_equal(on->write->service_start(on->machine, "watched", MOMENT_S), MARS_E_REFUSED);
    assert_true(times(&heard, "Waiting for the service watched, which is starting (") >= 1);
    go();
    create(on, "stuck", "never", "");
    expect_ok(start(on, "stuck"));
    assert_int_equal(on->write->service_stop(on->machine, "stuck", LONGER_THAN_BETWEEN_TWO_S),
                     MARS_E_REFUSED);
    assert_true(times(&heard, "Waiting for the service stuck, which is stopping (") >= 2);
    text_builder_free(&heard);
}

static void remember_event(void *user, const mars_event *event) {
    if (event->kind == MARS_EVENT_PROGRESS) {
        text_addf(user, "%llu/%llu %s\n", (unsigned long long)event->done, (unsigned long long)event->total,
                  event->text);
    }
}

/* Through the interface that other programs have, as progress of the step. */
static void waiting_is_progress(void **state) {
    live_machine *on = *state;
    text_builder heard = {0};
    mars_session *session = NULL;
    mars_outcome *outcome = NULL;
    mars_session_options options = MARS_SESSION_OPTIONS_INIT;
    mars_apply_options how = MARS_APPLY_OPTIONS_INIT;
    create(on, "obengine", "good", "");
    options.on_event = remember_event;
    options.user = &heard;
    how.flags = MARS_APPLY_CONFIRMED;
    assert_int_equal(mars_session_open(&session, &options), MARS_OK);
    assert_int_equal(
        mars_operation_call(&outcome, session, "service.start", "{\"service\": \"obengine\"}", &how),
        MARS_OK);
    assert_int_equal(mars_outcome_state(outcome), MARS_OUTCOME_APPLIED);
    assert_int_equal(times(&heard, "0/1 Waiting for the service obengine to start\n"), 1);
    mars_outcome_free(outcome);
    mars_session_close(session);
    text_builder_free(&heard);
    expect_ok(stop(on, "obengine"));
}

static void one_that_does_not_stop(void **state) {
    live_machine *on = *state;
    create(on, "refuse", "refuse", "");
    expect_ok(start(on, "refuse"));
    assert_int_equal(stop(on, "refuse"), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), "does not let itself be stopped"));
    assert_int_equal(state_of(on, "refuse"), SERVICE_STATE_RUNNING);
    create(on, "never", "never", "");
    expect_ok(start(on, "never"));
    assert_int_equal(on->write->service_stop(on->machine, "never", 1), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), "still stopping after 1 seconds"));
}

static void one_that_does_not_start(void **state) {
    live_machine *on = *state;
    service_info info;
    create(on, "fail", "fail", "");
    starting.go = true;
    assert_int_equal(start(on, "fail"), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), "ended with error 77"));
    assert_int_equal(on->read->service_info(on->machine, "fail", &on->memory, &info, &on->why), FACT_KNOWN);
    assert_int_equal(info.exit_code.value, of_its_own);
    create(on, "crash", "crash", "");
    assert_int_not_equal(on->write->service_start(on->machine, "crash", 3), MARS_OK);
    (void)tool(on, "sc create gone binpath= C:\\none.exe start= demand");
    assert_int_equal(start(on, "gone"), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), "program of service \"gone\" is missing"));
    create(on, "off", "good", "");
    configure(on, "off", SERVICE_START_DISABLED, SERVICE_DELAY_UNSET);
    assert_int_equal(start(on, "off"), MARS_E_REFUSED);
    assert_non_null(strstr(error_message(), "disabled"));
    assert_string_equal(happened(on), "fail failed\ncrash crashing\n");
}

static void dependents(void **state) {
    live_machine *on = *state;
    text_list names;
    create(on, "base", "good", "");
    create(on, "middle", "good", "depend= base");
    create(on, "top", "good", "depend= middle");
    create(on, "beside", "good", "");
    assert_int_equal(on->read->service_dependents(on->machine, "base", &on->memory, &names, &on->why),
                     FACT_KNOWN);
    assert_int_equal(names.count, 0); /* none of them runs */
    expect_ok(start(on, "base"));
    expect_ok(start(on, "middle"));
    expect_ok(start(on, "top"));
    expect_ok(start(on, "beside"));
    assert_int_equal(on->read->service_dependents(on->machine, "BASE", &on->memory, &names, &on->why),
                     FACT_KNOWN);
    assert_int_equal(names.count, 2);
    assert_string_equal(names.items[0], "top");
    assert_string_equal(names.items[1], "middle");
    assert_int_equal(on->read->service_dependents(on->machine, "top", &on->memory, &names, &on->why),
                     FACT_KNOWN);
    assert_int_equal(names.count, 0);
    assert_int_equal(on->read->service_dependents(on->machine, "none", &on->memory, &names, &on->why),
                     FACT_ABSENT);
    static const char *const order[] = {"top", "middle", "base", "beside"};
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++) {
        expect_ok(stop(on, order[i]));
    }
}

static void no_iscsi_disks_without_initiator(void **state) {
    live_machine *on = *state;
    iscsi_disk_list disks;
    text_list targets;
    assert_int_equal(on->read->iscsi_disks(on->machine, &on->memory, &disks, &on->why), FACT_KNOWN);
    assert_int_equal(disks.count, 0);
    assert_int_equal(on->read->iscsi_persistent(on->machine, &on->memory, &targets, &on->why), FACT_KNOWN);
    assert_int_equal(targets.count, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, prepare, live_close)
    const struct CMUnitTest tests[] = {
        TEST(what_a_service_is),
        TEST(start_type_and_delay),
        TEST(a_good_one),
        TEST(a_slow_one_is_waited_for),
        TEST(who_watches_is_told),
        TEST(waiting_is_progress),
        TEST(a_busy_manager_is_waited_for),
        TEST(one_that_does_not_stop),
        TEST(one_that_does_not_start),
        TEST(dependents),
        TEST(no_iscsi_disks_without_initiator),
    };
    return cmocka_run_group_tests(tests, wrap, NULL);
}
