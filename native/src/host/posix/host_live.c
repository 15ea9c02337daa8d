/* Where this is compiled there is no live Windows to judge. */
#include "core/error.h"
#include "host/host.h"

mars_status host_open_live(host **out) {
    *out = NULL;
    return error_set(MARS_E_UNSUPPORTED, "this is not Windows: name an image of a server or a saved evidence file");
}
