#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "parse/sddl.h"

#include <string.h>

static void test_rights(void **state) {
    (void)state;
    static const struct {
        const char *sddl;
        uint32_t rights;
    } cases[] = {
        {"O:BUG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)", 0x1F01FF},
        {"D:(A;;FR;;;SY)(A;;FW;;;BA)", 0x12019F},
        {"D:(A;;0x2;;;WD)(A;;0x4;;;AU)", 0x6},
        {"D:(A;;0x2;;;S-1-1-0)(A;;0x4;;;S-1-5-11)(A;;0x8;;;S-1-5-18)(A;;0x10;;;s-1-5-32-544)", 0x1E},
        /* others' entries */
        {"D:(A;;FA;;;BU)(A;;FA;;;S-1-5-180)(A;;FA;;;S-1-5-1)(A;;FA;;;CO)", 0},
        /* the first entry that names a right decides it */
        {"D:(D;;FW;;;SY)(A;;FA;;;SY)", 0x1F01FF & ~0x120116},
        {"D:(A;;FA;;;SY)(D;;FW;;;SY)", 0x1F01FF},
        {"D:(A;;0x2;;;BA)(D;;0x6;;;WD)(A;;0x4;;;SY)", 0x2},
        {"D:(D;;FA;;;BU)(A;;FA;;;SY)", 0x1F01FF},
        /* entries that only children get */
        {"D:(D;OICIIO;FA;;;SY)(A;OICI;FR;;;SY)(A;IO;FA;;;SY)", 0x120089},
        {"D:(A;ID;FR;;;SY)", 0x120089},
        /* generic rights, by letters and by number */
        {"D:(A;;GA;;;SY)", 0x1F01FF},
        {"D:(A;;0x10000000;;;SY)", 0x1F01FF},
        {"D:(A;;0x40000000;;;SY)", 0x120116},
        {"D:(A;;GRGX;;;SY)", 0x1200A9},
        {"D:(A;;DCLCRPCR;;;SY)", 0x2 | 0x4 | 0x10 | 0x100},
        {"D:(A;;6;;;SY)", 6},
        {"D:(A;;017;;;SY)", 15},
        {"D:(A;;;;;SY)", 0},
        /* the owner may always change the list; the owner's own entry */
        {"O:SYD:", 0x60000},
        {"O:SYG:BUD:(A;;0x2;;;OW)", 0x60002},
        {"O:BAD:(D;;0x2;;;S-1-3-4)(A;;0x6;;;SY)", 0x60004},
        {"O:BUG:SYD:(A;;0x2;;;OW)", 0},
        {"O:S-1-5-21-1-2-3-500G:SYD:(A;;0x2;;;OW)", 0},
        /* no list at all, and an empty one */
        {"O:BUD:NO_ACCESS_CONTROL", 0x1F01FF},
        {"D:PAI", 0},
        {"D:S:(AU;SAFA;FA;;;WD)", 0},
        {"D:AI(A;;0x2;;;SY)S:AI(AU;SAFA;FA;;;WD)", 0x2},
        {"d:(a;;fa;;;sy)", 0x1F01FF},
        /* a conditional entry of someone else */
        {"D:(XA;;FA;;;BU;(@User.Title==\"(PM\" && (Member_of {SID(BA)})))(A;;0x2;;;SY)", 0x2},
        {"D:(OA;;FA;;;BU)(A;;0x2;;;SY)", 0x2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t rights = 0;
        fact why;
        if (!sddl_system_rights(cases[i].sddl, &rights, &why) || rights != cases[i].rights) {
            fail_msg("%s: %#x, %s", cases[i].sddl, rights, why.detail != NULL ? why.detail : "");
        }
        assert_int_equal(why.state, FACT_KNOWN);
    }
}

static void test_not_understood(void **state) {
    (void)state;
    static const struct {
        const char *sddl;
        const char *detail;
    } cases[] = {
        {"", "no access list"},
        {"O:SYG:SY", "no access list"},
        {"O:SYG:SYS:(AU;SAFA;FA;;;WD)", "no access list"},
        {"S:(AU;SAFA;FA;;;WD)D:(A;;FA;;;SY)", "no access list"},
        {"D:(A;;FA;;;SY", "cut off"},
        {"D:(A;;FA;;SY)", "cut off"},
        {"D:()", "cut off"},
        {"D:(A;;FA;;;SY)(", "cut off"},
        {"D:(A;;FA;;;SY)x", "does not end"},
        {"D:(A;;FA;;;SY)G:SY", "does not end"},
        {"D:(A;;QQ;;;SY)", "rights"},
        {"D:(A;;FAF;;;SY)", "rights"},
        {"D:(A;;0xG;;;SY)", "rights"},
        {"D:(A;;08;;;SY)", "rights"},
        {"D:(A;;0x100000000;;;SY)", "rights"},
        {"D:(A;;99999999999999999999;;;SY)", "rights"},
        {"D:(A;;-1;;;SY)", "rights"},
        {"D:(XA;;FA;;;SY;(Exists x))", "neither"},
        {"D:(OD;;FA;;;WD)", "neither"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t rights = 1;
        fact why;
        if (sddl_system_rights(cases[i].sddl, &rights, &why) || strstr(why.detail, cases[i].detail) == NULL) {
            fail_msg("%s: %#x, %s", cases[i].sddl, rights, why.detail != NULL ? why.detail : "");
        }
        assert_int_equal(why.state, FACT_UNKNOWN);
        assert_int_equal(why.reason, REASON_MALFORMED);
        assert_int_equal(rights, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_not_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
