/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/draft_path.h"

#include "rules/domain.h"

/* Segments after this many are not told apart, so that a pattern stays within its limits. */
#define MAX_SEGMENTS 16
/* Words are short. */
#define MAX_WORD 24
/* Tokens this long carry data, not just an id. */
#define MIN_DATA 24

#define DIGIT "0123456789"
#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

enum shape {
	SHAPE_WORD,
	SHAPE_DIGITS,
	SHAPE_DECIMAL,
	SHAPE_UUID,
	SHAPE_LOWER_HEX,
	SHAPE_UPPER_HEX,
	SHAPE_LOWER,
	SHAPE_TOKEN,
	SHAPE_OTHER,
	SHAPE_URL,  /* or a host, in one segment */
	SHAPE_REST, /* a URL that goes on to the end of the path */
};

static const char *const shape_patterns[] = {
	[SHAPE_DIGITS] = "\\d+",
	[SHAPE_DECIMAL] = "[\\d.]+",
	[SHAPE_UUID] = "[0-9A-Fa-f-]{36}",
	[SHAPE_LOWER_HEX] = "[0-9a-f]+",
	[SHAPE_UPPER_HEX] = "[0-9A-F]+",
	[SHAPE_LOWER] = "[0-9a-z]+",
	[SHAPE_TOKEN] = "[\\w-]+",
	[SHAPE_OTHER] = "[^/]+",
	[SHAPE_URL] = "[^/]+",
	[SHAPE_REST] = ".+",
};

static const char *const shape_names[] = {
	[SHAPE_DIGITS] = "<n>",
	[SHAPE_DECIMAL] = "<n>",
	[SHAPE_UUID] = "<uuid>",
	[SHAPE_LOWER_HEX] = "<hex>",
	[SHAPE_UPPER_HEX] = "<hex>",
	[SHAPE_LOWER] = "<id>",
	[SHAPE_TOKEN] = "<id>",
	[SHAPE_OTHER] = "<data>",
	[SHAPE_URL] = "<url>",
	[SHAPE_REST] = "<url>",
};

/* What the word before an id says it is. */
static const char *const named_by[][2] = {
	{"account", "account"},
	{"accounts", "account"},
	{"acct", "account"},
	{"campaign", "campaign"},
	{"campaigns", "campaign"},
	{"message", "message"},
	{"messages", "message"},
	{"link", "link"},
	{"list", "list"},
	{"lists", "list"},
	{"subscriber", "recipient"},
	{"subscribers", "recipient"},
	{"recipient", "recipient"},
	{"user", "user"},
	{"users", "user"},
	{"offer", "offer"},
};

static bool only(struct span text, const char *set)
{
	for (size_t i = 0; i < text.len; i++)
		if (!strchr(set, text.ptr[i]))
			return false;
	return text.len > 0;
}

static size_t count(struct span text, const char *set)
{
	size_t found = 0;

	for (size_t i = 0; i < text.len; i++)
		found += strchr(set, text.ptr[i]) != NULL;
	return found;
}

static bool starts(struct span text, const char *with)
{
	size_t len = strlen(with);

	return text.len >= len && g_ascii_strncasecmp(text.ptr, with, len) == 0;
}

/* ---- shapes ---- */

bool draft_is_host(struct span text)
{
	static const char *const scripts[] = {".pl", ".sh", ".py", ".do"};

	if (text.len > 253 || !only(text, LOWER UPPER DIGIT ".-"))
		return false;
	g_autofree char *lower = g_ascii_strdown(text.ptr, (gssize)text.len);
	for (size_t i = 0; i < G_N_ELEMENTS(scripts); i++)
		if (g_str_has_suffix(lower, scripts[i]))
			return false;
	struct span host = span_from(lower);
	return domain_suffix_known(host) && domain_registrable(host).ptr;
}

/* Letters that people would say: one case, or the case of a name; vowels where they are many. What
 * follows a dot (`.php`) does not count. */
static bool is_readable(struct span text)
{
	const char *dot = memchr(text.ptr, '.', text.len);

	if (dot && dot > text.ptr)
		text.len = (size_t)(dot - text.ptr);
	size_t upper = count(text, UPPER), lower = count(text, LOWER);
	bool camel = text.len >= 6 && upper <= 2;
	bool capital = upper == 1 && strchr(UPPER, *text.ptr);

	if (upper && lower && !camel && !capital)
		return false;
	return upper + lower <= 5 || count(text, "aeiouyAEIOUY") * 8 >= upper + lower;
}

/* `varied`: an id came before, so that what is short is more likely an id as well. */
static bool is_word(struct span text, bool varied)
{
	size_t digits = count(text, DIGIT);

	if (text.len > MAX_WORD || !only(text, LOWER UPPER DIGIT "-_."))
		return false;
	if (text.len <= 3 && !varied)
		return digits < 2 || digits < text.len;
	if (digits > 1 || (digits && !strchr(DIGIT, text.ptr[text.len - 1])))
		return false;
	if (varied && (digits || count(text, UPPER) || text.len == 2))
		return false;
	return digits < text.len && is_readable(text);
}

static bool is_uuid(struct span text)
{
	return text.len == 36 && only(text, DIGIT "abcdefABCDEF-") && count(text, "-") == 4;
}

static bool is_url(struct span text)
{
	static const char *const marks[] = {"%2F", "%2f", "%3A", "%3a", "://"};

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (memmem(text.ptr, text.len, marks[i], strlen(marks[i])))
			return true;
	return draft_is_host(text);
}

/* The URL begins here and its slashes are those of the path. */
static bool begins_rest(struct span text, bool last)
{
	if (last)
		return false;
	return starts(text, "__http") || (text.len == 5 && starts(text, "http:")) ||
	       (text.len == 6 && starts(text, "https:")) || draft_is_host(text);
}

static enum shape shape_of(struct span text, bool varied, bool last)
{
	if (begins_rest(text, last))
		return SHAPE_REST;
	if (is_url(text))
		return SHAPE_URL;
	if (is_word(text, varied))
		return SHAPE_WORD;
	if (only(text, DIGIT))
		return SHAPE_DIGITS;
	if (only(text, DIGIT "."))
		return SHAPE_DECIMAL;
	if (is_uuid(text))
		return SHAPE_UUID;
	if (text.len >= 8 && only(text, DIGIT "abcdef"))
		return SHAPE_LOWER_HEX;
	if (text.len >= 8 && only(text, DIGIT "ABCDEF"))
		return SHAPE_UPPER_HEX;
	/* Another one may have the padding or the characters that this one lacks. */
	if (text.len >= MIN_DATA)
		return SHAPE_OTHER;
	if (only(text, LOWER DIGIT))
		return SHAPE_LOWER;
	return only(text, LOWER UPPER DIGIT "_-") ? SHAPE_TOKEN : SHAPE_OTHER;
}

/* ---- groups ---- */

static bool has_group(const struct draft_path *draft, const char *name)
{
	for (guint i = 0; i < draft->groups->len; i++)
		if (strcmp(((struct rule_pair *)draft->groups->pdata[i])->name, name) == 0)
			return true;
	return false;
}

static const char *base_name(
	const struct draft_path *draft, struct span text, enum shape shape, bool after_word)
{
	const char *word =
		after_word && draft->words->len ? draft->words->pdata[draft->words->len - 1] : NULL;

	if (shape >= SHAPE_URL)
		return "_url";
	if (text.len >= MIN_DATA && shape == SHAPE_OTHER)
		return "_data";
	for (size_t i = 0; word && i < G_N_ELEMENTS(named_by); i++)
		if (strcmp(word, named_by[i][0]) == 0)
			return named_by[i][1];
	return "_id";
}

static char *group_name(
	const struct draft_path *draft, struct span text, enum shape shape, bool after_word)
{
	const char *base = base_name(draft, text, shape, after_word);
	char *name = g_strdup(base);

	for (unsigned i = 2; has_group(draft, name); i++) {
		g_free(name);
		name = g_strdup_printf("%s%u", base, i);
	}
	return name;
}

/* The path as it is put together. */
struct building {
	struct draft_path *draft;
	GString *pattern, *shape;
};

static void add_group(
	struct building *building, struct span text, enum shape shape, bool after_word)
{
	struct draft_path *draft = building->draft;
	g_autofree char *name = group_name(draft, text, shape, after_word);
	g_autofree char *value = span_dup(text);

	g_string_append_printf(building->pattern, "(?<%s>%s)", name, shape_patterns[shape]);
	g_string_append(building->shape, shape_names[shape]);
	g_ptr_array_add(draft->groups, rule_pair_new(name, value));
}

static void add_word(struct building *building, struct span text)
{
	char *word = span_dup(text);
	g_autofree char *escaped = g_regex_escape_string(word, -1);

	g_string_append(building->pattern, escaped);
	g_string_append(building->shape, word);
	g_ptr_array_add(building->draft->words, word);
}

/* ---- the path ---- */

static struct span next_segment(struct span rest)
{
	const char *slash = memchr(rest.ptr, '/', rest.len);

	if (slash)
		rest.len = (size_t)(slash - rest.ptr);
	return rest;
}

/* `path` without the slash it begins with. */
static void read_segments(struct building *building, struct span path)
{
	bool after_word = false;

	for (unsigned i = 0;; i++) {
		struct span segment = next_segment(path);
		bool last = segment.len == path.len;
		enum shape shape = shape_of(segment, building->draft->groups->len > 0, last);

		if (i == MAX_SEGMENTS) {
			g_string_append(building->pattern, ".*");
			g_string_append(building->shape, "…");
			return;
		}
		if (shape == SHAPE_REST) {
			add_group(building, path, shape, after_word);
			break;
		}
		if (segment.len && shape == SHAPE_WORD)
			add_word(building, segment);
		else if (segment.len)
			add_group(building, segment, shape, after_word);
		if (last)
			break;
		after_word = segment.len && shape == SHAPE_WORD;
		g_string_append_c(building->pattern, '/');
		g_string_append_c(building->shape, '/');
		path.ptr += segment.len + 1;
		path.len -= segment.len + 1;
	}
	g_string_append_c(building->pattern, '$');
}

struct draft_path *draft_path_new(struct span path)
{
	struct draft_path *draft = g_new0(struct draft_path, 1);
	struct building building = {draft, g_string_new("^/"), g_string_new("/")};

	draft->groups = rule_pairs_new();
	draft->words = g_ptr_array_new_with_free_func(g_free);
	if (path.len && *path.ptr == '/')
		read_segments(&building, (struct span){path.ptr + 1, path.len - 1});
	draft->pattern = g_string_free(building.pattern, FALSE);
	draft->shape = g_string_free(building.shape, FALSE);
	return draft;
}

void draft_path_free(struct draft_path *draft)
{
	if (!draft)
		return;
	g_free(draft->pattern);
	g_free(draft->shape);
	g_ptr_array_unref(draft->groups);
	g_ptr_array_unref(draft->words);
	g_free(draft);
}
