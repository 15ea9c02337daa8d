#include "parse/xml_library.h"

#include <libxml/parser.h>
#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

void xml_library_start(void) {
    (void)pthread_once(&once, xmlInitParser);
}
