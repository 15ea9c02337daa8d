/* Runs that are cut short: each call to the system in turn fails, or is the last one of the process, during a
 * run, during the recovery behind it, and during an undo. Each target is then before or after, the history
 * says which, and taking back works. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "repair_scene.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void look(repair_scene *s) {
    history *document = NULL;
    scene_open(s);
    if (history_read(&document, s->image.machine) != MARS_OK) {
        fail_msg("history: %s", error_message());
    }
    for (size_t i = 0; i < document->count; i++) {
        assert_string_not_equal(document->runs[i].state, "unreadable");
        assert_string_not_equal(document->runs[i].state, "running");
        const journal_run *recorded = &document->runs[i].journal;
        assert_true(recorded->head.id == NULL || recorded->end != NULL ||
                    recorded->found != FOUND_NOT_LOOKED);
        assert_int_not_equal(recorded->found, FOUND_CONFLICT);
    }
    history_free(document);
}

/* Takes back whatever is there to be taken back; then all is as it was. */
static void finish(repair_scene *s, unsigned at) {
    outcome *document = NULL;
    look(s);
    scene_expect_before_or_after(s);
    mars_status status = scene_undo(s, NULL, NULL, &document);
    if (status != MARS_OK && status != MARS_E_NOT_FOUND) {
        fail_msg("call %u, then undo: %s", at, error_message());
    }
    if (status == MARS_OK && document->state != OUTCOME_APPLIED) {
        fail_msg("call %u, then undo: %s", at, outcome_state_name(document->state));
    }
    outcome_free(document);
    if (strcmp(scene_digest(s), s->before) != 0) {
        fail_msg("call %u, then undo: not as it was before", at);
    }
    assert_int_equal(scene_undo(s, NULL, NULL, &document), MARS_E_NOT_FOUND);
}

/* ---- What is cut short ---- */

typedef bool (*scene_act)(repair_scene *s); /* whether it went through */

static bool act_run(repair_scene *s) {
    const char *id = NULL;
    return scene_run_all(s, &id) == MARS_OK;
}

static bool act_undo(repair_scene *s) {
    outcome *document = NULL;
    mars_status status = scene_undo(s, NULL, NULL, &document);
    bool good = status == MARS_OK && document->state == OUTCOME_APPLIED;
    assert_true(status != MARS_OK || document->status != MARS_OK || good);
    outcome_free(document);
    return good;
}

static bool act_history(repair_scene *s) {
    history *document = NULL;
    bool good = history_read(&document, s->image.machine) == MARS_OK;
    history_free(document);
    return good;
}

/* False: the process died at the call. */
static bool in_a_child(repair_scene *s, scene_act act, unsigned at) {
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        faults_set(FAULT_DIE, at, 0);
        (void)act(s);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return false;
    }
    assert_true(WIFEXITED(status));
    return true;
}

static void make_undone_next(repair_scene *s, bool with_run) {
    scene_make(s);
    if (with_run) {
        const char *id = NULL;
        assert_int_equal(scene_run_all(s, &id), MARS_OK);
    }
}

static void die_at_every_call(scene_act act, bool with_run) {
    bool whole = false;
    unsigned at = 0;
    for (at = 1; !whole; at++) {
        repair_scene s;
        make_undone_next(&s, with_run);
        whole = in_a_child(&s, act, at);
        finish(&s, at);
        scene_remove(&s);
    }
    assert_true(at > 40);
}

static void fail_at_every_call(scene_act act, bool with_run, fault_kind kind, int error) {
    bool whole = false;
    unsigned at = 0;
    for (at = 1; !whole; at++) {
        repair_scene s;
        make_undone_next(&s, with_run);
        faults_set(kind, at, error);
        (void)act(&s);
        whole = faults.count < at;
        faults_set(FAULT_NONE, 0, 0);
        scene_expect_before_or_after(&s); /* the reader sees what is there */
        finish(&s, at);
        scene_remove(&s);
    }
    assert_true(at > 40);
}

static void test_the_run_dies_at_every_call(void **state) {
    (void)state;
    die_at_every_call(act_run, false);
}

static void test_the_undo_dies_at_every_call(void **state) {
    (void)state;
    die_at_every_call(act_undo, true);
}

static void test_every_call_of_a_run_fails(void **state) {
    (void)state;
    fail_at_every_call(act_run, false, FAULT_FAIL, EIO);
    fail_at_every_call(act_run, false, FAULT_ALL, ENOSPC);
}

static void test_every_call_of_an_undo_fails(void **state) {
    (void)state;
    fail_at_every_call(act_undo, true, FAULT_FAIL, EIO);
    fail_at_every_call(act_undo, true, FAULT_ALL, ENOSPC);
}

/* The recovery itself dies, at its first call, and the one behind it at its second, and so on, wherever the
 * run or the undo before them died. */
static void recovery_dies(scene_act act, bool with_run) {
    bool whole = false;
    for (unsigned at = 1; !whole; at++) {
        repair_scene s;
        make_undone_next(&s, with_run);
        whole = in_a_child(&s, act, at);
        bool recovered = false;
        for (unsigned then = 1; !recovered; then++) {
            scene_open(&s);
            recovered = in_a_child(&s, act_history, then);
        }
        finish(&s, at);
        scene_remove(&s);
    }
}

static void test_the_recovery_dies_at_every_call(void **state) {
    (void)state;
    recovery_dies(act_run, false);
    recovery_dies(act_undo, true);
}

/* ---- A service that is half configured, as a host with two acts for it leaves it ---- */

static mars_status (*configure_whole)(host *, const char *name, const service_config *);
static service_config left;

static mars_status configure_half(host *machine, const char *name, const service_config *config) {
    (void)config;
    (void)configure_whole(machine, name, &left);
    (void)kill(getpid(), SIGKILL);
    return MARS_OK;
}

static mars_status change_half(operation_run *run) {
    const service_config wanted = {.start = SERVICE_START_AUTOMATIC, .delay = SERVICE_DELAY_ON};
    host_writer *writer = arena_copy(run->memory, run->machine->writer, sizeof *writer);
    assert_non_null(writer);
    configure_whole = writer->service_configure;
    writer->service_configure = configure_half;
    run->machine->writer = writer;
    return change_service(run, "VSS", &wanted);
}

static bool act_half(repair_scene *s) {
    const char *id = NULL;
    return scene_run(s, (const scene_change[]){change_half}, 1, &id) == MARS_OK;
}

static void test_a_service_is_half_configured(void **state) {
    (void)state;
    static const struct {
        service_config left;
        journal_found found;
    } cases[] = {
        {{SERVICE_START_AUTOMATIC, SERVICE_DELAY_UNSET}, FOUND_NOT_DONE},
        {{SERVICE_START_AUTOMATIC, SERVICE_DELAY_OFF}, FOUND_NOT_DONE},
        {{SERVICE_START_DISABLED, SERVICE_DELAY_OFF}, FOUND_NOT_DONE},
        {{SERVICE_START_AUTOMATIC, SERVICE_DELAY_ON}, FOUND_DONE},
        {{SERVICE_START_MANUAL, SERVICE_DELAY_UNSET}, FOUND_CONFLICT},
        {{SERVICE_START_DISABLED, SERVICE_DELAY_ON}, FOUND_CONFLICT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        repair_scene s;
        history *document = NULL;
        service_config now;
        scene_make(&s);
        left = cases[i].left;
        assert_false(in_a_child(&s, act_half, 0));
        scene_open(&s);
        assert_int_equal(history_read(&document, s.image.machine), MARS_OK);
        assert_int_equal(document->runs[0].journal.found, cases[i].found);
        history_free(document);
        assert_int_equal(host_writer_of(s.image.machine)->service_config(s.image.machine, "VSS", &now),
                         MARS_OK);
        bool back = cases[i].found == FOUND_NOT_DONE;
        assert_int_equal(now.start, back ? SERVICE_START_DISABLED : left.start);
        assert_int_equal(now.delay, back ? SERVICE_DELAY_UNSET : left.delay);
        scene_remove(&s);
    }
}

static mars_status flush_fails(host *machine, bool others) {
    (void)machine;
    assert_true(others); /* the process that made the changes is gone */
    return error_set(MARS_E_UNWRITABLE, "not flushed");
}

/* A run is written down as looked after only once what its recovery did, or found done, is durable. */
static void test_a_recovery_that_is_not_durable(void **state) {
    (void)state;
    static const service_config cases[] = {
        {SERVICE_START_AUTOMATIC, SERVICE_DELAY_UNSET}, /* brought back by the recovery */
        {SERVICE_START_AUTOMATIC, SERVICE_DELAY_ON},    /* done by the run */
    };
    static const journal_found found[] = {FOUND_NOT_DONE, FOUND_DONE};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        repair_scene s;
        history *document = NULL;
        scene_make(&s);
        left = cases[i];
        assert_false(in_a_child(&s, act_half, 0));
        scene_open(&s);
        const host_writer *real = s.image.machine->writer;
        host_writer writer = *real;
        writer.flush = flush_fails;
        s.image.machine->writer = &writer;
        assert_int_equal(history_read(&document, s.image.machine), MARS_OK);
        assert_int_equal(document->runs[0].journal.found, FOUND_NOT_LOOKED);
        assert_int_equal(document->notes.count, 1);
        assert_non_null(strstr(document->notes.items[0], "not flushed"));
        history_free(document);
        s.image.machine->writer = real;
        assert_int_equal(history_read(&document, s.image.machine), MARS_OK);
        assert_int_equal(document->runs[0].journal.found, found[i]);
        history_free(document);
        scene_remove(&s);
    }
}

/* ---- Memory ---- */

static void fail_every_allocation(scene_act act, bool with_run) {
    bool reached = true;
    uint64_t n = 0;
    for (n = 1; reached; n++) {
        repair_scene s;
        make_undone_next(&s, with_run);
        mem_test_fail_at(n);
        (void)act(&s);
        reached = mem_test_count() >= n;
        mem_test_fail_at(0);
        finish(&s, (unsigned)n);
        scene_remove(&s);
    }
    assert_true(n > 10);
}

static void test_every_allocation_fails(void **state) {
    (void)state;
    fail_every_allocation(act_run, false);
    fail_every_allocation(act_undo, true);
    fail_every_allocation(act_history, true);
}

/* ---- Others ---- */

static void test_a_read_only_image(void **state) {
    (void)state;
    repair_scene s;
    const char *id = NULL;
    scene_make(&s);
    faults_set(FAULT_ALL, 1, EROFS);
    assert_int_equal(scene_run_all(&s, &id), MARS_E_UNWRITABLE);
    assert_non_null(strstr(error_message(), "read-only"));
    assert_null(id);
    faults_set(FAULT_NONE, 0, 0);
    scene_expect_before(&s);

    assert_int_equal(scene_run_all(&s, &id), MARS_OK);
    const char *after = scene_digest(&s);
    faults_set(FAULT_ALL, 1, EROFS); /* what is there can be read all the same */
    history *document = NULL;
    assert_int_equal(history_read(&document, s.image.machine), MARS_OK);
    assert_int_equal(document->count, 1);
    history_free(document);
    outcome *undone = NULL;
    const undo_settings what_if = {.what_if = true};
    assert_int_equal(scene_undo(&s, NULL, &what_if, &undone), MARS_OK);
    assert_int_equal(undone->state, OUTCOME_WOULD_CHANGE);
    outcome_free(undone);
    faults_set(FAULT_NONE, 0, 0);
    assert_string_equal(scene_digest(&s), after);
    scene_remove(&s);
}

static void test_one_run_at_a_time(void **state) {
    (void)state;
    repair_scene s;
    scene_make(&s);
    int ready[2];
    int go[2];
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(go), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    char byte = 0;
    const run_options options = {0};
    if (child == 0) {
        repair_run run;
        arena memory = {0};
        scene_open(&s);
        if (run_begin(&run, s.image.machine, &memory, &options) != MARS_OK ||
            scene_set(&run.changing, &scene_environment, "PSModulePath", "child") != MARS_OK) {
            _exit(1);
        }
        (void)!write(ready[1], &byte, 1);
        (void)!read(go[0], &byte, 1);
        _exit(run_end(&run, "applied") == MARS_OK ? 0 : 1);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    const char *id = NULL;
    outcome *document = NULL;
    assert_int_equal(scene_run_all(&s, &id), MARS_E_BUSY);
    assert_int_equal(scene_undo(&s, NULL, NULL, &document), MARS_E_BUSY);
    history *all = NULL;
    assert_int_equal(history_read(&all, s.image.machine), MARS_OK); /* and leaves the run alone */
    assert_int_equal(all->count, 1);
    assert_string_equal(all->runs[0].state, "running");
    history_free(all);
    assert_int_equal(write(go[1], &byte, 1), 1);
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    scene_open(&s);
    assert_int_equal(scene_run_all(&s, &id), MARS_OK);
    scene_undo_well(&s, NULL);
    scene_undo_well(&s, NULL);
    scene_expect_before(&s);
    for (int i = 0; i < 2; i++) {
        (void)close(ready[i]);
        (void)close(go[i]);
    }
    scene_remove(&s);
}

static void test_no_change_leaves_no_journal(void **state) {
    (void)state;
    repair_scene s;
    const char *id = NULL;
    scene_make(&s);
    assert_int_equal(scene_run_all(&s, &id), MARS_OK);
    assert_non_null(id);
    const scene_change again[] = {scene_changes[0], scene_changes[1], scene_changes[2], scene_changes[3]};
    assert_int_equal(scene_run(&s, again, 4, &id), MARS_OK);
    assert_null(id);
    scene_remove(&s);
}

static mars_status set_elsewhere(operation_run *run) {
    const registry_path other = {REGISTRY_MACHINE, REGISTRY_64, "SOFTWARE\\Other"};
    return scene_set(run, &other, "x", "z");
}

static mars_status write_elsewhere(operation_run *run) {
    return change_file(run, "C:\\Windows\\System32\\x.dll", (bytes){(const uint8_t *)"x", 1});
}

static mars_status write_upwards(operation_run *run) {
    return change_file(run, SCENE_MODULE_W "..\\..\\x.dll", (bytes){(const uint8_t *)"x", 1});
}

static void test_nothing_else_is_ever_changed(void **state) {
    (void)state;
    static const scene_change others[] = {set_elsewhere, write_elsewhere, write_upwards};
    repair_scene s;
    scene_make(&s);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        const char *id = NULL;
        assert_int_equal(scene_run(&s, &others[i], 1, &id), MARS_E_REFUSED);
        assert_null(id);
        scene_expect_before(&s);
    }
    scene_remove(&s);
}

static void test_a_journal_that_others_could_write(void **state) {
    (void)state;
    static const char *const places[] = {"ProgramData/MarsHealth", "ProgramData/MarsHealth/%s",
                                         "ProgramData/MarsHealth/%s/run.jsonl"};
    repair_scene s;
    const char *id = NULL;
    scene_make(&s);
    assert_int_equal(scene_run_all(&s, &id), MARS_OK);
    const char *after = scene_digest(&s);
    for (size_t i = 0; i < 3; i++) {
        const char *at = strstr(places[i], "%s");
        const char *place = at == NULL ? places[i]
                                       : arena_printf(&s.image.memory, "%.*s%s%s", (int)(at - places[i]),
                                                      places[i], id, at + 2);
        struct stat status;
        const char *path = temp_image_path(&s.image, place);
        assert_int_equal(stat(path, &status), 0);
        for (int n = 0; n < 2; n++) {
            outcome *document = NULL;
            assert_int_equal(chmod(path, status.st_mode | (n == 0 ? S_IWGRP : S_IWOTH)), 0);
            assert_int_equal(scene_undo(&s, id, NULL, &document), MARS_E_REFUSED);
            assert_non_null(strstr(error_message(), "can be written by others"));
            assert_int_equal(scene_undo(&s, NULL, NULL, &document), MARS_E_REFUSED);
        }
        if (i == 0) {
            const char *none = NULL;
            assert_int_equal(scene_run_all(&s, &none), MARS_E_REFUSED);
        }
        assert_int_equal(chmod(path, status.st_mode), 0);
        if (geteuid() == 0) {
            outcome *document = NULL;
            assert_int_equal(chown(path, 12345, status.st_gid), 0);
            assert_int_equal(scene_undo(&s, id, NULL, &document), MARS_E_REFUSED);
            assert_non_null(strstr(error_message(), "another user"));
            assert_int_equal(chown(path, status.st_uid, status.st_gid), 0);
        }
    }
    assert_string_equal(scene_digest(&s), after);
    scene_undo_well(&s, id);
    scene_expect_before(&s);
    scene_remove(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_change_leaves_no_journal),
        cmocka_unit_test(test_nothing_else_is_ever_changed),
        cmocka_unit_test(test_a_journal_that_others_could_write),
        cmocka_unit_test(test_a_read_only_image),
        cmocka_unit_test(test_one_run_at_a_time),
        cmocka_unit_test(test_a_service_is_half_configured),
        cmocka_unit_test(test_a_recovery_that_is_not_durable),
        cmocka_unit_test(test_the_run_dies_at_every_call),
        cmocka_unit_test(test_the_undo_dies_at_every_call),
        cmocka_unit_test(test_every_call_of_a_run_fails),
        cmocka_unit_test(test_every_call_of_an_undo_fails),
        cmocka_unit_test(test_every_allocation_fails),
        cmocka_unit_test(test_the_recovery_dies_at_every_call),
    };
    return cmocka_run_group_tests_name("run", tests, NULL, NULL);
}
