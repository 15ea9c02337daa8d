/* Lines of the agent's log: whatever they hold, what is found lies within the line, and a time comes out of
 * it. */
#include "parse/agent_log.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int64_t reference = 1772438400; /* 2026-03-02T08:00:00Z */
    const char *text = (const char *)data;
    const char *line = NULL;
    size_t length = 0;
    size_t at = 0;
    while (agent_log_next_line(text, size, &at, &line, &length)) {
        agent_log_line read;
        if (!agent_log_line_read(line, length, &read)) {
            continue;
        }
        if (read.message < line || read.message + read.message_length > line + length ||
            agent_log_instant(&read, reference) > reference + 86400) {
            abort();
        }
    }
    return 0;
}
