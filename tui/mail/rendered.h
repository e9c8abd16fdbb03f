/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The readable text of a message: UTF-8 paragraphs, unwrapped, with marks where links stand. It is
 * raw text of the mail: whoever draws it makes it display-safe.
 */
#ifndef ESPIAL_TUI_MAIL_RENDERED_H
#define ESPIAL_TUI_MAIL_RENDERED_H

#include <glib.h>

/* Text beyond this is cut, with a last line that says so. */
#define RENDERED_MAX_SIZE ((size_t)4 << 20)

enum rendered_mark_kind {
	RENDERED_LINK, /* the shown text of link number `link` */
	RENDERED_HEADING,
	RENDERED_QUOTE,
	RENDERED_ADDED, /* what the renderer added itself: part titles, rules, image placeholders */
};

struct rendered_mark {
	enum rendered_mark_kind kind;
	unsigned link;     /* index into the message's links */
	size_t start, end; /* byte offsets into text */
};

struct rendered {
	GString *text; /* valid UTF-8; paragraphs end in a newline */
	GArray *marks; /* of struct rendered_mark, by start; marks of one kind do not overlap */
};

struct rendered *rendered_new(void);
void rendered_free(struct rendered *rendered);

#endif
