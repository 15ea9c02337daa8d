/* Services as checks look at them. */
#ifndef CHECKS_SERVICES_H
#define CHECKS_SERVICES_H

#include "checks/check.h"

/* A service's facts if there is such a service. Otherwise NULL, after saying so about the subject (NULL: the
 * machine): "missing" as the verdict of that name, or "unknown" (what: what its facts would have told). */
const service_facts *judge_service_present(judgement *j, const evidence *e, const char *name,
                                           const char *subject, const char *what, const char *missing);
/* Says a verdict about a service, with its names (service, display_name) and where its start type was read.
 */
said *say_service(judgement *j, const char *subject, const char *slug, const service_facts *service);

#endif
