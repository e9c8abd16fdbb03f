/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The links of a message beneath its text: number, provider, account and campaign, and where each
 * leads.
 */
#ifndef ESPIAL_TUI_LINK_PANE_H
#define ESPIAL_TUI_LINK_PANE_H

#include "tui/link_list.h"
#include "tui/widget/canvas.h"
#include "tui/widget/scroll.h"

/* Draws a rule and the entries beneath it; `scroll` tells which is selected. `defang`: URLs are
 * shown defanged. */
void link_pane_draw(const struct canvas *canvas, const struct link_list *links,
	struct scroll *scroll, bool defang);

#endif
