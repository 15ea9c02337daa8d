/* A machine in memory that has services, tasks, volumes, iSCSI disks, vssadmin's output and a few registry
 * values, for tests of what starts, stops and resizes. Services behave as under Windows' service manager: one
 * that others need does not stop while those run, and starting one starts what it needs. */
#ifndef MEMORY_SERVICES_H
#define MEMORY_SERVICES_H

#include "core/text_builder.h"
#include "host/host_writer.h"

typedef enum memory_fault {
    SERVICE_WORKS,
    SERVICE_REFUSES_START,
    SERVICE_REFUSES_STOP,
    SERVICE_STOPS_SLOWLY,   /* stop runs into its time limit and leaves it stopping */
    SERVICE_IGNORES_STOP,   /* stop says that it worked */
    SERVICE_CRASHES,        /* start says that it worked */
    SERVICE_HIDES_ITS_STATE /* it cannot be read */
} memory_fault;

typedef struct memory_service {
    const char *name;
    int64_t start;
    int64_t state;
    const char *needs; /* the service that it depends on; NULL */
    memory_fault fault;
    int64_t exit_code;
} memory_service;

typedef struct memory_task {
    const char *path;
    fact_flag registered;
    fact_flag running;
} memory_task;

/* name NULL: a key without values. text NULL: a number. */
typedef struct memory_value {
    const char *key;
    const char *name;
    const char *text;
    uint32_t number;
} memory_value;

typedef enum memory_resize {
    RESIZE_WORKS,
    RESIZE_LIES,           /* says that it worked, and did nothing */
    RESIZE_FAILS,          /* says so, and did nothing */
    RESIZE_FAILS_AND_WORKS /* says that it failed, and did it */
} memory_resize;

enum { MEMORY_ITEMS = 16 };

typedef struct memory_machine {
    host base;
    host_reader reader; /* entries may be made NULL */
    host_writer writer;
    arena memory;
    memory_service services[MEMORY_ITEMS];
    memory_task tasks[MEMORY_ITEMS];
    volume_info volumes[MEMORY_ITEMS];
    iscsi_disk disks[MEMORY_ITEMS];
    const char *targets[MEMORY_ITEMS]; /* that the iSCSI initiator connects again by itself */
    memory_value values[MEMORY_ITEMS];
    size_t service_count;
    size_t task_count;
    size_t volume_count;
    size_t disk_count;
    size_t target_count;
    size_t value_count;
    const char *writers; /* vssadmin's output; NULL: not to be had */
    const char *storage;
    const char *storage_resized; /* what storage is once it was resized */
    memory_resize resize;
    const char
        *unreadable;   /* "tasks", "volumes", "disks", "targets", "dependents", or a registry key; NULL */
    text_builder acts; /* "stop VSS, start VSS, " */
} memory_machine;

/* A healthy server: C: and D:, one task that does not run, writers that are stable; no services. */
void memory_machine_make(memory_machine *m);
void memory_machine_free(memory_machine *m);

memory_service *memory_service_add(memory_machine *m, const char *name, int64_t start, int64_t state,
                                   const char *needs);
void memory_value_add(memory_machine *m, const char *key, const char *name, const char *text,
                      uint32_t number);
void memory_disk_add(memory_machine *m, const char *name, fact_flag recovery_volume);
void memory_target_add(memory_machine *m, const char *name);
/* vssadmin's list of writers, the second of which is in this state. */
void memory_writers(memory_machine *m, int state);
int64_t memory_service_state(memory_machine *m, const char *name);

fact_flag memory_flag(bool value);
fact_text memory_text(const char *value);
fact_number memory_number(int64_t value);

#endif
