/* Collecting: reads facts from a host into evidence. One file per group; none of them knows which host it
 * has. */
#ifndef COLLECT_COLLECT_H
#define COLLECT_COLLECT_H

#include "evidence/evidence.h"
#include "host/host.h"
#include "text/pattern.h"

/* What a collection asks its caller along the way. */
typedef struct collect_watch {
    void *user;
    bool (*cancelled)(void *user);                                                  /* may be NULL */
    void (*progress)(void *user, const char *group, uint64_t done, uint64_t total); /* may be NULL */
} collect_watch;

typedef struct environment_variable {
    const char *name;
    const char *value; /* expanded */
} environment_variable;

/* What the agent's newest log reports of late; agent_events.h reads it when it is first asked for. */
typedef enum agent_event {
    AGENT_EVENT_SHADOW_SHORTAGE,
    AGENT_EVENT_REGISTRATION_MISMATCH,
    AGENT_EVENT_COUNT
} agent_event;

typedef struct agent_event_count {
    fact_number times; /* in the seven days before as_of */
    fact_time last;
} agent_event_count;

typedef struct collector {
    host *machine;
    evidence *into;
    arena *memory; /* the evidence's */
    pattern_set *patterns;
    arena_vector environment; /* of environment_variable: the machine's, as a SYSTEM process sees it */
    bool agent_events_read;
    agent_event_count agent_events[AGENT_EVENT_COUNT];
} collector;

/* Collects the groups named and those that every document has. MARS_E_NO_MEMORY, MARS_E_CANCELLED. */
mars_status collect(evidence **out, host *machine, evidence_groups groups, const collect_watch *watch);

/* Reads the parsed facts of a document anew from the raw console text it carries: a document that another
 * version of this tool saved is so judged with this one's parsers. */
mars_status collect_from_raw_text(evidence *document);

/* One function per group. */
void collect_source(collector *c);
void collect_machine(collector *c);
void collect_agent(collector *c);
void collect_schedule(collector *c);
void collect_powershell(collector *c);
void collect_volumes(collector *c);
void collect_shadow(collector *c);
void collect_services(collector *c);
void collect_scratch(collector *c);
void collect_prereq(collector *c);

#endif
