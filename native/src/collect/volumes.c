#include "collect/read.h"

static volume volume_of(const volume_info *from) {
    return (volume){
        .letter = from->letter,
        .path = from->path,
        .label = from->label,
        .file_system = from->file_system,
        .drive_type = from->drive_type,
        .size = from->size,
        .free = from->free,
        .deduplicated = from->deduplicated,
    };
}

void collect_volumes(collector *c) {
    volumes_evidence *volumes = &c->into->volumes;
    volume_info_list list = {0};
    fact why = {0};
    if (c->machine->read->volume_list(c->machine, c->memory, &list, &why) != FACT_KNOWN) {
        volumes->list.fact = why;
        return;
    }
    arena_vector items = ARENA_VECTOR(c->memory, volume);
    for (size_t i = 0; i < list.count; i++) {
        volume *item = arena_push(&items);
        if (item != NULL) {
            *item = volume_of(&list.items[i]);
        }
    }
    volumes->list = fact_list_known(&items, why.where);
}
