/* Fixtures: source folders for the image maker that each show one fault, with the findings it gives.
 *
 * <root>/<group>/<name>/ has what image_maker.h describes and besides
 *   expect.txt     how the findings differ from those of the healthy image
 *   baseline.json  optional: the module baseline to judge with
 *   checks.txt     optional: the checks to judge, separated by commas, instead of those that are judged by
 *                  default; expect.txt then has all that they give, not how it differs from healthy
 *
 * A line of an expect.txt is `+ check/verdict` or `+ check/verdict [subject]` for a finding's part that the
 * healthy image does not give, `-` instead of `+` for one of the healthy image's that is not given here.
 * `+ repair check [subject] operation {arguments}` stands for a repair that a finding offers; ` needs name`
 * at its end for an argument that someone has to supply.
 * `! text` stands for a warning about the source, which must be exactly this text.
 * The line `quiet` says instead that nothing at all may be wrong, whatever is checked: only passed, info and
 * skipped parts and no warning about the source. `+` lines are then some that must be among them.
 * Empty lines and lines that begin with # do not count. <root>/healthy/expect.txt lists with `+` all that the
 * healthy image gives. */
#ifndef FIXTURE_H
#define FIXTURE_H

#include "maker_error.h"

typedef struct fixture {
    const char *name;     /* "schedule.enabled/disabled": group/name; "healthy" */
    const char *folder;   /* its source folder */
    const char *baseline; /* text of its baseline.json, or NULL */
    const char *checks;   /* text of its checks.txt without the line's end, or NULL */
    bool quiet;
    text_list added; /* lines without their sign, sorted; a line may stand twice */
    text_list removed;
} fixture;

typedef struct fixture_list {
    fixture healthy;
    fixture *items; /* sorted by name, without healthy */
    size_t count;
} fixture_list;

/* Reads all fixtures below root. False: error says what is wrong, naming the file and the line. */
bool fixture_list_read(fixture_list *out, const char *root, arena *memory, const maker_error *error);

/* The lines that a fixture is to give: those of healthy, less what it takes away, and what it adds. False if
 * it takes away what healthy does not give. */
bool fixture_expected(text_list *out, const fixture_list *all, const fixture *of, arena *memory,
                      const maker_error *error);

/* Whether the fixture's own lines add this verdict ("check/verdict"), on any subject. */
bool fixture_adds(const fixture *of, const char *verdict);

/* Orders lines by their bytes. */
void lines_sort(text_list *lines);

#endif
