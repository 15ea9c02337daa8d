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

#define INSTALLER "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464"
/* As Windows Server 2022 has it on C:\\Program Files and on C:\\. */
#define PROGRAM_FILES                                                                                        \
    "O:" INSTALLER "G:" INSTALLER "D:PAI(A;;FA;;;" INSTALLER ")(A;CIIO;GA;;;" INSTALLER ")"                  \
    "(A;;0x1301bf;;;SY)(A;OICIIO;GA;;;SY)(A;;0x1301bf;;;BA)(A;OICIIO;GA;;;BA)(A;;0x1200a9;;;BU)"             \
    "(A;OICIIO;GXGR;;;BU)(A;OICIIO;GA;;;CO)(A;;0x1200a9;;;AC)(A;OICIIO;GXGR;;;AC)"                           \
    "(A;;0x1200a9;;;S-1-15-2-2)(A;OICIIO;GXGR;;;S-1-15-2-2)"
#define DRIVE_ROOT                                                                                           \
    "O:" INSTALLER "G:" INSTALLER "D:PAI(A;OICIIO;SDGXGWGR;;;AU)(A;;LC;;;AU)(A;OICIIO;GA;;;SY)(A;;FA;;;SY)"  \
    "(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)"

static void test_others(void **state) {
    (void)state;
    static const struct {
        const char *sddl;
        const char *who; /* NULL: nobody else */
    } cases[] = {
        {PROGRAM_FILES, NULL},
        {DRIVE_ROOT, "AU"},
        {"O:SYG:SYD:PAI(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;BU)", NULL},
        {"O:BAG:SYD:(A;;FA;;;WD)", "WD"},
        {"O:BAG:SYD:(A;OICI;FA;;;S-1-1-0)", "S-1-1-0"},
        {"O:BAD:(A;;0x1301bf;;;BU)", "BU"},
        /* each right by itself */
        {"O:BAD:(A;;0x2;;;BU)", "BU"},
        {"O:BAD:(A;;0x4;;;BU)", "BU"},
        {"O:BAD:(A;;0x40;;;BU)", "BU"},
        {"O:BAD:(A;;0x100;;;BU)", "BU"},
        {"O:BAD:(A;;SD;;;BU)", "BU"},
        {"O:BAD:(A;;WD;;;BU)", "BU"},
        {"O:BAD:(A;;WO;;;BU)", "BU"},
        {"O:BAD:(A;;GW;;;BU)", "BU"},
        {"O:BAD:(A;;GA;;;BU)", "BU"},
        {"O:BAD:(A;;0x10000000;;;BU)", "BU"},
        {"O:BAD:(A;;0x1200b9;;;BU)", NULL}, /* reading, and extended attributes */
        {"O:BAD:(A;;FRFX;;;BU)", NULL},
        /* what only children get */
        {"O:BAD:(A;OICIIO;FA;;;CO)", NULL},
        {"O:BAD:(A;OICIIO;FA;;;CG)", "CG"},
        {"O:BAD:(A;OICIIO;GW;;;BU)", "BU"},
        /* accounts */
        {"O:DAD:(A;;FA;;;DA)(A;;FA;;;EA)(A;;FA;;;LA)(A;;FA;;;BO)(A;;FA;;;SO)(A;;FA;;;OW)", NULL},
        {"O:S-1-5-21-1-2-3-500D:(A;;FA;;;S-1-5-21-11-22-33-512)(A;;FA;;;S-1-5-21-11-22-33-519)", NULL},
        {"O:BAD:(A;;FA;;;S-1-5-21-1-2-3-513)", "S-1-5-21-1-2-3-513"},
        {"O:BAD:(A;;FA;;;S-1-5-21-1-2-512)", "S-1-5-21-1-2-512"},
        {"O:BAD:(A;;FA;;;S-1-5-21-1-2-3-4-512)", "S-1-5-21-1-2-3-4-512"},
        {"O:BAD:(A;;FA;;;S-1-5-21-1--3-512)", "S-1-5-21-1--3-512"},
        {"O:BAD:(A;;FA;;;S-1-5-21-1-2-3-5120)", "S-1-5-21-1-2-3-5120"},
        {"O:BAD:(A;;FA;;;S-1-5-20)", "S-1-5-20"},
        {"O:BAD:(A;;FA;;;S-1-5-80-1-2-3-4-5)", "S-1-5-80-1-2-3-4-5"},
        {"O:BAD:(A;;0x1200a9;;;S-1-15-3-1024-1-2)(A;;FW;;;S-1-15-3-1024-3-4)", "S-1-15-3-1024-3-4"},
        /* the owner */
        {"O:BUD:(A;;FA;;;SY)", "BU"},
        {"O:S-1-5-21-1-2-3-1001G:SYD:(A;;FA;;;SY)", "S-1-5-21-1-2-3-1001"},
        /* denials */
        {"O:BAD:(D;;FA;;;WD)(A;;FA;;;BU)", NULL},
        {"O:BAD:(D;;0x2;;;WD)(A;;0x6;;;BU)", "BU"},
        {"O:BAD:(A;;FA;;;BU)(D;;FA;;;WD)", "BU"},
        {"O:BAD:(D;;FA;;;BU)(A;;FA;;;AU)", "AU"},
        {"O:BAD:(D;OICIIO;FA;;;WD)(A;;FA;;;BU)", "BU"},
        {"O:BAD:(D;;FA;;;WD)(A;OICIIO;FA;;;BU)", "BU"},
        {"O:BAD:(XD;;FA;;;WD;(x))(A;;FA;;;BU)", "BU"},
        {"O:BAD:(OD;;FA;;;WD)(A;;FA;;;BU)", "BU"},
        {"O:BAD:(D;;FA;;;WD)(A;;FA;;;AN)", "AN"},
        /* entries of other kinds */
        {"O:BAD:(XA;;FA;;;BU;(@User.Title==\"(PM\"))", "BU"},
        {"O:BAD:(OA;;CCDC;bf967aba-0de6-11d0-a285-00aa003049e2;;BU)", "BU"},
        {"O:BAD:(ZA;;FA;;;BU;(x))", "BU"},
        /* no list at all, and an empty one */
        {"O:BAD:NO_ACCESS_CONTROL", "WD"},
        {"O:BAD:PAI", NULL},
        {"O:BAG:SYD:AI(A;;FA;;;SY)S:AI(AU;SAFA;FA;;;WD)", NULL},
    };
    arena memory = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *who = "";
        fact why;
        bool read = sddl_others_granted(cases[i].sddl, FOLDER_RIGHTS_WRITE, true, &memory, &who, &why);
        bool same =
            (who == NULL) == (cases[i].who == NULL) && (who == NULL || strcmp(who, cases[i].who) == 0);
        if (!read || !same) {
            fail_msg("%s: %s, %s", cases[i].sddl, who != NULL ? who : "nobody",
                     why.detail != NULL ? why.detail : "");
        }
    }
    /* From the drive's root nothing can be taken away. */
    const char *who = "";
    fact why;
    assert_true(sddl_others_granted(DRIVE_ROOT, FOLDER_RIGHTS_REPLACE, false, &memory, &who, &why));
    assert_null(who);
    assert_true(sddl_others_granted("O:BAD:(A;;DC;;;BU)(A;;DT;;;AU)", FOLDER_RIGHTS_REPLACE, false, &memory,
                                    &who, &why));
    assert_string_equal(who, "AU");
    arena_free(&memory);
}

static void test_others_not_understood(void **state) {
    (void)state;
    static const struct {
        const char *sddl;
        const char *detail;
    } cases[] = {
        {"", "no access list"},
        {"O:BA", "no access list"},
        {"D:(A;;FA;;;SY)", "owner"},
        {"O:D:(A;;FA;;;SY)", "owner"},
        {"O:BAD:(A;;FA;;;SY", "cut off"},
        {"O:BAD:(A;;QQ;;;BU)", "rights"},
        {"O:BAD:(A;;QQ;;;SY)", "rights"},
        {"O:BAD:(A;;FA;;;)", "rights"},
        {"O:BAD:(AU;SA;FA;;;BU)", "neither"},
        {"O:BAD:(A;;FR;;;BU)x", "does not end"},
    };
    arena memory = {0};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *who = "";
        fact why;
        if (sddl_others_granted(cases[i].sddl, FOLDER_RIGHTS_WRITE, true, &memory, &who, &why) ||
            strstr(why.detail, cases[i].detail) == NULL) {
            fail_msg("%s: %s", cases[i].sddl, why.detail != NULL ? why.detail : "");
        }
        assert_null(who);
        assert_int_equal(why.reason, REASON_MALFORMED);
    }
    arena_free(&memory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_not_understood),
        cmocka_unit_test(test_others),
        cmocka_unit_test(test_others_not_understood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
