/* Images are read and changed on Linux only: the library that writes hives is not there for Windows. */
#include "core/error.h"
#include "host/host.h"

mars_status host_open_image(host **out, const char *folder) {
    (void)folder;
    *out = NULL;
    return error_set(MARS_E_UNSUPPORTED,
                     "this build judges the machine it runs on and saved evidence; images are read on Linux");
}
