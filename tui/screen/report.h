/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the report screen is opened with.
 */
#ifndef ESPIAL_TUI_SCREEN_REPORT_H
#define ESPIAL_TUI_SCREEN_REPORT_H

#include "tui/index/groups.h"
#include "tui/screen.h"

struct report_opening {
	const char *query;                  /* only its messages; NULL: all */
	const struct groups_filter *filter; /* its values count; GROUPS_ESP is set */
};

#endif
