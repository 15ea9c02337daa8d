/* Whether two documents are about the same machine. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "repair/machine_identity.h"
#include "temp_image.h"

#include <string.h>

static void test_same(void **state) {
    (void)state;
    static const struct {
        machine_identity meant;
        machine_identity actual;
        mars_status expected;
        const char *named;
    } cases[] = {
        {{"SRV", "g", "m"}, {"SRV", "g", "m"}, MARS_OK, NULL},
        {{"srv", NULL, NULL}, {"SRV", "g", "m"}, MARS_OK, NULL},
        {{NULL, "ABC", NULL}, {"SRV", "abc", NULL}, MARS_OK, NULL},
        {{"SRV", "g", "m"}, {"SRV2", "g", "m"}, MARS_E_OTHER_MACHINE, "SRV2"},
        {{"SRV", "g", "m"}, {"SRV", "h", "m"}, MARS_E_OTHER_MACHINE, "MachineGuid"},
        {{"SRV", "g", "m"}, {"SRV", "g", "n"}, MARS_E_OTHER_MACHINE, "MachineId"},
        {{"SRV", NULL, NULL}, {NULL, "g", NULL}, MARS_E_OTHER_MACHINE, "cannot be told"},
        {{NULL, NULL, NULL}, {NULL, NULL, NULL}, MARS_E_OTHER_MACHINE, "cannot be told"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(machine_identity_same(&cases[i].meant, &cases[i].actual), cases[i].expected);
        assert_true(cases[i].named == NULL || strstr(error_message(), cases[i].named) != NULL);
    }
}

static void test_read_from_an_image(void **state) {
    (void)state;
    temp_image image;
    temp_image_make(&image);
    temp_image_hive(&image, HIVE_SYSTEM,
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\ComputerName\\ComputerName]\n"
                    "\"ComputerName\"=\"SRV-01\"\n");
    temp_image_hive(&image, HIVE_SOFTWARE,
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography]\n\"MachineGuid\"=\"guid\"\n"
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows Azure Backup\\Config]\n"
                    "\"MachineId\"=dword:00000001\n");
    temp_image_open(&image);
    machine_identity identity = machine_identity_of(image.machine, &image.memory);
    assert_string_equal(identity.computer_name, "SRV-01");
    assert_string_equal(identity.machine_guid, "guid");
    assert_null(identity.mars_machine_id);
    temp_image_remove(&image);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same),
        cmocka_unit_test(test_read_from_an_image),
    };
    return cmocka_run_group_tests_name("machine_identity", tests, NULL, NULL);
}
