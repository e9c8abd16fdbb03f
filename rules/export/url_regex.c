/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "rules/export/url_regex.h"

#include "rules/pattern.h"
#include "rules/regex.h"

/* A part of a URL that patterns look at. */
struct part {
	const char *name;
	const char *ends;   /* the bytes that end it */
	const char *any;    /* one byte of it, as an expression */
	const char *start;  /* where it starts, seen from within; NULL where nothing tells */
	const char *finish; /* where it ends */
	bool behind_word;   /* a letter can stand before it */
};

static const struct part host_part = {
	"host", ":/?#@", "[^\\/?\\x23:@]", "(?<=[\\/@])", "(?![^\\/?\\x23:])", false};
static const struct part path_part = {"path", "?#", "[^?\\x23]", NULL, "(?![^?\\x23])", true};
static const struct part value_part = {"params", "&#", "[^&\\x23]", NULL, "(?![^&\\x23])", false};
static const struct part query_part = {"query", "#", "[^\\x23]", NULL, "(?![^\\x23])", false};
static const struct part fragment_part = {"fragment", "", "[\\s\\S]", NULL, "\\z", false};

struct writer {
	GString *out;
	char *why;
	const char *capture; /* the named group to keep; NULL */
	unsigned captured;
	const GPtrArray *slice; /* the pipeline whose result is to be the group; NULL */
};

static void fail(struct writer *writer, const char *where, const char *why)
{
	if (!writer->why)
		writer->why = g_strdup_printf("the pattern of '%s' has %s", where, why);
}

static void fail_destination(struct writer *writer, const char *needs)
{
	if (!writer->why)
		writer->why = g_strdup_printf("its destination needs %s", needs);
}

static char *finish(struct writer *writer, char **why)
{
	if (!writer->why)
		return g_string_free(writer->out, FALSE);
	*why = writer->why;
	g_string_free(writer->out, TRUE);
	return NULL;
}

/* ---- a pattern within its part ---- */

static void put_set(struct writer *writer, const struct part *part, struct regex_set set)
{
	for (const char *end = part->ends; *end; end++)
		regex_set_remove(&set, (unsigned char)*end);
	regex_set_write(writer->out, &set);
}

static void put_open(
	struct writer *writer, const struct part *part, const struct regex_token *token)
{
	static const char *const starts[] = {"(?:", "(?>", "(?=", "(?!"};

	if (token->group == REGEX_BEHIND || token->group == REGEX_NOT_BEHIND) {
		fail(writer, part->name, "a look-behind");
	} else if (writer->capture && strcmp(token->name, writer->capture) == 0) {
		writer->captured++;
		g_string_append_c(writer->out, '(');
	} else {
		g_string_append(writer->out, starts[token->group]);
	}
}

static void put_start(struct writer *writer, const struct part *part)
{
	if (part->start)
		g_string_append(writer->out, part->start);
	else
		fail(writer, part->name, "a ^ that is not at the start");
}

static void put_edge(struct writer *writer, const struct part *part, bool edge, bool first)
{
	if (part->behind_word && first)
		fail(writer, part->name, "a \\b at the start");
	g_string_append(writer->out, edge ? "\\b" : "\\B");
}

/* Whether the token consumes something: what is before the first such one is at the start. */
static bool put_token(
	struct writer *writer, const struct part *part, const struct regex_token *token, bool first)
{
	switch (token->kind) {
	case REGEX_SET:
		put_set(writer, part, token->set);
		return true;
	case REGEX_START:
		put_start(writer, part);
		break;
	case REGEX_END:
		g_string_append(writer->out, part->finish);
		break;
	case REGEX_EDGE:
	case REGEX_NO_EDGE:
		put_edge(writer, part, token->kind == REGEX_EDGE, first);
		break;
	case REGEX_OPEN:
		put_open(writer, part, token);
		break;
	case REGEX_CLOSE:
		g_string_append_c(writer->out, ')');
		break;
	case REGEX_OR:
		g_string_append_c(writer->out, '|');
		break;
	case REGEX_REPEAT:
		regex_repeat_write(writer->out, token);
		break;
	}
	return false;
}

/* Where `^` is missing, the match may begin anywhere in the part. */
static void put_tokens(struct writer *writer, const struct part *part, const GArray *tokens)
{
	bool starts = true, first = true;
	unsigned depth = 0;

	for (guint i = 0; i < tokens->len; i++) {
		const struct regex_token *token = &g_array_index(tokens, struct regex_token, i);
		bool anchored = starts && token->kind == REGEX_START;

		if (starts && !anchored)
			g_string_append_printf(writer->out, "%s*?", part->any);
		starts = false;
		if (token->kind == REGEX_OPEN)
			depth++;
		else if (token->kind == REGEX_CLOSE)
			depth--;
		else if (token->kind == REGEX_OR && !depth)
			starts = first = true;
		if (!anchored && put_token(writer, part, token, first))
			first = false;
	}
}

/* As a group, so that its alternatives end with it. */
static void put_pattern(struct writer *writer, const struct part *part, const char *pattern)
{
	const char *why = NULL;
	GArray *tokens = regex_read(pattern, &why);

	if (!tokens) {
		fail(writer, part->name, why);
		return;
	}
	g_string_append(writer->out, "(?:");
	put_tokens(writer, part, tokens);
	g_string_append_c(writer->out, ')');
	g_array_unref(tokens);
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

static void put_suffixes(struct writer *writer, const GPtrArray *hosts)
{
	g_string_append_printf(writer->out, "(?:%s*\\.)?(?:", host_part.any);
	for (guint i = 0; i < hosts->len; i++) {
		g_string_append(writer->out, i ? "|" : "");
		regex_literal_write(writer->out, span_from(hosts->pdata[i]));
	}
	g_string_append(writer->out, ")\\.?(?::\\d*)?(?![^\\/?\\x23])");
}

/* Possessive: a user name that looks like a host is none. */
static void put_authority(struct writer *writer, const struct rule *rule)
{
	g_string_append(writer->out, "^(?i:https?:\\/\\/(?:[^\\/?\\x23]*@)?+");
	if (rule->host && *rule->host) {
		g_string_append(writer->out, "(?=");
		put_pattern(writer, &host_part, rule->host);
		g_string_append_c(writer->out, ')');
	}
	if (rule->hosts->len)
		put_suffixes(writer, rule->hosts);
	else
		g_string_append(writer->out, "[^\\/?\\x23]*+");
	g_string_append_c(writer->out, ')');
}

/* Up to behind the name of the first parameter of that name. `&amp;` is read as `&`. */
static void put_param_name(struct writer *writer, const char *name)
{
	g_string_append(writer->out, "[^?\\x23]*\\?(?:(?!(?:amp;)?");
	regex_literal_write(writer->out, span_from(name));
	g_string_append(writer->out, "(?![^=&\\x23]))[^&\\x23]*&)*(?:amp;)?");
	regex_literal_write(writer->out, span_from(name));
}

static void put_param(struct writer *writer, const struct rule_pair *param)
{
	bool optional = *param->value && matches_nothing(param->value);

	g_string_append(writer->out, "(?=");
	put_param_name(writer, param->name);
	g_string_append(writer->out, optional ? "(?:" : "");
	if (*param->value) {
		g_string_append_c(writer->out, '=');
		put_pattern(writer, &value_part, param->value);
	} else {
		g_string_append(writer->out, "(?![^=&\\x23])");
	}
	g_string_append(writer->out, optional ? "|(?![^&\\x23]))" : "");
	g_string_append_c(writer->out, ')');
}

static void put_query(struct writer *writer, const char *pattern)
{
	bool optional = matches_nothing(pattern);

	g_string_append_printf(writer->out, "(?=[^?\\x23]*+%s\\?", optional ? "(?:" : "");
	put_pattern(writer, &query_part, pattern);
	g_string_append(writer->out, optional ? "|(?!\\?)))" : ")");
}

static void put_fragment(struct writer *writer, const char *pattern)
{
	bool optional = matches_nothing(pattern);

	g_string_append_printf(writer->out, "(?=[^\\x23]*+%s\\x23", optional ? "(?:" : "");
	put_pattern(writer, &fragment_part, pattern);
	g_string_append(writer->out, optional ? "|\\z))" : ")");
}

/* ---- the destination ---- */

/* What the steps of a pipeline leave of what its source yields: before the group, and within. */
struct slice {
	const char *any; /* one byte of the source */
	GString *before, *within;
};

static bool is_one_of(const char *name, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(*names, name) == 0)
			return true;
	return false;
}

/* The programs that take a destination undo percent-encoding themselves, and add a scheme. */
static bool is_transparent(const struct rule_step *step)
{
	static const char *const names[] = {"percent", "peel", "scheme", NULL};

	return is_one_of(step->name, names) || (strcmp(step->name, "form") == 0 && !step->argument);
}

static void put_skip(struct writer *writer, struct slice *slice, const char *count)
{
	guint64 number;

	if (g_ascii_string_to_unsigned(count, 10, 0, 1024, &number, NULL))
		g_string_append_printf(slice->before, "%s{%u}", slice->any, (unsigned)number);
	else
		fail_destination(writer, "to skip too much");
}

static void put_cut(struct writer *writer, struct slice *slice, const struct rule_step *step)
{
	g_autoptr(GString) text = g_string_new(NULL);

	regex_literal_write(text, span_from(step->argument));
	if (slice->within->len)
		fail_destination(writer, "a cut behind `until`");
	else if (strcmp(step->name, "skip") == 0)
		put_skip(writer, slice, step->argument);
	else if (strcmp(step->name, "after") == 0)
		g_string_append_printf(
			slice->before, "(?:(?!%s)%s)*%s", text->str, slice->any, text->str);
	else
		g_string_append_printf(slice->within, "(?:(?!%s)%s)*", text->str, slice->any);
}

static void put_steps(struct writer *writer, struct slice *slice, const GPtrArray *pipeline)
{
	static const char *const cuts[] = {"skip", "after", "until", NULL};

	for (guint i = 1; i < pipeline->len; i++) {
		const struct rule_step *step = pipeline->pdata[i];

		if (slice && is_one_of(step->name, cuts))
			put_cut(writer, slice, step);
		else if (!is_transparent(step))
			fail_destination(writer, "a decoder but percent-encoding");
	}
}

/* What is before the source, seen from where the path starts; returns one byte of the source. */
static const char *put_source(struct writer *writer, const struct rule_step *source)
{
	if (strcmp(source->name, "param") == 0) {
		put_param_name(writer, source->argument);
		g_string_append_c(writer->out, '=');
		return value_part.any;
	}
	if (strcmp(source->name, "path") == 0)
		return path_part.any;
	if (strcmp(source->name, "query") == 0) {
		g_string_append(writer->out, "[^?\\x23]*\\?");
		return query_part.any;
	}
	if (strcmp(source->name, "fragment") == 0) {
		g_string_append(writer->out, "[^\\x23]*\\x23");
		return fragment_part.any;
	}
	/* Of `url`, nobody cuts off less than the host. */
	if (strcmp(source->name, "url") != 0)
		fail_destination(writer, "the host");
	return fragment_part.any;
}

/* A look-ahead with the group in it. */
static void put_slice(struct writer *writer)
{
	struct slice slice = {.before = g_string_new(NULL), .within = g_string_new(NULL)};

	g_string_append(writer->out, "(?=");
	slice.any = put_source(writer, writer->slice->pdata[0]);
	put_steps(writer, &slice, writer->slice);
	if (!slice.within->len)
		g_string_append_printf(slice.within, "%s*", slice.any);
	g_string_append_printf(writer->out, "%s(%s))", slice.before->str, slice.within->str);
	g_string_free(slice.before, TRUE);
	g_string_free(slice.within, TRUE);
}

/* ---- the rule ---- */

static void put_rule(struct writer *writer, const struct rule *rule)
{
	put_authority(writer, rule);
	for (guint i = 0; i < rule->params->len; i++)
		put_param(writer, rule->params->pdata[i]);
	if (rule->query && *rule->query)
		put_query(writer, rule->query);
	if (rule->fragment && *rule->fragment)
		put_fragment(writer, rule->fragment);
	if (writer->slice)
		put_slice(writer);
	if (rule->path && *rule->path)
		put_pattern(writer, &path_part, rule->path);
}

char *url_regex(const struct rule *rule, char **why)
{
	struct writer writer = {.out = g_string_new(NULL)};

	put_rule(&writer, rule);
	return finish(&writer, why);
}

char *url_regex_destination(const struct rule *rule, char **why)
{
	struct writer writer = {.out = g_string_new(NULL)};
	const struct rule_step *source = rule->decode->len ? rule->decode->pdata[0] : NULL;

	if (!source) {
		fail_destination(&writer, "the provider's server");
	} else if (strcmp(source->name, "group") == 0) {
		writer.capture = source->argument;
		put_steps(&writer, NULL, rule->decode);
	} else {
		writer.slice = rule->decode;
	}
	put_rule(&writer, rule);
	if (writer.capture && writer.captured != 1)
		fail_destination(&writer, "a group that is there more than once");
	return finish(&writer, why);
}
