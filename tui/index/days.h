/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Days of the local time zone, as notmuch's `date:` has them, by number: those of GDate, 1 is
 * 1 January of the year 1. 0 is none.
 */
#ifndef ESPIAL_TUI_INDEX_DAYS_H
#define ESPIAL_TUI_INDEX_DAYS_H

#include <glib.h>
#include <stdbool.h>

/* The first and the last that can be named: of the years 1 and 9999. */
#define DAYS_FIRST 1u
#define DAYS_LAST 3652059u

/* Room for days_text(). */
#define DAYS_TEXT 16

/* The day of a time in seconds since the epoch; 0 where it has none within the bounds. */
guint32 days_of(gint64 time);
/* The first second of a day, also where the clock skips midnight; bounds as above. */
gint64 days_start(guint32 day);

/* Reads `2026-11-24`; false for anything else. */
bool days_parse(const char *text, guint32 *day);
/* Writes it so; returns `text`. */
const char *days_text(guint32 day, char text[DAYS_TEXT]);

#endif
