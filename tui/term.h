/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The terminal: starting and leaving curses, keys, size, and leaving it sane whatever happens.
 */
#ifndef ESPIAL_TUI_TERM_H
#define ESPIAL_TUI_TERM_H

#include "tui/widget/canvas.h"

/* Smaller than this nothing can be drawn. */
#define TERM_MIN_WIDTH 40
#define TERM_MIN_HEIGHT 6

/* Starts curses on the terminal; prints why and returns false where there is none. */
bool term_start(void);
/* Starts curses with a screen of that size in memory and no keyboard, for the script player. */
bool term_start_in_memory(int width, int height);
/* Leaves the terminal as it was found. Safe to call twice, and at exit. */
void term_stop(void);

/* Gives the terminal to another program for a while (an editor, a pager), and takes it back. */
void term_suspend(void);
void term_resume(void);

void term_resize(int width, int height); /* of a screen in memory */
struct canvas term_canvas(void);
/* The next key (tui/keys.h), or 0 when none waits. */
int term_key(void);
/* Whether a signal asked to end; readable from term_signal_fd() too. */
bool term_ended(void);
int term_signal_fd(void);

void term_clear(void);   /* before drawing */
void term_refresh(void); /* after */
void term_redraw(void);  /* paints every cell again */

/* The screen as text, lines without trailing blanks; the caller frees it with g_free(). */
char *term_text(void);

#endif
