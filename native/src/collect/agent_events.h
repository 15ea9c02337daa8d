#ifndef COLLECT_AGENT_EVENTS_H
#define COLLECT_AGENT_EVENTS_H

#include "collect/collect.h"

/* How often the agent's newest log reports an event in the seven days before as_of, and when last (absent:
 * not at all). The log's end is read once for all events, the first time. The agent's folder and the source's
 * facts must have been collected before. */
agent_event_count agent_events(collector *c, agent_event which);

#endif
