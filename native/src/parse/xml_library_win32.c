#include "parse/xml_library.h"

#include <libxml/parser.h>
#include <windows.h>

static INIT_ONCE once = INIT_ONCE_STATIC_INIT;

static BOOL CALLBACK start(PINIT_ONCE unused_once, PVOID unused, PVOID *unused_result) {
    (void)unused_once;
    (void)unused;
    (void)unused_result;
    xmlInitParser();
    return TRUE;
}

void xml_library_start(void) {
    (void)InitOnceExecuteOnce(&once, start, NULL, NULL);
}
