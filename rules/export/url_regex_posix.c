/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/export/url_regex.h"

#include "rules/pattern.h"
#include "rules/regex.h"

/* More cost glibc's regcomp() memory out of proportion. */
#define MAX_REPEAT 255

/* What ends a URL in a text or in an attribute, beside a blank. */
#define OUTSIDE "\"'<>"

/* Parts of a URL, by the bytes that end them. */
struct part {
	const char *name;
	const char *ends;
};

static const struct part host_part = {"host", ":/?#@" OUTSIDE};
static const struct part authority_part = {"host", "/?#" OUTSIDE};
static const struct part path_part = {"path", "?#" OUTSIDE};
static const struct part query_part = {"query", "#" OUTSIDE};
static const struct part value_part = {"params", "&#" OUTSIDE};
static const struct part fragment_part = {"fragment", OUTSIDE};

struct writer {
	GString *out;
	char *why;
};

static void fail(struct writer *writer, const struct part *part, const char *why)
{
	if (!writer->why)
		writer->why = g_strdup_printf("the pattern of '%s' has %s", part->name, why);
}

static void put(struct writer *writer, const char *text)
{
	g_string_append(writer->out, text);
}

/* ---- a pattern as the whole of its part ---- */

/* In HTML, `&` is `&amp;`. */
static bool put_ampersand(struct writer *writer, const struct regex_set *set)
{
	unsigned char byte;

	if (regex_set_count(set, &byte) != 1 || byte != '&')
		return false;
	put(writer, "(&|&amp;)");
	return true;
}

static void put_set(struct writer *writer, const struct part *part, struct regex_set set)
{
	for (const char *end = part->ends; *end; end++)
		regex_set_remove(&set, (unsigned char)*end);
	if (!put_ampersand(writer, &set) && !regex_set_write_posix(writer->out, &set))
		fail(writer, part, "a byte that is never there");
}

static void put_any(struct writer *writer, const struct part *part)
{
	put_set(writer, part, (struct regex_set){{~UINT64_C(0), ~UINT64_C(0), 0, 0}});
	put(writer, "*");
}

/* Not escaped in a class, where none of these can stand with others. */
static void put_text(struct writer *writer, const char *text)
{
	for (; *text; text++) {
		struct regex_set set = {{0}};

		regex_set_add(&set, (unsigned char)*text);
		put_set(writer, &fragment_part, set);
	}
}

static void put_finish(struct writer *writer, const struct part *part)
{
	struct regex_set set = {{0}};

	for (const char *end = part->ends; *end; end++)
		if (!strchr(OUTSIDE, *end))
			regex_set_add(&set, (unsigned char)*end);
	put(writer, "(");
	if (regex_set_write_posix(writer->out, &set))
		put(writer, "|");
	/* Quotes would end the string that holds this. */
	put(writer, "[^!#-&(-;=?-~]|$)");
}

static void put_repeat(
	struct writer *writer, const struct part *part, const struct regex_token *repeat)
{
	struct regex_token greedy = *repeat;

	greedy.greed = REGEX_GREEDY;
	if (repeat->greed == REGEX_POSSESSIVE)
		fail(writer, part, "a possessive repetition");
	if (repeat->min > MAX_REPEAT || (repeat->max > MAX_REPEAT && repeat->max != REGEX_MANY))
		fail(writer, part, "a repetition of more than 255");
	regex_repeat_write(writer->out, &greedy);
}

static void put_token(
	struct writer *writer, const struct part *part, const struct regex_token *token)
{
	switch (token->kind) {
	case REGEX_SET:
		put_set(writer, part, token->set);
		break;
	case REGEX_REPEAT:
		put_repeat(writer, part, token);
		break;
	case REGEX_OPEN:
		if (token->group != REGEX_GROUP)
			fail(writer, part, "a group that looks ahead or does not turn back");
		put(writer, "(");
		break;
	case REGEX_CLOSE:
		put(writer, ")");
		break;
	case REGEX_OR:
		put(writer, "|");
		break;
	case REGEX_START:
	case REGEX_END:
		fail(writer, part, "a ^ or $ in the middle");
		break;
	case REGEX_EDGE:
	case REGEX_NO_EDGE:
		fail(writer, part, "a \\b");
		break;
	}
}

/* One alternative; where it is not tied to the start or the end, the rest of the part follows. With
 * nothing to come, only what ends the part is looked at. */
static void put_alternative(struct writer *writer, const struct part *part, const GArray *tokens,
	guint from, guint to, bool last)
{
	const struct regex_token *all = (const struct regex_token *)tokens->data;
	bool starts = from < to && all[from].kind == REGEX_START;
	bool ends = from < to && all[to - 1].kind == REGEX_END && (!starts || to - 1 > from);

	if (!starts)
		put_any(writer, part);
	for (guint i = from + starts; i < to - ends; i++)
		put_token(writer, part, &all[i]);
	if (!ends && !last)
		put_any(writer, part);
	if (ends && last)
		put_finish(writer, part);
}

static void put_tokens(
	struct writer *writer, const struct part *part, const GArray *tokens, bool last)
{
	guint from = 0;
	unsigned depth = 0;

	put(writer, "(");
	for (guint i = 0; i <= tokens->len; i++) {
		const struct regex_token *token = &g_array_index(tokens, struct regex_token, i);
		bool end = i == tokens->len;

		if (!end && token->kind == REGEX_OPEN)
			depth++;
		else if (!end && token->kind == REGEX_CLOSE)
			depth--;
		if (!end && !(token->kind == REGEX_OR && !depth))
			continue;
		put_alternative(writer, part, tokens, from, i, last);
		put(writer, end ? ")" : "|");
		from = i + 1;
	}
}

static void put_pattern(
	struct writer *writer, const struct part *part, const char *pattern, bool last)
{
	const char *why = NULL;
	GArray *tokens = regex_read(pattern, &why);

	if (tokens) {
		put_tokens(writer, part, tokens, last);
		g_array_unref(tokens);
	} else {
		fail(writer, part, why);
	}
}

static bool matches_nothing(const char *text)
{
	g_autofree char *message = NULL;
	struct pattern *pattern = pattern_new(text, &message);
	bool matches = pattern && pattern_match(pattern, span_from(""), NULL, NULL);

	pattern_free(pattern);
	return matches;
}

/* ---- the parts ---- */

static bool given(const char *pattern)
{
	return pattern && *pattern;
}

static void put_suffixes(struct writer *writer, const GPtrArray *hosts)
{
	put(writer, "(");
	put_any(writer, &host_part);
	put(writer, "\\.)?(");
	for (guint i = 0; i < hosts->len; i++) {
		put(writer, i ? "|" : "");
		put_text(writer, hosts->pdata[i]);
	}
	put(writer, ")");
}

static void put_authority(struct writer *writer, const struct rule *rule, bool last)
{
	put(writer, "https?://");
	if (given(rule->host) && rule->hosts->len)
		fail(writer, &host_part, "to go together with 'hosts'");
	if (given(rule->host))
		put_pattern(writer, &host_part, rule->host, false);
	else if (rule->hosts->len)
		put_suffixes(writer, rule->hosts);
	else
		put_any(writer, &authority_part);
	if (given(rule->host) || rule->hosts->len)
		put(writer, "(:[0-9]*)?");
	if (last)
		put_finish(writer, &authority_part);
}

static void put_path(struct writer *writer, const struct rule *rule, bool last)
{
	if (given(rule->path))
		put_pattern(writer, &path_part, rule->path, last);
	else if (!last)
		put_any(writer, &path_part);
}

static void put_param(struct writer *writer, const struct rule_pair *param, bool last)
{
	put_text(writer, param->name);
	if (*param->value) {
		if (matches_nothing(param->value))
			fail(writer, &value_part, "an empty match");
		put(writer, "=");
		put_pattern(writer, &value_part, param->value, last);
		return;
	}
	put(writer, "(=");
	put_any(writer, &value_part);
	put(writer, ")?");
	if (last)
		put_finish(writer, &value_part);
}

static void put_other_params(struct writer *writer)
{
	put(writer, "(");
	put_any(writer, &query_part);
	put(writer, "&(amp;)?)?");
}

static void put_two_params(struct writer *writer, const struct rule_pair *first,
	const struct rule_pair *second, bool last)
{
	put_param(writer, first, false);
	put(writer, "&(amp;)?");
	put_other_params(writer);
	put_param(writer, second, last);
}

static void put_params(struct writer *writer, const GPtrArray *params, bool last)
{
	put(writer, "\\?");
	put_other_params(writer);
	if (params->len == 1) {
		put_param(writer, params->pdata[0], last);
	} else {
		put(writer, "(");
		put_two_params(writer, params->pdata[0], params->pdata[1], last);
		put(writer, "|");
		put_two_params(writer, params->pdata[1], params->pdata[0], last);
		put(writer, ")");
	}
	if (!last) {
		put(writer, "(&");
		put_any(writer, &query_part);
		put(writer, ")?");
	}
}

static void put_query(struct writer *writer, const struct rule *rule, bool last)
{
	if (given(rule->query) && (rule->params->len || matches_nothing(rule->query)))
		fail(writer, &query_part, "to go together with others, or may be absent");
	if (rule->params->len > 2) {
		g_free(writer->why);
		writer->why = g_strdup("it has more than two parameters");
	} else if (rule->params->len) {
		put_params(writer, rule->params, last);
	} else if (given(rule->query)) {
		put(writer, "\\?");
		put_pattern(writer, &query_part, rule->query, last);
	} else if (!last) {
		put(writer, "(\\?");
		put_any(writer, &query_part);
		put(writer, ")?");
	}
}

static void put_fragment(struct writer *writer, const char *pattern)
{
	if (matches_nothing(pattern))
		fail(writer, &fragment_part, "an empty match");
	put(writer, "#");
	put_pattern(writer, &fragment_part, pattern, true);
}

char *url_regex_posix(const struct rule *rule, char **why)
{
	struct writer writer = {.out = g_string_new(NULL)};
	bool fragment = given(rule->fragment), query = rule->params->len || given(rule->query);
	bool path = given(rule->path);

	put_authority(&writer, rule, !path && !query && !fragment);
	if (path || query || fragment)
		put_path(&writer, rule, !query && !fragment);
	if (query || fragment)
		put_query(&writer, rule, !fragment);
	if (fragment)
		put_fragment(&writer, rule->fragment);
	if (!writer.why)
		return g_string_free(writer.out, FALSE);
	*why = writer.why;
	g_string_free(writer.out, TRUE);
	return NULL;
}
