/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Breadth first: a value that is no URL yet is given to each decoder that it looks made for, and
 * what comes out is a value again.
 */
#include "rules/draft_decode.h"

#include "rules/decode/value.h"
#include "rules/domain.h"
#include "rules/draft_path.h"
#include "rules/pipeline.h"
#include "rules/query.h"

#define MAX_DECODERS 6
#define MAX_TRIES 800
#define MAX_BYTES ((size_t)8 << 20)
#define MAX_KEYS 32
#define MAX_KEY_DEPTH 4
#define MAX_FOUND 16
/* Less holds no URL. */
#define MIN_SOURCE 8

struct value {
	GPtrArray *pipeline;
	GString *bytes;
	unsigned score;
};

struct search {
	const struct url *url;
	GQueue values; /* of struct value */
	GPtrArray *found;
	unsigned tries;
	size_t bytes;
};

static void value_free(struct value *value)
{
	g_ptr_array_unref(value->pipeline);
	g_string_free(value->bytes, TRUE);
	g_free(value);
}

static void decoding_free(gpointer data)
{
	struct draft_decoding *decoding = data;

	g_ptr_array_unref(decoding->pipeline);
	g_free(decoding->yields);
	g_free(decoding);
}

static GPtrArray *extended(const GPtrArray *pipeline, const char *name, const char *argument)
{
	GPtrArray *longer = rule_steps_new();

	for (guint i = 0; pipeline && i < pipeline->len; i++) {
		const struct rule_step *step = pipeline->pdata[i];

		g_ptr_array_add(longer, rule_step_new(step->name, step->argument));
	}
	g_ptr_array_add(longer, rule_step_new(name, argument));
	return longer;
}

/* ---- what values look like ---- */

static bool starts(struct span text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len && g_ascii_strncasecmp(text.ptr, with, len) == 0;
}

static bool contains(struct span text, const char *part)
{
	return memmem(text.ptr, text.len, part, strlen(part)) != NULL;
}

static bool is_binary(struct span text)
{
	for (size_t i = 0; i < text.len; i++)
		if ((guchar)text.ptr[i] < ' ' && !g_ascii_isspace(text.ptr[i]))
			return true;
	return !g_utf8_validate(text.ptr, (gssize)text.len, NULL);
}

static bool has_escape(struct span text, char mark)
{
	for (size_t i = 0; i + 2 < text.len; i++)
		if (text.ptr[i] == mark && g_ascii_isxdigit(text.ptr[i + 1]) &&
			g_ascii_isxdigit(text.ptr[i + 2]))
			return true;
	return false;
}

static bool is_percent(struct span text)
{
	return has_escape(text, '%');
}

static bool is_sendgrid(struct span text)
{
	return contains(text, "-2F") && has_escape(text, '-');
}

static bool is_urldefense2(struct span text)
{
	return starts(text, "http") && contains(text, "-3A_");
}

static bool is_urldefense3(struct span text)
{
	return starts(text, "__") && contains(text, "__;");
}

static bool is_entities(struct span text)
{
	return contains(text, "&amp;") || contains(text, "&#");
}

static bool is_base64(struct span text)
{
	return text.len >= 8 && !is_binary(text) && !contains(text, " ");
}

static bool is_hex(struct span text)
{
	return text.len >= 16 && text.len % 2 == 0;
}

static bool is_rot13(struct span text)
{
	return starts(text, "uggc");
}

static bool is_reversed(struct span text)
{
	return text.len > 8 && g_ascii_strncasecmp(text.ptr + text.len - 4, "ptth", 4) == 0;
}

static bool is_json(struct span text)
{
	return text.len > 2 && strchr("{[\"", *text.ptr);
}

static bool is_jwt(struct span text)
{
	return starts(text, "eyJ") && contains(text, ".");
}

static bool is_php(struct span text)
{
	return text.len > 4 && strchr("aOs", *text.ptr) && text.ptr[1] == ':';
}

/* Decoders without an argument, and with one that the value itself tells. */
static const struct {
	const char *decoder;
	bool (*fits)(struct span text);
} plain[] =
	{
		{"percent", is_percent},
		{"base64", is_base64},
		{"hex", is_hex},
		{"zlib", is_binary},
		{"urldefense2", is_urldefense2},
		{"urldefense3", is_urldefense3},
		{"sendgrid", is_sendgrid},
		{"entities", is_entities},
		{"rot13", is_rot13},
		{"reverse", is_reversed},
},
  structured[] = {
	  {"json", is_json},
	  {"jwt", is_jwt},
	  {"php", is_php},
	  {"cbor", is_binary},
	  {"msgpack", is_binary},
};

/* ---- destinations ---- */

/* With its scheme written out it need not have a suffix that the list knows. */
static bool is_site(const struct url *url)
{
	struct span host = url_host(url);

	if (url_host_kind(url) == URL_HOST_DOMAIN)
		return memchr(host.ptr, '.', host.len) != NULL;
	return url_host_kind(url) == URL_HOST_IPV4 || url_host_kind(url) == URL_HOST_IPV6;
}

static bool same_site(const struct url *a, const struct url *b)
{
	struct span left = domain_registrable(url_host(a)), right = domain_registrable(url_host(b));

	if (!left.ptr || !right.ptr) {
		left = url_host(a);
		right = url_host(b);
	}
	return left.len == right.len && memcmp(left.ptr, right.ptr, left.len) == 0;
}

static unsigned score_of(const struct search *search, const struct value *value, struct url *to)
{
	unsigned score = value->score;
	bool bare = url_path(to).len <= 1 && !url_query(to).ptr;

	if (same_site(search->url, to))
		score -= MIN(score, 500);
	if (url_host_kind(to) == URL_HOST_DOMAIN && !domain_suffix_known(url_host(to)))
		score -= MIN(score, 100);
	return score - MIN(score, bare ? 40 : 0);
}

static bool find_destination(struct search *search, const struct value *value)
{
	struct span text = span_from_string(value->bytes);
	struct url *to = NULL;
	bool found;

	while (text.len && g_ascii_isspace(*text.ptr)) {
		text.ptr++;
		text.len--;
	}
	if (starts(text, "http:/") || starts(text, "https:/"))
		to = pipeline_destination(span_from_string(value->bytes));
	found = to && is_site(to) && !url_same_target(to, search->url);
	if (found) {
		struct draft_decoding *decoding = g_new0(struct draft_decoding, 1);

		decoding->pipeline = g_ptr_array_ref(value->pipeline);
		decoding->yields = g_strdup(url_href(to));
		decoding->score = score_of(search, value, to);
		g_ptr_array_add(search->found, decoding);
	}
	url_free(to);
	return found;
}

/* ---- steps ---- */

static void try_step(struct search *search, const struct value *from, const char *name,
	const char *argument, unsigned cost)
{
	GString *out;

	if (search->tries >= MAX_TRIES || search->bytes >= MAX_BYTES ||
		from->pipeline->len > MAX_DECODERS)
		return;
	search->tries++;
	out = g_string_new(NULL);
	bool decoded = decoder_find(name)->decode(span_from_string(from->bytes), argument, out);
	search->bytes += out->len;
	if (!decoded || !out->len || g_string_equal(out, from->bytes)) {
		g_string_free(out, TRUE);
		return;
	}
	struct value *value = g_new0(struct value, 1);
	value->pipeline = extended(from->pipeline, name, argument);
	value->bytes = out;
	value->score = from->score - MIN(from->score, cost);
	g_queue_push_tail(&search->values, value);
}

static void try_plain(struct search *search, const struct value *from)
{
	for (size_t i = 0; i < G_N_ELEMENTS(plain); i++)
		if (plain[i].fits(span_from_string(from->bytes)))
			try_step(search, from, plain[i].decoder, NULL, 50);
}

/* Keys of a structured value that could hold more, one at a time. */
struct walk {
	struct search *search;
	const struct value *from;
	const char *decoder;
	unsigned keys;
};

static void walk_into(struct walk *walk, const json_t *value, const char *path, unsigned depth);

static void walk_key(
	struct walk *walk, const json_t *value, const char *path, const char *key, unsigned depth)
{
	g_autofree char *below = *path ? g_strdup_printf("%s.%s", path, key) : g_strdup(key);

	if (*key && !strchr(key, '.'))
		walk_into(walk, value, below, depth + 1);
}

static void walk_into(struct walk *walk, const json_t *value, const char *path, unsigned depth)
{
	const char *key;
	json_t *child;
	size_t i;

	if (depth > MAX_KEY_DEPTH || walk->keys >= MAX_KEYS)
		return;
	if (json_is_string(value) && json_string_length(value) >= 8) {
		walk->keys++;
		try_step(walk->search, walk->from, walk->decoder, *path ? path : NULL, 50);
	} else if (json_is_object(value)) {
		json_object_foreach((json_t *)value, key, child)
			walk_key(walk, child, path, key, depth);
	} else if (json_is_array(value)) {
		json_array_foreach((json_t *)value, i, child)
		{
			g_autofree char *index = g_strdup_printf("%zu", i);

			walk_key(walk, child, path, index, depth);
		}
	}
}

static void try_structured(struct search *search, const struct value *from)
{
	struct span text = span_from_string(from->bytes);

	for (size_t i = 0; i < G_N_ELEMENTS(structured); i++) {
		struct walk walk = {search, from, structured[i].decoder, 0};
		g_autoptr(GString) whole = g_string_new(NULL);

		if (search->tries >= MAX_TRIES || !structured[i].fits(text))
			continue;
		search->tries++;
		if (!decoder_find(walk.decoder)->decode(text, NULL, whole))
			continue;
		search->bytes += whole->len;
		json_t *value = value_of_json(span_from_string(whole));
		walk_into(&walk, value, "", 0);
		json_decref(value);
	}
}

/* A query string within a value. The source `query` is not one: its parameters are sources. */
static void try_form(struct search *search, const struct value *from)
{
	struct span text = span_from_string(from->bytes), name, found;
	struct query_iter iter;
	unsigned keys = 0;

	if (from->pipeline->len < 2 || !contains(text, "=") || is_binary(text))
		return;
	query_iter_init(&iter, text);
	while (keys++ < MAX_KEYS && query_iter_next(&iter, &name, &found)) {
		g_autofree char *key = span_dup(name);

		if (found.len >= 8 && name.len && name.len <= 32)
			try_step(search, from, "form", key, 50);
	}
}

/* `www.example.com/page`, without a scheme. */
static bool is_schemeless(struct span text)
{
	size_t len = 0;

	while (len < text.len && !strchr("/?#", text.ptr[len]))
		len++;
	return (len < text.len || starts(text, "www.")) &&
	       draft_is_host((struct span){text.ptr, len});
}

static void try_special(struct search *search, const struct value *from)
{
	struct span text = span_from_string(from->bytes);
	const char *base64 = memmem(text.ptr, MIN(text.len, 12), "aHR0", 4);

	if (is_binary(text) && contains(text, "http"))
		try_step(search, from, "sparkpost", "4", 50);
	if (is_schemeless(text))
		try_step(search, from, "scheme", "https", 150);
	if (starts(text, "eyJ") && contains(text, "."))
		try_step(search, from, "until", ".", 30);
	if (base64 && base64 > text.ptr) {
		g_autofree char *skipped = g_strdup_printf("%td", base64 - text.ptr);

		try_step(search, from, "skip", skipped, 60);
	}
}

/* ---- sources ---- */

static void add_source(struct search *search, const char *name, const char *argument,
	struct span text, unsigned score)
{
	struct value *value;

	if (text.len < MIN_SOURCE || text.len > DECODE_MAX_SIZE)
		return;
	value = g_new0(struct value, 1);
	value->pipeline = extended(NULL, name, argument);
	value->bytes = g_string_new_len(text.ptr, (gssize)text.len);
	value->score = score;
	g_queue_push_tail(&search->values, value);
}

/* Proofpoint's v3 puts the URL, with its query, unescaped into its own. */
static void add_urldefense3(struct search *search)
{
	const char *at = strstr(url_href(search->url), "/v3/__");
	struct value *value;

	if (!at || strlen(at + 4) < MIN_SOURCE)
		return;
	add_source(search, "url", NULL, span_from(at + 4), 1000);
	value = g_queue_peek_tail(&search->values);
	g_ptr_array_add(value->pipeline, rule_step_new("after", "/v3/"));
}

static void add_sources(struct search *search, const GPtrArray *groups)
{
	struct span query = url_query(search->url), name, value;
	struct query_iter iter;

	query_iter_init(&iter, query);
	while (query_iter_next(&iter, &name, &value)) {
		g_autofree char *key = span_dup(name);

		if (name.len && name.len <= 64)
			add_source(search, "param", key, value, 1000);
	}
	for (guint i = 0; i < groups->len; i++) {
		const struct rule_pair *group = groups->pdata[i];

		add_source(search, "group", group->name, span_from(group->value), 990);
	}
	add_urldefense3(search);
	add_source(search, "fragment", NULL, url_fragment(search->url), 970);
	add_source(search, "query", NULL, query, 960);
}

/* ---- results ---- */

static gint likelier(gconstpointer a, gconstpointer b)
{
	const struct draft_decoding *left = *(const struct draft_decoding *const *)a,
				    *right = *(const struct draft_decoding *const *)b;

	if (left->score != right->score)
		return left->score > right->score ? -1 : 1;
	return (int)left->pipeline->len - (int)right->pipeline->len;
}

/* Leaves the likeliest way to each destination. */
static void keep_best(GPtrArray *found)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	g_ptr_array_sort(found, likelier);
	for (guint i = 0; i < found->len;) {
		struct draft_decoding *decoding = found->pdata[i];

		if (i == MAX_FOUND || g_hash_table_contains(seen, decoding->yields)) {
			g_ptr_array_remove_index(found, i);
			continue;
		}
		g_hash_table_add(seen, decoding->yields);
		i++;
	}
}

GPtrArray *draft_decodings(const struct url *url, const GPtrArray *groups)
{
	struct search search = {.url = url, .values = G_QUEUE_INIT};
	struct value *value;

	search.found = g_ptr_array_new_with_free_func(decoding_free);
	add_sources(&search, groups);
	while ((value = g_queue_pop_head(&search.values))) {
		if (!find_destination(&search, value)) {
			try_plain(&search, value);
			try_structured(&search, value);
			try_form(&search, value);
			try_special(&search, value);
		}
		value_free(value);
	}
	keep_best(search.found);
	return search.found;
}

/* ---- addresses ---- */

static bool is_email(struct span text)
{
	const char *at = memchr(text.ptr, '@', text.len);

	if (!at || at == text.ptr || text.len > 254 || is_binary(text) || contains(text, " "))
		return false;
	return draft_is_host((struct span){at + 1, (size_t)(text.ptr + text.len - at - 1)});
}

bool draft_decode_email(struct span value, GPtrArray *pipeline)
{
	static const char *const decoders[] = {"percent", "base64", "hex"};

	if (!value.len || value.len > 1024)
		return false;
	if (is_email(value))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(decoders); i++) {
		g_autoptr(GString) out = g_string_new(NULL);

		if (decoder_find(decoders[i])->decode(value, NULL, out) &&
			is_email(span_from_string(out))) {
			g_ptr_array_add(pipeline, rule_step_new(decoders[i], NULL));
			return true;
		}
	}
	return false;
}
