/* What `sc queryex type= service state= all` prints, in whatever language: blocks separated by empty lines,
 * each with the service's name, its display name and then eight numbered fields in a fixed order. Labels are
 * not looked at. */
#ifndef PARSE_SC_QUERYEX_H
#define PARSE_SC_QUERYEX_H

#include "core/fact.h"

enum { SC_SERVICES_MAX = 16384 };

typedef struct sc_service {
    const char *name;
    const char *display_name;
    int state;          /* SERVICE_STATE_... of host/host.h: 1..7 */
    int64_t exit_code;  /* Win32 exit code */
    int64_t process_id; /* 0: not running; -1: not printed (sc query) */
} sc_service;

typedef struct sc_service_list {
    sc_service *items;
    size_t count;
    /* False if something else than services follows the first one, such as the message that there is more
     * than what was printed: a service that is not listed may exist all the same. */
    bool complete;
} sc_service_list;

/* text: decoded to UTF-8 and NUL-ended. False: *why tells the reason (no service at all, an error message, a
 * block that is cut off); *out is empty. */
bool sc_queryex_read(const char *text, arena *memory, sc_service_list *out, fact *why);

/* By service name, as Windows compares them; NULL if it is not listed. */
const sc_service *sc_service_find(const sc_service_list *list, const char *name);

#endif
