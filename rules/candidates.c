/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A rule without hosts is found under the first of these that it has: a parameter that must be
 * there, path segments that its pattern spells out, the bytes that can follow the first slash.
 */
#include "rules/candidates.h"

#include "rules/query.h"

#define SEGMENT_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"
/* Longer names and segments are not indexed. */
#define MAX_KEY 64
/* A DNS name has no more labels. */
#define MAX_LABELS 128

/* A slice of a URL, or a text of a rule, and its hash. */
struct key {
	struct span text;
	guint hash;
};

struct candidates {
	/* Of struct key → GPtrArray of struct compiled. */
	GHashTable *by_host;
	GHashTable *by_param;
	GHashTable *by_first_segment; /* ^/click/ */
	GHashTable *by_segment;       /* /click/ anywhere */
	GPtrArray *by_byte[128];      /* ^/[cl]; 0: nothing after the slash. NULL: none */
	GPtrArray *others;
};

/* ---- keys ---- */

#define HASH_START 5381u

/* From the last byte to the first, so that the hashes of all suffixes come in one go. */
static inline guint hash_before(guint hash, char c)
{
	return hash * 33 + (guchar)c;
}

static struct key key_of(struct span text)
{
	struct key key = {text, HASH_START};

	for (size_t i = text.len; i > 0; i--)
		key.hash = hash_before(key.hash, text.ptr[i - 1]);
	return key;
}

static guint key_hash(gconstpointer data)
{
	return ((const struct key *)data)->hash;
}

static gboolean key_equal(gconstpointer a, gconstpointer b)
{
	struct span x = ((const struct key *)a)->text, y = ((const struct key *)b)->text;

	return x.len == y.len && memcmp(x.ptr, y.ptr, x.len) == 0;
}

static void key_free(gpointer data)
{
	struct key *key = data;

	g_free((char *)key->text.ptr);
	g_free(key);
}

static GHashTable *index_new(void)
{
	return g_hash_table_new_full(
		key_hash, key_equal, key_free, (GDestroyNotify)g_ptr_array_unref);
}

static void add_under(GHashTable *index, const char *text, const struct compiled *compiled)
{
	struct key key = key_of(span_from(text));
	GPtrArray *rules = g_hash_table_lookup(index, &key);

	if (!rules) {
		rules = g_ptr_array_new();
		key.text.ptr = span_dup(key.text);
		g_hash_table_insert(index, g_memdup2(&key, sizeof(key)), rules);
	}
	g_ptr_array_add(rules, (gpointer)compiled);
}

static const GPtrArray *find_under(GHashTable *index, struct span text)
{
	struct key key;

	if (text.len > MAX_KEY)
		return NULL;
	key = key_of(text);
	return g_hash_table_lookup(index, &key);
}

/* ---- what a pattern spells out ---- */

/* The end of the character class that begins at `at`. */
static const char *class_end(const char *at)
{
	at += at[1] == '^' ? 2 : 1;
	at += *at == ']';
	for (; *at && *at != ']'; at++)
		if (*at == '\\' && at[1])
			at++;
	return *at ? at : at - 1;
}

/* Whether a `|` stands outside of any group, or one cannot tell. */
static bool alternates(const char *pattern)
{
	int depth = 0;

	if (strstr(pattern, "\\Q"))
		return true;
	for (const char *p = pattern; *p; p++) {
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '[')
			p = class_end(p);
		else if (*p == '(' || *p == ')')
			depth += *p == '(' ? 1 : -1;
		else if (*p == '|' && !depth)
			return true;
	}
	return false;
}

/* The path segments of which a pattern asks for one, where they are plain text: `^/click/`,
 * `/(?:ls|wf)/`. NULL where it is not that simple; the caller frees them with g_strfreev(). */
static char **plain_segments(const char *path)
{
	const char *at = path + (*path == '^'), *end;
	bool group;
	size_t len;

	if (*at++ != '/' || alternates(path))
		return NULL;
	group = g_str_has_prefix(at, "(?:");
	at += group ? 3 : 0;
	len = strspn(at, group ? SEGMENT_CHARS "|" : SEGMENT_CHARS);
	if (group && at[len] != ')')
		return NULL;
	end = at + len + group;
	if (!len || len > MAX_KEY || *end != '/' || (end[1] && strchr("?*{", end[1])))
		return NULL;
	g_autofree char *segments = g_strndup(at, len);
	if (*segments == '|' || segments[len - 1] == '|' || strstr(segments, "||"))
		return NULL;
	return g_strsplit(segments, "|", -1);
}

/* ---- adding ---- */

static void add_by_byte(struct candidates *candidates, const struct compiled *compiled)
{
	/* No byte of a path is above these: they are escaped. */
	for (guint byte = 0; byte < G_N_ELEMENTS(candidates->by_byte); byte++) {
		GPtrArray **rules = &candidates->by_byte[byte];
		const char start[] = {'/', (char)byte};

		if (byte ? !pattern_may_begin(compiled->path, (struct span){start, 2})
			 : !pattern_match(compiled->path, (struct span){start, 1}, NULL, NULL))
			continue;
		if (!*rules)
			*rules = g_ptr_array_new();
		g_ptr_array_add(*rules, (gpointer)compiled);
	}
}

/* Returns false where the path tells nothing. */
static bool add_by_path(struct candidates *candidates, const struct compiled *compiled)
{
	const char *path = compiled->rule->path;
	g_auto(GStrv) segments = plain_segments(path);

	for (guint i = 0; segments && segments[i]; i++)
		add_under(*path == '^' ? candidates->by_first_segment : candidates->by_segment,
			segments[i], compiled);
	if (!segments && pattern_anchored(compiled->path))
		add_by_byte(candidates, compiled);
	return segments || pattern_anchored(compiled->path);
}

static bool add_by_param(struct candidates *candidates, const struct compiled *compiled)
{
	if (!compiled->param_count || strlen(compiled->params[0].name) > MAX_KEY)
		return false;
	add_under(candidates->by_param, compiled->params[0].name, compiled);
	return true;
}

void candidates_add(struct candidates *candidates, const struct compiled *compiled)
{
	const GPtrArray *hosts = compiled->rule->hosts;

	for (guint i = 0; i < hosts->len; i++)
		add_under(candidates->by_host, hosts->pdata[i], compiled);
	if (hosts->len || add_by_param(candidates, compiled) ||
		(compiled->path && add_by_path(candidates, compiled)))
		return;
	g_ptr_array_add(candidates->others, (gpointer)compiled);
}

struct candidates *candidates_new(void)
{
	struct candidates *candidates = g_new0(struct candidates, 1);

	candidates->by_host = index_new();
	candidates->by_param = index_new();
	candidates->by_first_segment = index_new();
	candidates->by_segment = index_new();
	candidates->others = g_ptr_array_new();
	return candidates;
}

void candidates_free(struct candidates *candidates)
{
	g_hash_table_unref(candidates->by_host);
	g_hash_table_unref(candidates->by_param);
	g_hash_table_unref(candidates->by_first_segment);
	g_hash_table_unref(candidates->by_segment);
	for (guint i = 0; i < G_N_ELEMENTS(candidates->by_byte); i++)
		if (candidates->by_byte[i])
			g_ptr_array_unref(candidates->by_byte[i]);
	g_ptr_array_unref(candidates->others);
	g_free(candidates);
}

/* ---- finding ---- */

/* The keys of all suffixes of a host that begin with a label, the longest last; returns how many.
 */
static unsigned suffix_keys(struct span host, struct key keys[MAX_LABELS])
{
	guint hash = HASH_START;
	unsigned count = 0;

	for (size_t i = host.len; i > 0 && count < MAX_LABELS; i--) {
		hash = hash_before(hash, host.ptr[i - 1]);
		if (i == 1 || host.ptr[i - 2] == '.')
			keys[count++] = (struct key){{host.ptr + i - 1, host.len - i + 1}, hash};
	}
	return count;
}

void candidates_by_host(
	const struct candidates *candidates, const struct url *url, candidates_fn visit, void *user)
{
	struct span host = url_host(url);
	struct key keys[MAX_LABELS];

	if (host.len && host.ptr[host.len - 1] == '.')
		host.len--;
	for (unsigned count = suffix_keys(host, keys); count > 0; count--) {
		const struct key *key = &keys[count - 1];
		const GPtrArray *rules = g_hash_table_lookup(candidates->by_host, key);

		if (rules && !visit(user, rules, key->text.len))
			return;
	}
}

/* Whether a parameter of that name stands before this one. */
static bool came_before(struct span query, struct span name)
{
	struct query_iter iter;
	struct span other, value;

	query_iter_init(&iter, query);
	while (query_iter_next(&iter, &other, &value) && other.ptr != name.ptr)
		if (other.len == name.len && memcmp(other.ptr, name.ptr, name.len) == 0)
			return true;
	return false;
}

static void by_params(
	const struct candidates *candidates, struct span query, candidates_fn visit, void *user)
{
	struct query_iter iter;
	struct span name, value;

	query_iter_init(&iter, query);
	while (query_iter_next(&iter, &name, &value)) {
		const GPtrArray *rules = find_under(candidates->by_param, name);

		/* A name that comes again brings nothing new, only work. */
		if (rules && !came_before(query, name))
			visit(user, rules, 0);
	}
}

/* The first place where the path has this segment, with its slashes. */
static bool is_first(struct span path, struct span segment)
{
	return memmem(path.ptr, path.len, segment.ptr - 1, segment.len + 2) == segment.ptr - 1;
}

static void by_segments(
	const struct candidates *candidates, struct span path, candidates_fn visit, void *user)
{
	const char *at = path.ptr + 1, *end = path.ptr + MIN(path.len, PATTERN_OFFSET_LIMIT);
	bool first = true;

	for (const char *slash; at < end && (slash = memchr(at, '/', end - at)); at = slash + 1) {
		struct span segment = {at, slash - at};
		const GPtrArray *rules;

		if (first && (rules = find_under(candidates->by_first_segment, segment)))
			visit(user, rules, 0);
		first = false;
		if (g_hash_table_size(candidates->by_segment) == 0)
			return;
		rules = find_under(candidates->by_segment, segment);
		if (rules && is_first(path, segment))
			visit(user, rules, 0);
	}
}

void candidates_by_shape(
	const struct candidates *candidates, const struct url *url, candidates_fn visit, void *user)
{
	struct span path = url_path(url);
	guchar byte = path.len > 1 ? path.ptr[1] : 0;

	by_params(candidates, url_query(url), visit, user);
	by_segments(candidates, path, visit, user);
	if (byte < G_N_ELEMENTS(candidates->by_byte) && candidates->by_byte[byte])
		visit(user, candidates->by_byte[byte], 0);
	visit(user, candidates->others, 0);
}
