#include "core/error.h"
#include "host/host.h"
#include "host/win32/process.h"

mars_status host_open_live(host **out) {
    *out = NULL;
    mars_status status = process_check();
    return status != MARS_OK ? status
                             : error_set(MARS_E_UNSUPPORTED,
                                         "this build cannot judge the machine it runs on yet: name a saved "
                                         "evidence file");
}
