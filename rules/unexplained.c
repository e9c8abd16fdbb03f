/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/unexplained.h"

#include "rules/domain.h"
#include "rules/draft_decode.h"
#include "rules/draft_path.h"
#include "rules/query.h"

#include <math.h>

/* A token has at least this many characters and bits per character: words and slugs of a site's own
 * pages have fewer. */
#define TOKEN_MIN 12
#define TOKEN_BITS 2.9
/* Long enough to stand for itself. */
#define TOKEN_LONG 24
/* Names of parameters listed in a shape. */
#define MAX_NAMES 12

static bool among(struct span word, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == word.len &&
			g_ascii_strncasecmp(word.ptr, *words, word.len) == 0)
			return true;
	return false;
}

/* ---- tokens ---- */

static double bits_per_character(struct span text)
{
	unsigned counts[256] = {0};
	double bits = 0;

	for (size_t i = 0; i < text.len; i++)
		counts[(guchar)text.ptr[i]]++;
	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
		double share = (double)counts[i] / (double)text.len;

		if (counts[i])
			bits -= share * log2(share);
	}
	return bits;
}

/* `how-to-cook-rice`: what people and their software write for people. */
static bool is_slug(struct span text)
{
	size_t digits = 0, upper = 0, breaks = 0;

	for (size_t i = 0; i < text.len; i++) {
		digits += g_ascii_isdigit(text.ptr[i]);
		upper += g_ascii_isupper(text.ptr[i]);
		breaks += strchr("-_+. ", text.ptr[i]) != NULL;
	}
	return breaks && digits * 4 < text.len && upper * 4 < text.len;
}

/* Letters alone are words run together, digits alone a number: a token mixes. */
static bool is_token(struct span text)
{
	size_t digits = 0, letters = 0;

	text.len = MIN(text.len, 256);
	for (size_t i = 0; i < text.len; i++) {
		digits += g_ascii_isdigit(text.ptr[i]);
		letters += g_ascii_isalpha(text.ptr[i]);
	}
	return text.len >= TOKEN_MIN && digits && letters && !is_slug(text) &&
	       bits_per_character(text) >= TOKEN_BITS;
}

struct tokens {
	unsigned found;
	size_t longest;
};

static void note_token(struct tokens *tokens, struct span text)
{
	if (!is_token(text))
		return;
	tokens->found++;
	tokens->longest = MAX(tokens->longest, text.len);
}

static struct tokens tokens_in(const struct url *url, const struct draft_path *path)
{
	struct tokens tokens = {0};
	struct query_iter iter;
	struct span name, value;

	for (guint i = 0; i < path->groups->len; i++)
		note_token(&tokens, span_from(((struct rule_pair *)path->groups->pdata[i])->value));
	query_iter_init(&iter, url_query(url));
	while (query_iter_next(&iter, &name, &value)) {
		note_token(&tokens, value);
		/* `?token`, without a name. */
		if (!value.len)
			note_token(&tokens, name);
	}
	return tokens;
}

/* ---- words ---- */

static bool has_redirect_word(const struct draft_path *path)
{
	static const char *const words[] = {"c", "cl", "click", "clicks", "ct", "ctr", "e", "go",
		"l", "link", "links", "lnk", "ls", "lt", "o", "open", "opens", "out", "optout", "r",
		"rd", "redir", "redirect", "t", "tc", "tr", "track", "tracker", "tracking", "trk",
		"u", "unsub", "unsubscribe", "url", "click.php", "link.php", "lnk.php", "lt.php",
		"open.php", "redirect.php", "track.php", "out.php", "r.php", NULL};

	for (guint i = 0; i < path->words->len; i++)
		if (among(span_from(path->words->pdata[i]), words))
			return true;
	return false;
}

static bool has_redirect_host(const struct url *url)
{
	static const char *const words[] = {"click", "clicks", "clk", "ct", "email", "go", "link",
		"links", "lnk", "mail", "mailing", "news", "redirect", "t", "track", "tracking",
		"trk", "url", NULL};
	struct span host = url_host(url);
	const char *dot = memchr(host.ptr, '.', host.len);

	return dot && domain_registrable(host).len < host.len &&
	       among((struct span){host.ptr, (size_t)(dot - host.ptr)}, words);
}

static bool has_redirect_parameter(const struct url *url)
{
	static const char *const names[] = {"url", "u", "redirect", "redirect_to", "redirect_uri",
		"redirecturl", "redir", "dest", "destination", "target", "to", "goto", "go", "link",
		"out", "next", "continue", "adurl", "href", "upn", "qs", NULL};
	struct query_iter iter;
	struct span name, value;

	query_iter_init(&iter, url_query(url));
	while (query_iter_next(&iter, &name, &value))
		if (value.len && among(name, names))
			return true;
	return false;
}

/* ---- verdict ---- */

static bool carries_other(const struct url *url, const struct draft_path *path)
{
	g_autoptr(GPtrArray) decodings = draft_decodings(url, path->groups);

	return decodings->len &&
	       ((struct draft_decoding *)decodings->pdata[0])->score >= DRAFT_LIKELY;
}

/* One sign is chance: pages have ids, and sites have a /go. */
static unsigned believed(unsigned signs, const struct tokens *tokens)
{
	if (signs & UNEXPLAINED_CARRIES)
		return signs;
	if ((signs & UNEXPLAINED_TOKEN) &&
		((signs & UNEXPLAINED_REDIRECT) || tokens->longest >= TOKEN_LONG))
		return signs;
	return 0;
}

unsigned unexplained_signs(const struct url *url)
{
	struct draft_path *path;
	struct tokens tokens;
	unsigned signs = 0;

	if (!url_is_web(url))
		return 0;
	path = draft_path_new(url_path(url));
	tokens = tokens_in(url, path);
	if (tokens.found)
		signs |= UNEXPLAINED_TOKEN;
	if (has_redirect_word(path) || has_redirect_host(url) || has_redirect_parameter(url))
		signs |= UNEXPLAINED_REDIRECT;
	if (carries_other(url, path))
		signs |= UNEXPLAINED_CARRIES;
	draft_path_free(path);
	return believed(signs, &tokens);
}

const char *unexplained_sign_name(enum unexplained_sign sign)
{
	switch (sign) {
	case UNEXPLAINED_TOKEN:
		return "token";
	case UNEXPLAINED_REDIRECT:
		return "redirect";
	default:
		return "carries-url";
	}
}

/* ---- shapes ---- */

static gint by_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of parameters, sorted; one without a value may be a token. */
static void put_names(GString *shape, const struct url *url)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	struct query_iter iter;
	struct span name, value;

	query_iter_init(&iter, url_query(url));
	while (names->len < MAX_NAMES && query_iter_next(&iter, &name, &value))
		g_ptr_array_add(names,
			!value.len && name.len >= TOKEN_MIN ? g_strdup("<data>") : span_dup(name));
	g_ptr_array_sort(names, by_text);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(shape, "%c%s", i ? '&' : '?', (char *)names->pdata[i]);
}

char *unexplained_shape(const struct url *url)
{
	struct draft_path *path = draft_path_new(url_path(url));
	struct span domain = domain_registrable(url_host(url));
	GString *shape = g_string_new(NULL);

	if (!domain.ptr)
		domain = url_host(url);
	g_string_append_len(shape, domain.ptr, (gssize)domain.len);
	g_string_append_printf(shape, " %s", path->shape);
	put_names(shape, url);
	draft_path_free(path);
	return g_string_free(shape, FALSE);
}
