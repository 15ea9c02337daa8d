#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "wrapped_call.h"

#include <string.h>

static FARPROC *import_of(const char *name) {
    uint8_t *base = (uint8_t *)GetModuleHandleW(NULL);
    const IMAGE_DOS_HEADER *dos = (const void *)base;
    const IMAGE_NT_HEADERS *headers = (const void *)(base + dos->e_lfanew);
    DWORD at = headers->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_IMPORT].VirtualAddress;
    const IMAGE_IMPORT_DESCRIPTOR *library = (const void *)(base + at);
    for (; library->Name != 0; library++) {
        const IMAGE_THUNK_DATA *names = (const void *)(base + library->OriginalFirstThunk);
        IMAGE_THUNK_DATA *functions = (void *)(base + library->FirstThunk);
        for (size_t i = 0; names[i].u1.AddressOfData != 0; i++) {
            const IMAGE_IMPORT_BY_NAME *import = (const void *)(base + names[i].u1.AddressOfData);
            if (!IMAGE_SNAP_BY_ORDINAL(names[i].u1.Ordinal) &&
                strcmp((const char *)import->Name, name) == 0) {
                return (FARPROC *)(void *)&functions[i].u1.Function;
            }
        }
    }
    return NULL;
}

void wrap_call(const wrapped_call *call) {
    DWORD before = 0;
    FARPROC *import = import_of(call->name);
    if (import == NULL || !VirtualProtect((void *)import, sizeof *import, PAGE_READWRITE, &before)) {
        fail_msg("%s is not imported", call->name);
        return;
    }
    memcpy((void *)call->real, (const void *)import, sizeof *import);
    memcpy((void *)import, (const void *)&call->wrapper, sizeof *import);
    (void)VirtualProtect((void *)import, sizeof *import, before, &before);
}
