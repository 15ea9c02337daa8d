/* Starting, stopping and restarting services: what is let through and what is done then, and what each guard
 * refuses, with its reason and before anything is changed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "memory_services.h"
#include "recorded_storage.h"
#include "repair/change.h"
#include "repair/service_control.h"
#include "temp_image.h"

#include <string.h>

#define CLUSTER "SYSTEM\\CurrentControlSet\\Services\\ClusSvc"

typedef struct fixture {
    memory_machine machine;
    journal_storage *storage;
    operation_run run;
} fixture;

static mars_status open_journal(void *user, journal **out) {
    static const journal_head head = {.id = "run", .tool_version = "0.1.0"};
    return journal_begin(out, ((fixture *)user)->storage, &head);
}

static void add_services(memory_machine *m) {
    (void)memory_service_add(m, "obengine", SERVICE_START_AUTOMATIC, SERVICE_STATE_RUNNING, NULL);
    (void)memory_service_add(m, "VSS", SERVICE_START_MANUAL, SERVICE_STATE_STOPPED, NULL);
    (void)memory_service_add(m, "MSiSCSI", SERVICE_START_MANUAL, SERVICE_STATE_RUNNING, NULL);
    (void)memory_service_add(m, "CryptSvc", SERVICE_START_AUTOMATIC, SERVICE_STATE_RUNNING, NULL);
    (void)memory_service_add(m, "Winmgmt", SERVICE_START_AUTOMATIC, SERVICE_STATE_RUNNING, NULL);
    (void)memory_service_add(m, "NTDS", SERVICE_START_AUTOMATIC, SERVICE_STATE_RUNNING, NULL);
    (void)memory_service_add(m, "W32Time", SERVICE_START_MANUAL, SERVICE_STATE_STOPPED, NULL);
    (void)memory_service_add(m, "Spooler", SERVICE_START_AUTOMATIC, SERVICE_STATE_STOPPED, NULL);
    /* A needs CryptSvc, B and C need A; D needs it, too, but does not run. */
    (void)memory_service_add(m, "A", SERVICE_START_MANUAL, SERVICE_STATE_RUNNING, "CryptSvc");
    (void)memory_service_add(m, "B", SERVICE_START_MANUAL, SERVICE_STATE_RUNNING, "A");
    (void)memory_service_add(m, "C", SERVICE_START_MANUAL, SERVICE_STATE_RUNNING, "A");
    (void)memory_service_add(m, "D", SERVICE_START_MANUAL, SERVICE_STATE_STOPPED, "CryptSvc");
}

static memory_service *service_of(fixture *f, const char *name) {
    for (size_t i = 0; i < f->machine.service_count; i++) {
        if (strcmp(f->machine.services[i].name, name) == 0) {
            return &f->machine.services[i];
        }
    }
    fail_msg("there is no %s", name);
    return NULL;
}

static void make(fixture *f) {
    *f = (fixture){0};
    memory_machine_make(&f->machine);
    add_services(&f->machine);
    f->storage = recorded_storage_new();
    f->run = (operation_run){
        .machine = &f->machine.base,
        .memory = &f->machine.memory,
        .open_journal = open_journal,
        .user = f,
        .changes = ARENA_VECTOR(&f->machine.memory, change_record),
    };
}

static void done(fixture *f) {
    journal_close(f->run.journal);
    f->storage->close(f->storage);
    memory_machine_free(&f->machine);
}

/* The whole way in: JSON, binding, libffi. */
static mars_status call(fixture *f, const char *id, const char *service) {
    const operation *row = operation_find(id);
    assert_non_null(row);
    json_t *json = json_pack("{s:s}", "service", service);
    operation_value values[OPERATION_PARAMETERS_MAX];
    mars_status status = operation_bind(row, json, f->run.memory, values);
    json_decref(json);
    assert_int_equal(status, MARS_OK);
    return operation_call(row, &f->run, values);
}

static void assert_says(const char *part) {
    if (strstr(error_message(), part) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error_message(), part);
    }
}

static void assert_acts(fixture *f, const char *expected) {
    assert_string_equal(text_builder_text(&f->machine.acts), expected);
}

/* Refused for this reason, with nothing changed and nothing written down. */
static void assert_refused(fixture *f, const char *id, const char *service, const char *reason) {
    size_t before = f->machine.acts.length;
    size_t changes = f->run.changes.count;
    assert_int_equal(call(f, id, service), MARS_E_REFUSED);
    assert_says(reason);
    assert_int_equal(f->machine.acts.length, before);
    assert_int_equal(f->run.changes.count, changes);
}

/* ---- Start ---- */

static void test_start(void **state) {
    (void)state;
    fixture f;
    make(&f);
    assert_int_equal(call(&f, "service.start", "VSS"), MARS_OK);
    assert_acts(&f, "start VSS, ");
    assert_int_equal(memory_service_state(&f.machine, "VSS"), SERVICE_STATE_RUNNING);
    assert_int_equal(f.run.changes.count, 1);
    /* It runs: nothing to do. */
    assert_int_equal(call(&f, "service.start", "vss"), MARS_OK);
    assert_acts(&f, "start VSS, ");
    assert_int_equal(f.run.changes.count, 1);
    assert_int_equal(call(&f, "service.start", "W32Time"), MARS_OK);
    assert_acts(&f, "start VSS, start W32Time, ");
    done(&f);
}

static void test_start_refused(void **state) {
    (void)state;
    fixture f;
    make(&f);
    assert_refused(&f, "service.start", "Spooler", "not a service that backups depend on");
    assert_refused(&f, "service.start", "DHCPServer", "not a service that backups depend on");
    assert_refused(&f, "service.start", "NTDS", "not a service that backups depend on");
    assert_refused(&f, "service.start", "BITS", "there is no service BITS");
    service_of(&f, "VSS")->start = SERVICE_START_DISABLED;
    assert_refused(&f, "service.start", "VSS", "set its start type first");
    service_of(&f, "obengine")->state = SERVICE_STATE_PAUSED;
    assert_refused(&f, "service.start", "obengine", "paused");
    f.machine.values[0].text = "LanmanNT";
    assert_refused(&f, "service.start", "W32Time", "domain controller");
    f.machine.value_count = 0;
    assert_refused(&f, "service.start", "W32Time", "whether this server is a domain controller");
    f.machine.unreadable = "SYSTEM\\CurrentControlSet\\Control\\ProductOptions";
    assert_refused(&f, "service.start", "W32Time", "access was denied");
    done(&f);
}

static void test_start_fails(void **state) {
    (void)state;
    fixture f;
    make(&f);
    service_of(&f, "VSS")->fault = SERVICE_REFUSES_START;
    assert_int_equal(call(&f, "service.start", "VSS"), MARS_E_UNWRITABLE);
    assert_says("1053");
    service_of(&f, "VSS")->fault = SERVICE_CRASHES;
    assert_int_equal(call(&f, "service.start", "VSS"), MARS_E_UNWRITABLE);
    assert_says("does not run now: VSS (it ended with error 1067)");
    service_of(&f, "VSS")->fault = SERVICE_HIDES_ITS_STATE;
    assert_refused(&f, "service.start", "VSS", "how the service VSS is cannot be told");
    done(&f);
}

/* An act may be called again: what runs is not started once more. */
static void test_acts_can_be_done_again(void **state) {
    (void)state;
    fixture f;
    make(&f);
    service_control control = {.memory = f.run.memory, .service = "CryptSvc"};
    service_of(&f, "CryptSvc")->fault = SERVICE_REFUSES_START;
    assert_int_equal(service_control_start(&f.machine.base, &f.machine.writer, &control), MARS_OK);
    service_of(&f, "VSS")->fault = SERVICE_REFUSES_STOP;
    control.service = "VSS";
    assert_int_equal(service_control_stop(&f.machine.base, &f.machine.writer, &control), MARS_OK);
    assert_acts(&f, "");
    done(&f);
}

/* ---- Restart ---- */

static void test_restart_takes_dependents_along(void **state) {
    (void)state;
    fixture f;
    make(&f);
    assert_int_equal(call(&f, "service.restart", "CryptSvc"), MARS_OK);
    assert_acts(&f, "stop B, stop C, stop A, stop CryptSvc, start CryptSvc, start A, start C, start B, ");
    assert_int_equal(memory_service_state(&f.machine, "B"), SERVICE_STATE_RUNNING);
    assert_int_equal(memory_service_state(&f.machine, "D"), SERVICE_STATE_STOPPED);
    assert_int_equal(f.run.changes.count, 1);
    const change_record *change = f.run.changes.items;
    assert_int_equal(change->kind, CHANGE_EVENT);
    assert_string_equal(change->target, "CryptSvc");
    const char *before =
        arena_text_n(f.run.memory, (const char *)change->before.data.data, change->before.data.size);
    assert_non_null(strstr(before, "running with the services that depend on it: B, C, A"));
    done(&f);
}

static void test_restart_lets_through(void **state) {
    (void)state;
    static const char *const services[] = {"obengine", "MSiSCSI", "Winmgmt"};
    fixture f;
    make(&f);
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        f.machine.acts.length = 0;
        assert_int_equal(call(&f, "service.restart", services[i]), MARS_OK);
        assert_acts(&f, arena_printf(f.run.memory, "stop %s, start %s, ", services[i], services[i]));
    }
    /* One that is stopped is started, and nothing is asked of writers for that. */
    f.machine.acts.length = 0;
    f.machine.writers = NULL;
    assert_int_equal(call(&f, "service.restart", "VSS"), MARS_OK);
    assert_acts(&f, "start VSS, ");
    done(&f);
}

static void test_what_if_changes_nothing(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.run.what_if = true;
    assert_int_equal(call(&f, "service.start", "VSS"), MARS_OK);
    assert_int_equal(call(&f, "service.stop", "obengine"), MARS_OK);
    assert_int_equal(call(&f, "service.restart", "CryptSvc"), MARS_OK);
    assert_acts(&f, "");
    assert_int_equal(f.run.changes.count, 3);
    assert_null(f.run.journal);
    assert_refused(&f, "service.restart", "NTDS", "domain controller");
    done(&f);
}

static void test_restart_when_a_dependent_does_not_stop(void **state) {
    (void)state;
    fixture f;
    make(&f);
    service_of(&f, "A")->fault = SERVICE_REFUSES_STOP;
    assert_int_equal(call(&f, "service.restart", "CryptSvc"), MARS_E_UNWRITABLE);
    assert_says(
        "CryptSvc was not restarted: A cannot be stopped (error 1052); all that ran before runs again");
    assert_acts(&f, "stop B, stop C, stop A, start C, start B, ");
    assert_int_equal(memory_service_state(&f.machine, "B"), SERVICE_STATE_RUNNING);
    f.machine.acts.length = 0;
    service_of(&f, "A")->fault = SERVICE_WORKS;
    service_of(&f, "CryptSvc")->fault = SERVICE_STOPS_SLOWLY;
    assert_int_equal(call(&f, "service.restart", "CryptSvc"), MARS_E_UNWRITABLE);
    assert_says("did not stop within");
    assert_says("not running now: CryptSvc");
    assert_int_equal(memory_service_state(&f.machine, "A"), SERVICE_STATE_RUNNING);
    done(&f);
}

static void test_restart_when_one_does_not_start(void **state) {
    (void)state;
    fixture f;
    make(&f);
    service_of(&f, "C")->fault = SERVICE_REFUSES_START;
    assert_int_equal(call(&f, "service.restart", "CryptSvc"), MARS_E_UNWRITABLE);
    assert_says("CryptSvc was restarted, but not everything runs: C did not start (error 1053); not running "
                "now: C");
    assert_int_equal(memory_service_state(&f.machine, "A"), SERVICE_STATE_RUNNING);
    assert_int_equal(memory_service_state(&f.machine, "B"), SERVICE_STATE_RUNNING);
    service_of(&f, "C")->fault = SERVICE_WORKS;
    service_of(&f, "CryptSvc")->fault = SERVICE_REFUSES_START;
    assert_int_equal(call(&f, "service.restart", "CryptSvc"), MARS_E_UNWRITABLE);
    assert_says("CryptSvc was stopped, but did not start again");
    assert_says("not running now: CryptSvc, A, B");
    done(&f);
}

static void test_restart_when_it_crashes(void **state) {
    (void)state;
    fixture f;
    make(&f);
    service_of(&f, "obengine")->fault = SERVICE_CRASHES;
    assert_int_equal(call(&f, "service.restart", "obengine"), MARS_E_UNWRITABLE);
    assert_says("not running now: obengine (it ended with error 1067)");
    done(&f);
}

static void test_restart_refused_by_class(void **state) {
    (void)state;
    static const char *const never[] = {"NTDS",     "MSExchangeIS", "MSExchangeRepl", "ClusSvc",
                                        "Schedule", "EventSystem",  "NtFrs"};
    fixture f;
    make(&f);
    for (size_t i = 0; i < sizeof never / sizeof never[0]; i++) {
        assert_refused(&f, "service.restart", never[i], "is never stopped from here: ");
        assert_refused(&f, "service.stop", never[i], "is never stopped from here: ");
    }
    assert_refused(&f, "service.restart", "schedule", "restart the server");
    assert_refused(&f, "service.restart", "Spooler", "not a service that backups depend on");
    assert_refused(&f, "service.restart", "W32Time", "not a service that backups depend on");
    assert_refused(&f, "service.restart", "SQLWriter", "there is no service SQLWriter");
    done(&f);
}

static void test_restart_refused_by_its_state(void **state) {
    (void)state;
    fixture f;
    make(&f);
    service_of(&f, "obengine")->start = SERVICE_START_DISABLED;
    assert_refused(&f, "service.restart", "obengine", "set its start type first");
    service_of(&f, "obengine")->start = SERVICE_START_AUTOMATIC;
    service_of(&f, "obengine")->state = SERVICE_STATE_START_PENDING;
    assert_refused(&f, "service.restart", "obengine", "look again");
    service_of(&f, "obengine")->fault = SERVICE_HIDES_ITS_STATE;
    assert_refused(&f, "service.restart", "obengine", "how the service obengine is cannot be told");
    done(&f);
}

static void test_restart_refused_by_a_dependent(void **state) {
    (void)state;
    fixture f;
    make(&f);
    service_of(&f, "NTDS")->needs = "CryptSvc";
    assert_refused(&f, "service.restart", "CryptSvc", "CryptSvc is left alone, as NTDS depends on it");
    service_of(&f, "NTDS")->needs = NULL;
    service_of(&f, "Winmgmt")->needs = "CryptSvc";
    assert_refused(&f, "service.restart", "CryptSvc", "Winmgmt depends on it, which would be noticed");
    service_of(&f, "Winmgmt")->needs = NULL;
    service_of(&f, "B")->fault = SERVICE_HIDES_ITS_STATE;
    assert_refused(&f, "service.restart", "CryptSvc", "how the service B is cannot be told");
    service_of(&f, "B")->fault = SERVICE_WORKS;
    service_of(&f, "B")->start = SERVICE_START_DISABLED;
    assert_refused(&f, "service.restart", "CryptSvc", "the service B is disabled");
    service_of(&f, "B")->start = SERVICE_START_MANUAL;
    service_of(&f, "B")->state = SERVICE_STATE_STOP_PENDING;
    assert_refused(&f, "service.restart", "CryptSvc", "the service B is just being");
    service_of(&f, "B")->state = SERVICE_STATE_RUNNING;
    service_of(&f, "MSiSCSI")->needs = "CryptSvc";
    memory_disk_add(&f.machine, "iqn.2001-04.com.example:disk", memory_flag(false));
    assert_refused(&f, "service.restart", "CryptSvc", "cut off the iSCSI disk");
    f.machine.unreadable = "dependents";
    assert_refused(&f, "service.restart", "CryptSvc", "which running services depend on it");
    f.machine.unreadable = NULL;
    f.machine.reader.service_dependents = NULL;
    assert_refused(&f, "service.restart", "CryptSvc", "this kind of source cannot tell");
    done(&f);
}

/* ---- A backup under way ---- */

static void expect_backup_refusal(fixture *f, const char *reason) {
    static const char *const services[] = {"obengine", "CryptSvc", "MSiSCSI", "Winmgmt"};
    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++) {
        assert_refused(f, "service.restart", services[i], reason);
        assert_refused(f, "service.stop", services[i], reason);
    }
}

static void test_refused_while_a_task_runs(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.machine.tasks[0].running = memory_flag(true);
    expect_backup_refusal(&f,
                          "while the agent's task \\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup runs");
    f.machine.tasks[0].running = (fact_flag){0};
    expect_backup_refusal(&f, "whether the agent's task runs cannot be told");
    f.machine.unreadable = "tasks";
    expect_backup_refusal(&f, "whether one of the agent's tasks runs cannot be told");
    f.machine.unreadable = NULL;
    /* A definition that the Task Scheduler does not know cannot run; nor can none. */
    f.machine.tasks[0].registered = memory_flag(false);
    assert_int_equal(call(&f, "service.restart", "obengine"), MARS_OK);
    f.machine.task_count = 0;
    assert_int_equal(call(&f, "service.restart", "obengine"), MARS_OK);
    done(&f);
}

static void test_refused_while_writers_wait(void **state) {
    (void)state;
    fixture f;
    make(&f);
    for (int writer = 2; writer <= 5; writer++) {
        memory_writers(&f.machine, writer);
        expect_backup_refusal(&f, arena_printf(f.run.memory, "\"SqlServerWriter\" is in state %d", writer));
    }
    memory_writers(&f.machine, 16);
    expect_backup_refusal(&f, "is in state 16, which is no known one");
    f.machine.writers = "vssadmin 1.1 - x\n(C) Copyright\n\nError: no.\n";
    expect_backup_refusal(&f, "whether a VSS writer waits for a backup cannot be told: vssadmin.exe");
    f.machine.writers = NULL;
    expect_backup_refusal(&f, "access was denied");
    /* A writer that failed is what a restart is for. */
    static const int quiet[] = {0, 1, 6, 9, 15};
    for (size_t i = 0; i < sizeof quiet / sizeof quiet[0]; i++) {
        memory_writers(&f.machine, quiet[i]);
        assert_int_equal(call(&f, "service.restart", "CryptSvc"), MARS_OK);
    }
    done(&f);
}

static void test_refused_while_a_system_state_volume_is_mounted(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.machine.volumes[1].label = memory_text("CBSSBVol_1234");
    expect_backup_refusal(&f, "CBSSBVol_1234");
    f.machine.volumes[1].label = (fact_text){0};
    expect_backup_refusal(&f, "whether a disk of a system state backup is mounted");
    f.machine.volumes[1].label = memory_text("Data");
    assert_int_equal(call(&f, "service.restart", "obengine"), MARS_OK);
    f.machine.unreadable = "volumes";
    expect_backup_refusal(&f, "whether a disk of a system state backup is mounted");
    done(&f);
}

/* ---- The agent and the iSCSI initiator ---- */

static void test_agent_refused_while_a_recovery_volume_is_mounted(void **state) {
    (void)state;
    fixture f;
    make(&f);
    memory_disk_add(&f.machine, "iqn.2001-04.com.example:disk", memory_flag(false));
    assert_int_equal(call(&f, "service.restart", "obengine"), MARS_OK);
    memory_disk_add(&f.machine, "iqn.recovery", memory_flag(true));
    memory_disk_add(&f.machine, "iqn.other", memory_flag(true));
    memory_disk_add(&f.machine, "iqn.doubtful", (fact_flag){0});
    assert_refused(&f, "service.restart", "obengine",
                   "a recovery volume mounted (iqn.recovery, iqn.other): unmount");
    assert_refused(&f, "service.stop", "obengine", "iqn.recovery");
    f.machine.disks[1].recovery_volume = memory_flag(false);
    f.machine.disks[2].recovery_volume = (fact_flag){.fact = fact_unknown(REASON_DEPENDS, "its name", NULL)};
    assert_refused(
        &f, "service.restart", "obengine",
        "restores files from the iSCSI disk iqn.other, iqn.doubtful cannot be told: its name: what it");
    f.machine.unreadable = "disks";
    assert_refused(&f, "service.restart", "obengine", "which iSCSI disks are connected");
    f.machine.reader.iscsi_disks = NULL;
    assert_refused(&f, "service.restart", "obengine", "this kind of source cannot tell");
    done(&f);
}

/* Who restarts the initiator is told what else stops then. */
static void test_initiator_cuts_off_recovery_volumes_only(void **state) {
    (void)state;
    fixture f;
    make(&f);
    f.run.what_if = true;
    assert_int_equal(call(&f, "service.restart", "MSiSCSI"), MARS_OK);
    assert_int_equal(f.run.notes.count, 0);
    memory_disk_add(&f.machine, "iqn.recovery", memory_flag(true));
    memory_disk_add(&f.machine, "iqn.other", memory_flag(true));
    memory_disk_add(&f.machine, "IQN.Recovery", memory_flag(true)); /* another way to the first */
    assert_int_equal(call(&f, "service.restart", "MSiSCSI"), MARS_OK);
    assert_int_equal(f.run.notes.count, 1);
    assert_non_null(
        strstr(((const char **)f.run.notes.items)[0], "cuts off the recovery volume that is mounted"));
    assert_non_null(strstr(((const char **)f.run.notes.items)[0], "(iqn.recovery, iqn.other)"));
    assert_int_equal(call(&f, "service.stop", "MSiSCSI"), MARS_OK);
    assert_int_equal(f.run.notes.count, 2);
    /* One that is stopped has nothing connected that a start could cut off. */
    service_of(&f, "MSiSCSI")->state = SERVICE_STATE_STOPPED;
    f.machine.unreadable = "disks";
    assert_int_equal(call(&f, "service.restart", "MSiSCSI"), MARS_OK);
    assert_int_equal(f.run.notes.count, 2);
    done(&f);
}

static void test_initiator_refused_while_it_has_disks(void **state) {
    (void)state;
    fixture f;
    make(&f);
    memory_disk_add(&f.machine, "iqn.recovery", memory_flag(true));
    assert_int_equal(call(&f, "service.restart", "MSiSCSI"), MARS_OK);
    memory_disk_add(&f.machine, "iqn.2001-04.com.example:disk", memory_flag(false));
    assert_refused(&f, "service.restart", "MSiSCSI", "cut off the iSCSI disk iqn.2001-04.com.example:disk");
    assert_int_equal(f.run.notes.count, 1); /* of the one that was done */
    f.machine.disks[1].recovery_volume = (fact_flag){0};
    assert_refused(&f, "service.stop", "msiscsi",
                   "cut off the iSCSI disk iqn.2001-04.com.example:disk, which is not known to be");
    memory_disk_add(&f.machine, "b", memory_flag(false));
    memory_disk_add(&f.machine, "c", memory_flag(false));
    memory_disk_add(&f.machine, "d", memory_flag(false));
    memory_disk_add(&f.machine, "B", memory_flag(false));
    memory_disk_add(&f.machine, "e", memory_flag(false));
    assert_refused(&f, "service.stop", "MSiSCSI", "disk iqn.2001-04.com.example:disk, b, c and 2 more");
    f.machine.unreadable = "disks";
    assert_refused(&f, "service.restart", "MSiSCSI", "which iSCSI disks are connected");
    f.machine.reader.iscsi_disks = NULL;
    assert_refused(&f, "service.restart", "MSiSCSI", "this kind of source cannot tell");
    done(&f);
}

static void test_initiator_refused_with_persistent_targets(void **state) {
    (void)state;
    fixture f;
    make(&f);
    memory_target_add(&f.machine, "iqn.san");
    assert_refused(&f, "service.restart", "MSiSCSI", "connects again by itself: iqn.san");
    assert_int_equal(call(&f, "service.restart", "obengine"), MARS_OK);
    memory_target_add(&f.machine, "iqn.san");
    memory_target_add(&f.machine, "iqn.tape");
    assert_refused(&f, "service.stop", "MSiSCSI", "connects again by itself: iqn.san, iqn.tape");
    f.machine.unreadable = "targets";
    assert_refused(&f, "service.restart", "MSiSCSI", "which iSCSI targets");
    f.machine.target_count = 0;
    assert_refused(&f, "service.restart", "MSiSCSI", "which iSCSI targets");
    f.machine.unreadable = NULL;
    assert_int_equal(call(&f, "service.restart", "MSiSCSI"), MARS_OK);
    f.machine.reader.iscsi_persistent = NULL;
    assert_refused(&f, "service.restart", "MSiSCSI", "this kind of source cannot tell");
    done(&f);
}

static void test_initiator_refused_on_a_cluster(void **state) {
    (void)state;
    fixture f;
    make(&f);
    /* The feature alone makes no node. */
    memory_value_add(&f.machine, CLUSTER, "Start", NULL, SERVICE_START_DISABLED);
    assert_int_equal(call(&f, "service.restart", "MSiSCSI"), MARS_OK);
    f.machine.values[f.machine.value_count - 1].number = SERVICE_START_AUTOMATIC;
    assert_refused(&f, "service.restart", "MSiSCSI", "node of a failover cluster");
    f.machine.values[f.machine.value_count - 1].text = "two";
    assert_refused(&f, "service.restart", "MSiSCSI", "whether this server is a node");
    f.machine.value_count--;
    memory_value_add(&f.machine, CLUSTER "\\Parameters", "ClusterName", "cluster1", 0);
    assert_refused(&f, "service.restart", "MSiSCSI", "node of a failover cluster");
    f.machine.unreadable = CLUSTER "\\Parameters";
    assert_refused(&f, "service.restart", "MSiSCSI", "whether this server is a node");
    f.machine.unreadable = CLUSTER;
    assert_refused(&f, "service.restart", "MSiSCSI", "whether this server is a node");
    done(&f);
}

/* ---- Memory ---- */

/* Whichever allocation fails: a guard never lets through what stands against a restart, and a restart that
 * says that it worked has worked. */
static void test_memory_runs_out(void **state) {
    (void)state;
    enum { MORE_THAN_ENOUGH = 100 };
    const char *dependents[] = {"B", "C", "A"};
    for (uint64_t n = 1; n < MORE_THAN_ENOUGH; n++) {
        fixture f;
        make(&f);
        memory_writers(&f.machine, 3);
        f.run.what_if = true;
        arena memory = {0};
        f.run.memory = &memory;
        mem_test_fail_at(n);
        assert_int_not_equal(operation_restart_service(&f.run, "CryptSvc"), MARS_OK);
        mem_test_fail_at(0);
        arena_free(&memory);
        service_control control = {&memory, "CryptSvc", {dependents, 3}};
        service_of(&f, "C")->fault = SERVICE_CRASHES;
        mem_test_fail_at(n);
        assert_int_not_equal(service_control_restart(&f.machine.base, &f.machine.writer, &control), MARS_OK);
        mem_test_fail_at(0);
        assert_int_equal(memory_service_state(&f.machine, "B"), SERVICE_STATE_RUNNING);
        arena_free(&memory);
        done(&f);
    }
}

/* ---- Stop ---- */

static void test_stop(void **state) {
    (void)state;
    fixture f;
    make(&f);
    assert_int_equal(call(&f, "service.stop", "obengine"), MARS_OK);
    assert_acts(&f, "stop obengine, ");
    assert_int_equal(call(&f, "service.stop", "obengine"), MARS_OK);
    assert_acts(&f, "stop obengine, ");
    assert_int_equal(f.run.changes.count, 1);
    assert_refused(&f, "service.stop", "CryptSvc", "while services that depend on it run: B, C, A");
    assert_refused(&f, "service.stop", "Spooler", "not a service that backups depend on");
    assert_int_equal(f.run.notes.count, 1);
    assert_non_null(strstr(((const char *const *)f.run.notes.items)[0], "started by hand"));
    service_of(&f, "Winmgmt")->fault = SERVICE_IGNORES_STOP;
    assert_int_equal(call(&f, "service.stop", "Winmgmt"), MARS_E_UNWRITABLE);
    assert_says("still runs");
    service_of(&f, "Winmgmt")->fault = SERVICE_REFUSES_STOP;
    assert_int_equal(call(&f, "service.stop", "Winmgmt"), MARS_E_UNWRITABLE);
    assert_says("1052");
    done(&f);
}

/* ---- Risk, images ---- */

static void expect_risk(const char *id, const char *service, operation_risk expected) {
    const operation_value values[OPERATION_PARAMETERS_MAX] = {{.text = service}};
    assert_int_equal(operation_risk_with(operation_find(id), values), expected);
}

static void test_risk_goes_by_the_service(void **state) {
    (void)state;
    expect_risk("service.restart", "VSS", RISK_MEDIUM);
    expect_risk("service.restart", "obengine", RISK_MEDIUM);
    expect_risk("service.restart", "Winmgmt", RISK_HIGH);
    expect_risk("service.stop", "dfsr", RISK_HIGH);
    expect_risk("service.start", "Winmgmt", RISK_LOW);
    expect_risk("service.set-start", "Winmgmt", RISK_LOW);
}

static void test_an_image_cannot(void **state) {
    (void)state;
    static const char *const operations[] = {"service.start", "service.stop", "service.restart"};
    fixture f;
    temp_image image;
    make(&f);
    temp_image_make(&image);
    temp_image_hive(&image, HIVE_SYSTEM,
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\VSS]\n\"Start\"=dword:3\n");
    temp_image_open(&image);
    f.run.machine = image.machine;
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++) {
        assert_int_equal(call(&f, operations[i], "VSS"), MARS_E_UNSUPPORTED);
        assert_says(operation_needs_reason(NEEDS_SERVICE_MANAGER));
    }
    assert_int_equal(f.run.changes.count, 0);
    temp_image_remove(&image);
    done(&f);
}

/* ---- Waiting ---- */

static void remember(void *user, const char *what) {
    text_addf(user, "%s\n", what);
}

/* Stopping may take minutes: who watches is told what is waited for, also on the way back. */
static void test_who_watches_is_told(void **state) {
    (void)state;
    fixture f;
    text_builder heard = {0};
    make(&f);
    f.machine.base.waiting = remember;
    f.machine.base.waiting_user = &heard;
    assert_int_equal(call(&f, "service.restart", "CryptSvc"), MARS_OK);
    assert_string_equal(text_builder_text(&heard), "Waiting for the service B to stop\n"
                                                   "Waiting for the service C to stop\n"
                                                   "Waiting for the service A to stop\n"
                                                   "Waiting for the service CryptSvc to stop\n"
                                                   "Waiting for the service CryptSvc to start\n"
                                                   "Waiting for the service A to start\n"
                                                   "Waiting for the service C to start\n"
                                                   "Waiting for the service B to start\n");
    text_builder_free(&heard);
    done(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),
        cmocka_unit_test(test_start_refused),
        cmocka_unit_test(test_start_fails),
        cmocka_unit_test(test_acts_can_be_done_again),
        cmocka_unit_test(test_restart_takes_dependents_along),
        cmocka_unit_test(test_restart_lets_through),
        cmocka_unit_test(test_what_if_changes_nothing),
        cmocka_unit_test(test_restart_when_a_dependent_does_not_stop),
        cmocka_unit_test(test_restart_when_one_does_not_start),
        cmocka_unit_test(test_restart_when_it_crashes),
        cmocka_unit_test(test_restart_refused_by_class),
        cmocka_unit_test(test_restart_refused_by_its_state),
        cmocka_unit_test(test_restart_refused_by_a_dependent),
        cmocka_unit_test(test_refused_while_a_task_runs),
        cmocka_unit_test(test_refused_while_writers_wait),
        cmocka_unit_test(test_refused_while_a_system_state_volume_is_mounted),
        cmocka_unit_test(test_agent_refused_while_a_recovery_volume_is_mounted),
        cmocka_unit_test(test_initiator_refused_while_it_has_disks),
        cmocka_unit_test(test_initiator_cuts_off_recovery_volumes_only),
        cmocka_unit_test(test_initiator_refused_with_persistent_targets),
        cmocka_unit_test(test_initiator_refused_on_a_cluster),
        cmocka_unit_test(test_memory_runs_out),
        cmocka_unit_test(test_stop),
        cmocka_unit_test(test_risk_goes_by_the_service),
        cmocka_unit_test(test_an_image_cannot),
        cmocka_unit_test(test_who_watches_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
