/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Walks the tree of a document for its links and its text. A document that is too much for the
 * parser is read piece by piece: its structure is lost, its links are not.
 */
#include "tui/mail/html.h"

#include "tui/mail/html_style.h"
#include "tui/mail/html_tree.h"

/* For the whole document, then again for its pieces. */
#define PARSE_MAX_SECONDS 3
#define PIECE_SIZE ((size_t)4096)
#define CONDITIONAL_MAX_DEPTH 2
#define CONDITIONAL_MAX 1000
/* The prefix of a quoted line is repeated up to this many times. */
#define QUOTE_MAX_DEPTH 8

#define NO_LINK G_MAXUINT

struct reading {
	unsigned part;
	GPtrArray *links;
	struct rendered *rendered; /* NULL: links only */
	struct url *base;
	gint64 deadline;
	unsigned conditional;  /* how deep in conditional comments */
	unsigned conditionals; /* read so far */

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

struct visitor {
	void (*enter)(struct reading *reading, const GumboElement *element);
	void (*leave)(struct reading *reading, const GumboElement *element);
	void (*leaf)(struct reading *reading, const GumboNode *node);
};

static const char *attribute(const GumboElement *element, const char *name)
{
	const GumboAttribute *found = gumbo_get_attribute(&element->attributes, name);

	return found ? found->value : NULL;
}

static struct link *add_link(struct reading *reading, enum link_kind kind, struct span raw)
{
	if (reading->links->len >= LINK_MAX)
		return NULL;
	struct link *link = link_new(kind, reading->part, raw, reading->base);
	if (link)
		g_ptr_array_add(reading->links, link);
	return link;
}

static struct link *add_attribute(
	struct reading *reading, enum link_kind kind, const GumboElement *element, const char *name)
{
	const char *value = attribute(element, name);

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
	struct link *link = add_link(reading, LINK_TEXT, url);

	if (!link)
		return;
	link_set_text(link, url);
	if (!reading->rendered)
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

static bool is_paragraph(GumboTag tag)
{
	return tag == GUMBO_TAG_P || tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL ||
	       tag == GUMBO_TAG_PRE || tag == GUMBO_TAG_BLOCKQUOTE ||
	       (tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6);
}

static bool is_block(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_ADDRESS:
	case GUMBO_TAG_ARTICLE:
	case GUMBO_TAG_BODY:
	case GUMBO_TAG_CENTER:
	case GUMBO_TAG_DIV:
	case GUMBO_TAG_DL:
	case GUMBO_TAG_DD:
	case GUMBO_TAG_DT:
	case GUMBO_TAG_FIELDSET:
	case GUMBO_TAG_FOOTER:
	case GUMBO_TAG_FORM:
	case GUMBO_TAG_HEADER:
	case GUMBO_TAG_LI:
	case GUMBO_TAG_MAIN:
	case GUMBO_TAG_NAV:
	case GUMBO_TAG_SECTION:
	case GUMBO_TAG_TABLE:
	case GUMBO_TAG_TR:
		return true;
	default:
		return is_paragraph(tag);
	}
}

static bool is_heading(GumboTag tag)
{
	return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6;
}

static bool is_cell(GumboTag tag)
{
	return tag == GUMBO_TAG_TD || tag == GUMBO_TAG_TH;
}

static bool is_hidden(const GumboElement *element)
{
	switch (element->tag) {
	case GUMBO_TAG_SCRIPT:
	case GUMBO_TAG_STYLE:
	case GUMBO_TAG_TITLE:
	case GUMBO_TAG_HEAD:
	case GUMBO_TAG_TEMPLATE:
		return true;
	default:
		return attribute(element, "hidden") ||
		       html_style_hides(attribute(element, "style"));
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
	const struct reading *reading, const GumboElement *element, const struct url *url)
{
	const char *style = attribute(element, "style");
	bool narrow = html_length_is_tiny(attribute(element, "width")) ||
		      html_style_is_tiny(style, "width");
	bool flat = html_length_is_tiny(attribute(element, "height")) ||
		    html_style_is_tiny(style, "height");

	return (narrow && flat) || reading->hidden || has_open_shape(url);
}

static void on_image_url(struct span url, void *data)
{
	add_link(data, LINK_IMAGE, url);
}

static void on_image(struct reading *reading, const GumboElement *element)
{
	const char *alt = attribute(element, "alt"), *srcset = attribute(element, "srcset");
	struct link *link = add_attribute(reading, LINK_IMAGE, element, "src");
	bool pixel = link && is_pixel(reading, element, link->url);

	if (pixel)
		link->kind = LINK_PIXEL;
	set_text(link, alt);
	if (srcset)
		html_srcset_urls(srcset, on_image_url, reading);
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

static void on_meta(struct reading *reading, const GumboElement *element)
{
	const char *kind = attribute(element, "http-equiv");
	const char *content = attribute(element, "content");

	if (!kind || !content || g_ascii_strcasecmp(kind, "refresh") != 0)
		return;
	struct span url = html_refresh_url(content);
	if (url.ptr)
		add_link(reading, LINK_REFRESH, url);
}

/* The buttons and pictures of VML, which Outlook draws. */
static void on_unknown(struct reading *reading, const GumboElement *element)
{
	if (!reading->conditional)
		return;
	begin_anchor(reading, add_attribute(reading, LINK_ANCHOR, element, "href"));
	add_attribute(reading, LINK_IMAGE, element, "src");
}

static void on_input(struct reading *reading, const GumboElement *element)
{
	const char *value = attribute(element, "value");
	struct link *link = add_attribute(reading, LINK_FORM, element, "formaction");

	set_text(link, value);
	put_link(reading, link, "button");
	add_attribute(reading, LINK_IMAGE, element, "src");
}

static void on_area(struct reading *reading, const GumboElement *element)
{
	struct link *link = add_attribute(reading, LINK_AREA, element, "href");

	set_text(link, attribute(element, "alt"));
	put_link(reading, link, "area");
}

static void enter_links(struct reading *reading, const GumboElement *element)
{
	switch (element->tag) {
	case GUMBO_TAG_A:
		begin_anchor(reading, add_attribute(reading, LINK_ANCHOR, element, "href"));
		break;
	case GUMBO_TAG_AREA:
		on_area(reading, element);
		break;
	case GUMBO_TAG_FORM:
		put_link(reading, add_attribute(reading, LINK_FORM, element, "action"), "form");
		break;
	case GUMBO_TAG_BUTTON:
	case GUMBO_TAG_INPUT:
		on_input(reading, element);
		break;
	case GUMBO_TAG_META:
		on_meta(reading, element);
		break;
	case GUMBO_TAG_LINK:
		add_attribute(reading, LINK_LINK, element, "href");
		break;
	case GUMBO_TAG_IFRAME:
	case GUMBO_TAG_FRAME:
	case GUMBO_TAG_EMBED:
		put_link(reading, add_attribute(reading, LINK_FRAME, element, "src"), "frame");
		break;
	case GUMBO_TAG_OBJECT:
		put_link(reading, add_attribute(reading, LINK_FRAME, element, "data"), "object");
		break;
	case GUMBO_TAG_IMG:
		on_image(reading, element);
		break;
	case GUMBO_TAG_IMAGE: /* of SVG */
		add_attribute(reading, LINK_IMAGE, element, "href");
		break;
	case GUMBO_TAG_VIDEO:
		add_attribute(reading, LINK_IMAGE, element, "poster");
		break;
	case GUMBO_TAG_UNKNOWN:
		on_unknown(reading, element);
		break;
	default:
		break;
	}
}

static void enter_styles(struct reading *reading, const GumboElement *element)
{
	const char *style = attribute(element, "style");

	add_attribute(reading, LINK_IMAGE, element, "background");
	if (style)
		html_style_urls(style, on_image_url, reading);
}

static void enter_text(struct reading *reading, const GumboElement *element)
{
	GumboTag tag = element->tag;

	if (is_block(tag))
		break_line(reading, is_paragraph(tag));
	if (tag == GUMBO_TAG_BR || tag == GUMBO_TAG_HR)
		break_line(reading, tag == GUMBO_TAG_BR && at_line_start(reading));
	if (is_cell(tag))
		reading->blank = true;
	if (is_heading(tag) && reading->headings++ == 0)
		reading->heading_start = reading->rendered->text->len;
	if (tag == GUMBO_TAG_BLOCKQUOTE && reading->quoted++ == 0)
		reading->quote_start = reading->rendered->text->len;
	if (tag == GUMBO_TAG_LI) {
		put_text(reading, span_from("*"));
		reading->blank = true;
	}
	if (tag == GUMBO_TAG_HR) {
		put_placeholder(reading, "--------", NULL);
		break_line(reading, false);
	}
}

static void leave_text(struct reading *reading, const GumboElement *element)
{
	GumboTag tag = element->tag;

	if (is_heading(tag) && --reading->headings == 0)
		add_mark(reading, RENDERED_HEADING, 0, reading->heading_start);
	if (tag == GUMBO_TAG_BLOCKQUOTE && --reading->quoted == 0)
		add_mark(reading, RENDERED_QUOTE, 0, reading->quote_start);
	if (is_block(tag))
		break_line(reading, is_paragraph(tag));
	if (is_cell(tag))
		reading->blank = true;
}

static void separate_anchor_text(struct reading *reading, GumboTag tag)
{
	if (reading->anchor != NO_LINK && (is_block(tag) || is_cell(tag) || tag == GUMBO_TAG_BR))
		g_string_append_c(reading->anchor_text, ' ');
}

static void enter(struct reading *reading, const GumboElement *element)
{
	GumboTag tag = element->tag;

	reading->hidden += is_hidden(element);
	reading->preformatted += tag == GUMBO_TAG_PRE;
	if (shows(reading))
		enter_text(reading, element);
	separate_anchor_text(reading, tag);
	enter_links(reading, element);
	enter_styles(reading, element);
}

static void leave(struct reading *reading, const GumboElement *element)
{
	GumboTag tag = element->tag;

	if (tag == GUMBO_TAG_A || (tag == GUMBO_TAG_UNKNOWN && reading->conditional))
		end_anchor(reading);
	separate_anchor_text(reading, tag);
	if (shows(reading))
		leave_text(reading, element);
	reading->preformatted -= tag == GUMBO_TAG_PRE;
	reading->hidden -= is_hidden(element);
}

/* ---- the walk ---- */

struct step {
	const GumboNode *node;
	unsigned next; /* child to visit */
};

static bool is_element(const GumboNode *node)
{
	return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}

static const GumboVector *children_of(const GumboNode *node)
{
	return node->type == GUMBO_NODE_DOCUMENT ? &node->v.document.children
						 : &node->v.element.children;
}

/* Depth first, without recursion. */
static void walk(struct reading *reading, const GumboNode *document, const struct visitor *visitor)
{
	g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(struct step));
	struct step step = {document, 0};

	g_array_append_val(path, step);
	while (path->len) {
		struct step *top = &g_array_index(path, struct step, path->len - 1);
		const GumboVector *children = children_of(top->node);

		if (top->next >= children->length) {
			if (is_element(top->node))
				visitor->leave(reading, &top->node->v.element);
			g_array_set_size(path, path->len - 1);
			continue;
		}
		step.node = children->data[top->next++];
		if (is_element(step.node)) {
			visitor->enter(reading, &step.node->v.element);
			g_array_append_val(path, step);
		} else {
			visitor->leaf(reading, step.node);
		}
	}
}

/* Browsers take the first base element that has an href, wherever it stands, for all links. */
static void find_base(struct reading *reading, const GumboElement *element)
{
	const char *href = element->tag == GUMBO_TAG_BASE && !reading->base
				   ? attribute(element, "href")
				   : NULL;

	if (href)
		reading->base = url_parse(href, strlen(href), NULL);
}

static void pass_element(struct reading *reading, const GumboElement *element)
{
	(void)reading;
	(void)element;
}

static void pass_leaf(struct reading *reading, const GumboNode *node)
{
	(void)reading;
	(void)node;
}

static void on_leaf(struct reading *reading, const GumboNode *node);

static const struct visitor base_visitor = {find_base, pass_element, pass_leaf};
static const struct visitor link_visitor = {enter, leave, on_leaf};

/* Returns false where the parser gave up. */
static bool read_whole(struct reading *reading, struct span html)
{
	struct html_tree *tree = html_tree_parse(html, HTML_MAX_DEPTH, reading->deadline);

	if (!tree)
		return false;
	if (!reading->base)
		walk(reading, html_tree_document(tree), &base_visitor);
	walk(reading, html_tree_document(tree), &link_visitor);
	end_anchor(reading);
	html_tree_free(tree);
	return true;
}

static void read_pieces(struct reading *reading, struct span html)
{
	const char *end = html.ptr + html.len;

	reading->deadline = g_get_monotonic_time() + PARSE_MAX_SECONDS * G_USEC_PER_SEC;
	for (const char *at = html.ptr, *next; at < end; at = next) {
		size_t least = MIN(PIECE_SIZE, (size_t)(end - at));

		next = memchr(at + least, '<', (size_t)(end - at) - least);
		if (!next)
			next = end;
		if (!read_whole(reading, (struct span){at, (size_t)(next - at)}))
			break;
	}
}

/* Outlook reads what stands in `<!--[if mso]>…<![endif]-->`: its links count, its text would be
 * shown twice. */
static void on_comment(struct reading *reading, const char *comment)
{
	const char *start = g_str_has_prefix(comment, "[if") ? strstr(comment, "]>") : NULL;
	const char *end = start ? g_strrstr(start, "<![endif]") : NULL;
	struct reading inner = *reading;

	if (!end || reading->conditional >= CONDITIONAL_MAX_DEPTH ||
		reading->conditionals >= CONDITIONAL_MAX)
		return;
	inner.rendered = NULL;
	inner.conditional++;
	inner.conditionals++;
	inner.anchor = NO_LINK;
	inner.anchor_text = g_string_new(NULL);
	read_whole(&inner, (struct span){start + 2, (size_t)(end - start - 2)});
	g_string_free(inner.anchor_text, TRUE);
	if (inner.base != reading->base)
		url_free(inner.base);
	reading->conditionals = inner.conditionals;
}

static void on_leaf(struct reading *reading, const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_CDATA:
	case GUMBO_NODE_WHITESPACE:
		if (node->parent->v.element.tag == GUMBO_TAG_STYLE)
			html_style_urls(node->v.text.text, on_image_url, reading);
		else
			on_text(reading, node->v.text.text);
		break;
	case GUMBO_NODE_COMMENT:
		on_comment(reading, node->v.text.text);
		break;
	default:
		break;
	}
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
	reading.deadline = g_get_monotonic_time() + PARSE_MAX_SECONDS * G_USEC_PER_SEC;
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
