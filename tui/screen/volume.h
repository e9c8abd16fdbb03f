/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the volume screen is opened with.
 */
#ifndef ESPIAL_TUI_SCREEN_VOLUME_H
#define ESPIAL_TUI_SCREEN_VOLUME_H

#include "tui/index/groups.h"
#include "tui/screen.h"

struct volume_opening {
	const char *query;                  /* only its messages; NULL: all */
	const struct groups_filter *filter; /* its values and off_network count; NULL: all */
};

#endif
