/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From a link to the messages that have something in common with it.
 */
#ifndef ESPIAL_TUI_PIVOT_H
#define ESPIAL_TUI_PIVOT_H

#include "rules/chain.h"
#include "tui/app.h"

struct pivot;

/* `picked` is the picker's callback on `screen`, which hands the value to pivot_pick(). The caller
 * frees it with pivot_free() when the screen closes. */
struct pivot *pivot_new(
	struct screen *screen, void (*picked)(struct screen *screen, const char *value));
void pivot_free(struct pivot *pivot);

/* Counts, in a job, the messages with the same account, campaign, landing domain, rule, and from
 * the same network as the link's message; then opens a picker over them. `chain` is read before it
 * returns. */
void pivot_ask(struct pivot *pivot, const struct chain *chain, const char *message_id);
/* Lists the messages of what was picked. */
void pivot_pick(struct pivot *pivot, const char *value);

#endif
