/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A document as an HTML5 parser makes it of any bytes, within limits of time and memory. The parser
 * is known to html_tree.c only: to replace it is to write that file anew (docs/dependencies.md).
 */
#ifndef ESPIAL_TUI_MAIL_HTML_TREE_H
#define ESPIAL_TUI_MAIL_HTML_TREE_H

#include "rules/span.h"

/* The elements that mean something to a reader of mail. */
enum html_tag {
	HTML_OTHER,
	HTML_A,
	HTML_ADDRESS,
	HTML_AREA,
	HTML_ARTICLE,
	HTML_AUDIO,
	HTML_BASE,
	HTML_BLOCKQUOTE,
	HTML_BODY,
	HTML_BR,
	HTML_BUTTON,
	HTML_CENTER,
	HTML_DD,
	HTML_DIV,
	HTML_DL,
	HTML_DT,
	HTML_EMBED,
	HTML_FIELDSET,
	HTML_FOOTER,
	HTML_FORM,
	HTML_FRAME,
	HTML_H1,
	HTML_H2,
	HTML_H3,
	HTML_H4,
	HTML_H5,
	HTML_H6,
	HTML_HEAD,
	HTML_HEADER,
	HTML_HR,
	HTML_IFRAME,
	HTML_IMAGE, /* of SVG: in HTML it is read as img */
	HTML_IMG,
	HTML_INPUT,
	HTML_LI,
	HTML_LINK,
	HTML_MAIN,
	HTML_META,
	HTML_NAV,
	HTML_OBJECT,
	HTML_OL,
	HTML_P,
	HTML_PRE,
	HTML_SCRIPT,
	HTML_SECTION,
	HTML_SOURCE,
	HTML_STYLE,
	HTML_TABLE,
	HTML_TD,
	HTML_TEMPLATE,
	HTML_TH,
	HTML_TITLE,
	HTML_TR,
	HTML_TRACK,
	HTML_UL,
	HTML_UNKNOWN, /* no element of HTML at all */
	HTML_VIDEO,
};

enum html_attribute {
	HTML_ACTION,
	HTML_ALT,
	HTML_BACKGROUND,
	HTML_CONTENT,
	HTML_DATA,
	HTML_FORMACTION,
	HTML_HEIGHT,
	HTML_HIDDEN,
	HTML_HREF, /* also xlink:href */
	HTML_HTTP_EQUIV,
	HTML_POSTER,
	HTML_SRC,
	HTML_SRCDOC,
	HTML_SRCSET,
	HTML_CSS, /* style */
	HTML_VALUE,
	HTML_WIDTH,
	HTML_ATTRIBUTE_COUNT,
};

struct html_element {
	enum html_tag tag;
	bool foreign;  /* of SVG or MathML */
	bool inert;    /* in a template */
	unsigned note; /* the visitor's own: what enter() sets, leave() finds */
	/* Decoded UTF-8; "" where it is empty, NULL where it is absent. */
	const char *attributes[HTML_ATTRIBUTE_COUNT];
};

/* What is told of a document, in its order; each may be NULL. Elements live from enter() to
 * leave(), text and attributes as long as the tree. */
struct html_visitor {
	void (*enter)(void *data, struct html_element *element);
	void (*leave)(void *data, struct html_element *element);
	void (*text)(void *data, const char *text, enum html_tag parent);
	void (*comment)(void *data, const char *text);
};

struct html_tree;

/* Parses UTF-8. Start tags nested deeper than `max_depth` are left out, what is in them is not.
 * Returns NULL where the document asks for too much memory or is not read by `deadline`
 * (g_get_monotonic_time()). The caller frees it with html_tree_free(). */
struct html_tree *html_tree_parse(struct span html, unsigned max_depth, gint64 deadline);
void html_tree_free(struct html_tree *tree);
/* Tells `visitor` of the whole document; takes no stack however deep it is. */
void html_tree_walk(const struct html_tree *tree, const struct html_visitor *visitor, void *data);

#endif
