/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Chooses one of a list by typing part of it.
 */
#ifndef ESPIAL_TUI_SCREEN_PICKER_H
#define ESPIAL_TUI_SCREEN_PICKER_H

#include "tui/screen.h"

struct picker_item {
	const char *value; /* what is picked, and matched */
	const char *note;  /* shown beside it, and matched; may be NULL */
};

struct picker_spec {
	const char *title;
	const struct picker_item *items; /* copied */
	size_t count;
	const char *fresh; /* how a value that is not listed is offered: `new provider`; NULL: only
			      listed ones */
	/* Gets the value picked; the picker is closed by then. Not called where the user backs out.
	 * `screen` is the one that was on top before. */
	void (*picked)(struct screen *screen, const char *value);
};

#endif
