#include "parse/volumes_json.h"

#include "host/image/image.h"

#include <string.h>

enum { VOLUMES_LIMIT = 4 * 1024 * 1024 };

fact_state image_volume_list(host *machine, arena *memory, volume_info_list *out, fact *why) {
    *out = (volume_info_list){0};
    const char *text = NULL;
    fact_state state = image_capture(image_of(machine), "volumes.json", image_capture_script, VOLUMES_LIMIT,
                                     memory, &text, why);
    if (state != FACT_KNOWN) {
        return state;
    }
    const char *where = why->where;
    if (!volumes_json_read((const uint8_t *)text, strlen(text), where, memory, out, why)) {
        why->where = where;
        return FACT_UNKNOWN;
    }
    return image_known(where, memory, why);
}
