/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tui/widget/theme.h"

#include <curses.h>
#include <glib.h>

struct look {
	short colour;  /* of 256; -1: the terminal's own */
	short colour8; /* of 8 */
	attr_t attributes;
	attr_t mono; /* where there is no colour */
};

static const struct look looks[STYLE_COUNT] = {
	[STYLE_NORMAL] = {-1, -1, A_NORMAL, A_NORMAL},
	[STYLE_QUIET] = {245, -1, A_NORMAL, A_DIM},
	[STYLE_STRONG] = {-1, -1, A_BOLD, A_BOLD},
	[STYLE_TITLE] = {-1, -1, A_REVERSE, A_REVERSE},
	[STYLE_STATUS] = {-1, -1, A_REVERSE, A_REVERSE},
	[STYLE_KEY] = {-1, -1, A_REVERSE | A_BOLD, A_REVERSE | A_BOLD},
	[STYLE_HEADER] = {73, COLOR_CYAN, A_NORMAL, A_BOLD},
	[STYLE_HEADING] = {-1, -1, A_BOLD, A_BOLD},
	[STYLE_QUOTE] = {245, COLOR_CYAN, A_NORMAL, A_DIM},
	[STYLE_LINK] = {-1, -1, A_UNDERLINE, A_UNDERLINE},
	[STYLE_DECEPTIVE] = {203, COLOR_RED, A_BOLD | A_UNDERLINE, A_BOLD | A_UNDERLINE},
	[STYLE_LANDING] = {222, COLOR_YELLOW, A_BOLD | A_UNDERLINE, A_BOLD | A_UNDERLINE},
	[STYLE_STAND_IN] = {209, COLOR_RED, A_REVERSE, A_REVERSE},
	[STYLE_MARKED] = {222, COLOR_YELLOW, A_BOLD, A_BOLD},
	[STYLE_GOOD] = {114, COLOR_GREEN, A_BOLD, A_BOLD},
	[STYLE_BAD] = {203, COLOR_RED, A_BOLD, A_BOLD | A_UNDERLINE},
	[STYLE_ADDED] = {114, COLOR_GREEN, A_NORMAL, A_BOLD},
	[STYLE_REMOVED] = {203, COLOR_RED, A_NORMAL, A_UNDERLINE},
	[STYLE_HUNK] = {73, COLOR_CYAN, A_NORMAL, A_DIM},
	/* Told apart by people with any colour vision: blues and oranges of different lightness
	   first. */
	[STYLE_ESP + 0] = {75, COLOR_BLUE, A_BOLD, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 1] = {214, COLOR_YELLOW, A_BOLD, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 2] = {79, COLOR_GREEN, A_BOLD, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 3] = {176, COLOR_MAGENTA, A_BOLD, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 4] = {117, COLOR_CYAN, A_BOLD, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 5] = {229, COLOR_YELLOW, A_NORMAL, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 6] = {69, COLOR_BLUE, A_NORMAL, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 7] = {173, COLOR_YELLOW, A_BOLD, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 8] = {149, COLOR_GREEN, A_NORMAL, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 9] = {211, COLOR_MAGENTA, A_NORMAL, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 10] = {44, COLOR_CYAN, A_NORMAL, A_BOLD | A_UNDERLINE},
	[STYLE_ESP + 11] = {183, COLOR_MAGENTA, A_BOLD, A_BOLD | A_UNDERLINE},
};

static attr_t attributes[STYLE_COUNT];
static bool coloured;

void theme_start(int colour)
{
	bool usable = colour && has_colors() && start_color() == OK && COLORS >= 8;

	coloured = usable;
	if (usable)
		use_default_colors();
	for (short i = 0; i < STYLE_COUNT; i++) {
		short number = COLORS >= 256 ? looks[i].colour : looks[i].colour8;

		attributes[i] = usable ? looks[i].attributes : looks[i].mono;
		if (usable && number >= 0 && init_pair((short)(i + 1), number, -1) == OK)
			attributes[i] |= COLOR_PAIR(i + 1);
	}
}

bool theme_coloured(void)
{
	return coloured;
}

unsigned long theme_attributes(enum style style)
{
	return attributes[style];
}

enum style theme_esp(const char *esp)
{
	return STYLE_ESP + g_str_hash(esp) % THEME_ESP_STYLES;
}
