/* Calls to the system that fail, or are the last that the process makes: those of an image that is written,
 * and those of the journals on it. One thread, one host at a time. */
#ifndef FAULTS_H
#define FAULTS_H

#include "host/host.h"

typedef enum fault_kind {
    FAULT_NONE, /* calls are counted only */
    FAULT_FAIL, /* the call fails, with an error number; what is written is written half */
    FAULT_ALL,  /* so do all behind it, as on a disk that is full */
    FAULT_DIE,  /* SIGKILL instead of the call; what is written is written half before */
} fault_kind;

typedef struct fault_plan {
    fault_kind kind;
    int error;
    unsigned at;    /* from 1 on */
    unsigned count; /* calls so far */
} fault_plan;
extern fault_plan faults;

/* Starts counting anew. */
void faults_set(fault_kind kind, unsigned at, int error);
/* Nothing waits for the disk. memory must live as long as the host. */
void faults_use(host *machine, arena *memory);

#endif
