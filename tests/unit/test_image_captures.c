#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "temp_image.h"

#include <stdlib.h>
#include <string.h>

#define SERVICES "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Services"

/* ---- Console output ---- */

static fact_state console(temp_image *image, console_question question, const char **out) {
    return image->machine->read->console(image->machine, console_tool_of(question), &image->memory, out,
                                         &image->why);
}

static void test_missing_captures_say_how_to_make_them(void **state) {
    temp_image *image = *state;
    temp_image_open(image);
    const char *text = NULL;
    assert_int_equal(console(image, CONSOLE_SHADOW_WRITERS, &text), FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_NO_CAPTURE);
    assert_string_equal(image->why.where, "captures/vssadmin-list-writers.txt");
    assert_non_null(strstr(image->why.detail, "`vssadmin list writers > vssadmin-list-writers.txt`"));
    volume_info_list volumes;
    assert_int_equal(image->machine->read->volume_list(image->machine, &image->memory, &volumes, &image->why),
                     FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_NO_CAPTURE);
    assert_non_null(strstr(image->why.detail, "capture.ps1"));
}

static void test_the_oem_code_page_is_the_servers(void **state) {
    temp_image *image = *state;
    temp_image_hive(
        image, HIVE_SYSTEM,
        "[HKEY_LOCAL_MACHINE\\SYSTEM\\ControlSet001\\Control\\Nls\\CodePage]\n\"OEMCP\"=\"866\"\n");
    temp_image_text(image, "Captures/VSSADMIN-list-writers.txt", "\x8F\xE0\xA8\x0D\x0A");
    temp_image_open(image);
    const char *text = NULL;
    assert_int_equal(console(image, CONSOLE_SHADOW_WRITERS, &text), FACT_KNOWN);
    assert_string_equal(text, "\xD0\x9F\xD1\x80\xD0\xB8\n");
    assert_string_equal(image->why.where, "captures/vssadmin-list-writers.txt");
    temp_image_hive(image, HIVE_SYSTEM, "");
    temp_image_open(image);
    assert_int_equal(console(image, CONSOLE_SHADOW_WRITERS, &text), FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_DEPENDS);
    assert_string_equal(image->why.where, "captures/vssadmin-list-writers.txt");
}

static void test_utf16_captures(void **state) {
    temp_image *image = *state;
    temp_image_file(image, "captures/netsh-winhttp-show-proxy.txt",
                    "\xFF\xFE"
                    "D\0i\0r\0\x16\x04\r\0\n\0",
                    14);
    temp_image_open(image);
    const char *text = NULL;
    assert_int_equal(console(image, CONSOLE_WINHTTP_PROXY, &text), FACT_KNOWN);
    assert_string_equal(text, "Dir\xD0\x96\n");
}

static void test_captures_that_are_too_large(void **state) {
    temp_image *image = *state;
    char *large = calloc(1, CONSOLE_TEXT_LIMIT + 1);
    memset(large, 'a', CONSOLE_TEXT_LIMIT + 1);
    temp_image_file(image, "captures/vssadmin-list-shadowstorage.txt", large, CONSOLE_TEXT_LIMIT + 1);
    free(large);
    temp_image_open(image);
    const char *text = NULL;
    assert_int_equal(console(image, CONSOLE_SHADOW_STORAGE, &text), FACT_UNKNOWN);
    assert_int_equal(image->why.reason, REASON_TOO_LARGE);
}

/* ---- Services ---- */

static fact_state service(temp_image *image, const char *name, service_info *out) {
    return image->machine->read->service_info(image->machine, name, &image->memory, out, &image->why);
}

static const char service_keys[] =
    SERVICES "\\obengine]\n"
             "\"Start\"=dword:2\n\"DelayedAutostart\"=dword:1\n\"ObjectName\"=\"LocalSystem\"\n"
             "\"ImagePath\"=str(2):\"%ProgramFiles%\\\\x.exe\"\n\"DisplayName\"=\"@x.dll,-1\"\n" SERVICES
             "\\Other]\n\"Start\"=\"two\"\n" SERVICES "\\Third]\n\"Start\"=dword:3\n";

static const char service_states[] =
    "\r\n"
    "SERVICE_NAME: ObEngine\r\n"
    "DISPLAY_NAME: Microsoft Azure Recovery Services Agent\r\n"
    "        TYPE               : 10  WIN32_OWN_PROCESS  \r\n"
    "        STATE              : 1  STOPPED \r\n"
    "                                (NOT_STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)\r\n"
    "        WIN32_EXIT_CODE    : 1067  (0x42b)\r\n"
    "        SERVICE_EXIT_CODE  : 0  (0x0)\r\n"
    "        CHECKPOINT         : 0x0\r\n"
    "        WAIT_HINT          : 0x0\r\n"
    "        PID                : 0\r\n"
    "        FLAGS              : \r\n";

static void test_services_without_capture(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SYSTEM, service_keys);
    temp_image_open(image);
    service_info info;
    assert_int_equal(service(image, "OBENGINE", &info), FACT_KNOWN);
    assert_int_equal(info.start.fact.state, FACT_KNOWN);
    assert_int_equal(info.start.value, SERVICE_START_AUTOMATIC);
    assert_true(fact_is_true(&info.delayed));
    assert_string_equal(fact_text_or(&info.account, ""), "LocalSystem");
    assert_string_equal(fact_text_or(&info.image_path, ""), "%ProgramFiles%\\x.exe");
    assert_string_equal(fact_text_or(&info.display_name, ""), "@x.dll,-1");
    assert_int_equal(info.state.fact.state, FACT_UNKNOWN);
    assert_int_equal(info.state.fact.reason, REASON_NO_CAPTURE);
    assert_int_equal(info.exit_code.fact.state, FACT_UNKNOWN);
    assert_int_equal(service(image, "Other", &info), FACT_KNOWN);
    assert_int_equal(info.start.fact.state, FACT_UNKNOWN);
    assert_int_equal(info.start.fact.reason, REASON_MALFORMED);
    assert_true(fact_is_false(&info.delayed));
    assert_int_equal(info.account.fact.state, FACT_ABSENT);
    assert_int_equal(service(image, "None", &info), FACT_ABSENT);
    assert_int_equal(service(image, "a\\b", &info), FACT_UNKNOWN);
    assert_int_equal(service(image, "", &info), FACT_UNKNOWN);
}

static void test_services_with_capture(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SYSTEM, service_keys);
    temp_image_text(image, "captures/sc-queryex.txt", service_states);
    temp_image_open(image);
    service_info info;
    assert_int_equal(service(image, "obengine", &info), FACT_KNOWN);
    assert_int_equal(info.state.fact.state, FACT_KNOWN);
    assert_int_equal(info.state.value, SERVICE_STATE_STOPPED);
    assert_int_equal(info.exit_code.value, 1067);
    assert_string_equal(info.state.fact.where, "captures/sc-queryex.txt");
    assert_int_equal(service(image, "Third", &info), FACT_KNOWN);
    assert_int_equal(info.start.value, SERVICE_START_MANUAL);
    assert_int_equal(info.state.fact.state, FACT_UNKNOWN);
    assert_int_equal(info.state.fact.reason, REASON_NO_CAPTURE);
}

/* What is read must stay when the host is gone. */
static void test_results_outlive_the_host(void **state) {
    temp_image *image = *state;
    temp_image_hive(image, HIVE_SYSTEM, service_keys);
    temp_image_text(image, "captures/sc-queryex.txt", "nothing of that kind");
    temp_image_text(image, "captures/files.json",
                    "[{\"FullName\":\"D:\\\\Scratch\",\"Attributes\":16,\"Sddl\":\"O:SYD:(A;;FA;;;SY)\","
                    "\"Zone\":null}]");
    temp_image_text(image, TEMP_IMAGE_CONFIG "SOFTWARE", "broken");
    temp_image_open(image);
    service_info info;
    assert_int_equal(service(image, "obengine", &info), FACT_KNOWN);
    file_marks marks;
    assert_int_equal(
        image->machine->read->file_marks(image->machine, "D:\\scratch", &image->memory, &marks, &image->why),
        FACT_KNOWN);
    registry_path path = {.root = REGISTRY_MACHINE, .key = "SOFTWARE\\x"};
    registry_value value;
    fact why;
    assert_int_equal(
        image->machine->read->registry_read(image->machine, &path, "x", &image->memory, &value, &why),
        FACT_UNKNOWN);
    host_close(image->machine);
    image->machine = NULL;
    assert_int_equal(info.state.fact.reason, REASON_MALFORMED);
    assert_string_equal(info.state.fact.where, "captures/sc-queryex.txt");
    assert_true(strlen(info.state.fact.detail) > 0);
    assert_string_equal(marks.security.value, "O:SYD:(A;;FA;;;SY)");
    assert_string_equal(marks.security.fact.where, "captures/files.json");
    assert_non_null(strstr(why.detail, "Windows/System32/config/SOFTWARE"));
}

/* ---- Files and volumes ---- */

static void test_marks_from_the_capture(void **state) {
    temp_image *image = *state;
    temp_image_text(image, "f.ps1", "");
    temp_image_text(image, "g.ps1", "");
    temp_image_text(image, "captures/files.json",
                    "[{\"FullName\":\"C:\\\\F.ps1\",\"Attributes\":33,\"Sddl\":\"O:BA\",\"Zone\":3}]");
    temp_image_open(image);
    const host_reader *read = image->machine->read;
    file_marks marks;
    assert_int_equal(read->file_marks(image->machine, "c:/f.ps1", &image->memory, &marks, &image->why),
                     FACT_KNOWN);
    assert_int_equal(marks.attributes.value, FILE_ATTR_READONLY | 0x20);
    assert_int_equal(marks.zone.value, 3);
    assert_int_equal(read->file_marks(image->machine, "c:/g.ps1", &image->memory, &marks, &image->why),
                     FACT_KNOWN);
    assert_int_equal(marks.attributes.fact.state, FACT_UNKNOWN);
    assert_int_equal(marks.attributes.fact.reason, REASON_NO_CAPTURE);
    assert_int_equal(marks.zone.fact.state, FACT_UNKNOWN);
    assert_int_equal(read->file_marks(image->machine, "c:/h.ps1", &image->memory, &marks, &image->why),
                     FACT_ABSENT);
}

static void test_volumes(void **state) {
    temp_image *image = *state;
    temp_image_text(
        image, "captures/volumes.json",
        "\xEF\xBB\xBF[{\"DriveLetter\":\"C\",\"FileSystem\":\"NTFS\",\"Size\":1000,\"SizeRemaining\":10}]");
    temp_image_open(image);
    volume_info_list volumes;
    assert_int_equal(image->machine->read->volume_list(image->machine, &image->memory, &volumes, &image->why),
                     FACT_KNOWN);
    assert_int_equal(volumes.count, 1);
    assert_string_equal(fact_text_or(&volumes.items[0].letter, ""), "C");
    assert_int_equal(volumes.items[0].free.value, 10);
    assert_string_equal(volumes.items[0].free.fact.where, "captures/volumes.json");
}

#define IMAGE_TEST(test) cmocka_unit_test_setup_teardown(test, temp_image_set_up, temp_image_tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        IMAGE_TEST(test_missing_captures_say_how_to_make_them),
        IMAGE_TEST(test_the_oem_code_page_is_the_servers),
        IMAGE_TEST(test_utf16_captures),
        IMAGE_TEST(test_captures_that_are_too_large),
        IMAGE_TEST(test_services_without_capture),
        IMAGE_TEST(test_services_with_capture),
        IMAGE_TEST(test_results_outlive_the_host),
        IMAGE_TEST(test_marks_from_the_capture),
        IMAGE_TEST(test_volumes),
    };
    return cmocka_run_group_tests_name("image captures", tests, NULL, NULL);
}
