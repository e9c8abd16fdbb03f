/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Where one is in a list of lines: which is selected and which is the first to be seen.
 */
#ifndef ESPIAL_TUI_WIDGET_SCROLL_H
#define ESPIAL_TUI_WIDGET_SCROLL_H

#include <stdbool.h>
#include <stddef.h>

struct scroll {
	size_t count; /* lines there are */
	size_t at;    /* the selected one, or with `pager` the first to be seen */
	size_t top;
	int height; /* lines to be seen, set when drawing */
	bool pager; /* nothing is selected: moving scrolls */
	bool loose; /* with `pager`: lines may take several rows, so the last may be the first seen
		     */
};

/* Moves by lines, within bounds. */
void scroll_by(struct scroll *scroll, long lines);
void scroll_to(struct scroll *scroll, size_t line);
/* Half a page is too little for reading: a page less the line that one goes on from. */
long scroll_page(const struct scroll *scroll);
/* Brings `top` in line with `at` for this height. */
void scroll_fit(struct scroll *scroll, int height);
/* Whether the last line is within a page of being seen: time to read more. */
bool scroll_near_end(const struct scroll *scroll);

#endif
