/* Memory that runs out at any point makes an image unreadable or its facts unknown: never absent, never
 * wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/alloc.h"
#include "core/error.h"
#include "temp_image.h"

#include <string.h>

static int set_up(void **state) {
    (void)temp_image_set_up(state);
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SYSTEM,
                    "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services\\obengine]\n\"Start\"=dword:2\n");
    temp_image_hive(image, HIVE_SOFTWARE,
                    "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows "
                    "NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\F\\a]\n"
                    "\"Id\"=\"{1}\"\n");
    temp_image_text(image, "Windows/System32/Tasks/F/a", "x");
    temp_image_text(image, "drives/D/Scratch/file", "content");
    temp_image_text(image, "captures/netsh-winhttp-show-proxy.txt", "text");
    temp_image_text(image, "captures/files.json", "[{\"FullName\":\"D:\\\\Scratch\",\"Attributes\":16}]");
    return 0;
}

static void check(fact_state state, const fact *why) {
    assert_int_equal(state, why->state);
    assert_int_not_equal(state, FACT_ABSENT);
    if (state == FACT_UNKNOWN) {
        assert_string_equal(unknown_reason_slug(why->reason), "no-memory");
    }
}

/* True if all went well. */
static bool read_all(host *machine) {
    const host_reader *read = machine->read;
    arena memory = {0};
    fact why;
    bytes data = {0};
    const char *text = NULL;
    service_info service;
    task_entry_list tasks = {0};
    file_marks marks;
    check(read->file_read(machine, "D:\\SCRATCH\\file", 0, 100, &memory, &data, &why), &why);
    assert_true(why.state != FACT_KNOWN || (data.size == 7 && memcmp(data.data, "content", 7) == 0));
    check(read->console(machine, console_tool_of(CONSOLE_WINHTTP_PROXY), &memory, &text, &why), &why);
    assert_true(why.state != FACT_KNOWN || strcmp(text, "text") == 0);
    check(read->service_info(machine, "obengine", &memory, &service, &why), &why);
    assert_true(why.state != FACT_KNOWN ||
                (service.start.fact.state == FACT_KNOWN && service.start.value == 2));
    check(read->task_list(machine, "\\F", &memory, &tasks, &why), &why);
    assert_true(why.state != FACT_KNOWN || (tasks.count == 1 && fact_is_true(&tasks.items[0].registered) &&
                                            fact_is_true(&tasks.items[0].defined)));
    check(read->file_marks(machine, "d:\\scratch", &memory, &marks, &why), &why);
    bool good = why.state == FACT_KNOWN && marks.attributes.fact.state == FACT_KNOWN;
    arena_free(&memory);
    return good;
}

static void test_every_allocation_may_fail(void **state) {
    const temp_image *image = *state;
    for (uint64_t n = 1; n < 2000; n++) {
        host *machine = NULL;
        mem_test_fail_at(n);
        mars_status status = host_open_image(&machine, image->path);
        bool good = status == MARS_OK && read_all(machine);
        uint64_t count = mem_test_count();
        mem_test_fail_at(0);
        if (status != MARS_OK) {
            assert_int_equal(status, MARS_E_NO_MEMORY);
            assert_null(machine);
        }
        host_close(machine);
        if (count < n) {
            assert_true(good);
            return;
        }
    }
    fail_msg("it never ended");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_every_allocation_may_fail, set_up, temp_image_tear_down),
    };
    return cmocka_run_group_tests_name("image memory", tests, NULL, NULL);
}
