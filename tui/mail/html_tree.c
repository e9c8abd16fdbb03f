/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * HTML through gumbo. All its memory comes from an arena: so a tree of any depth is dropped in one
 * go (gumbo's own freeing recurses), and a document that asks for too much is given up by a jump
 * out of the allocator, leaking nothing.
 *
 * The tree builder looks through its stack of open elements again and again, so that its time grows
 * with the square of the depth. A look at the tags beforehand leaves out what would take so long.
 */
#include "tui/mail/html_tree.h"

#include <setjmp.h>

#define ARENA_BLOCK ((size_t)64 * 1024)
/* What gumbo may take for a document: it needs about ten times its size. */
#define ARENA_MAX ((size_t)64 << 20)
#define ARENA_MAX_FACTOR 24
/* A tag with more is left out: gumbo compares each with each. */
#define MAX_ATTRIBUTES 2048

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
	GString *pruned; /* gumbo's nodes point into it; NULL where nothing was left out */
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
		size_t room = MAX(size, ARENA_BLOCK);
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
	if (attributes > MAX_ATTRIBUTES)
		*keep = false;
	else if (closing)
		close_tag(nesting, tag);
	else
		*keep = open_tag(nesting, tag, after[-1] == '>' && after[-2] == '/');
	return !closing && is_raw_text(tag) ? raw_text_end(after, end, name) : after;
}

/* A copy without the start tags that nest too deep; NULL where there are none. */
static GString *prune(struct span html, unsigned max_depth)
{
	struct nesting nesting = {.max = max_depth};
	const char *end = html.ptr + html.len, *kept = html.ptr, *after;
	GString *pruned = NULL;
	bool keep;

	for (const char *at = html.ptr; at < end && (at = memchr(at, '<', end - at)); at = after) {
		after = next_tag(&nesting, at, end, &keep);
		if (keep)
			continue;
		if (!pruned)
			pruned = g_string_sized_new(html.len);
		g_string_append_len(pruned, kept, at - kept);
		kept = after;
	}
	if (pruned)
		g_string_append_len(pruned, kept, end - kept);
	return pruned;
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
	tree->pruned = prune(html, max_depth);
	if (parse(tree, tree->pruned ? span_from_string(tree->pruned) : html))
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
	if (tree->pruned)
		g_string_free(tree->pruned, TRUE);
	g_free(tree);
}

const GumboNode *html_tree_document(const struct html_tree *tree)
{
	return tree->output->document;
}
