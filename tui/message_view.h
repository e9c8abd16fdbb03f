/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The text of a message as it is drawn: headers, lines in a style, the body with its links numbered
 * and highlighted, wrapped to a width.
 */
#ifndef ESPIAL_TUI_MESSAGE_VIEW_H
#define ESPIAL_TUI_MESSAGE_VIEW_H

#include "tui/link_list.h"
#include "tui/widget/canvas.h"

struct message_view;

/* The caller frees it with message_view_free(). */
struct message_view *message_view_new(void);
void message_view_free(struct message_view *view);

/* Putting it together, top to bottom, after message_view_clear(). Any bytes will do. */
void message_view_clear(struct message_view *view);
void message_view_add_header(struct message_view *view, const char *name, const char *value);
/* One line, whatever is in it. */
void message_view_add_line(struct message_view *view, enum style style, const char *text);
/* The body, each link followed by its number in the list. */
void message_view_add_body(
	struct message_view *view, const struct rendered *rendered, const struct link_list *links);

/* Wraps to the width and returns the number of lines. */
size_t message_view_wrap(struct message_view *view, int width);
/* Draws the lines from `top` on; the link of that number is shown as selected (0: none). */
void message_view_draw(
	const struct message_view *view, const struct canvas *canvas, size_t top, guint selected);
/* The first line on which the link of that number stands; false where it stands on none. */
bool message_view_find(const struct message_view *view, guint number, size_t *line);

#endif
