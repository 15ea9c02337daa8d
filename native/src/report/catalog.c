#include "report/catalog.h"

#include "core/unicode.h"

#include <string.h>

const catalog_check *catalog_check_find(const char *id) {
    for (size_t i = 0; i < catalog_checks_count; i++) {
        if (strcmp(catalog_checks[i].id, id) == 0) {
            return &catalog_checks[i];
        }
    }
    return NULL;
}

static const catalog_verdict *verdict_in(const catalog_check *entry, const char *slug) {
    for (size_t i = 0; entry != NULL && i < entry->verdict_count; i++) {
        if (strcmp(entry->verdicts[i].slug, slug) == 0) {
            return &entry->verdicts[i];
        }
    }
    return NULL;
}

const catalog_verdict *catalog_verdict_find(const char *id, const char *slug) {
    const catalog_verdict *own = verdict_in(catalog_check_find(id), slug);
    return own != NULL ? own : verdict_in(catalog_check_find("common"), slug);
}

const catalog_operation *catalog_operation_find(const char *id) {
    for (size_t i = 0; i < catalog_operations_count; i++) {
        if (strcmp(catalog_operations[i].id, id) == 0) {
            return &catalog_operations[i];
        }
    }
    return NULL;
}

const catalog_writer *catalog_writer_find(const char *id) {
    for (size_t i = 0; i < catalog_writers_count; i++) {
        if (strcmp(catalog_writers[i].id, id) == 0) {
            return &catalog_writers[i];
        }
    }
    return NULL;
}

const catalog_service *catalog_service_find(const char *name) {
    for (size_t i = 0; i < catalog_services_count; i++) {
        if (windows_name_equal(catalog_services[i].name, name)) {
            return &catalog_services[i];
        }
    }
    return NULL;
}

const char *catalog_account_sid(const char *account) {
    const char *backslash = strchr(account, '\\');
    const char *name = backslash != NULL ? backslash + 1 : account;
    for (size_t i = 0; i < catalog_account_names_count; i++) {
        const catalog_account_name *row = &catalog_account_names[i];
        bool of_authority = backslash == NULL || windows_name_equal_n(account, (size_t)(backslash - account),
                                                                      row->authority, strlen(row->authority));
        if (of_authority && windows_name_equal(name, row->name)) {
            return row->sid;
        }
    }
    return NULL;
}
