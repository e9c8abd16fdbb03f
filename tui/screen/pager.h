/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A screen of plain lines to read: raw source, a patch, help.
 */
#ifndef ESPIAL_TUI_SCREEN_PAGER_H
#define ESPIAL_TUI_SCREEN_PAGER_H

#include "tui/screen.h"

enum pager_kind {
	PAGER_PLAIN,
	PAGER_PATCH, /* lines coloured as git does */
	PAGER_HELP,  /* a line that starts without a blank is a heading */
};

struct pager_text {
	const char *title;
	const char *text; /* any bytes; copied */
	size_t len;
	enum pager_kind kind;
};

#endif
