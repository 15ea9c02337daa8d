/* A library that is like marshealth, of a later interface. */
#include <stdint.h>
#include <string.h>

typedef struct {
    uint32_t struct_size, abi, major, minor, patch;
    const char *text, *evidence_schema, *report_schema;
} version_info;

__attribute__((visibility("default"))) int32_t mars_version(version_info *info) {
    uint32_t size = info->struct_size;
    memset(info, 0, size < sizeof *info ? size : sizeof *info);
    info->struct_size = size;
    info->abi = 77;
    info->text = "9.8.7";
    return 0;
}
