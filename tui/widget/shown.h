/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Display-safe text. Whatever a mail, a rule or a repository holds becomes one of these before it
 * is drawn, and the draw functions take nothing else; so no byte of it can move the cursor, reorder
 * a line or hide.
 *
 * Control characters are shown as ^X, bytes that are not UTF-8 as \xNN, and what prints nothing or
 * turns the reading direction (C1, bidi controls, zero-width, tag, private-use and unassigned
 * characters) as <U+NNNN>, a run of the same one as <U+NNNN×count>. Blanks of any kind are a space.
 * Emoji joiners and variation selectors behind a symbol are dropped: they hide nothing there and
 * their width is anyone's guess.
 */
#ifndef ESPIAL_TUI_WIDGET_SHOWN_H
#define ESPIAL_TUI_WIDGET_SHOWN_H

#include "rules/span.h"

/* What takes up columns together: a character and its combining ones, or a visible stand-in for
 * something unsafe. */
struct shown_cell {
	guint32 offset; /* into text */
	guint32 source; /* byte offset in the bytes it was made from */
	guint8 len;     /* bytes in text */
	guint8 columns; /* 1 or 2 */
	bool stand_in;  /* draw it so that it cannot be taken for the mail's own text */
	bool blank;     /* a line can be broken here */
};

struct shown {
	char *text; /* safe UTF-8, NUL-terminated: also for stderr and batch output */
	struct shown_cell *cells;
	size_t count;
	unsigned columns;
};

/* One line of a wrapped text: cells first … first+count-1. */
struct shown_line {
	guint32 first;
	guint32 count;
};

/* More bytes than this of one text are not shown; a last cell `…` says so. */
#define SHOWN_MAX_BYTES ((size_t)1 << 20)
/* Combining characters kept on one base: more is a flood. */
#define SHOWN_MAX_COMBINING 4

/* Never NULL; the caller frees it with shown_free(). Newlines are shown as ^J: split the text into
 * lines first. */
struct shown *shown_new(struct span bytes);
void shown_free(struct shown *shown);

/* The safe text of some bytes, for output outside the console; the caller frees it with g_free().
 */
char *shown_plain(const char *bytes);

/* Appends the lines of the text at `width` columns (at least 2) to `lines`, of struct shown_line:
 * broken at blanks where there are some, else anywhere. At least one line, which may be empty. */
void shown_wrap(const struct shown *shown, unsigned width, GArray *lines);

#endif
