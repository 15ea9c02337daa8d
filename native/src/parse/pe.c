#include "parse/pe.h"

#include "parse/pe_layout.h"
#include "parse/pe_version.h"

enum { IS_DLL = 0x2000 };

static bool is_managed(const pe_layout *layout) {
    pe_directory clr = pe_layout_directory(layout, PE_DIRECTORY_CLR);
    return clr.address != 0 && clr.size != 0;
}

bool pe_read(const uint8_t *data, size_t size, arena *memory, pe_info *out, fact *why) {
    *out = (pe_info){0};
    pe_layout layout;
    if (!pe_layout_read((bytes){data, size}, &layout, why)) {
        return false;
    }
    out->machine = layout.machine;
    out->is_64bit = layout.is_64bit;
    out->is_dll = (layout.characteristics & IS_DLL) != 0;
    out->is_managed = is_managed(&layout);
    out->is_truncated = pe_layout_truncated(&layout);
    pe_version_read(&layout, memory, out);
    out->has_version = out->version.state == FACT_KNOWN;
    if (arena_failed(memory)) {
        *why = fact_unknown(REASON_NO_MEMORY, NULL, NULL);
        return false;
    }
    *why = fact_known(NULL);
    return true;
}

const char *pe_version_text(arena *memory, const uint16_t version[4]) {
    return arena_printf(memory, "%d.%d.%d.%d", version[0], version[1], version[2], version[3]);
}
