/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines that software broke for transport, put together again. Text in, text out, in place; lines
 * end in a bare newline.
 */
#ifndef ESPIAL_TUI_MAIL_PLAIN_H
#define ESPIAL_TUI_MAIL_PLAIN_H

#include <glib.h>
#include <stdbool.h>

/* format=flowed (RFC 3676): a line that ends in a blank goes on in the next one of the same quote
 * depth. `delsp`: the blank is not part of the text (DelSp=yes). */
void plain_join_flowed(GString *text, bool delsp);
/* iCalendar and vCard (RFC 5545 §3.1, RFC 6350 §3.2): a line that begins with a blank goes on the
 * one before it; escapes (`\n`, `\,`, `\;`, `\\`) are read. */
void plain_unfold_card(GString *text);

#endif
