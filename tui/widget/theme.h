/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What things look like: styles by meaning, and a steady colour for each provider. Every style also
 * differs by weight, underline or a mark drawn beside it, so that nothing is told by colour alone
 * (NO_COLOR, https://no-color.org/).
 */
#ifndef ESPIAL_TUI_WIDGET_THEME_H
#define ESPIAL_TUI_WIDGET_THEME_H

#include <stdbool.h>

enum style {
	STYLE_NORMAL,
	STYLE_QUIET, /* chrome and what matters less */
	STYLE_STRONG,
	STYLE_TITLE,  /* the bar at the top of a screen */
	STYLE_STATUS, /* the bar at the bottom */
	STYLE_KEY,    /* a key in it */
	STYLE_HEADER, /* names of headers and fields */
	STYLE_HEADING,
	STYLE_QUOTE,
	STYLE_LINK, /* a link that is no tracker */
	STYLE_DECEPTIVE,
	STYLE_LANDING,  /* the registrable domain where a chain ends: the loudest thing of a link */
	STYLE_STAND_IN, /* what stands for an unsafe character */
	STYLE_MARKED,
	STYLE_GOOD,
	STYLE_BAD,
	STYLE_ADDED,
	STYLE_REMOVED,
	STYLE_HUNK,
	STYLE_ESP, /* the first of THEME_ESP_STYLES styles of providers */
};

#define THEME_ESP_STYLES 12
#define STYLE_COUNT (STYLE_ESP + THEME_ESP_STYLES)

/* Sets the styles up for the terminal: call after curses has started. `colour` false uses
 * attributes only. */
void theme_start(int colour);
/* Whether styles differ by colour: else only by attributes. */
bool theme_coloured(void);
/* Curses attributes and colour pair of a style, as one attr_t with COLOR_PAIR(). */
unsigned long theme_attributes(enum style style);
/* The style of a provider, the same in every run. */
enum style theme_esp(const char *esp);

#endif
