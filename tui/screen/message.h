/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the message screen is opened with.
 */
#ifndef ESPIAL_TUI_SCREEN_MESSAGE_H
#define ESPIAL_TUI_SCREEN_MESSAGE_H

#include "tui/screen.h"

struct message_opening {
	const char *id;    /* message id */
	const char *query; /* of the list it was opened from, for previews; NULL: all */
	/* The list below it, to go on from: moves its selection by `step` and returns the message
	 * id there, or NULL at an end. Lives until the list changes. NULL: there is no list. */
	const char *(*step)(struct screen *list, int step);
	struct screen *list;
	bool unexplained; /* select the first link that looks like a tracker without a rule */
};

#endif
