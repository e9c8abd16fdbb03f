/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A document parsed by gumbo, within limits of time and memory. For tui/mail/html.c only.
 */
#ifndef ESPIAL_TUI_MAIL_HTML_TREE_H
#define ESPIAL_TUI_MAIL_HTML_TREE_H

#include "rules/span.h"

#include <gumbo.h>

struct html_tree;

/* Parses UTF-8. Start tags nested deeper than `max_depth` are left out, what is in them is not.
 * Returns NULL where the document asks for too much memory or is not read by `deadline`
 * (g_get_monotonic_time()). The caller frees it with html_tree_free(). */
struct html_tree *html_tree_parse(struct span html, unsigned max_depth, gint64 deadline);
void html_tree_free(struct html_tree *tree);
const GumboNode *html_tree_document(const struct html_tree *tree);

#endif
