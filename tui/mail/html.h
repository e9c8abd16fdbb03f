/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTML as a victim's mail client sees it: links and readable text. Nobody else knows
 * which HTML5 parser is used (docs/dependencies.md).
 */
#ifndef ESPIAL_TUI_MAIL_HTML_H
#define ESPIAL_TUI_MAIL_HTML_H

#include "tui/mail/link.h"
#include "tui/mail/rendered.h"

/* Bytes of one HTML part beyond this are not parsed. */
#define HTML_MAX_SIZE ((size_t)8 << 20)
/* Start tags nested deeper are left out; what is in them is read. */
#define HTML_MAX_DEPTH 512

/* Parses UTF-8, appends its links to `links` (of struct link, at most LINK_MAX in all, with `part`
 * as given) and, unless NULL, its text to `rendered`, with a mark for each clickable link. Scripts,
 * styles and hidden elements yield no text, but links in hidden elements are listed. Any input will
 * do. */
void html_read(struct span html, unsigned part, GPtrArray *links, struct rendered *rendered);

#endif
