/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTML through gumbo. All its memory comes from an arena: so a tree of any depth is dropped in one
 * go (gumbo's own freeing recurses), and a document that asks for too much is given up by a jump
 * out of the allocator, leaking nothing.
 *
 * The tree builder looks through its stack of open elements again and again, so that its time grows
 * with the square of the depth. A look at the tags beforehand leaves out what would take so long.
 * It leaves out select elements, too: gumbo drops the links in them, as the standard once had it;
 * browsers show them.
 */
#include "tui/mail/html_tree.h"

#include <gumbo.h>
#include <setjmp.h>

#define ARENA_BLOCK ((size_t)64 * 1024)
#define ARENA_BLOCK_MAX ((size_t)1 << 20)
/* What gumbo may take for a document: it needs about ten times its size. */
#define ARENA_MAX ((size_t)64 << 20)
#define ARENA_MAX_FACTOR 24
/* A tag with more is left out: gumbo compares each with each. */
#define MAX_ATTRIBUTES 2048
/* Of the number of a character, in decimal or hexadecimal. */
#define MAX_DIGITS 7

/* ---- the arena ---- */

struct block {
	struct block *next;
	_Alignas(16) char bytes[];
};

struct html_tree {
	struct block *blocks;
	char *at;
	size_t left, total, max;
	unsigned calls;
	gint64 deadline;
	jmp_buf give_up;
	/* What is parsed: gumbo's nodes point into it, and gumbo looks at the byte behind its end.
	 */
	GString *html;
	GumboOutput *output;
};

static void *arena_alloc(void *data, size_t size)
{
	struct html_tree *tree = data;

	size = (size + 15) & ~(size_t)15;
	tree->total += size;
	if (tree->total > tree->max ||
		(++tree->calls % 256 == 0 && g_get_monotonic_time() > tree->deadline))
		longjmp(tree->give_up, 1);
	if (size > tree->left) {
		size_t room = MAX(size, CLAMP(tree->total, ARENA_BLOCK, ARENA_BLOCK_MAX));
		struct block *block = g_malloc(sizeof *block + room);

		block->next = tree->blocks;
		tree->blocks = block;
		tree->at = block->bytes;
		tree->left = room;
	}
	void *memory = tree->at;
	tree->at += size;
	tree->left -= size;
	return memory;
}

static void arena_keep(void *data, void *memory)
{
	(void)data;
	(void)memory;
}

/* ---- nesting ---- */

struct nesting {
	unsigned open[GUMBO_TAG_LAST + 1];
	unsigned depth;
	unsigned max;
};

/* Elements that have no content, that close their like when they open, or that carry links. */
static bool nests(GumboTag tag)
{
	static const bool no[GUMBO_TAG_LAST + 1] = {
		[GUMBO_TAG_A] = true,
		[GUMBO_TAG_AREA] = true,
		[GUMBO_TAG_BASE] = true,
		[GUMBO_TAG_BODY] = true,
		[GUMBO_TAG_BR] = true,
		[GUMBO_TAG_BUTTON] = true,
		[GUMBO_TAG_CAPTION] = true,
		[GUMBO_TAG_COL] = true,
		[GUMBO_TAG_COLGROUP] = true,
		[GUMBO_TAG_DD] = true,
		[GUMBO_TAG_DT] = true,
		[GUMBO_TAG_EMBED] = true,
		[GUMBO_TAG_FORM] = true,
		[GUMBO_TAG_FRAME] = true,
		[GUMBO_TAG_HEAD] = true,
		[GUMBO_TAG_HR] = true,
		[GUMBO_TAG_HTML] = true,
		[GUMBO_TAG_IMAGE] = true,
		[GUMBO_TAG_IMG] = true,
		[GUMBO_TAG_INPUT] = true,
		[GUMBO_TAG_LI] = true,
		[GUMBO_TAG_LINK] = true,
		[GUMBO_TAG_META] = true,
		[GUMBO_TAG_OPTION] = true,
		[GUMBO_TAG_P] = true,
		[GUMBO_TAG_PARAM] = true,
		[GUMBO_TAG_SELECT] = true,
		[GUMBO_TAG_SOURCE] = true,
		[GUMBO_TAG_TBODY] = true,
		[GUMBO_TAG_TD] = true,
		[GUMBO_TAG_TFOOT] = true,
		[GUMBO_TAG_TH] = true,
		[GUMBO_TAG_THEAD] = true,
		[GUMBO_TAG_TR] = true,
		[GUMBO_TAG_TRACK] = true,
		[GUMBO_TAG_WBR] = true,
	};

	return !no[tag];
}

static bool is_raw_text(GumboTag tag)
{
	return tag == GUMBO_TAG_SCRIPT || tag == GUMBO_TAG_STYLE || tag == GUMBO_TAG_TEXTAREA ||
	       tag == GUMBO_TAG_TITLE || tag == GUMBO_TAG_XMP || tag == GUMBO_TAG_IFRAME ||
	       tag == GUMBO_TAG_NOEMBED || tag == GUMBO_TAG_NOFRAMES || tag == GUMBO_TAG_PLAINTEXT;
}

/* The end of the tag at `at`, behind its `>`; quotes count only in values. */
static const char *tag_end(const char *at, const char *end, unsigned *attributes)
{
	*attributes = 0;
	for (char before = ' '; at < end; at++) {
		char c = *at;

		if (c == '>')
			return at + 1;
		if (before == '=' && (c == '"' || c == '\'')) {
			at = memchr(at + 1, c, end - at - 1);
			if (!at)
				return end;
			c = ' ';
		}
		*attributes += g_ascii_isspace(before) && !g_ascii_isspace(c);
		if (before != '=' || !g_ascii_isspace(c))
			before = c;
	}
	return end;
}

static const char *raw_text_end(const char *at, const char *end, struct span name)
{
	for (; at < end && (at = memmem(at, end - at, "</", 2)); at += 2) {
		if ((size_t)(end - at) > name.len + 2 &&
			g_ascii_strncasecmp(at + 2, name.ptr, name.len) == 0)
			return at;
	}
	return end;
}

/* Empty where no tag begins. */
static struct span tag_name(const char *at, const char *end)
{
	const char *start = at;

	if (at < end && !g_ascii_isalpha(*at))
		end = at;
	while (at < end && !g_ascii_isspace(*at) && *at != '/' && *at != '>')
		at++;
	return (struct span){start, at - start};
}

static const char *after_comment(const char *at, const char *end)
{
	const char *close = memmem(at + 2, end - at - 2, "-->", 3);

	return close ? close + 3 : end;
}

static void close_tag(struct nesting *nesting, GumboTag tag)
{
	if (nests(tag) && nesting->open[tag]) {
		nesting->open[tag]--;
		nesting->depth--;
	}
}

/* Whether the start tag may stay. Only in SVG and MathML does a slash close an element. */
static bool open_tag(struct nesting *nesting, GumboTag tag, bool slash)
{
	bool foreign = nesting->open[GUMBO_TAG_SVG] || nesting->open[GUMBO_TAG_MATH];

	if (!nests(tag) || is_raw_text(tag) || (slash && foreign))
		return true;
	if (nesting->depth >= nesting->max)
		return false;
	nesting->open[tag]++;
	nesting->depth++;
	return true;
}

/* Reads the markup at `at`, a `<`, and returns where it ends. `*keep` says whether it may stay. */
static const char *next_tag(struct nesting *nesting, const char *at, const char *end, bool *keep)
{
	bool closing = end - at > 2 && at[1] == '/';
	struct span name = tag_name(at + 1 + closing, end);
	unsigned attributes;

	*keep = true;
	if (end - at > 4 && memcmp(at, "<!--", 4) == 0)
		return after_comment(at, end);
	if (!name.len)
		return at + 1;
	GumboTag tag = gumbo_tagn_enum(name.ptr, (unsigned)MIN(name.len, 64));
	const char *after = tag_end(name.ptr + name.len, end, &attributes);
	if (attributes > MAX_ATTRIBUTES || tag == GUMBO_TAG_SELECT)
		*keep = false;
	else if (closing)
		close_tag(nesting, tag);
	else
		*keep = open_tag(nesting, tag, after[-1] == '>' && after[-2] == '/');
	return !closing && is_raw_text(tag) ? raw_text_end(after, end, name) : after;
}

/* A copy without the tags to leave out. */
static GString *prune(struct span html, unsigned max_depth)
{
	struct nesting nesting = {.max = max_depth};
	const char *end = html.ptr + html.len, *kept = html.ptr, *after;
	GString *pruned = g_string_sized_new(html.len + 1);
	bool keep;

	for (const char *at = html.ptr; at < end && (at = memchr(at, '<', end - at)); at = after) {
		after = next_tag(&nesting, at, end, &keep);
		if (keep)
			continue;
		g_string_append_len(pruned, kept, at - kept);
		kept = after;
	}
	return g_string_append_len(pruned, kept, end - kept);
}

/* ---- control characters ---- */

static bool is_control(char c)
{
	return ((guchar)c < ' ' && c != '\t' && c != '\n' && c != '\f' && c != '\r' && c) ||
	       c == 0x7F;
}

static bool holds_control(const GString *html)
{
	bool any = false;

	for (size_t i = 0; i < html->len; i++)
		any |= is_control(html->str[i]);
	return any;
}

/* gumbo turns control characters into U+FFFD, but not their references. A browser keeps both, and
 * a URL that begins with one is a URL. */
static void spell_controls(GString *html)
{
	if (!holds_control(html))
		return;
	GString *spelt = g_string_sized_new(html->len * 2);
	for (size_t i = 0; i < html->len; i++) {
		if (is_control(html->str[i]))
			g_string_append_printf(spelt, "&#%d;", html->str[i]);
		else
			g_string_append_c(spelt, html->str[i]);
	}
	/* Not assigned: it may hold NUL. */
	g_string_truncate(html, 0);
	g_string_append_len(html, spelt->str, (gssize)spelt->len);
	g_string_free(spelt, TRUE);
}

/* The number of a character overflows in gumbo, and what that leaves is a byte that is not UTF-8,
 * or the NUL that ends the text: digits that are too many become those of U+FFFD, which is what the
 * standard makes of them. */
static void bound_references(GString *html)
{
	char *end = html->str + html->len;

	for (char *at = html->str; (at = memmem(at, (size_t)(end - at), "&#", 2));) {
		bool hex = at[2] == 'x' || at[2] == 'X';
		const char *digits = hex ? "0123456789ABCDEFabcdef" : "0123456789";
		const char *wanted = hex ? "FFFD" : "65533";

		at += hex ? 3 : 2;
		size_t zeros = strspn(at, "0"), len = zeros + strspn(at + zeros, digits);
		if (len - zeros > MAX_DIGITS) {
			memset(at, '0', len);
			memcpy(at + len - strlen(wanted), wanted, strlen(wanted));
		}
		at += len;
	}
}

/* ---- trees ---- */

static bool parse(struct html_tree *tree, struct span html)
{
	GumboOptions options = kGumboDefaultOptions;

	options.allocator = arena_alloc;
	options.deallocator = arena_keep;
	options.userdata = tree;
	options.max_errors = 0;
	if (setjmp(tree->give_up))
		return false;
	tree->output = gumbo_parse_with_options(&options, html.ptr, html.len);
	return true;
}

struct html_tree *html_tree_parse(struct span html, unsigned max_depth, gint64 deadline)
{
	struct html_tree *tree = g_new0(struct html_tree, 1);

	tree->deadline = deadline;
	tree->max = ARENA_MAX + html.len * ARENA_MAX_FACTOR;
	tree->html = prune(html, max_depth);
	bound_references(tree->html);
	spell_controls(tree->html);
	if (parse(tree, span_from_string(tree->html)))
		return tree;
	html_tree_free(tree);
	return NULL;
}

void html_tree_free(struct html_tree *tree)
{
	for (struct block *block = tree->blocks, *next; block; block = next) {
		next = block->next;
		g_free(block);
	}
	g_string_free(tree->html, TRUE);
	g_free(tree);
}

/* ---- what is told of it ---- */

static enum html_tag tag_of(GumboTag tag)
{
	static const enum html_tag tags[GUMBO_TAG_LAST + 1] = {
		[GUMBO_TAG_A] = HTML_A,
		[GUMBO_TAG_ADDRESS] = HTML_ADDRESS,
		[GUMBO_TAG_AREA] = HTML_AREA,
		[GUMBO_TAG_ARTICLE] = HTML_ARTICLE,
		[GUMBO_TAG_AUDIO] = HTML_AUDIO,
		[GUMBO_TAG_BASE] = HTML_BASE,
		[GUMBO_TAG_BLOCKQUOTE] = HTML_BLOCKQUOTE,
		[GUMBO_TAG_BODY] = HTML_BODY,
		[GUMBO_TAG_BR] = HTML_BR,
		[GUMBO_TAG_BUTTON] = HTML_BUTTON,
		[GUMBO_TAG_CENTER] = HTML_CENTER,
		[GUMBO_TAG_DD] = HTML_DD,
		[GUMBO_TAG_DIV] = HTML_DIV,
		[GUMBO_TAG_DL] = HTML_DL,
		[GUMBO_TAG_DT] = HTML_DT,
		[GUMBO_TAG_EMBED] = HTML_EMBED,
		[GUMBO_TAG_FIELDSET] = HTML_FIELDSET,
		[GUMBO_TAG_FOOTER] = HTML_FOOTER,
		[GUMBO_TAG_FORM] = HTML_FORM,
		[GUMBO_TAG_FRAME] = HTML_FRAME,
		[GUMBO_TAG_H1] = HTML_H1,
		[GUMBO_TAG_H2] = HTML_H2,
		[GUMBO_TAG_H3] = HTML_H3,
		[GUMBO_TAG_H4] = HTML_H4,
		[GUMBO_TAG_H5] = HTML_H5,
		[GUMBO_TAG_H6] = HTML_H6,
		[GUMBO_TAG_HEAD] = HTML_HEAD,
		[GUMBO_TAG_HEADER] = HTML_HEADER,
		[GUMBO_TAG_HR] = HTML_HR,
		[GUMBO_TAG_IFRAME] = HTML_IFRAME,
		[GUMBO_TAG_IMAGE] = HTML_IMAGE,
		[GUMBO_TAG_IMG] = HTML_IMG,
		[GUMBO_TAG_INPUT] = HTML_INPUT,
		[GUMBO_TAG_LI] = HTML_LI,
		[GUMBO_TAG_LINK] = HTML_LINK,
		[GUMBO_TAG_MAIN] = HTML_MAIN,
		[GUMBO_TAG_META] = HTML_META,
		[GUMBO_TAG_NAV] = HTML_NAV,
		[GUMBO_TAG_OBJECT] = HTML_OBJECT,
		[GUMBO_TAG_OL] = HTML_OL,
		[GUMBO_TAG_P] = HTML_P,
		[GUMBO_TAG_PRE] = HTML_PRE,
		[GUMBO_TAG_SCRIPT] = HTML_SCRIPT,
		[GUMBO_TAG_SECTION] = HTML_SECTION,
		[GUMBO_TAG_SOURCE] = HTML_SOURCE,
		[GUMBO_TAG_STYLE] = HTML_STYLE,
		[GUMBO_TAG_TABLE] = HTML_TABLE,
		[GUMBO_TAG_TD] = HTML_TD,
		[GUMBO_TAG_TEMPLATE] = HTML_TEMPLATE,
		[GUMBO_TAG_TH] = HTML_TH,
		[GUMBO_TAG_TITLE] = HTML_TITLE,
		[GUMBO_TAG_TR] = HTML_TR,
		[GUMBO_TAG_TRACK] = HTML_TRACK,
		[GUMBO_TAG_UL] = HTML_UL,
		[GUMBO_TAG_UNKNOWN] = HTML_UNKNOWN,
		[GUMBO_TAG_VIDEO] = HTML_VIDEO,
	};

	return tags[tag];
}

/* HTML_ATTRIBUTE_COUNT where it is none of ours. */
static enum html_attribute attribute_of(const char *name)
{
	static const char *const names[HTML_ATTRIBUTE_COUNT] = {
		[HTML_ACTION] = "action",
		[HTML_ALT] = "alt",
		[HTML_BACKGROUND] = "background",
		[HTML_CONTENT] = "content",
		[HTML_DATA] = "data",
		[HTML_FORMACTION] = "formaction",
		[HTML_HEIGHT] = "height",
		[HTML_HIDDEN] = "hidden",
		[HTML_HREF] = "href",
		[HTML_HTTP_EQUIV] = "http-equiv",
		[HTML_POSTER] = "poster",
		[HTML_SRC] = "src",
		[HTML_SRCDOC] = "srcdoc",
		[HTML_SRCSET] = "srcset",
		[HTML_CSS] = "style",
		[HTML_VALUE] = "value",
		[HTML_WIDTH] = "width",
	};
	int found = 0;

	while (found < HTML_ATTRIBUTE_COUNT &&
		(names[found][0] != name[0] || strcmp(names[found], name) != 0))
		found++;
	return (enum html_attribute)found;
}

static void describe(struct html_element *element, const GumboElement *from)
{
	const GumboVector *attributes = &from->attributes;

	*element = (struct html_element){
		.tag = tag_of(from->tag), .foreign = from->tag_namespace != GUMBO_NAMESPACE_HTML};
	for (unsigned i = 0; i < attributes->length; i++) {
		const GumboAttribute *attribute = attributes->data[i];
		enum html_attribute name = attribute_of(attribute->name);

		/* A plain href goes before xlink:href. */
		if (name != HTML_ATTRIBUTE_COUNT &&
			(!element->attributes[name] ||
				attribute->attr_namespace == GUMBO_ATTR_NAMESPACE_NONE))
			element->attributes[name] = attribute->value;
	}
}

struct step {
	const GumboNode *node;
	unsigned next; /* child to visit */
	struct html_element element;
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

static void tell_leaf(const GumboNode *node, const struct html_visitor *visitor,
	const struct html_element *parent, void *data)
{
	switch (node->type) {
	case GUMBO_NODE_TEXT:
	case GUMBO_NODE_CDATA:
	case GUMBO_NODE_WHITESPACE:
		if (visitor->text)
			visitor->text(data, node->v.text.text, parent->tag);
		break;
	case GUMBO_NODE_COMMENT:
		if (visitor->comment)
			visitor->comment(data, node->v.text.text);
		break;
	default:
		break;
	}
}

static void descend(
	GArray *path, const GumboNode *node, const struct html_visitor *visitor, void *data)
{
	const struct html_element *parent =
		&g_array_index(path, struct step, path->len - 1).element;
	bool inert = parent->inert || parent->tag == HTML_TEMPLATE;

	g_array_set_size(path, path->len + 1);
	struct step *step = &g_array_index(path, struct step, path->len - 1);
	step->node = node;
	step->next = 0;
	describe(&step->element, &node->v.element);
	step->element.inert = inert;
	if (visitor->enter)
		visitor->enter(data, &step->element);
}

void html_tree_walk(const struct html_tree *tree, const struct html_visitor *visitor, void *data)
{
	g_autoptr(GArray) path = g_array_new(FALSE, FALSE, sizeof(struct step));
	struct step document = {.node = tree->output->document};

	g_array_append_val(path, document);
	while (path->len) {
		struct step *top = &g_array_index(path, struct step, path->len - 1);
		const GumboVector *children = children_of(top->node);

		if (top->next < children->length) {
			const GumboNode *child = children->data[top->next++];

			if (is_element(child))
				descend(path, child, visitor, data);
			else
				tell_leaf(child, visitor, &top->element, data);
			continue;
		}
		if (visitor->leave && is_element(top->node))
			visitor->leave(data, &top->element);
		g_array_set_size(path, path->len - 1);
	}
}
