#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/text_builder.h"
#include "core/unicode.h"
#include "parse/task_xml.h"

#include <libxml/xmlerror.h>

#include <stdlib.h>
#include <string.h>

#define NS "xmlns=\"http://schemas.microsoft.com/windows/2004/02/mit/task\""
#define TASK(content)                                                                                        \
    "<?xml version=\"1.0\" encoding=\"UTF-16\"?>\n<Task version=\"1.4\" " NS ">" content "</Task>"

typedef struct fixture {
    arena memory;
    task_definition task;
    fact why;
} fixture;

static int set_up(void **state) {
    static fixture it;
    it = (fixture){0};
    *state = &it;
    return 0;
}

static int tear_down(void **state) {
    fixture *it = *state;
    arena_free(&it->memory);
    return 0;
}

/* From memory of exactly that size. */
static bool read_bytes(fixture *it, const void *data, size_t size) {
    uint8_t *copy = malloc(size > 0 ? size : 1);
    assert_non_null(copy);
    memcpy(copy, data, size);
    bool good = task_xml_read(copy, size, &it->memory, &it->task, &it->why);
    free(copy);
    assert_int_equal(it->why.state, good ? FACT_KNOWN : FACT_UNKNOWN);
    assert_true(good || it->why.detail != NULL);
    return good;
}

static bool read(fixture *it, const char *text) {
    return read_bytes(it, text, strlen(text));
}

static const char whole[] =
    TASK("<!-- c --><Actions Context=\"Author\"><Exec><Command>C:\\a b.exe</Command><Arguments> -x &amp; "
         "\"y\" </Arguments>"
         "<WorkingDirectory>C:\\w</WorkingDirectory></Exec><ComHandler><ClassId>{1}</ClassId></ComHandler></"
         "Actions>"
         "<Triggers><CalendarTrigger><StartBoundary>2024-01-02T03:04:05</"
         "StartBoundary><EndBoundary>2030-01-01T00:00:00Z</EndBoundary>"
         "<Enabled> 0 </Enabled><Repetition><Interval>PT1H</Interval><Duration>P1D</Duration></Repetition>"
         "<RandomDelay>PT5M</RandomDelay><ScheduleByWeek><WeeksInterval>2</WeeksInterval><DaysOfWeek><Sunday/"
         "><Friday />"
         "</DaysOfWeek></ScheduleByWeek></CalendarTrigger>"
         "<BootTrigger/><CalendarTrigger><ScheduleByMonth><DaysOfMonth><Day>1</Day><Day>Last</Day></"
         "DaysOfMonth><Months><May/></Months>"
         "</ScheduleByMonth></CalendarTrigger></Triggers>"
         "<Settings><Enabled>tr<!-- x -->ue</Enabled><MultipleInstancesPolicy>Queue</MultipleInstancesPolicy>"
         "<DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries><StopIfGoingOnBatteries>0</"
         "StopIfGoingOnBatteries>"
         "<RunOnlyIfNetworkAvailable>1</RunOnlyIfNetworkAvailable><RunOnlyIfIdle>\n true\t</RunOnlyIfIdle>"
         "<StartWhenAvailable>true</StartWhenAvailable><Hidden>true</Hidden><ExecutionTimeLimit>PT0S</"
         "ExecutionTimeLimit></Settings>"
         "<Principals><Principal id=\"Author\"><UserId>S-1-5-18</UserId><LogonType>Password</LogonType>"
         "<RunLevel>HighestAvailable</RunLevel></Principal></Principals>"
         "<RegistrationInfo><Author>CONTOSO\\é</Author><Date>2024-01-01T00:00:00</Date></RegistrationInfo>");

static void assert_whole(const task_definition *task) {
    assert_string_equal(task->version, "1.4");
    assert_string_equal(task->author, "CONTOSO\\é");
    assert_string_equal(task->date, "2024-01-01T00:00:00");
    assert_true(task->enabled);
    assert_true(task->hidden);
    assert_int_equal(task->multiple_instances, TASK_INSTANCES_QUEUE);
    assert_string_equal(task->multiple_instances_text, "Queue");
    assert_true(task->multiple_instances_given);
    assert_false(task->disallow_start_on_batteries);
    assert_false(task->stop_on_batteries);
    assert_true(task->run_only_if_network);
    assert_true(task->run_only_if_idle);
    assert_true(task->start_when_available);
    assert_string_equal(task->execution_time_limit, "PT0S");
    assert_int_equal(task->principal_count, 1);
    assert_ptr_equal(task->principal, &task->principals[0]);
    assert_string_equal(task->principal->id, "Author");
    assert_string_equal(task->principal->user_id, "S-1-5-18");
    assert_null(task->principal->group_id);
    assert_string_equal(task->principal->logon_type, "Password");
    assert_string_equal(task->principal->run_level, "HighestAvailable");
}

static void assert_triggers(const task_definition *task) {
    assert_int_equal(task->trigger_count, 3);
    const task_trigger *weekly = &task->triggers[0];
    assert_string_equal(weekly->kind, "CalendarTrigger");
    assert_false(weekly->enabled);
    assert_string_equal(weekly->start_boundary, "2024-01-02T03:04:05");
    assert_string_equal(weekly->end_boundary, "2030-01-01T00:00:00Z");
    assert_string_equal(weekly->repetition_interval, "PT1H");
    assert_string_equal(weekly->repetition_duration, "P1D");
    assert_string_equal(weekly->random_delay, "PT5M");
    assert_string_equal(weekly->schedule.kind, "ScheduleByWeek");
    assert_int_equal(weekly->schedule.interval, 2);
    assert_int_equal(weekly->schedule.days_of_week, 1u << 0 | 1u << 5);
    assert_string_equal(task->triggers[1].kind, "BootTrigger");
    assert_true(task->triggers[1].enabled);
    assert_null(task->triggers[1].start_boundary);
    assert_null(task->triggers[1].schedule.kind);
    assert_string_equal(task->triggers[2].schedule.kind, "ScheduleByMonth");
    assert_int_equal(task->triggers[2].schedule.days_of_month, 1u << 1 | 1u);
    assert_int_equal(task->triggers[2].schedule.months, 1u << 5);
}

static void test_every_field(void **state) {
    fixture *it = *state;
    assert_true(read(it, whole));
    assert_whole(&it->task);
    assert_triggers(&it->task);
    assert_string_equal(it->task.actions_context, "Author");
    assert_int_equal(it->task.action_count, 2);
    assert_string_equal(it->task.actions[0].kind, "Exec");
    assert_string_equal(it->task.actions[0].command, "C:\\a b.exe");
    assert_string_equal(it->task.actions[0].arguments, " -x & \"y\" ");
    assert_string_equal(it->task.actions[0].working_directory, "C:\\w");
    assert_null(it->task.actions[0].class_id);
    assert_string_equal(it->task.actions[1].kind, "ComHandler");
    assert_string_equal(it->task.actions[1].class_id, "{1}");
    assert_null(it->task.actions[1].command);
}

static void test_every_encoding(void **state) {
    fixture *it = *state;
    bytes wide = utf16_from_utf8(&it->memory, whole, strlen(whole));
    uint8_t *data = arena_alloc(&it->memory, wide.size + 2);
    data[0] = 0xFF;
    data[1] = 0xFE;
    memcpy(data + 2, wide.data, wide.size);
    for (int swapped = 0; swapped < 2; swapped++) {
        assert_true(read_bytes(it, data, wide.size + 2));
        assert_whole(&it->task);
        assert_true(read_bytes(it, data + 2, wide.size)); /* without a byte order mark */
        assert_whole(&it->task);
        for (size_t i = 0; i < wide.size + 2; i += 2) {
            uint8_t first = data[i];
            data[i] = data[i + 1];
            data[i + 1] = first;
        }
    }
    assert_true(read(it, arena_printf(&it->memory, "\xEF\xBB\xBF%s", whole)));
    assert_whole(&it->task);
    assert_false(read_bytes(it, data, wide.size + 1));
    assert_false(read(it, TASK("<RegistrationInfo><Author>\xE9</Author></RegistrationInfo>")));
}

static void test_defaults(void **state) {
    fixture *it = *state;
    assert_true(read(it, "<Task " NS "><Triggers/><Settings/></Task>"));
    assert_null(it->task.version);
    assert_null(it->task.author);
    assert_true(it->task.enabled);
    assert_false(it->task.hidden);
    assert_int_equal(it->task.multiple_instances, TASK_INSTANCES_IGNORE_NEW);
    assert_string_equal(it->task.multiple_instances_text, "IgnoreNew");
    assert_false(it->task.multiple_instances_given);
    assert_true(it->task.disallow_start_on_batteries);
    assert_true(it->task.stop_on_batteries);
    assert_false(it->task.run_only_if_network);
    assert_false(it->task.run_only_if_idle);
    assert_false(it->task.start_when_available);
    assert_string_equal(it->task.execution_time_limit, "PT72H");
    assert_int_equal(it->task.trigger_count, 0);
    assert_int_equal(it->task.action_count, 0);
    assert_null(it->task.principal);
}

static void test_unknown_policy_word_is_kept(void **state) {
    fixture *it = *state;
    assert_true(
        read(it, TASK("<Settings><MultipleInstancesPolicy>Sometimes</MultipleInstancesPolicy></Settings>")));
    assert_int_equal(it->task.multiple_instances, TASK_INSTANCES_OTHER);
    assert_string_equal(it->task.multiple_instances_text, "Sometimes");
    assert_true(it->task.multiple_instances_given);
}

#define PRINCIPALS                                                                                           \
    "<Principals><Principal id=\"a\"><GroupId>S-1-5-32-544</GroupId></Principal><Principal "                 \
    "id=\"b\"/></Principals>"

static void test_principal_of_the_actions(void **state) {
    fixture *it = *state;
    assert_true(read(it, TASK(PRINCIPALS "<Actions Context=\"a\"/>")));
    assert_string_equal(it->task.principal->group_id, "S-1-5-32-544");
    assert_string_equal(it->task.principal->run_level, "LeastPrivilege");
    assert_null(it->task.principal->user_id);
    assert_null(it->task.principal->logon_type);
    assert_true(read(it, TASK(PRINCIPALS "<Actions Context=\"c\"/>")));
    assert_null(it->task.principal);
    assert_true(read(it, TASK(PRINCIPALS "<Actions/>")));
    assert_null(it->task.principal);
    assert_true(
        read(it, TASK("<Principals><Principal><UserId>x</UserId></Principal></Principals><Actions/>")));
    assert_string_equal(it->task.principal->user_id, "x");
}

static void test_errors_are_named(void **state) {
    fixture *it = *state;
    const struct {
        const char *text;
        const char *names;
    } faults[] = {
        {TASK("<Settings><Enabled>yes</Enabled></Settings>"), "Settings/Enabled"},
        {TASK("<Settings><Enabled/></Settings>"), "Settings/Enabled"},
        {TASK("<Settings><Enabled>TRUE</Enabled></Settings>"), "TRUE"},
        {TASK("<Triggers><BootTrigger><Enabled>2</Enabled></BootTrigger></Triggers>"), "BootTrigger/Enabled"},
        {TASK("<Settings/><Settings/>"), "more than one Settings"},
        {TASK("<Settings><Enabled>true</Enabled><Enabled>false</Enabled></Settings>"),
         "more than one Enabled"},
        {TASK("<Settings><Enabled><b>true</b></Enabled></Settings>"), "Enabled"},
        {TASK("<Triggers><CalendarTrigger><ScheduleByDay><DaysInterval>x</DaysInterval></ScheduleByDay></"
              "CalendarTrigger>"
              "</Triggers>"),
         "DaysInterval"},
        {"<Task><Settings/></Task>", "root"},
        {"<Job " NS "/>", "root"},
        {"<Task xmlns=\"urn:other\"/>", "root"},
        {TASK("<Settings>"), "well-formed"},
        {"", "well-formed"},
        {"no xml", "well-formed"},
        {"<?xml version=\"1.0\"", "well-formed"},
        {TASK("&undefined;"), "well-formed"},
    };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (read(it, faults[i].text) || strstr(it->why.detail, faults[i].names) == NULL) {
            fail_msg("%s: %s", faults[i].text, it->why.detail);
        }
        assert_int_equal(it->task.trigger_count, 0);
        assert_null(it->task.version);
    }
}

static void test_document_types_are_refused(void **state) {
    fixture *it = *state;
    static const char *const texts[] = {
        "<!DOCTYPE Task><Task " NS "/>",
        "<?xml version=\"1.0\"?>\n<!-- a --><?pi?>\n<!-- > --><!DOCTYPE Task [<!ENTITY a \"b\">]><Task " NS
        ">&a;</Task>",
        "<!DOCTYPE T [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c "
        "\"&b;&b;&b;&b;&b;&b;\">]>"
        "<Task " NS ">&c;</Task>",
        "<!DOCTYPE Task SYSTEM \"file:///etc/passwd\"><Task " NS "/>",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_false(read(it, texts[i]));
        assert_non_null(strstr(it->why.detail, "document type"));
        bytes wide = utf16_from_utf8(&it->memory, texts[i], strlen(texts[i]));
        assert_false(read_bytes(it, wide.data, wide.size));
        assert_non_null(strstr(it->why.detail, "document type"));
    }
}

static void test_sizes_and_depth(void **state) {
    fixture *it = *state;
    size_t size = (size_t)50 * 1024 * 1024;
    char *text = malloc(size + 1);
    assert_non_null(text);
    memset(text, ' ', size);
    text[size] = '\0';
    memcpy(text, whole, strlen(whole));
    assert_false(read_bytes(it, text, size));
    assert_int_equal(it->why.reason, REASON_TOO_LARGE);
    assert_false(read_bytes(it, text, TASK_XML_TEXT_MAX + 1));
    assert_int_equal(it->why.reason, REASON_TOO_LARGE);
    assert_true(read_bytes(it, text, TASK_XML_TEXT_MAX));
    size_t used = 0;
    for (int i = 0; i < 100000; i++, used += 3) {
        memcpy(text + used, "<a>", 3);
    }
    assert_false(read_bytes(it, text, used));
    free(text);
}

static void test_too_many_triggers(void **state) {
    fixture *it = *state;
    text_builder text = {0};
    text_add(&text, "<Task " NS "><Triggers>");
    for (int i = 0; i < TASK_XML_ITEMS_MAX + 1; i++) {
        text_add(&text, "<BootTrigger/>");
    }
    text_add(&text, "</Triggers></Task>");
    assert_false(read(it, text_builder_text(&text)));
    assert_int_equal(it->why.reason, REASON_TOO_LARGE);
    text_builder_free(&text);
}

static int heard;
static void hear(void *user, xmlErrorPtr error) {
    (void)user;
    (void)error;
    heard++;
}

static void test_handlers_of_the_process_hear_nothing(void **state) {
    xmlSetStructuredErrorFunc(NULL, hear);
    heard = 0;
    assert_false(read(*state, TASK("<Settings>")));
    assert_false(read(*state, TASK("<a:b/>")));
    xmlSetStructuredErrorFunc(NULL, NULL);
    assert_int_equal(heard, 0);
}

static void test_cut_off_anywhere(void **state) {
    fixture *it = *state;
    for (size_t size = 0; size < strlen(whole); size++) {
        assert_false(read_bytes(it, whole, size));
        arena_free(&it->memory);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_every_field),
        TEST(test_every_encoding),
        TEST(test_defaults),
        TEST(test_unknown_policy_word_is_kept),
        TEST(test_principal_of_the_actions),
        TEST(test_errors_are_named),
        TEST(test_document_types_are_refused),
        TEST(test_sizes_and_depth),
        TEST(test_too_many_triggers),
        TEST(test_handlers_of_the_process_hear_nothing),
        TEST(test_cut_off_anywhere),
    };
    return cmocka_run_group_tests_name("task_xml", tests, NULL, NULL);
}
