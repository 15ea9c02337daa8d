/* Lines of the agent's own log (Temp\*.errlog): fields between TABs (date and time also by a blank),
 *   process thread MM/DD HH:MM:SS.mmm component file(line) [pointer] task-id (empty) LEVEL message
 * where the pointer may be missing. Times are the server's local ones and have no year. */
#ifndef PARSE_AGENT_LOG_H
#define PARSE_AGENT_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct agent_log_line {
    int month; /* 1 to 12 */
    int day;
    int hour;
    int minute;
    int second;
    const char *level; /* NORMAL, WARNING, FATAL; points into the line */
    size_t level_length;
    const char *message; /* points into the line */
    size_t message_length;
} agent_log_line;

/* The next line of a log at *at, without its end; advances *at. False at the end. */
bool agent_log_next_line(const char *text, size_t size, size_t *at, const char **line, size_t *length);
/* False if the line is not one of the log's own (a wrapped message, a torn line). */
bool agent_log_line_read(const char *line, size_t length, agent_log_line *out);
/* The line's time taken as UTC, in the year that puts it last before the reference, or at most a day after it
 * (the zone and the clock leave that room). */
int64_t agent_log_instant(const agent_log_line *line, int64_t reference);

#endif
