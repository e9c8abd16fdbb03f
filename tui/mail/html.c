/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTML through gumbo, an HTML5 parser. All its memory comes from an arena: so a tree of any depth
 * is dropped in one go (gumbo's own freeing recurses), and a document that asks for too much memory
 * or time is given up by a jump out of the allocator, leaking nothing. What is given up is still
 * searched for links as plain text.
 */
#include "tui/mail/html.h"

#include <gumbo.h>
#include <setjmp.h>

#define ARENA_BLOCK ((size_t)256 * 1024)
#define ARENA_MAX ((size_t)256 << 20)
#define PARSE_MAX_SECONDS 3
#define CONDITIONAL_MAX_DEPTH 2

/* ---- the arena ---- */

struct block {
	struct block *next;
	char bytes[];
};

struct arena {
	struct block *blocks;
	char *at;
	size_t left, total;
	unsigned calls;
	gint64 deadline;
	jmp_buf give_up;
};

static void *arena_alloc(void *data, size_t size)
{
	struct arena *arena = data;
	void *memory;

	size = (size + 15) & ~(size_t)15;
	arena->total += size;
	if (arena->total > ARENA_MAX ||
		(++arena->calls % 1024 == 0 && g_get_monotonic_time() > arena->deadline))
		longjmp(arena->give_up, 1);
	if (size > arena->left) {
		size_t block_size = MAX(size, ARENA_BLOCK);
		struct block *block = g_malloc(sizeof(*block) + block_size + 16);

		block->next = arena->blocks;
		arena->blocks = block;
		arena->at = (char *)(((guintptr)block->bytes + 15) & ~(guintptr)15);
		arena->left = block_size;
	}
	memory = arena->at;
	arena->at += size;
	arena->left -= size;
	return memory;
}

static void arena_keep(void *data, void *memory)
{
	(void)data;
	(void)memory;
}

static void arena_clear(struct arena *arena)
{
	for (struct block *block = arena->blocks, *next; block; block = next) {
		next = block->next;
		g_free(block);
	}
}

static GumboOutput *parse(struct arena *arena, struct span html)
{
	GumboOptions options = kGumboDefaultOptions;

	options.allocator = arena_alloc;
	options.deallocator = arena_keep;
	options.userdata = arena;
	options.max_errors = 0;
	arena->deadline = g_get_monotonic_time() + PARSE_MAX_SECONDS * G_USEC_PER_SEC;
	if (setjmp(arena->give_up))
		return NULL;
	return gumbo_parse_with_options(&options, html.ptr, html.len);
}

/* ---- reading the tree ---- */

struct reading {
	unsigned part;
	GPtrArray *links;
	struct rendered *rendered; /* NULL: links only */
	struct url *base;
	unsigned conditional; /* how deep in conditional comments */

	unsigned hidden; /* hidden elements around */
	unsigned preformatted;
	unsigned quoted;
	struct link *anchor; /* the link whose text is being read */
	GString *anchor_text;
	size_t anchor_start; /* in the rendered text */
	size_t heading_start;
	bool blank; /* a blank is due before the next word */
};

static const char *attribute(const GumboElement *element, const char *name)
{
	const GumboAttribute *found = gumbo_get_attribute(&element->attributes, name);

	return found ? found->value : NULL;
}

/* Addresses, phone numbers and parts of the mail itself lead nowhere. */
static bool leads_somewhere(const struct url *url, enum link_kind kind)
{
	static const char *const nowhere[] = {"mailto", "tel", "sms", "cid", "mid", "about"};
	struct span scheme = url_scheme(url);

	for (size_t i = 0; i < G_N_ELEMENTS(nowhere); i++)
		if (span_equal(scheme, nowhere[i]))
			return false;
	if (kind == LINK_IMAGE || kind == LINK_PIXEL || kind == LINK_LINK)
		return url_is_web(url);
	return true;
}

/* Browsers drop blanks at the ends; a mere fragment stays on the page. */
static struct link *add_link(
	struct reading *reading, enum link_kind kind, const char *raw, size_t len)
{
	struct url *url;
	struct link *link;

	while (len && g_ascii_isspace(*raw)) {
		raw++;
		len--;
	}
	if (!len || *raw == '#' || reading->links->len >= LINK_MAX)
		return NULL;
	url = url_parse(raw, len, reading->base);
	if (!url || !leads_somewhere(url, kind)) {
		url_free(url);
		return NULL;
	}
	link = g_new0(struct link, 1);
	link->kind = kind;
	link->part = reading->part;
	link->raw = g_strndup(raw, len);
	link->text = g_strdup("");
	link->url = url;
	g_ptr_array_add(reading->links, link);
	return link;
}

static struct link *add_attribute(
	struct reading *reading, enum link_kind kind, const GumboElement *element, const char *name)
{
	const char *value = attribute(element, name);

	return value ? add_link(reading, kind, value, strlen(value)) : NULL;
}

/* White space folded, trimmed, cut. The caller frees it with g_free(). */
static char *fold(const char *text)
{
	GString *folded = g_string_new(NULL);

	for (const char *p = text; *p && folded->len < LINK_MAX_TEXT - 8; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		if (!g_unichar_isspace(c))
			g_string_append_unichar(folded, c);
		else if (folded->len && folded->str[folded->len - 1] != ' ')
			g_string_append_c(folded, ' ');
	}
	if (folded->len && folded->str[folded->len - 1] == ' ')
		g_string_truncate(folded, folded->len - 1);
	return g_string_free(folded, FALSE);
}

static void set_text(struct link *link, const char *text)
{
	if (!link || !text)
		return;
	g_free(link->text);
	link->text = fold(text);
}

/* ---- images ---- */

static bool is_tiny(const char *size)
{
	char *end;
	guint64 pixels;

	if (!size || !g_ascii_isdigit(*size))
		return false;
	pixels = g_ascii_strtoull(size, &end, 10);
	return pixels <= 2 && *end != '%';
}

/* The value of a property in a style attribute, without blanks, in lower case; NULL where it is not
 * there. The caller frees it with g_free(). */
static char *style_property(const char *style, const char *name)
{
	g_auto(GStrv) declarations = g_strsplit(style ? style : "", ";", 64);

	for (guint i = 0; declarations[i]; i++) {
		char *colon = strchr(declarations[i], ':');

		if (!colon)
			continue;
		*colon = '\0';
		if (g_ascii_strcasecmp(g_strstrip(declarations[i]), name) == 0)
			return g_ascii_strdown(g_strstrip(colon + 1), -1);
	}
	return NULL;
}

static bool style_is(const char *style, const char *name, const char *value)
{
	g_autofree char *found = style_property(style, name);

	return found && g_str_has_prefix(found, value);
}

static bool style_is_tiny(const char *style, const char *name)
{
	g_autofree char *found = style_property(style, name);

	return is_tiny(found);
}

static bool is_hidden(const GumboElement *element)
{
	const char *style = attribute(element, "style");

	if (attribute(element, "hidden"))
		return true;
	if (!style)
		return false;
	if (style_is(style, "display", "none") || style_is(style, "visibility", "hidden") ||
		style_is_tiny(style, "font-size"))
		return true;
	return style_is_tiny(style, "max-height") && style_is(style, "overflow", "hidden");
}

static bool has_open_shape(const struct url *url)
{
	static const char *const shapes[] = {"/wf/open", "/track/open", "/open.aspx", "/open.php",
		"/open.gif", "/trk/open", "/tr/op/", "/I0/", "/pixel.gif", "/o.gif", "/e/o/",
		"/opens/", "/on.jsp"};
	struct span path = url_path(url);

	for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++)
		if (memmem(path.ptr, path.len, shapes[i], strlen(shapes[i])))
			return true;
	return false;
}

static bool is_pixel(const GumboElement *element, const struct url *url)
{
	const char *style = attribute(element, "style");
	bool narrow = is_tiny(attribute(element, "width")) || style_is_tiny(style, "width");
	bool flat = is_tiny(attribute(element, "height")) || style_is_tiny(style, "height");

	return (narrow && flat) || is_hidden(element) || has_open_shape(url);
}

/* HTML §4.8.4.2.1: candidates, separated by commas, each a URL and a descriptor. */
static void add_srcset(struct reading *reading, const char *srcset)
{
	const char *p = srcset;

	while (p && *p) {
		p += strspn(p, " \t\r\n\f,");
		size_t len = strcspn(p, " \t\r\n\f");
		size_t url = len;

		while (url && p[url - 1] == ',')
			url--;
		if (url)
			add_link(reading, LINK_IMAGE, p, url);
		p += len;
		if (url == len)
			p += strcspn(p, ",");
	}
}

static void add_style_urls(struct reading *reading, const char *style)
{
	for (const char *p = style; p && (p = strcasestr(p, "url("));) {
		const char *end;

		p += 4;
		p += strspn(p, " \t\r\n'\"");
		end = p + strcspn(p, "'\")");
		add_link(reading, LINK_IMAGE, p, (size_t)(end - p));
		p = end;
	}
}

/* ---- text ---- */

static void append(struct reading *reading, const char *text, size_t len)
{
	if (reading->rendered->text->len + len < RENDERED_MAX_SIZE)
		g_string_append_len(reading->rendered->text, text, (gssize)len);
}

static bool at_line_start(const struct reading *reading)
{
	const GString *text = reading->rendered->text;

	return !text->len || text->str[text->len - 1] == '\n';
}

/* Ends the line, and with `paragraph` leaves an empty one. */
static void break_line(struct reading *reading, bool paragraph)
{
	GString *text = reading->rendered ? reading->rendered->text : NULL;

	if (!text || !text->len)
		return;
	reading->blank = false;
	if (!at_line_start(reading))
		append(reading, "\n", 1);
	if (paragraph && !g_str_has_suffix(text->str, "\n\n"))
		append(reading, "\n", 1);
}

static void begin_line(struct reading *reading)
{
	for (unsigned i = 0; i < MIN(reading->quoted, 8) && at_line_start(reading); i++)
		append(reading, "> ", 2);
}

static void put_word(struct reading *reading, const char *word, size_t len)
{
	if (at_line_start(reading))
		begin_line(reading);
	else if (reading->blank)
		append(reading, " ", 1);
	reading->blank = false;
	append(reading, word, len);
}

static bool is_space(gunichar c)
{
	return c < 0x80 ? g_ascii_isspace((char)c) : (c == 0xA0 || g_unichar_isspace(c));
}

static void put_text(struct reading *reading, const char *text)
{
	const char *word = NULL, *p;

	for (p = text;; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);
		bool space = !c || is_space(c);

		if (!space && !word)
			word = p;
		if (space && word) {
			put_word(reading, word, (size_t)(p - word));
			word = NULL;
		}
		if (!c)
			return;
		if (space && c == '\n' && reading->preformatted)
			break_line(reading, false);
		else if (space)
			reading->blank = true;
	}
}

static void add_mark(
	struct reading *reading, enum rendered_mark_kind kind, unsigned link, size_t start)
{
	struct rendered_mark mark = {kind, link, start, reading->rendered->text->len};

	if (mark.end > mark.start)
		g_array_append_val(reading->rendered->marks, mark);
}

static void on_text(struct reading *reading, const char *text)
{
	if (reading->anchor)
		g_string_append_len(reading->anchor_text, text,
			(gssize)MIN(strlen(text), (size_t)4 * LINK_MAX_TEXT));
	if (reading->rendered && !reading->hidden)
		put_text(reading, text);
}

static void put_placeholder(struct reading *reading, const char *what, const char *text)
{
	g_autofree char *folded = text ? fold(text) : NULL;
	g_autofree char *shown =
		folded && *folded ? g_strdup_printf("[%s]", folded) : g_strdup_printf("[%s]", what);
	size_t start;

	put_word(reading, "", 0);
	start = reading->rendered->text->len;
	append(reading, shown, strlen(shown));
	add_mark(reading, RENDERED_ADDED, 0, start);
}

/* ---- elements ---- */

static bool is_block(GumboTag tag)
{
	switch (tag) {
	case GUMBO_TAG_ADDRESS:
	case GUMBO_TAG_ARTICLE:
	case GUMBO_TAG_BLOCKQUOTE:
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
		return false;
	}
}

static bool is_paragraph(GumboTag tag)
{
	return tag == GUMBO_TAG_P || tag == GUMBO_TAG_UL || tag == GUMBO_TAG_OL ||
	       tag == GUMBO_TAG_PRE || (tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6);
}

static bool is_heading(GumboTag tag)
{
	return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6;
}

/* What is never shown; the text of `title` is not in the body. */
static bool is_invisible(GumboTag tag)
{
	return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_TITLE ||
	       tag == GUMBO_TAG_HEAD || tag == GUMBO_TAG_TEMPLATE;
}

static void begin_anchor(struct reading *reading, struct link *link)
{
	reading->anchor = link;
	if (!link)
		return;
	g_string_truncate(reading->anchor_text, 0);
	if (!reading->rendered)
		return;
	if (!reading->hidden)
		put_word(reading, "", 0);
	reading->anchor_start = reading->rendered->text->len;
}

static void end_anchor(struct reading *reading)
{
	struct link *link = reading->anchor;
	guint index;

	reading->anchor = NULL;
	if (!link)
		return;
	set_text(link, reading->anchor_text->str);
	if (!reading->rendered || reading->hidden ||
		!g_ptr_array_find(reading->links, link, &index))
		return;
	if (reading->rendered->text->len == reading->anchor_start)
		put_placeholder(reading, "link", link->text);
	add_mark(reading, RENDERED_LINK, index, reading->anchor_start);
}

static void on_image(struct reading *reading, const GumboElement *element)
{
	const char *alt = attribute(element, "alt");
	struct link *link = add_attribute(reading, LINK_IMAGE, element, "src");
	bool pixel = link && is_pixel(element, link->url);

	if (pixel)
		link->kind = LINK_PIXEL;
	set_text(link, alt);
	add_srcset(reading, attribute(element, "srcset"));
	if (reading->anchor && alt)
		g_string_append_printf(reading->anchor_text, " %s", alt);
	if (reading->rendered && !reading->hidden && !pixel && (reading->anchor || (alt && *alt)))
		put_placeholder(reading, "image", alt);
}

/* HTML §4.2.5.3, "shared declarative refresh steps", as far as they find the URL. */
static void on_meta(struct reading *reading, const GumboElement *element)
{
	const char *kind = attribute(element, "http-equiv"),
		   *content = attribute(element, "content");
	char quote;
	size_t len;

	if (!kind || !content || g_ascii_strcasecmp(kind, "refresh") != 0)
		return;
	content += strspn(content, " \t\r\n\f0123456789.");
	content += strspn(content, " \t\r\n\f;,");
	if (g_ascii_strncasecmp(content, "url", 3) == 0) {
		const char *equals = content + 3 + strspn(content + 3, " \t\r\n\f");

		if (*equals == '=')
			content = equals + 1 + strspn(equals + 1, " \t\r\n\f");
	}
	quote = *content == '"' || *content == '\'' ? *content++ : '\0';
	len = quote && strchr(content, quote) ? (size_t)(strchr(content, quote) - content)
					      : strlen(content);
	add_link(reading, LINK_REFRESH, content, len);
}

static void on_svg_anchor(struct reading *reading, const GumboElement *element)
{
	struct link *link = add_attribute(reading, LINK_ANCHOR, element, "href");

	begin_anchor(
		reading, link ? link : add_attribute(reading, LINK_ANCHOR, element, "xlink:href"));
}

static void enter_links(struct reading *reading, const GumboElement *element)
{
	switch (element->tag) {
	case GUMBO_TAG_A:
		end_anchor(reading);
		on_svg_anchor(reading, element);
		break;
	case GUMBO_TAG_AREA:
		set_text(add_attribute(reading, LINK_AREA, element, "href"),
			attribute(element, "alt"));
		break;
	case GUMBO_TAG_FORM:
		add_attribute(reading, LINK_FORM, element, "action");
		break;
	case GUMBO_TAG_BUTTON:
	case GUMBO_TAG_INPUT:
		add_attribute(reading, LINK_FORM, element, "formaction");
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
		add_attribute(reading, LINK_FRAME, element, "src");
		break;
	case GUMBO_TAG_OBJECT:
		add_attribute(reading, LINK_FRAME, element, "data");
		break;
	case GUMBO_TAG_IMG:
		on_image(reading, element);
		break;
	default:
		break;
	}
	add_attribute(reading, LINK_IMAGE, element, "background");
	add_style_urls(reading, attribute(element, "style"));
}

static void enter_text(struct reading *reading, const GumboElement *element)
{
	if (is_block(element->tag) || is_paragraph(element->tag))
		break_line(reading, is_paragraph(element->tag));
	if (element->tag == GUMBO_TAG_BR && !at_line_start(reading))
		break_line(reading, false);
	else if (element->tag == GUMBO_TAG_BR)
		break_line(reading, true);
	else if (element->tag == GUMBO_TAG_TD || element->tag == GUMBO_TAG_TH)
		reading->blank = true;
	else if (element->tag == GUMBO_TAG_LI)
		put_word(reading, "* ", 2);
	if (element->tag == GUMBO_TAG_HR) {
		break_line(reading, false);
		put_placeholder(reading, "--------", NULL);
		break_line(reading, false);
	}
	if (is_heading(element->tag))
		reading->heading_start = reading->rendered->text->len;
}

static void enter(struct reading *reading, const GumboElement *element)
{
	if (is_invisible(element->tag) || is_hidden(element))
		reading->hidden++;
	if (element->tag == GUMBO_TAG_PRE)
		reading->preformatted++;
	if (reading->rendered && !reading->hidden)
		enter_text(reading, element);
	if (element->tag == GUMBO_TAG_BLOCKQUOTE)
		reading->quoted++;
	enter_links(reading, element);
}

static void leave(struct reading *reading, const GumboElement *element)
{
	if (element->tag == GUMBO_TAG_A)
		end_anchor(reading);
	if (element->tag == GUMBO_TAG_BLOCKQUOTE)
		reading->quoted--;
	if (reading->rendered && !reading->hidden) {
		if (is_heading(element->tag))
			add_mark(reading, RENDERED_HEADING, 0, reading->heading_start);
		if (is_block(element->tag) || is_paragraph(element->tag))
			break_line(reading, is_paragraph(element->tag));
	}
	if (element->tag == GUMBO_TAG_PRE)
		reading->preformatted--;
	if (is_invisible(element->tag) || is_hidden(element))
		reading->hidden--;
}

static void read_html(struct span html, unsigned part, GPtrArray *links, struct rendered *rendered,
	unsigned conditional);

/* Outlook reads what stands in `<!--[if mso]>…<![endif]-->`: its links count, its text is not shown
 * twice. */
static void on_comment(struct reading *reading, const char *comment)
{
	const char *start = g_str_has_prefix(comment, "[if") ? strstr(comment, "]>") : NULL;
	const char *end = start ? g_strrstr(start, "<![endif]") : NULL;

	if (end && reading->conditional < CONDITIONAL_MAX_DEPTH)
		read_html((struct span){start + 2, (size_t)(end - start - 2)}, reading->part,
			reading->links, NULL, reading->conditional + 1);
}

static void on_leaf(struct reading *reading, const GumboNode *node)
{
	switch (node->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_CDATA:
	case GUMBO_NODE_WHITESPACE:
		on_text(reading, node->v.text.text);
		break;
	case GUMBO_NODE_COMMENT:
		on_comment(reading, node->v.text.text);
		break;
	default:
		break;
	}
}

static bool has_children(const GumboNode *node)
{
	return node->type == GUMBO_NODE_ELEMENT || node->type == GUMBO_NODE_TEMPLATE;
}

/* Depth first, without recursion. */
static void walk(struct reading *reading, const GumboNode *root,
	void (*on_enter)(struct reading *, const GumboElement *),
	void (*on_leave)(struct reading *, const GumboElement *),
	void (*on_other)(struct reading *, const GumboNode *))
{
	const GumboNode *path[HTML_MAX_DEPTH];
	unsigned next[HTML_MAX_DEPTH];
	int depth = 0;

	path[0] = root;
	next[0] = 0;
	on_enter(reading, &root->v.element);
	while (depth >= 0) {
		const GumboVector *children = &path[depth]->v.element.children;
		const GumboNode *child;

		if (next[depth] >= children->length) {
			on_leave(reading, &path[depth--]->v.element);
			continue;
		}
		child = children->data[next[depth]++];
		if (!has_children(child)) {
			on_other(reading, child);
		} else if (depth + 1 < HTML_MAX_DEPTH) {
			on_enter(reading, &child->v.element);
			path[++depth] = child;
			next[depth] = 0;
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

static void pass_node(struct reading *reading, const GumboNode *node)
{
	(void)reading;
	(void)node;
}

static void found_in_text(struct span url, void *data)
{
	struct reading *reading = data;

	add_link(reading, LINK_TEXT, url.ptr, url.len);
}

static void read_html(struct span html, unsigned part, GPtrArray *links, struct rendered *rendered,
	unsigned conditional)
{
	struct reading reading = {
		.part = part, .links = links, .rendered = rendered, .conditional = conditional};
	struct arena arena = {0};
	GumboOutput *output = parse(&arena, html);

	reading.anchor_text = g_string_new(NULL);
	if (output) {
		walk(&reading, output->root, find_base, pass_element, pass_node);
		walk(&reading, output->root, enter, leave, on_leaf);
		end_anchor(&reading);
	} else {
		link_find_in_text(html, found_in_text, &reading);
		if (rendered)
			g_string_append(rendered->text,
				"[this HTML takes too long to read: see its source]\n");
	}
	if (rendered)
		break_line(&reading, false);
	g_string_free(reading.anchor_text, TRUE);
	url_free(reading.base);
	arena_clear(&arena);
}

void html_read(struct span html, unsigned part, GPtrArray *links, struct rendered *rendered)
{
	html.len = MIN(html.len, HTML_MAX_SIZE);
	read_html(html, part, links, rendered, 0);
}
