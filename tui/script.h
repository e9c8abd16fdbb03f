/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The script player: keys and commands from a file, played against the real console on a screen in
 * memory. Every command waits until the console is idle, so that nothing needs to sleep. For tests
 * and documentation; one command a line:
 *
 *   size 80x24          the screen's size; only before the others
 *   now 2026-11-24T12:00:00Z
 *                       the time that dates are shown in relation to; likewise
 *   keys j j Enter      presses keys by name (tui/keys.h)
 *   type some text      presses a key for each character
 *   save-screen FILE    writes the screen as text
 *   expect TEXT         fails the script unless TEXT is on the screen
 *   refuse TEXT         fails the script if it is
 *   resize 100x30
 *   # a comment
 */
#ifndef ESPIAL_TUI_SCRIPT_H
#define ESPIAL_TUI_SCRIPT_H

#include <glib.h>
#include <stdbool.h>

struct script;

/* Errors: IO, INVALID (`file:line: what`). The caller frees it with script_free(). */
struct script *script_read(const char *path, GError **error);
void script_free(struct script *script);

int script_width(const struct script *script);
int script_height(const struct script *script);
/* Seconds since the epoch: what the script says, else the time. */
gint64 script_now(const struct script *script);

/* Call when the console is idle and drawn: runs commands up to the next key and returns it, 0 at
 * the end. Failures of `expect` are printed to stderr with the screen, and end the script. */
int script_next_key(struct script *script);
bool script_ended(const struct script *script);
bool script_failed(const struct script *script);

#endif
