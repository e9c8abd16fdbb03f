/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the campaigns screen is opened with.
 */
#ifndef ESPIAL_TUI_SCREEN_CAMPAIGNS_H
#define ESPIAL_TUI_SCREEN_CAMPAIGNS_H

#include "tui/index/groups.h"
#include "tui/screen.h"

struct campaigns_opening {
	const char *query;                  /* only its messages; NULL: all */
	const struct groups_filter *filter; /* only its values count; NULL: all */
	enum groups_key key;                /* what the rows are */
};

#endif
