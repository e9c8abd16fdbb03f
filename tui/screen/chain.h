/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the chain screen is opened with.
 */
#ifndef ESPIAL_TUI_SCREEN_CHAIN_H
#define ESPIAL_TUI_SCREEN_CHAIN_H

#include "tui/link_list.h"
#include "tui/screen.h"

struct chain_opening {
	const struct link_entry *entry; /* read while it opens */
	guint number;
};

#endif
