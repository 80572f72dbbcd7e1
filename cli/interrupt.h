/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CLI_INTERRUPT_H
#define CLI_INTERRUPT_H

#include <stdbool.h>

/* The first interrupt asks for what was found so far; the second ends the program at once. */
void interrupt_catch(void);
bool interrupt_came(void);

#endif
