/* Counts what COM's allocator has given out and not got back, texts (BSTR) included. */
#ifndef MEMORY_SPY_H
#define MEMORY_SPY_H

/* From now on, until the program ends. Freed texts are not kept for later ones. */
void memory_spy_start(void);
long memory_spy_count(void);

#endif
