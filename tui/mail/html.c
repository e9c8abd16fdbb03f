/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walks the tree of a document for its links and its text. A document that is too much for the
 * parser is read piece by piece: its structure is lost, its links are not.
 */
#include "tui/mail/html.h"

#include "tui/mail/html_style.h"
#include "tui/mail/html_tree.h"

/* For the whole document, then again for its pieces. */
#define PARSE_MAX_TIME (3 * (gint64)G_USEC_PER_SEC)
#define PIECE_SIZE ((size_t)4096)
/* Documents within the document. */
#define INNER_MAX_DEPTH 2
#define INNER_MAX 1000
/* The prefix of a quoted line is repeated up to this many times. */
#define QUOTE_MAX_DEPTH 8

#define NO_LINK G_MAXUINT

/* What enter() notes on an element. */
enum { NOTE_HIDES = 1, NOTE_ANCHOR = 2 };

struct reading {
	unsigned part;
	GPtrArray *links;
	struct rendered *rendered; /* NULL: links only */
	struct url *base;
	bool has_base;
	gint64 deadline;
	unsigned depth;   /* of documents within documents */
	unsigned inner;   /* of these read so far */
	bool conditional; /* in a conditional comment */

	unsigned hidden; /* hidden elements around */
	unsigned preformatted;
	unsigned quoted;
	unsigned headings;
	size_t quote_start, heading_start; /* in the rendered text, of the outermost */
	unsigned anchor;                   /* the link whose text is being read, or NO_LINK */
	unsigned anchor_hidden;            /* hidden elements around it */
	size_t anchor_start;
	GString *anchor_text;
	bool blank; /* a blank is due before the next word */
	bool full;  /* the rendered text has reached its limit */
};

static struct link *add_link(struct reading *reading, enum link_kind kind, struct span raw)
{
	struct link *link = link_list_full(reading->links)
				    ? NULL
				    : link_new(kind, reading->part, raw, reading->base);

	return link && link_append(reading->links, link) ? link : NULL;
}

static struct link *add_attribute(struct reading *reading, enum link_kind kind,
	const struct html_element *element, enum html_attribute name)
{
	const char *value = element->attributes[name];

	return value ? add_link(reading, kind, span_from(value)) : NULL;
}

static void set_text(struct link *link, const char *text)
{
	if (link && text)
		link_set_text(link, span_from(text));
}

static unsigned last_link(const struct reading *reading)
{
	return reading->links->len - 1;
}

/* ---- text ---- */

static bool shows(const struct reading *reading)
{
	return reading->rendered && !reading->hidden;
}

static void add_mark(
	struct reading *reading, enum rendered_mark_kind kind, unsigned link, size_t start)
{
	const GString *text = reading->rendered->text;
	struct rendered_mark mark = {kind, link, start, text->len};

	while (mark.start < mark.end && g_ascii_isspace(text->str[mark.start]))
		mark.start++;
	while (mark.end > mark.start && g_ascii_isspace(text->str[mark.end - 1]))
		mark.end--;
	if (mark.end > mark.start)
		g_array_append_val(reading->rendered->marks, mark);
}

static void say_full(struct reading *reading)
{
	size_t start = reading->rendered->text->len;

	reading->full = true;
	g_string_append(reading->rendered->text, "\n[the text is cut here]\n");
	add_mark(reading, RENDERED_ADDED, 0, start);
}

static void append(struct reading *reading, const char *text, size_t len)
{
	if (reading->full)
		return;
	if (reading->rendered->text->len + len < RENDERED_MAX_SIZE)
		g_string_append_len(reading->rendered->text, text, (gssize)len);
	else
		say_full(reading);
}

static bool at_line_start(const struct reading *reading)
{
	const GString *text = reading->rendered->text;

	return !text->len || text->str[text->len - 1] == '\n';
}

/* Ends the line, and with `paragraph` leaves an empty one. */
static void break_line(struct reading *reading, bool paragraph)
{
	const GString *text = reading->rendered->text;

	reading->blank = false;
	if (!text->len)
		return;
	if (!at_line_start(reading))
		append(reading, "\n", 1);
	if (paragraph && !g_str_has_suffix(text->str, "\n\n"))
		append(reading, "\n", 1);
}

/* What has to stand before the next word. */
static void begin_word(struct reading *reading)
{
	if (at_line_start(reading)) {
		for (unsigned i = 0; i < MIN(reading->quoted, QUOTE_MAX_DEPTH); i++)
			append(reading, "> ", 2);
	} else if (reading->blank) {
		append(reading, " ", 1);
	}
	reading->blank = false;
}

static void put_character(struct reading *reading, const char *at, gunichar c)
{
	if (reading->preformatted && c == '\n') {
		begin_word(reading);
		append(reading, "\n", 1);
	} else if (c == '\r' || link_is_invisible(c)) {
		return;
	} else if (g_unichar_isspace(c) && !reading->preformatted) {
		reading->blank = true;
	} else {
		begin_word(reading);
		append(reading, at, (size_t)(g_utf8_next_char(at) - at));
	}
}

static void put_text(struct reading *reading, struct span text)
{
	for (const char *at = text.ptr, *end = at + text.len; at < end; at = g_utf8_next_char(at))
		put_character(reading, at, g_utf8_get_char(at));
}

static void put_placeholder(struct reading *reading, const char *what, const char *text)
{
	begin_word(reading);
	size_t start = reading->rendered->text->len;
	append(reading, "[", 1);
	put_text(reading, span_from(text && *text ? text : what));
	append(reading, "]", 1);
	reading->blank = false;
	add_mark(reading, RENDERED_ADDED, 0, start);
}

/* A link that has no text of its own gets a placeholder to be marked. */
static void put_link(struct reading *reading, const struct link *link, const char *what)
{
	if (!link || !shows(reading))
		return;
	begin_word(reading);
	size_t start = reading->rendered->text->len;
	put_placeholder(reading, what, link->text);
	add_mark(reading, RENDERED_LINK, last_link(reading), start);
	reading->blank = true;
}

/* ---- URLs in running text, which mail clients make clickable in HTML, too ---- */

struct text_reading {
	struct reading *reading;
	const char *at; /* what is not yet put */
};

static void on_text_url(struct span url, void *data)
{
	struct text_reading *text = data;
	struct reading *reading = text->reading;
	struct link *link = link_new_text(reading->part, url);

	if (!link || !link_append(reading->links, link) || !reading->rendered)
		return;
	put_text(reading, (struct span){text->at, (size_t)(url.ptr - text->at)});
	begin_word(reading);
	size_t start = reading->rendered->text->len;
	put_text(reading, url);
	add_mark(reading, RENDERED_LINK, last_link(reading), start);
	text->at = url.ptr + url.len;
}

static void on_text(struct reading *reading, const char *text)
{
	struct text_reading rest = {reading, text};
	struct span all = span_from(text);

	if (reading->anchor != NO_LINK && reading->hidden == reading->anchor_hidden &&
		reading->anchor_text->len < (size_t)4 * LINK_MAX_TEXT)
		g_string_append_len(reading->anchor_text, text, (gssize)all.len);
	if (reading->hidden || reading->conditional)
		return;
	if (reading->anchor == NO_LINK)
		link_find_in_text(all, on_text_url, &rest);
	if (reading->rendered)
		put_text(reading, (struct span){rest.at, (size_t)(text + all.len - rest.at)});
}

/* ---- kinds of elements ---- */

static bool is_paragraph(enum html_tag tag)
{
	return tag == HTML_P || tag == HTML_UL || tag == HTML_OL || tag == HTML_PRE ||
	       tag == HTML_BLOCKQUOTE || (tag >= HTML_H1 && tag <= HTML_H6);
}

static bool is_block(enum html_tag tag)
{
	switch (tag) {
	case HTML_ADDRESS:
	case HTML_ARTICLE:
	case HTML_BODY:
	case HTML_CENTER:
	case HTML_DIV:
	case HTML_DL:
	case HTML_DD:
	case HTML_DT:
	case HTML_FIELDSET:
	case HTML_FOOTER:
	case HTML_FORM:
	case HTML_HEADER:
	case HTML_LI:
	case HTML_MAIN:
	case HTML_NAV:
	case HTML_SECTION:
	case HTML_TABLE:
	case HTML_TR:
		return true;
	default:
		return is_paragraph(tag);
	}
}

static bool is_heading(enum html_tag tag)
{
	return tag >= HTML_H1 && tag <= HTML_H6;
}

static bool is_cell(enum html_tag tag)
{
	return tag == HTML_TD || tag == HTML_TH;
}

static bool hides(const struct html_element *element)
{
	switch (element->tag) {
	case HTML_SCRIPT:
	case HTML_STYLE:
	case HTML_TITLE:
	case HTML_HEAD:
	case HTML_TEMPLATE:
		return true;
	default:
		return element->attributes[HTML_HIDDEN] ||
		       html_style_hides(element->attributes[HTML_CSS]);
	}
}

/* ---- images ---- */

static bool has_open_shape(const struct url *url)
{
	static const char *const shapes[] = {"/wf/open", "/track/open", "/open.aspx", "/open.php",
		"/open.gif", "/trk/open", "/tr/op/", "/I0/", "/pixel.gif", "/o.gif", "/e/o/",
		"/opens/", "/on.jsp"};
	struct span path = url_path(url);

	for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
		if (memmem(path.ptr, path.len, shapes[i], strlen(shapes[i])))
			return true;
	}
	return false;
}

static bool is_pixel(
	const struct reading *reading, const struct html_element *element, const struct url *url)
{
	const char *style = element->attributes[HTML_CSS];
	bool narrow = html_length_is_tiny(element->attributes[HTML_WIDTH]) ||
		      html_style_is_tiny(style, "width");
	bool flat = html_length_is_tiny(element->attributes[HTML_HEIGHT]) ||
		    html_style_is_tiny(style, "height");

	return (narrow && flat) || reading->hidden || has_open_shape(url);
}

static void on_image_url(struct span url, void *data)
{
	add_link(data, LINK_IMAGE, url);
}

static void add_srcset(struct reading *reading, const struct html_element *element)
{
	const char *srcset = element->attributes[HTML_SRCSET];

	if (srcset)
		html_srcset_urls(srcset, on_image_url, reading);
}

static void on_image(struct reading *reading, const struct html_element *element)
{
	const char *alt = element->attributes[HTML_ALT];
	struct link *link = add_attribute(reading, LINK_IMAGE, element, HTML_SRC);
	bool pixel = link && is_pixel(reading, element, link->url);

	if (pixel)
		link->kind = LINK_PIXEL;
	set_text(link, alt);
	add_srcset(reading, element);
	if (reading->anchor != NO_LINK && alt)
		g_string_append_printf(reading->anchor_text, " %s", alt);
	if (shows(reading) && !pixel && (reading->anchor != NO_LINK || (alt && *alt)))
		put_placeholder(reading, "image", alt);
}

/* ---- anchors ---- */

static void end_anchor(struct reading *reading)
{
	unsigned index = reading->anchor;

	if (index == NO_LINK)
		return;
	reading->anchor = NO_LINK;
	set_text(reading->links->pdata[index], reading->anchor_text->str);
	if (!shows(reading))
		return;
	const char *shown = reading->rendered->text->str + reading->anchor_start;
	if (!shown[strspn(shown, " \t\n")])
		put_placeholder(reading, "link", NULL);
	add_mark(reading, RENDERED_LINK, index, reading->anchor_start);
}

static void begin_anchor(struct reading *reading, const struct link *link)
{
	end_anchor(reading);
	if (!link)
		return;
	reading->anchor = last_link(reading);
	reading->anchor_hidden = reading->hidden;
	reading->anchor_start = reading->rendered ? reading->rendered->text->len : 0;
	g_string_truncate(reading->anchor_text, 0);
}

/* ---- elements ---- */

static void on_meta(struct reading *reading, const struct html_element *element)
{
	const char *kind = element->attributes[HTML_HTTP_EQUIV];
	const char *content = element->attributes[HTML_CONTENT];

	if (!kind || !content || g_ascii_strcasecmp(kind, "refresh") != 0)
		return;
	struct span url = html_refresh_url(content);
	if (url.ptr)
		add_link(reading, LINK_REFRESH, url);
}

/* The buttons and pictures of VML, which Outlook draws. */
static void on_unknown(struct reading *reading, struct html_element *element)
{
	struct link *link = reading->conditional
				    ? add_attribute(reading, LINK_ANCHOR, element, HTML_HREF)
				    : NULL;

	if (link) {
		begin_anchor(reading, link);
		element->note |= NOTE_ANCHOR;
	}
	if (reading->conditional)
		add_attribute(reading, LINK_IMAGE, element, HTML_SRC);
}

static void on_input(struct reading *reading, const struct html_element *element)
{
	const char *value = element->attributes[HTML_VALUE];
	struct link *link = add_attribute(reading, LINK_FORM, element, HTML_FORMACTION);

	set_text(link, value);
	put_link(reading, link, "button");
	add_attribute(reading, LINK_IMAGE, element, HTML_SRC);
}

static void on_area(struct reading *reading, const struct html_element *element)
{
	struct link *link = add_attribute(reading, LINK_AREA, element, HTML_HREF);

	set_text(link, element->attributes[HTML_ALT]);
	put_link(reading, link, "area");
}

static void on_media(struct reading *reading, const struct html_element *element)
{
	add_attribute(reading, LINK_IMAGE, element, HTML_SRC);
	add_attribute(reading, LINK_IMAGE, element, HTML_POSTER);
	add_srcset(reading, element);
}

static void read_inner(struct reading *reading, struct span html, bool conditional);

static void on_frame(struct reading *reading, const struct html_element *element)
{
	const char *document = element->attributes[HTML_SRCDOC];

	put_link(reading, add_attribute(reading, LINK_FRAME, element, HTML_SRC), "frame");
	if (document)
		read_inner(reading, span_from(document), false);
}

static void enter_links(struct reading *reading, struct html_element *element)
{
	switch (element->tag) {
	case HTML_A:
		begin_anchor(reading, add_attribute(reading, LINK_ANCHOR, element, HTML_HREF));
		break;
	case HTML_AREA:
		on_area(reading, element);
		break;
	case HTML_FORM:
		put_link(reading, add_attribute(reading, LINK_FORM, element, HTML_ACTION), "form");
		break;
	case HTML_BUTTON:
	case HTML_INPUT:
		on_input(reading, element);
		break;
	case HTML_META:
		on_meta(reading, element);
		break;
	case HTML_LINK:
		add_attribute(reading, LINK_LINK, element, HTML_HREF);
		break;
	case HTML_IFRAME:
	case HTML_FRAME:
	case HTML_EMBED:
		on_frame(reading, element);
		break;
	case HTML_OBJECT:
		put_link(reading, add_attribute(reading, LINK_FRAME, element, HTML_DATA), "object");
		break;
	case HTML_IMG:
		on_image(reading, element);
		break;
	case HTML_IMAGE: /* of SVG */
		add_attribute(reading, LINK_IMAGE, element, HTML_HREF);
		break;
	case HTML_AUDIO:
	case HTML_SOURCE:
	case HTML_TRACK:
	case HTML_VIDEO:
		on_media(reading, element);
		break;
	case HTML_UNKNOWN:
		on_unknown(reading, element);
		break;
	default:
		break;
	}
}

static void enter_styles(struct reading *reading, const struct html_element *element)
{
	const char *style = element->attributes[HTML_CSS];

	add_attribute(reading, LINK_IMAGE, element, HTML_BACKGROUND);
	if (style)
		html_style_urls(style, on_image_url, reading);
}

static void enter_text(struct reading *reading, const struct html_element *element)
{
	enum html_tag tag = element->tag;

	if (is_block(tag))
		break_line(reading, is_paragraph(tag));
	if (tag == HTML_BR || tag == HTML_HR)
		break_line(reading, tag == HTML_BR && at_line_start(reading));
	if (is_cell(tag))
		reading->blank = true;
	if (is_heading(tag) && reading->headings++ == 0)
		reading->heading_start = reading->rendered->text->len;
	if (tag == HTML_BLOCKQUOTE && reading->quoted++ == 0)
		reading->quote_start = reading->rendered->text->len;
	if (tag == HTML_LI) {
		put_text(reading, span_from("*"));
		reading->blank = true;
	}
	if (tag == HTML_HR) {
		put_placeholder(reading, "--------", NULL);
		break_line(reading, false);
	}
}

static void leave_text(struct reading *reading, const struct html_element *element)
{
	enum html_tag tag = element->tag;

	if (is_heading(tag) && --reading->headings == 0)
		add_mark(reading, RENDERED_HEADING, 0, reading->heading_start);
	if (tag == HTML_BLOCKQUOTE && --reading->quoted == 0)
		add_mark(reading, RENDERED_QUOTE, 0, reading->quote_start);
	if (is_block(tag))
		break_line(reading, is_paragraph(tag));
	if (is_cell(tag))
		reading->blank = true;
}

static void separate_anchor_text(struct reading *reading, enum html_tag tag)
{
	if (reading->anchor != NO_LINK && (is_block(tag) || is_cell(tag) || tag == HTML_BR))
		g_string_append_c(reading->anchor_text, ' ');
}

static void enter(void *data, struct html_element *element)
{
	struct reading *reading = data;
	enum html_tag tag = element->tag;

	if (hides(element)) {
		element->note |= NOTE_HIDES;
		reading->hidden++;
	}
	reading->preformatted += tag == HTML_PRE;
	if (shows(reading))
		enter_text(reading, element);
	separate_anchor_text(reading, tag);
	enter_links(reading, element);
	enter_styles(reading, element);
}

static void leave(void *data, struct html_element *element)
{
	struct reading *reading = data;
	enum html_tag tag = element->tag;

	if (tag == HTML_A || (element->note & NOTE_ANCHOR))
		end_anchor(reading);
	separate_anchor_text(reading, tag);
	if (shows(reading))
		leave_text(reading, element);
	reading->preformatted -= tag == HTML_PRE;
	if (element->note & NOTE_HIDES)
		reading->hidden--;
}

static void on_characters(void *data, const char *text, enum html_tag parent)
{
	if (parent == HTML_STYLE)
		html_style_urls(text, on_image_url, data);
	else
		on_text(data, text);
}

/* Outlook reads what stands in `<!--[if mso]>…<![endif]-->`: its links count, its text would be
 * shown twice. */
static void on_comment(void *data, const char *comment)
{
	const char *start = g_str_has_prefix(comment, "[if") ? strstr(comment, "]>") : NULL;
	const char *end = start ? g_strrstr(start, "<![endif]") : NULL;

	if (end)
		read_inner(data, (struct span){start + 2, (size_t)(end - start - 2)}, true);
}

/* ---- documents ---- */

/* Browsers take the first base element that has an href, wherever it stands, for all links; one
 * that does not parse, too. */
static void find_base(void *data, struct html_element *element)
{
	struct reading *reading = data;
	const char *href = element->attributes[HTML_HREF];

	if (element->tag != HTML_BASE || !href || element->foreign || element->inert ||
		reading->has_base)
		return;
	reading->has_base = true;
	reading->base = url_parse(href, strlen(href), NULL);
}

static bool mentions(struct span html, const char *tag)
{
	const char *end = html.ptr + html.len;
	size_t len = strlen(tag);

	for (const char *at = html.ptr; (at = memchr(at, '<', (size_t)(end - at))); at++) {
		if ((size_t)(end - at) < len)
			return false;
		if (g_ascii_strncasecmp(at, tag, len) == 0)
			return true;
	}
	return false;
}

/* Returns false where the parser gave up. */
static bool read_whole(struct reading *reading, struct span html)
{
	static const struct html_visitor base_visitor = {.enter = find_base};
	static const struct html_visitor link_visitor = {enter, leave, on_characters, on_comment};
	struct html_tree *tree = html_tree_parse(html, HTML_MAX_DEPTH, reading->deadline);

	if (!tree)
		return false;
	if (!reading->has_base && mentions(html, "<base"))
		html_tree_walk(tree, &base_visitor, reading);
	html_tree_walk(tree, &link_visitor, reading);
	end_anchor(reading);
	html_tree_free(tree);
	return true;
}

static void read_pieces(struct reading *reading, struct span html)
{
	const char *end = html.ptr + html.len;

	reading->deadline = g_get_monotonic_time() + PARSE_MAX_TIME;
	for (const char *at = html.ptr, *next; at < end; at = next) {
		size_t least = MIN(PIECE_SIZE, (size_t)(end - at));

		next = memchr(at + least, '<', (size_t)(end - at) - least);
		if (!next)
			next = end;
		if (!read_whole(reading, (struct span){at, (size_t)(next - at)}))
			break;
	}
}

/* A document within the document: its links only. */
static void read_inner(struct reading *reading, struct span html, bool conditional)
{
	struct reading inner = *reading;

	if (reading->depth >= INNER_MAX_DEPTH || reading->inner >= INNER_MAX)
		return;
	inner.rendered = NULL;
	inner.depth++;
	inner.inner++;
	inner.conditional |= conditional;
	inner.anchor = NO_LINK;
	inner.anchor_text = g_string_new(NULL);
	read_whole(&inner, html);
	g_string_free(inner.anchor_text, TRUE);
	if (inner.base != reading->base)
		url_free(inner.base);
	reading->inner = inner.inner;
}

static int by_start(gconstpointer a, gconstpointer b)
{
	const struct rendered_mark *left = a, *right = b;

	return (left->start > right->start) - (left->start < right->start);
}

void html_read(struct span html, unsigned part, GPtrArray *links, struct rendered *rendered)
{
	struct reading reading = {
		.part = part, .links = links, .rendered = rendered, .anchor = NO_LINK};

	html.len = MIN(html.len, HTML_MAX_SIZE);
	reading.deadline = g_get_monotonic_time() + PARSE_MAX_TIME;
	reading.anchor_text = g_string_new(NULL);
	if (!read_whole(&reading, html))
		read_pieces(&reading, html);
	if (rendered) {
		break_line(&reading, false);
		g_array_sort(rendered->marks, by_start);
	}
	g_string_free(reading.anchor_text, TRUE);
	url_free(reading.base);
}
