/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/widget/scroll.h"

static size_t last(const struct scroll *scroll)
{
	size_t height = scroll->height > 0 ? (size_t)scroll->height : 1;

	if (!scroll->count)
		return 0;
	if (scroll->pager && !scroll->loose)
		return scroll->count > height ? scroll->count - height : 0;
	return scroll->count - 1;
}

void scroll_by(struct scroll *scroll, long lines)
{
	if (lines < 0 && 0 - (size_t)lines > scroll->at)
		scroll_to(scroll, 0);
	else
		scroll_to(scroll, scroll->at + (size_t)lines);
}

void scroll_to(struct scroll *scroll, size_t line)
{
	scroll->at = line < last(scroll) ? line : last(scroll);
}

long scroll_page(const struct scroll *scroll)
{
	return scroll->height > 2 ? scroll->height - 1 : 1;
}

void scroll_fit(struct scroll *scroll, int height)
{
	size_t lines = height > 0 ? (size_t)height : 1;

	scroll->height = height;
	scroll_to(scroll, scroll->at);
	if (scroll->pager || scroll->at < scroll->top)
		scroll->top = scroll->at;
	else if (scroll->at >= scroll->top + lines)
		scroll->top = scroll->at - lines + 1;
	if (!scroll->pager && scroll->top + lines > scroll->count)
		scroll->top = scroll->count > lines ? scroll->count - lines : 0;
}

bool scroll_near_end(const struct scroll *scroll)
{
	size_t height = scroll->height > 0 ? (size_t)scroll->height : 1;

	return scroll->at + 2 * height >= scroll->count;
}
